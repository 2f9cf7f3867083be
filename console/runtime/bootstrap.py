"""Builds .venv from the pinned requirements; has to start on any Python 3 to say that it is too old.

Only the standard library is used here, because nothing else is installed yet.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER_NAMES = ["python3.%d" % minor for minor in (14, 13, 12, 11)]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
INSTALLER = "bootstrap"
SETS = ("base", "dev")


class CannotBuild(Exception):
    """A sentence for the person who ran the command."""


def build(wanted: str) -> None:
    """Make .venv hold the packages of one requirements set; instant when it already does."""
    if wanted not in SETS:
        raise CannotBuild("Give one of: %s." % ", ".join(SETS))
    if any(_is_current(name) for name in SETS[SETS.index(wanted) :]):
        return
    python = _new_enough_python()
    if not _venv_runs():
        _create_venv(python)
    if wanted == "base" and os.path.exists(_stamp("dev")):
        wanted = "dev"  # a developer's environment stays one
    _forget_stamps()  # an interrupted installation must not look finished
    _install(wanted)


def _stamp(name: str) -> str:
    return os.path.join(VENV, ".requirements-" + name)


def _digest(name: str) -> str:
    digest = hashlib.sha256()
    for part in (INSTALLER, name):
        with open(os.path.join(ROOT, "requirements", part + ".txt"), "rb") as lines:
            digest.update(lines.read())
    return digest.hexdigest()


def _is_current(name: str) -> bool:
    try:
        with open(_stamp(name)) as stamp:
            return stamp.read() == _digest(name) and os.path.exists(_venv_python())
    except OSError:
        return False


def _venv_python() -> str:
    return os.path.join(VENV, "bin", "python")


def _new_enough_python() -> str:
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise CannotBuild(
        "Deskglass needs Python 3.11 or newer, but this is Python %d.%d (%s). "
        "Install a newer one, or name it: make PYTHON=/path/to/python3.11 env"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )


def _venv_runs() -> bool:
    try:
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        return subprocess.call([_venv_python(), "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _create_venv(python: str) -> None:
    if subprocess.call([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) != 0:
        raise CannotBuild(
            "%s cannot make virtual environments: its venv module is incomplete. "
            "On Debian and Ubuntu: sudo apt-get install python3-venv" % python
        )
    shutil.rmtree(VENV, ignore_errors=True)
    _run([python, "-m", "venv", VENV], "The environment .venv could not be made.")


def _install(name: str) -> None:
    requirements = os.path.join(ROOT, "requirements")
    if not os.path.exists(os.path.join(VENV, "bin", "uv")) or not _is_current(INSTALLER):
        pip = [_venv_python(), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
        pinned = os.path.join(requirements, INSTALLER + ".txt")
        _run(
            [*pip, "--require-hashes", "-r", pinned],
            "The installer uv could not be fetched: is the network up?",
        )
        _write_stamp(INSTALLER)
    _sync(os.path.join(requirements, name + ".txt"))
    _write_stamp(name)


def _sync(pinned: str) -> None:
    """Install with uv, trusting what the machine trusts, then what uv brings along; at last with pip."""
    uv = [os.path.join(VENV, "bin", "uv"), "pip", "sync", "-q", "--python", _venv_python()]
    if not os.access(os.environ.get("HOME", "/nonexistent"), os.W_OK):
        uv.append("--no-cache")
    pip = [_venv_python(), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
    said = b""
    # uv does not read pip's configuration, where a company keeps its own index and certificates.
    for command, more in ((uv, {"UV_SYSTEM_CERTS": "1"}), (uv, {}), (pip, {})):
        read_from = [] if command is uv else ["-r"]
        attempt = subprocess.Popen(
            [*command, "--require-hashes", *read_from, pinned],
            env=dict(os.environ, UV_PYTHON_DOWNLOADS="never", **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said = attempt.communicate()[0]
        if attempt.returncode == 0:
            return
    sys.stderr.write(said.decode("utf-8", "replace")[-2000:])
    raise CannotBuild(
        "The packages could not be installed: is the network up, and is there room on the disk?"
    )


def _forget_stamps() -> None:
    for name in SETS:
        if os.path.exists(_stamp(name)):
            os.unlink(_stamp(name))


def _write_stamp(name: str) -> None:
    with open(_stamp(name), "w") as stamp:
        stamp.write(_digest(name))


def _run(command: list, failure: str) -> None:  # type: ignore[type-arg]  # list[str] needs Python 3.9
    if subprocess.call(command) != 0:
        raise CannotBuild(failure)


if __name__ == "__main__":
    try:
        build(sys.argv[1] if len(sys.argv) > 1 else "dev")
    except CannotBuild as sentence:
        sys.exit("env: %s" % sentence)
    except KeyboardInterrupt:
        sys.exit(130)
