"""Other people's servers, installed into bench/results/peers (ignored by git, deleted by `make clean`).

Nothing is installed into the system: Debian's packages are unpacked, npm's and PyPI's go into folders.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.support.results import RESULTS

FOLDER = RESULTS / "peers"
SOURCES = Path(__file__).resolve().parents[1] / "peers"
GO = "golang-1.19-go"
"""Debian 12's; it runs from where it is unpacked."""
_WITHIN = 600.0


class LeftOut(Exception):
    """A server that cannot be measured here, and why, in words for the table."""


def needed(program: str) -> str:
    """The path of a program. Raises LeftOut."""
    found = shutil.which(program)
    if found is None:
        raise LeftOut(f"there is no {program} here")
    return found


def compiled(name: str) -> Path:
    """The program of bench/peers/NAME.c, made when it is not there or older. Raises LeftOut."""
    source, program = SOURCES / f"{name}.c", FOLDER / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        FOLDER.mkdir(parents=True, exist_ok=True)
        new = FOLDER / f"{name}.{os.getpid()}"
        run([needed("cc"), "-O2", "-o", str(new), str(source)])
        new.replace(program)
    return program


def from_npm(package: str) -> Path:
    """A folder for NODE_PATH. Raises LeftOut."""
    needed("node")
    folder = FOLDER / f"npm-{package}"
    command = [needed("npm"), "install", "--silent", "--no-audit", "--no-fund", "--prefix", "{}", package]
    return _once(folder, command) / "node_modules"


def from_pypi(*packages: str) -> Path:
    """A folder for PYTHONPATH. Raises LeftOut."""
    folder = FOLDER / f"pypi-{packages[0]}"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    return _once(folder, [*pip, "--target", "{}", *packages])


def from_debian(*packages: str) -> Path:
    """A folder with what these packages hold, as if it were the root. Raises LeftOut."""
    apt, unpack = needed("apt-get"), needed("dpkg-deb")
    folder = FOLDER / f"debian-{packages[0]}"
    if folder.exists():
        return folder
    new = _new(folder)
    try:
        run([apt, "-qq", "download", *packages], new)
    except LeftOut:
        run([apt, "-qq", "update"])  # its lists may be old or not there; only root may
        run([apt, "-qq", "download", *packages], new)
    for package in sorted(new.glob("*.deb")):
        run([unpack, "-x", str(package), str(new)])
        package.unlink()
    return new.rename(folder)


def gorilla() -> Path:
    """The Go server, built. Raises LeftOut."""
    program = FOLDER / "gorilla"
    source = SOURCES / "gorilla.go"
    if program.exists() and program.stat().st_mtime >= source.stat().st_mtime:
        return program
    root = from_debian(GO, f"{GO[:-2]}src", "golang-github-gorilla-websocket-dev")
    go_root = next(iter(root.glob("usr/lib/go-*")), root)
    environment = {
        "GOROOT": str(go_root),
        "GOPATH": str(root / "usr/share/gocode"),
        "GOCACHE": str(FOLDER / "go-cache"),
        "GO111MODULE": "off",
        "CGO_ENABLED": "0",
    }
    run([str(go_root / "bin/go"), "build", "-o", str(program), str(source)], environment=environment)
    return program


def run(
    command: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> None:
    """Run to its end. Raises LeftOut with the last line it said."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise LeftOut(f"{Path(command[0]).name}: {type(problem).__name__}") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise LeftOut(f"{Path(command[0]).name} {command[1]} failed: {said[:120]}")


def _once(folder: Path, command: Sequence[str]) -> Path:
    """Fill a folder by a command with {} for it, whole or not at all."""
    if not folder.exists():
        new = _new(folder)
        run([part.replace("{}", str(new)) for part in command])
        new.rename(folder)
    return folder


def _new(folder: Path) -> Path:
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    return new
