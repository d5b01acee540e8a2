"""The container files, as far as they can be checked without a container engine."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose():
    """docker-compose.yml as a dict; refused where it violates the compose specification."""
    compose_spec = pytest.importorskip("compose_spec")
    parsed = compose_spec.PyOptions(apply_merge=True).from_yaml(COMPOSE.read_text())
    parsed.validate()
    return parsed.to_dict()


def test_follows_the_specification(compose):
    assert set(compose["services"]) == {"db", "init", "odoo"}
    assert set(compose["volumes"]) == {"db-data", "odoo-data"}


def test_the_server_waits_for_a_complete_demo(compose):
    waits = {name: item["condition"] for name, item in compose["services"]["odoo"]["depends_on"].items()}
    assert waits == {"db": "service_healthy", "init": "service_completed_successfully"}
    assert all(compose["services"][name].get("healthcheck") for name in ("db", "odoo"))


def test_the_demo_listens_on_this_machine_only(compose):
    assert all("127.0.0.1" in str(port) for port in compose["services"]["odoo"]["ports"])


def test_what_the_image_copies_is_there():
    copied = copied_by_the_image()
    assert copied and all(paths and all(path.exists() for path in paths) for paths in copied.values())


def test_what_fills_the_demo_is_copied_with_all_it_imports():
    copied = {path for paths in copied_by_the_image().values() for path in paths}
    script = (ROOT / "docker/init.sh").read_text()
    wanted, looked_at = {ROOT / "tools/demo_data.py"}, set()
    assert "tools/demo_data.py" in script
    while wanted - looked_at:
        path = (wanted - looked_at).pop()
        looked_at.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tools":
                names = [node.module] if "." in node.module else [f"tools.{alias.name}" for alias in node.names]
                wanted |= {ROOT / f"{name.replace('.', '/')}.py" for name in names}
    assert len(wanted) > 5
    assert wanted <= copied


def copied_by_the_image():
    """{source in the Dockerfile: paths that it means}"""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY")]
    return {source: list(ROOT.glob(source)) for line in lines for source in line.split()[1:-1]}


def test_the_init_script_is_a_script():
    script = ROOT / "docker/init.sh"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", script]).returncode == 0
