"""A real Request Tracker 5 from Debian's packages, with a database of its own in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.real_tools.servers import free_port, running

PACKAGES = ("request-tracker5", "rt5-standalone", "rt5-db-sqlite", "dbconfig-no-thanks", "msmtp-mta")
SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SET_UP = "rt-setup-database-5"
INSTALL_S = 900.0

_CONFIGURATION = """
Set($rtname, 'tests'); Set($Organization, 'tests.example');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/rt5.db');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($MailCommand, 'testfile'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning');
Set($WebSessionClass, 'Apache::Session::File');
Set($MasonDataDir, '{folder}/mason'); Set($MasonSessionDir, '{folder}/sessions');
1;
"""

# A token of its administrator, and the field for an order's number on all tickets.
_SEED = """
use lib '/usr/share/request-tracker5/lib';
use RT -init;
my $owner = RT::User->new(RT->SystemUser);
$owner->Load('root');
my ($made, $why, $text) = RT::AuthToken->new(RT->SystemUser)->Create(
    Owner => $owner->id, Description => 'console');
die $why unless $made;
my $field = RT::CustomField->new(RT->SystemUser);
$field->Create(Name => 'Order Reference', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket');
$field->AddToObject(RT::Queue->new(RT->SystemUser));
print $text;
"""


class CannotInstall(Exception):
    """It is not here, and this account or machine cannot get it, or cannot set it up."""


@contextmanager
def running_request_tracker(folder: Path) -> Iterator[dict[str, str]]:
    """Where it is and its token, as ``tests/live/ticketing`` wants to be told. Raises ``CannotInstall``."""
    _install()
    port = free_port()
    for name in ("mason", "sessions"):
        (folder / name).mkdir()
    configuration = folder / "RT_SiteConfig.pm"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port))
    environment = {**os.environ, "RT_SITE_CONFIG": str(configuration)}
    _tell([SET_UP, "--action", "init", "--skip-create"], environment)
    token = _tell(["perl", "-e", _SEED], environment).strip().splitlines()[-1]
    url = f"http://127.0.0.1:{port}"
    server = [str(SERVER), "--host", "127.0.0.1", "--port", str(port), "--max-workers", "2"]
    with running(server, url=url, environment=environment, log=folder / "rt.log"):
        yield {"RT_URL": url, "RT_TOKEN": token}


def _install() -> None:
    if SERVER.exists():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise CannotInstall(f"apt-get install --no-install-recommends {' '.join(PACKAGES)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *PACKAGES]):
        command = ["apt-get", "-o", "Acquire::http::Timeout=30", *words]
        try:
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=True, timeout=INSTALL_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            raise CannotInstall(f"apt-get {' '.join(words)} failed") from None


def _tell(argv: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotInstall(f"{argv[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
