"""Beats: what each screen said last of itself. Kept in the bus and nowhere else: a lost one costs five
seconds of not knowing. What has to hold for longer is in the journal."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from wall.bus import Bus
from wall.live.hub import Reader

LATE_SECONDS = 15.0
GONE_SECONDS = 30.0
KEPT_SECONDS = 86_400.0
"""So that a fleet page can say since when a screen is gone."""
PAUSE_SECONDS = 0.25
"""At most four words a second of each screen go to the bus, however quickly it paints."""
INCOMING_BYTES = 4 * 1024

Pixels = Annotated[int, Field(ge=0, le=1_000_000)]


class Said(BaseModel):
    """What a screen says of itself. What is unknown in it is ignored, for newer screens say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seq: Annotated[int, Field(ge=0, le=2**53)] = 0
    """Journal seq up to which it has painted."""
    step: Annotated[int, Field(ge=0, le=1_000)] | None = None
    scene: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,63}$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    scale: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    build: Annotated[int, Field(ge=0, le=2**53)] | None = None
    clock_s: float | None = None
    """How many seconds its clock is ahead of this server's."""
    epoch: str = ""
    """The history that `seq` counts in."""


class _Beat(Said):
    """`{"type":"beat", …}`; `at` is the screen's own clock, in milliseconds since 1970."""

    type: Literal["beat"]
    at: Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)] | None = None


@dataclass(frozen=True)
class Heard:
    """A screen's last word, and how many seconds ago it was heard."""

    said: Said
    age_s: float

    @property
    def state(self) -> Literal["here", "late", "gone"]:
        """Whether it is still there."""
        if self.age_s >= GONE_SECONDS:
            return "gone"
        return "late" if self.age_s >= LATE_SECONDS else "here"


class Beats:
    """The last words of the screens of all events."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def keep(self, event_id: str, screen_id: str, said: Said) -> None:
        """Keep what a screen said, in place of what it said before."""
        await self._bus.keep(f"beats:{event_id}", screen_id, said.model_dump_json(), KEPT_SECONDS)

    async def of(self, event_id: str) -> dict[str, Heard]:
        """What the screens of an event said last, by their ids."""
        words = await self._bus.kept(f"beats:{event_id}")
        read = ((screen_id, _kept(word.value), word.age_s) for screen_id, word in words.items())
        return {screen_id: Heard(said, age_s) for screen_id, said, age_s in read if said is not None}


class Beating:
    """One screen's socket: takes what it says, and passes the newest on."""

    def __init__(self, beats: Beats, event_id: str, epoch: str, screen_id: str) -> None:
        self._beats = beats
        self._event_id = event_id
        self._screen_id = screen_id
        self._said = Said(epoch=epoch)
        self._new = False
        self._task: asyncio.Task[None] | None = None

    def take(self, text: str, reader: Reader) -> None:
        """Take one message, a beat or an acknowledgement; its reader's `painted` follows. Nobody can
        have painted what was not written to them. Anything else is ignored."""
        said = _beat(text) or Said(seq=painted(text))
        if not isinstance(said, _Beat) and not said.seq:
            return
        reader.painted = max(reader.painted, min(said.seq, reader.seq))
        if isinstance(said, _Beat):
            clock_s = None if said.at is None else round(said.at / 1_000 - time.time(), 1)
            fields = said.model_dump(include=set(Said.model_fields), exclude={"epoch"})
            self._said = Said(**fields | {"clock_s": clock_s, "epoch": self._said.epoch})
        self._said = self._said.model_copy(update={"seq": reader.painted})
        self._new = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._pass_on())

    async def end(self) -> None:
        """Stop; what was not passed on yet is lost with the socket."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _pass_on(self) -> None:
        while self._new:
            self._new = False
            await self._beats.keep(self._event_id, self._screen_id, self._said)
            await asyncio.sleep(PAUSE_SECONDS)


def painted(text: str) -> int:
    """The seq of `{"type":"painted","seq":N}`; 0 for anything else."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    if not isinstance(said, dict) or said.get("type") != "painted":
        return 0
    seq = said.get("seq")
    return seq if isinstance(seq, int) and seq > 0 else 0


def _beat(text: str) -> _Beat | None:
    try:
        return _Beat.model_validate_json(text)
    except ValidationError:
        return None


def _kept(text: str) -> Said | None:
    """What is in the bus may be of another version of this server."""
    try:
        return Said.model_validate_json(text)
    except ValidationError:
        return None
