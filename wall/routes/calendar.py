"""An event's programme as a calendar (RFC 5545): all of it, one session, or those that somebody picked.

Times are in UTC; a session's UID is its own for good, and its SEQUENCE is how often it was changed, so
that a calendar that asks again moves what it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from wall.entries.channel import RoomValue, SessionValue
from wall.model import Event
from wall.routes.words import Words

REFRESH = timedelta(hours=1)
"""How often a calendar that subscribes may ask again."""


def calendar_of(
    event: Event,
    rooms: Mapping[str, RoomValue],
    sessions: Iterable[SessionValue],
    page: str,
    words: Words,
    lang: str,
) -> bytes:
    """These sessions as an .ics file. `page`: the address of the event's page."""
    calendar = Calendar()
    calendar.add("prodid", "-//Backchannel//Programme//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", event.name)
    calendar.add("x-wr-timezone", event.zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for session in sessions:
        calendar.add_component(_entry(event, rooms[session.room], session, page, words, lang))
    return bytes(calendar.to_ical())


def _entry(
    event: Event, room: RoomValue, session: SessionValue, page: str, words: Words, lang: str
) -> Entry:
    entry = Entry()
    entry.add("uid", f"{session.id}@backchannel")
    entry.add("dtstamp", event.last_at.replace(microsecond=0))
    entry.add("sequence", session.version - 1)
    entry.add("dtstart", session.starts_at.replace(microsecond=0))
    entry.add("dtend", session.ends_at.replace(microsecond=0))
    entry.add("summary", session.title)
    entry.add("location", room.name)
    entry.add("url", f"{page}#session-{session.id}")
    if described := _described(session, words, lang):
        entry.add("description", described)
    return entry


def _described(session: SessionValue, words: Words, lang: str) -> str:
    """Who speaks, and where it can be followed."""
    lines = (
        [f"{words.say(lang, 'programme.with')} {', '.join(session.speakers)}"] if session.speakers else []
    )
    addresses = {"stream": session.stream, "captions": session.captions, "recording": session.recording}
    lines += [
        f"{words.say(lang, f'programme.{name}')}: {where}" for name, where in addresses.items() if where
    ]
    return "\n".join(lines)
