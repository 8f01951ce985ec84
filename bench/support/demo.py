"""The demo as a process of its own, on a free port and in a folder that goes with it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.children import Child
from tests.support.ports import free_port
from tests.support.processes import ROOT, ServeProcess, clean_environment
from wall.demo import SLUG

STARTS_WITHIN = 120.0


@asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[ServeProcess]:
    """Run `backchannel demo` with these arguments until the block ends."""
    async with demo_in(*arguments) as (process, _):
        yield process


@asynccontextmanager
async def demo_in(*arguments: str) -> AsyncIterator[tuple[ServeProcess, str]]:
    """As `demo`, with the address of its database."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        port = free_port()
        command = [sys.executable, "-m", "wall.cli", "demo", "--port", str(port), *arguments]
        environment = clean_environment() | {"BACKCHANNEL_DATA_DIR": folder}
        process = ServeProcess(Child(command, Path(folder) / "demo.log", env=environment, cwd=ROOT), port)
        try:
            await process.start(STARTS_WITHIN)
            yield process, f"sqlite:///{folder}/{SLUG}/backchannel.db"
        finally:
            process.stop()
