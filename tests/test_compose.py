"""The container files, as far as they can be checked without a container engine."""

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
    copied = [line.split()[1:-1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY")]
    missing = [path for paths in copied for path in paths if not (ROOT / path).exists()]
    assert copied and not missing


def test_the_init_script_is_a_script():
    script = ROOT / "docker/init.sh"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", script]).returncode == 0
