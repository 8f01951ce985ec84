"""Who did what: the journal as an auditor reads it. Actors, kinds, times, ids and codes; no texts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from facilitator.audit_kinds import ACTORS, WORDED, wanted
from wall.store import entries, people

PAGE = 100
"""Lines of one page."""


@dataclass(frozen=True)
class Code:
    """What a field of an entry says; `words` is the key under which there may be words for it, or empty."""

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class Line:
    """One entry. `name` is the actor's where it is a person of the staff, `role` says who else it is
    (`audit_kinds.ACTORS`), else they are empty; `codes` are what the entry says in codes and numbers."""

    seq: int
    at: datetime
    kind: str
    actor: str
    name: str
    role: str
    subjects: tuple[tuple[str, str], ...]
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class Audit:
    """Some lines, newest first; `older` is the `before` of the next page, None on the last. `actors` are
    those of the staff who did something here, by id, with their names."""

    lines: tuple[Line, ...]
    older: int | None
    actors: tuple[tuple[str, str], ...]


def read(
    conn: Connection, event_id: str, before: int | None, group: str | None, actor: str | None
) -> Audit:
    """The entries before a seq (None: the newest), of a group of kinds and by one person where asked."""
    found = entries.before(conn, event_id, before, PAGE + 1, kinds=wanted(group), actor=actor)
    bodies = [json.loads(line.body) for line in found[:PAGE]]
    acting = entries.actors(conn, event_id)
    names = people.names(conn, _people([*acting, *(body["actor"] for body in bodies)]))
    lines = tuple(_line(body, names) for body in bodies)
    staff = sorted((name, person) for person, name in names.items() if f"person:{person}" in acting)
    return Audit(
        lines=lines,
        older=lines[-1].seq if len(found) > PAGE else None,
        actors=tuple((person, name) for name, person in staff),
    )


def _line(body: dict[str, Any], names: dict[str, str]) -> Line:
    actor = str(body["actor"])
    who, _, id_ = actor.partition(":")
    return Line(
        seq=body["seq"],
        at=datetime.fromisoformat(body["at"]),
        kind=body["kind"],
        actor=actor,
        name=names.get(id_, "") if who == "person" else "",
        role=who if who in ACTORS else "",
        subjects=tuple((kind, subject) for kind, subject in body["subjects"]),
        codes=tuple(_codes(body["kind"], body["data"])),
    )


def _codes(kind: str, data: dict[str, Any]) -> Iterator[Code]:
    """What an entry's data says, by the names of its fields; without what it leaves open."""
    for name, value in sorted(data.items()):
        if code := _code(value):
            prefix = WORDED.get((kind, name))
            yield Code(name, code, f"{prefix}.{code}" if prefix else "")


def _code(value: Any) -> str:
    """A value of an entry's data, short: codes, numbers and ids as they are."""
    if isinstance(value, dict):
        return str(value.get("code", ""))
    if isinstance(value, list):
        return ", ".join(_code(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _people(actors: Collection[str]) -> set[str]:
    return {actor.removeprefix("person:") for actor in actors if actor.startswith("person:")}
