"""Set-up of a bare Debian machine: each step is skipped when its result stands, and can be interrupted."""

import hashlib
import os
import shutil
import subprocess

from . import layout
from .console import Failure, run, say, stamp_matches, step, write_stamp
from .layout import APT, NODE, ODOO_ROOT, PYTHON, ROOT, VENV

# Odoo 19 stands in Debian's "sid". Its package replaces some web assets by links into other packages;
# the icons must be those of a stable Debian, the ones in sid have other file names.
SUITES = ("sid", "trixie")
ODOO_PACKAGES = (
    "odoo-19/sid",
    "fonts-montserrat/trixie",
    "fonts-font-awesome/trixie",
    "fonts-roboto-unhinted/trixie",
    "fonts-inconsolata/trixie",
    "fonts-ocr-b/trixie",
    "libjs-jquery/trixie",
    "libjs-jquery-form/trixie",
    "libjs-underscore/trixie",
)
# Stripped from Debian's package for licence reasons, but named in an asset bundle.
STRIPPED_FILE = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
AGAIN = "Check the network, then run the same command again: finished steps are kept."

COMMANDS = {"chromium": "chromium", "wkhtmltopdf": "wkhtmltopdf", "node": "nodejs", "npm": "npm"}
FONT_FILES = {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk"}


def system_packages(*, browser, node):
    """Install what has to come from the system, and say so."""
    missing = []
    if not any(os.path.isfile(f"{folder}/initdb") for folder in _postgres_folders()):
        missing.append("postgresql")
    if browser:
        missing += [package for path, package in FONT_FILES.items() if not os.path.isfile(path)]
    needed = (("chromium", "wkhtmltopdf") if browser else ()) + (("node", "npm") if node else ())
    missing += [COMMANDS[name] for name in needed if not shutil.which(name)]
    if subprocess.run(["python3", "-c", "import venv, ensurepip"], capture_output=True).returncode:
        missing.append("python3-venv")
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid():
        command.insert(0, "sudo")
        if not shutil.which("sudo"):
            raise Failure(f"System packages are missing: {' '.join(missing)}.", "As root: " + " ".join(command[1:]))
    with step(f"System packages: {' '.join(missing)}"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        prefix = command[:1] if command[0] == "sudo" else []
        run([*prefix, "apt-get", "update"], log="apt", advice=AGAIN, env=env)
        run(command, log="apt", advice=AGAIN, env=env)


def _postgres_folders():
    base = "/usr/lib/postgresql"
    versions = sorted(os.listdir(base), key=float, reverse=True) if os.path.isdir(base) else []
    return [f"{base}/{version}/bin" for version in versions]


def postgres_bin():
    """Folder of the newest installed PostgreSQL server."""
    for folder in _postgres_folders():
        if os.path.isfile(f"{folder}/initdb"):
            return folder
    raise Failure("PostgreSQL is not installed.", "apt-get install postgresql")


def odoo():
    """Fetch and unpack Odoo 19 Community unless ODOO_HOME names one."""
    if os.environ.get("ODOO_HOME"):
        if not (layout.odoo_package() / "odoo").is_dir():
            raise Failure("ODOO_HOME holds no package `odoo`.", "Point it at the folder that contains odoo/.")
        return
    stamp = " ".join(ODOO_PACKAGES)
    if stamp_matches("odoo", stamp):
        return
    with step("Odoo 19 Community: package lists"):
        env = {**os.environ, "APT_CONFIG": str(_apt_configuration())}
        run(["apt-get", "update"], log="odoo", advice=AGAIN, env=env)
    archives = APT / "archives"
    archives.mkdir(exist_ok=True)
    with step("Odoo 19 Community: download (130 MB)"):
        run(["apt-get", "download", *ODOO_PACKAGES], log="odoo", advice=AGAIN, env=env, cwd=archives)
    with step("Odoo 19 Community: unpack"):
        shutil.rmtree(ODOO_ROOT, ignore_errors=True)
        for archive in sorted(archives.glob("*.deb")):
            run(["dpkg", "-x", archive, ODOO_ROOT], log="odoo", advice=AGAIN)
        _mend_links()
        stripped = layout.odoo_package() / STRIPPED_FILE
        stripped.parent.mkdir(parents=True, exist_ok=True)
        stripped.write_text("")
    shutil.rmtree(archives)
    write_stamp("odoo", stamp)


def _apt_configuration():
    """An apt of the project's own, with the mirror that the machine's apt already uses."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages", "Origin: Debian"],
        capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    mirrors = [line.split()[0] for line in listing if line.endswith(" main") and "security" not in line]
    if not mirrors:
        raise Failure("This machine's apt names no Debian mirror.", "Set ODOO_HOME to an Odoo 19 that is there.")
    for folder in ("lists/partial", "cache/archives/partial"):
        (APT / folder).mkdir(parents=True, exist_ok=True)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    sources = "".join(f"deb [signed-by={keyring}] {mirrors[0]} {suite} main\n" for suite in SUITES)
    (APT / "sources.list").write_text(sources)
    configuration = APT / "apt.conf"
    configuration.write_text(
        f'Dir::Etc::sourcelist "{APT}/sources.list";\nDir::Etc::sourceparts "-";\n'
        f'Dir::State::lists "{APT}/lists";\nDir::Cache "{APT}/cache";\nDir::State::status "/dev/null";\n'
        'APT::Sandbox::User "root";\nAcquire::Languages "none";\n'
    )
    return configuration


def _mend_links():
    """Point the absolute links of the package into the unpacked tree."""
    for folder, names, files in os.walk(ODOO_ROOT):
        for name in names + files:
            path = os.path.join(folder, name)
            if os.path.islink(path) and os.readlink(path).startswith("/"):
                target = f"{ODOO_ROOT}{os.readlink(path)}"
                os.unlink(path)
                os.symlink(os.path.relpath(target, folder), path)


def python(requirements=("odoo.txt",)):
    """A virtual environment with the named files of `requirements/` and what the addons import."""
    files = [ROOT / "requirements" / name for name in (*requirements, "addons.txt")]
    for path in files:
        stamp = hashlib.sha256(path.read_bytes()).hexdigest()
        name = f"python-{path.stem}"
        if PYTHON.exists() and stamp_matches(name, stamp):
            continue
        if not PYTHON.exists():
            with step("Python environment"):
                run(["python3", "-m", "venv", VENV], log="python", advice=AGAIN)
        with step(f"Python packages of requirements/{path.name}"):
            run([PYTHON, "-m", "pip", "install", "--prefer-binary", "-r", path], log="python", advice=AGAIN)
        write_stamp(name, stamp)
    (VENV / "lib").mkdir(exist_ok=True)
    _link_odoo()


def _link_odoo():
    """Make `import odoo` work in the environment without installing anything outside it."""
    site = next(VENV.glob("lib/python3*/site-packages"))
    (site / "odoo_home.pth").write_text(f"{layout.odoo_package()}\n")


def node():
    """prettier with its XML plugin, for the linter."""
    package = ROOT / "package.json"
    stamp = hashlib.sha256(package.read_bytes()).hexdigest()
    if stamp_matches("node", stamp):
        return
    with step("Node packages of package.json"):
        NODE.mkdir(parents=True, exist_ok=True)
        shutil.copy(package, NODE)
        run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], log="node", advice=AGAIN, cwd=NODE)
    write_stamp("node", stamp)


def everything(*, browser=False, node_packages=False, requirements=("odoo.txt",)):
    """What a command needs, in order."""
    layout.HOME.mkdir(exist_ok=True)
    system_packages(browser=browser, node=node_packages)
    odoo()
    python(requirements)
    if node_packages:
        node()
    say("· Set-up is complete.")
