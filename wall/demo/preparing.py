"""Makes the demo's event: staff, programme, codebook, and what happened before the visitor came in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from facilitator import codebook, programme
from wall.access import set_member
from wall.demo import SLUG, day
from wall.demo.cast import EVENT_NAME, MODERATOR, VISITOR, VISITOR_ROLES, Cast, RoomCast
from wall.demo.clock import DayClock
from wall.demo.facilitating import Facilitator
from wall.demo.world import World
from wall.demo.writing import HASHTAG
from wall.feeds.base import Arrived
from wall.intake import Intake
from wall.intake.policy import save_rules
from wall.journal import Journal, Tx
from wall.model import Event, Mode, Role, new_id, utc_now
from wall.moderation import Rules
from wall.store import codebook as stored_tags
from wall.store import people

_KINDS = (
    ("question",),
    ("claim", "quote", "reply", "keynote", "arrival", "thread", "midday", "closing", "warned"),
    ("experience",),
    ("evidence",),
    ("resource",),
    ("challenge",),
    ("offtopic", "brief"),
)
"""The kinds of phrases that each of the usual tags is for, in the order of the codebook."""


async def prepare(intake: Intake, world: World, speed: float) -> Cast:
    """Make the event and play the day up to the moment at which the demo begins."""
    journal = intake.journal
    event = await journal.create(
        slug=SLUG,
        name=EVENT_NAME,
        actor="system",
        hashtags=(HASHTAG,),
        mode=Mode.AUTO,
        zone="America/Toronto",
        languages=("en", "fr"),
    )
    clock = DayClock(utc_now(), day.OPENS, speed)
    staff = await journal.store.write(_add_people)
    done = await journal.command(event.id, "system", lambda tx: _furnish(tx, staff, world, clock))
    cast = done.result
    before = [Arrived(cast.played(said)) for said in world.said if said.minute < day.OPENS]
    await journal.command(event.id, "system", lambda tx: _set_mode(tx, Mode.AUTO, 1))
    await intake.submit(event.id, before, "system")
    await journal.command(event.id, "system", lambda tx: _set_mode(tx, Mode.KNOWN, 2))
    await _begin(journal, event, cast)
    return cast


def _add_people(conn: Connection) -> dict[str, str]:
    """The staff's ids, by name: the visitor, the robot moderator, and a robot for each room."""
    names = [VISITOR, MODERATOR, *(f"Robot facilitator, {room}" for room in day.ROOMS)]
    staff = {name: new_id() for name in names}
    for name, person_id in staff.items():
        people.add_person(conn, person_id, name, utc_now())
    return staff


def _furnish(tx: Tx, staff: dict[str, str], world: World, clock: DayClock) -> Cast:
    visitor, moderator, *facilitators = staff.values()
    set_member(tx, visitor, VISITOR_ROLES)
    set_member(tx, moderator, (Role.MODERATOR,))
    rooms = []
    for name, robot in zip(day.ROOMS, facilitators, strict=True):
        set_member(tx, robot, (Role.FACILITATOR,))
        room_id = programme.add_room(tx, programme.NewRoom(name=name))["room"]
        items = [item for item in day.ITEMS if item.room == name]
        sessions = tuple((_add_session(tx, room_id, item, (robot, visitor), clock), item) for item in items)
        rooms.append(RoomCast(room_id, name, robot, sessions))
    codebook.add_preset(tx)
    listed = stored_tags.listed(tx.conn, tx.event.id)
    tags = {kind: tag.id for kinds, tag in zip(_KINDS, listed, strict=True) for kind in kinds}
    return Cast(tx.event.id, visitor, moderator, tuple(rooms), tags, world, clock)


def _add_session(tx: Tx, room_id: str, item: day.Item, staff: tuple[str, ...], clock: DayClock) -> str:
    prompts = tuple(
        programme.NewPrompt(text=text, minute=round(minute / clock.speed)) for minute, text in item.prompts
    )
    new = programme.NewSession(
        room=room_id,
        title=item.title,
        method=item.method,
        speakers=item.speakers,
        facilitators=staff,
        starts_at=clock.at(day.planned(item)),
        ends_at=clock.at(item.ends),
        prompts=prompts,
    )
    return str(programme.add_session(tx, new)["session"])


def _set_mode(tx: Tx, mode: Mode, version: int) -> None:
    """A made-up day runs faster than a real one: who posts a lot in it floods nothing."""
    save_rules(tx, Rules(mode=mode, flood=None, hold_images=False), version)


async def _begin(journal: Journal, event: Event, cast: Cast) -> None:
    """Both morning sessions run, with something in the room, next and waiting."""
    for room in cast.rooms:
        robot = Facilitator(cast, room, _Here(journal, event.id).do, journal.store)
        await robot.catch_up()


class _Here:
    """Gives commands in one event, whether or not the robots are on."""

    def __init__(self, journal: Journal, event_id: str) -> None:
        self._journal = journal
        self._event_id = event_id

    async def do(self, person: str, fn: Callable[[Tx], Any]) -> bool:
        await self._journal.command(self._event_id, f"person:{person}", fn)
        return True
