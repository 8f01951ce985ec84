"""A house: one serve for many tests, each of which has a hall of its own in it, an event that no other
test knows. A test that ends its serve, or that is about all events of an instance, takes its own house.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.hall import SECRET, Hall
from tests.support.ports import SHARE
from tests.support.processes import ServeProcess
from tests.support.summit import OPEN_RULES
from wall.model import Mode
from wall.moderation import Rules
from wall.store import Store


class House:
    """A serve that runs, its database, and the folder with its files."""

    def __init__(self, process: ServeProcess, store: Store, folder: Path) -> None:
        self.process = process
        self.store = store
        self.folder = folder
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        """Where it serves, without a slash at the end."""
        return self.process.base_url

    def pictures(self) -> set[Path]:
        """The pictures from outside that it keeps."""
        return set((self.folder / "media").iterdir())

    def hall(self, *, mode: Mode = Mode.AUTO, rules: Rules | None = OPEN_RULES) -> Hall:
        """A new event. Without `rules` they are the ordinary ones of the mode."""
        return Hall(self.process, self.store, self.new_slug(), mode=mode, rules=rules)

    def new_slug(self) -> str:
        """A short name that no event has."""
        return f"summit-{next(self._numbers)}"


@asynccontextmanager
async def house_at(serve: Callable[..., ServeProcess], url: str, folder: Path) -> AsyncIterator[House]:
    """A house over a migrated database, for as long as the block runs. It fetches pictures from the hosts
    of this worker's tests and asks nobody else."""
    process = serve(
        {
            "BACKCHANNEL_DATABASE_URL": url,
            "BACKCHANNEL_DATA_DIR": str(folder),
            "BACKCHANNEL_SECRET_KEY": SECRET,
            "BACKCHANNEL_MEDIA_TRUSTED_NETWORKS": "127.0.0.0/8",
            "BACKCHANNEL_MEDIA_PORTS": ",".join(map(str, SHARE)),
        }
    )
    store = Store(url)
    try:
        await process.start()
        yield House(process, store, folder)
    finally:
        process.kill()
        store.close()
