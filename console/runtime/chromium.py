"""Finds a Chromium for the browser tests, or installs one: from Debian as root, else from an npm package."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import brotli

from console.runtime.demo_environment import ROOT
from console.runtime.failure import RuntimeFailure

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGE = "@sparticuz/chromium@147.0.0"
CHECKSUMS = {
    "al2023.tar.br": "2e22542d8c66b83194172f4bbbef0a79b80bbeb99d69abf3962d85c1351f478d",
    "chromium.br": "64d813a054f76fc32b8010e305d87e6d7a45aa76ee02d36e66c03c8ca6667e8d",
    "fonts.tar.br": "78620f052a57d98716b8da709e9de5c14a5ae606e60810009f5051ab46e2a588",
    "swiftshader.tar.br": "f957ea867313f9815b71dc2ed30cce301e01db4f3973fbdb31ffa5391b0ec45a",
}
STARTER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf" exec "$here/program" "$@"
"""
# Without fonts of its own the browser draws no text at all, and says nothing about it.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
OWN_PLACE = ROOT / ".browser"


def ensure_chromium() -> Path:
    """The program to start; installs it when this machine has none."""
    found = find_chromium()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install_from_debian()
        found = find_chromium()
        if found:
            return found
    if shutil.which("npm"):
        return _install_from_npm()
    raise RuntimeFailure(
        "The browser tests need a Chromium, and none was found. Install one (on Debian: "
        "sudo apt-get install chromium), install npm, or name a program: CHROMIUM=/path/to/chromium make test"
    )


def find_chromium() -> Path | None:
    named = os.environ.get("CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise RuntimeFailure(f"CHROMIUM names {named}, which cannot be run.")
        return Path(named)
    for name in NAMES:
        program = shutil.which(name)
        if program:
            return Path(program)
    own = OWN_PLACE / "chromium"
    return own if own.exists() else None


def _install_from_debian() -> None:
    print("test: installing Chromium with apt-get", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"test: {' '.join(command[:2])} failed:\n{done.stderr[-1000:]}", flush=True)
            return


def _install_from_npm() -> Path:
    print(f"test: installing Chromium from the npm package {PACKAGE}", flush=True)
    with tempfile.TemporaryDirectory(prefix="deskglass-npm-") as workshop:
        done = subprocess.run(
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", workshop, PACKAGE],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeFailure(f"npm could not install {PACKAGE}:\n{done.stderr[-1000:]}")
        package = Path(workshop) / "node_modules" / "@sparticuz" / "chromium"
        shutil.rmtree(OWN_PLACE, ignore_errors=True)
        unfinished = OWN_PLACE.with_name(".browser.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _unpack(package / "bin", unfinished)
        unfinished.rename(OWN_PLACE)
    return OWN_PLACE / "chromium"


def _unpack(packed: Path, target: Path) -> None:
    """Unpack program, libraries and fonts, with a starter that tells the program where they are."""
    target.mkdir()
    for name, checksum in CHECKSUMS.items():
        content = (packed / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != checksum:
            raise RuntimeFailure(
                f"{name} of {PACKAGE} is not the file that was checked: nothing was installed."
            )
        unpacked = brotli.decompress(content)
        if name.endswith(".tar.br"):
            with tarfile.open(fileobj=io.BytesIO(unpacked)) as archive:
                archive.extractall(target, filter="data")
        else:
            _write_program(target / "program", unpacked)
    (target / "fonts.conf").write_text(FONTS)
    _write_program(target / "chromium", STARTER.encode())


def _write_program(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o755)
