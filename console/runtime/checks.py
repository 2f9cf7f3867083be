"""Runs every static check and says at the end which of them failed, instead of stopping at the first."""

import os
import subprocess
import sys
import time
from pathlib import Path

from console.runtime.demo_environment import ROOT

BIN = Path(sys.executable).parent
NO_DATABASE = "postgresql://nobody@/none?host=/nonexistent"
TEMPLATES = ROOT / "templates"
CHECKS: dict[str, list[str]] = {
    "ruff check": [str(BIN / "ruff"), "check"],
    "ruff format": [str(BIN / "ruff"), "format", "--check"],
    "import contracts": [str(BIN / "lint-imports")],
    "mypy": [str(BIN / "mypy")],
    "missing migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "bridge is proven": [sys.executable, "-m", "integrations.odoo.bridge"],
    "templates": [str(BIN / "djlint"), "--lint", "--quiet", str(TEMPLATES)],
    "bandit": [
        str(BIN / "bandit"),
        "-q",
        "-ll",
        "-c",
        "pyproject.toml",
        "-r",
        "console",
        "cases",
        "integrations",
    ],
}


def main() -> int:
    """Run the checks named as arguments, or all of them."""
    # The checks load the settings, but none of them needs a database: this one cannot be reached.
    environment = dict(os.environ, DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL=NO_DATABASE)
    environment.pop("DATABASE_OWNER_URL", None)
    failed = []
    for name, command in CHECKS.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        started_at = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        verdict = "ok" if code == 0 else "FAILED"
        print(f"check: {name:<20} {verdict:<6} {time.monotonic() - started_at:5.1f} s", flush=True)
        if code != 0:
            failed.append(name)
    if failed:
        print(f"check: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
