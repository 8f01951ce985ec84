"""Who is at a desk: kept in the bus and nowhere else. A lost word costs ten seconds of not knowing."""

from __future__ import annotations

from wall.bus import Bus

PRESENT_SECONDS = 25.0
"""For how long one call of a desk counts; desks call every 10 s."""
KEPT_SECONDS = 86_400.0
"""So that the staff page can say since when nobody is there."""
PAGE_SECONDS = 120.0
"""For how long somebody who moderates on a page without script counts as being there: such a page says
nothing of itself while it is read."""


async def arrive(bus: Bus, event_id: str, person_id: str, seconds: float = PRESENT_SECONDS) -> None:
    """Say that somebody is at a desk of this event for so many seconds."""
    await bus.arrive(event_id, person_id, seconds)
    await bus.keep(_seen(event_id), person_id, f"{seconds:.0f}", KEPT_SECONDS)


async def last_seen(bus: Bus, event_id: str) -> dict[str, float]:
    """Who was at a desk of this event within a day: how many seconds ago, by person. 0 while they count as
    being there."""
    words = await bus.kept(_seen(event_id))
    ages = {person: max(0.0, word.age_s - _stays(word.value)) for person, word in words.items()}
    return ages | dict.fromkeys(await bus.present(event_id), 0.0)


def _stays(value: str) -> float:
    """How long that call counted, where it counted longer than a desk's."""
    seconds = float(value) if value.isdecimal() else 0.0
    return seconds if seconds > PRESENT_SECONDS else 0.0


def _seen(event_id: str) -> str:
    return f"seen.{event_id}"
