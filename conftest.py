"""What holds for every test: a warning in the server's log fails the test that caused it."""

import logging
from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUIET = ("py.warnings", "PIL", "faker", "urllib3", "asyncio")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Side by side, a file stays in one process, and so do all browsers: two of them make each other wait."""
    for item in items:
        group = "browser" if item.path.name.startswith("test_browser") else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


class _Collector(logging.Handler):
    def __init__(self):
        super().__init__(level=logging.WARNING)
        self.lines = []

    def emit(self, record):
        if not record.name.startswith(QUIET):
            self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_warning_in_log(request):
    """Expected warnings are caught where they are expected: `assertLogs`, `mute_logger`."""
    if not any(request.node.path.is_relative_to(HERE / folder) for folder in ("addons", "tests")):
        yield  # Odoo's own tests, run by ./dev test core
        return
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    if collector.lines and not getattr(request.node, "allow_log_warnings", False):
        pytest.fail("The server's log warned:\n" + "\n".join(collector.lines), pytrace=False)
