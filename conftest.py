"""What holds for every test: a warning in the server's log fails the test that caused it."""

import logging
import os
import shutil
from pathlib import Path
from unittest.mock import patch

import odoo.tests.common
import pytest

HERE = Path(__file__).parent
QUIET = ("py.warnings", "PIL", "faker", "urllib3", "asyncio")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Side by side, a file stays in one process, and so do all browsers: two of them make each other wait."""
    for item in items:
        group = "browser" if item.path.name.startswith("test_browser") else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """pytest-odoo lets processes share the files of the first database. But what the test framework collects as garbage
    of one database may be a file that a test on another one has just written."""
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        yield
        return
    folder = Path(odoo.tools.config["data_dir"]) / "filestore"
    database = odoo.tests.common.get_db_name()
    shutil.copytree(odoo.tools.config.filestore(database), folder / database)
    with patch.object(odoo.tools.config, "filestore", lambda name: str(folder / name)):
        yield
    shutil.rmtree(folder / database, ignore_errors=True)


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
