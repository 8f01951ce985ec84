"""An event's guidance: its code of conduct, for participants and for staff, and what is kept of people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from sqlalchemy import Connection

from facilitator.programme import line, lines
from wall.entries.speaker_kinds import GuidanceWritten
from wall.errors import Stale
from wall.journal import Tx
from wall.model import Frozen
from wall.store import guidance as stored
from wall.store.codec import to_json

TEXT_LIMIT = 5_000
"""Longest text of one part in one language, in code points."""
PARTS = ("participants", "staff", "notice")
"""Whom a text is for; `notice`: what is kept and what people can do about it."""

_ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+(?=\S)")
_EMAIL = re.compile(r"[^@\s<>\"'&?]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

Part = Annotated[
    str, StringConstraints(max_length=TEXT_LIMIT, strip_whitespace=True), BeforeValidator(lines)
]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), BeforeValidator(line)
]


class Guidance(Frozen):
    """What an organiser wrote: whom to ask (`contact`), for how long things are kept, and the texts by
    language and part. A text that is empty is the default."""

    contact: Line
    kept_for: Line
    texts: dict[
        Annotated[str, Field(max_length=10)], dict[Literal["participants", "staff", "notice"], Part]
    ]


@dataclass(frozen=True)
class Written:
    """The guidance of an event as it is; `version` 0: nobody wrote any, the defaults hold."""

    version: int
    contact: str
    kept_for: str
    texts: Mapping[str, Mapping[str, str]]

    def text(self, lang: str, part: str) -> str:
        """A part as somebody wrote it in this language; empty where the default holds."""
        return self.texts.get(lang, {}).get(part, "")


@dataclass(frozen=True)
class Block:
    """A paragraph of one line or more, or a list of items."""

    kind: Literal["paragraph", "list"]
    lines: tuple[str, ...]


def read(conn: Connection, event_id: str) -> Written:
    """The newest version of an event's guidance."""
    found = stored.body(conn, event_id)
    if found is None:
        return Written(0, "", "", {})
    version, body = found
    known = Guidance.model_validate(json.loads(body))
    texts = {lang: {str(part): text for part, text in parts.items()} for lang, parts in known.texts.items()}
    return Written(version, known.contact, known.kept_for, texts)


def write(tx: Tx, new: Guidance, version: int) -> dict[str, Any]:
    """Put this in the place of the version that was looked at (0: of the defaults). Raises Stale."""
    before = stored.body(tx.conn, tx.event.id)
    present = before[0] if before else 0
    body = to_json(new.model_dump(mode="json"))
    if before and before[1] == body:
        return {"version": present}
    if present != version:
        raise Stale("Somebody else changed the guidance meanwhile.", current={"version": present})
    stored.add(tx.conn, tx.event.id, present + 1, body, tx.actor, tx.now)
    tx.append(GuidanceWritten(version=present + 1))
    return {"version": present + 1}


def blocks_of(text: str) -> tuple[Block, ...]:
    """A plain text as paragraphs and lists: an empty line ends a paragraph, a line that begins with `-`,
    `*`, a bullet or a number is an item. Nothing else means anything; whoever shows it escapes it."""
    return tuple(_blocks([one.strip() for one in text.split("\n")]))


def mail_of(contact: str) -> str | None:
    """The address in a contact that is nothing but an e-mail address."""
    return contact if _EMAIL.fullmatch(contact) else None


def _blocks(given: Sequence[str]) -> Iterator[Block]:
    kind: Literal["paragraph", "list"] = "paragraph"
    gathered: list[str] = []
    for one in given:
        item = _ITEM.match(one)
        here: Literal["paragraph", "list"] = "list" if item else "paragraph"
        if gathered and (not one or here != kind):
            yield Block(kind, tuple(gathered))
            gathered = []
        if one:
            kind = here
            gathered.append(one[item.end() :] if item else one)
    if gathered:
        yield Block(kind, tuple(gathered))
