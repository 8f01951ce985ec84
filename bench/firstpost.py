"""From a bare checkout to the first post on the wall: `make run`, as somebody new does it.

A clone of this repository's last commit in a folder of its own, no cache of pip or npm; then seconds
until `make run` answers, and until a card is painted in Chromium, which was open before.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from playwright.async_api import Page

from bench.support.arguments import parser
from bench.support.http import Client
from bench.support.results import Report
from bench.support.wall_page import SCREEN, chromium, first_card
from tests.support.children import ends_with_parent
from tests.support.processes import ROOT, clean_environment
from tests.support.waiting import eventually

PATIENCE_SECONDS = 1_200
_DEMO = "demo"
_OF_OTHERS = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH", "PIP_CACHE_DIR")
"""Variables of a make or a venv around this measurement; somebody new has none of them."""


@contextlib.contextmanager
def making(checkout: Path, caches: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` in a process group of its own, which ends with the block."""
    environment = {name: value for name, value in clean_environment().items() if name not in _OF_OTHERS}
    environment |= {"PIP_NO_CACHE_DIR": "1", "npm_config_cache": str(caches / "npm")}
    with (caches / "make.log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run", f"ARGS=--port {port}"],
            cwd=checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGTERM),
        )
    try:
        yield process
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM to everything that make started, and after ten seconds SIGKILL."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
            return


async def serving(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the demo answers. Exits with what make said if it ends before."""

    async def answers() -> bool:
        if process.poll() is not None:
            raise SystemExit(f"make run ended:\n{_end_of(log)}")
        client = Client(port)
        try:
            return (await client.get("/readyz")).status == 200
        except (OSError, AssertionError, asyncio.IncompleteReadError):
            return False
        finally:
            await client.close()

    await eventually(answers, PATIENCE_SECONDS, "the demo's answer")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-3_000:]


def cloned(folder: Path) -> Path:
    """A clone of this repository's last commit."""
    checkout = folder / "checkout"
    command = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(checkout)]
    subprocess.run(command, check=True)
    return checkout


def _free_port() -> int:
    """One that the system chose: the tests' ports may be taken by others while make installs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def in_snapshot(port: int) -> None:
    """Wait until the wall's snapshot has a post."""
    client = Client(port)

    async def has_post() -> bool:
        snapshot = (await client.get(f"/api/v1/events/{_DEMO}/snapshot?face=wall")).json
        return any(put["type"] == "post" for put in snapshot["puts"])

    await eventually(has_post, 60, "the first post")
    await client.close()


@contextlib.asynccontextmanager
async def _page(wanted: bool) -> AsyncIterator[Page | None]:
    if not wanted:
        yield None
        return
    async with chromium() as browser:
        yield await browser.new_page(viewport=SCREEN)


async def measure(browser: bool) -> dict[str, float]:
    """Seconds since `make run`, by what was there."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        caches, port = Path(folder), _free_port()
        checkout = cloned(caches)
        async with _page(browser) as page:
            began = time.time()
            with making(checkout, caches, port) as process:
                await serving(process, port, caches / "make.log")
                found = {"`make run` answers": time.time() - began}
                if page is None:
                    await in_snapshot(port)
                    return found | {"the first post is in the snapshot": time.time() - began}
                await page.goto(f"http://127.0.0.1:{port}/wall/{_DEMO}")
                return found | {"the first post is painted": await first_card(page) - began}


def main() -> None:
    """Measure the way from a checkout to the first post."""
    arguments = parser(__doc__)
    arguments.add_argument("--no-browser", action="store_true", help="until the snapshot has a post")
    given = arguments.parse_args()
    report = Report("firstpost", "From a bare checkout to the first post", given.quick)
    for what, seconds in asyncio.run(measure(not given.no_browser)).items():
        report.add(what, seconds, "s", "1 run")
    report.notes += [
        "One run, of the last commit. Most of it is downloading packages, so it depends on the network.",
        "`git clone` is not counted; venv, pip, the build of the faces and the start of the demo are.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
