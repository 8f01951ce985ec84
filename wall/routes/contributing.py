"""Posts of people who are not on the staff: limits, checks, and the one door.

Nobody here approves anything: what they send is judged by the event's rules like any other post.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from wall.access import clean_name
from wall.access.participants import PARTICIPANT_SECONDS, Participant, Participants
from wall.access.signatures import TakeBack, mac
from wall.declared import Country, DeclaredRole
from wall.errors import BadInput, NotFound, TooMany
from wall.feeds.base import Arrived
from wall.intake import Intake, admit, moves
from wall.journal import Tx
from wall.model import (
    NAME_LIMIT,
    POST_TEXT_LIMIT,
    Author,
    Event,
    Frozen,
    Post,
    PostState,
    StoredPost,
    at_border,
    new_id,
)
from wall.store import posts
from wall.store.search import forget_words
from wall.text import find_hashtags

WEB = "web"
"""The network of what is written here and on no network."""

CONTRIBUTION_CHARACTERS = 1_000
"""Longest text of a participant, in code points."""

PER_PARTICIPANT = ((6, 60), (60, 3_600))
"""A participant's limits: (posts, seconds)."""

SUPPORT = "support"
"""What the digests of those who think so too are made for."""

_WRONG_TIME = "it must be a time such as 2014-05-16T09:30:00Z"


def _in_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError(_WRONG_TIME) from None


Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=POST_TEXT_LIMIT, strip_whitespace=True),
    BeforeValidator(at_border),
]
AuthorName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_LIMIT, strip_whitespace=True),
    BeforeValidator(at_border),
]
Moment = Annotated[datetime, AfterValidator(_in_utc)]


class NewPost(Frozen):
    """A post: what somebody said, and under which name."""

    text: Words
    author_name: AuthorName | None = None


class Added(Frozen):
    """What became of a new post; everything up to journal seq `seq` is on disk. With `take_back`, a
    page where its author can withdraw it; None for a post of the staff."""

    post: str
    state: PostState
    seq: int
    take_back: str | None = None


@dataclass(frozen=True)
class Contribution:
    """What a participant typed, which send of it this is (`cause`, with the `body` it covers), the id of
    the session that their page was about, and what they say of themselves (`wall.declared`)."""

    text: str
    name: str
    cause: str | None
    body: bytes
    session: str | None = None
    role: DeclaredRole = ""
    country: Country = ""


class Contributions:
    """Takes posts from participants, and lets authors take them back."""

    def __init__(
        self,
        intake: Intake,
        participants: Participants,
        secret: bytes,
        *,
        per_address: int,
    ) -> None:
        """`per_address`: posts per minute from one address."""
        self.intake = intake
        self.participants = participants
        self._secret = secret
        self._take_back = TakeBack(secret)
        self._per_address = per_address

    def supporter(self, who: str, post_id: str) -> str:
        """What stands for a participant among those who think so too of a post, and nowhere else."""
        return mac(self._secret, SUPPORT, post_id, who)

    async def from_participant(
        self, event: Event, who: Participant, address: str, said: Contribution
    ) -> Added:
        """Take a participant's post. Raises BadInput for text or name, TooMany."""
        text = checked_text(said.text)
        name = clean_name(said.name) if said.name.strip() else ""
        await self._limit_participant(who, address)
        author = Author(key=who.key, handle="", name=name, role=said.role, country=said.country)

        def put_in(tx: Tx) -> dict[str, Any]:
            done = self._admitted(tx, new_post(new_id(), author, text, tx.now))
            if said.session:
                tx.came_for(done["post"], said.session)
            return done

        return await self._done(event, who.key, put_in, said.cause, said.body)

    def take_back_path(self, event: Event, post_id: str) -> str:
        """The page on which a post is taken back, to be put behind this server's address."""
        return self._take_back.path(event.id, post_id)

    async def take_back_of(self, event: Event, who: Participant, post_id: str) -> str:
        """The take-back page of a post of this participant. Raises NotFound for what is not theirs."""
        found = await self.intake.store.read(lambda conn: posts.by_ids(conn, event.id, {post_id}))
        stored = found.get(post_id)
        if stored is None or stored.post.author.key not in {who.key, f"person:{who.id}"}:
            raise NotFound("You have no such point here.", remedy="Open the list of your points again.")
        return self._take_back.path(event.id, post_id)

    async def find(self, token: str) -> tuple[Event, StoredPost | None]:
        """The event and post of a take-back link; no post where it is gone. Raises NotFound."""
        event_id, post_id = self._take_back.read(token)
        event = await self.intake.journal.event(event_id)
        found = await self.intake.store.read(lambda conn: posts.by_ids(conn, event_id, {post_id}))
        return event, _not_gone(found.get(post_id))

    async def take_back(self, token: str) -> Event:
        """Withdraw the post of a take-back link for good; nothing happens when it is gone already.
        Its event. Raises NotFound."""
        event_id, post_id = self._take_back.read(token)

        def withdraw(tx: Tx) -> None:
            stored = _not_gone(posts.by_ids(tx.conn, event_id, {post_id}).get(post_id))
            if stored is not None:
                moves.withdrawn(tx, stored, "author", self.intake.graves)
                forget_words(tx.conn)

        await self.intake.journal.command(event_id, "author", withdraw)
        return await self.intake.journal.event(event_id)

    def _admitted(self, tx: Tx, post: Post) -> dict[str, Any]:
        (post_id,) = admit(tx, [Arrived(post)], self.intake.graves).ids
        stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
        return {"post": post_id, "state": stored.state.value}

    async def _done(
        self,
        event: Event,
        actor: str,
        put_in: Callable[[Tx], dict[str, Any]],
        cause: str | None,
        body: bytes,
    ) -> Added:
        done = await self.intake.journal.command(event.id, actor, put_in, cause=cause, body=body)
        return Added(**done.result, seq=done.seq, take_back=self.take_back_path(event, done.result["post"]))

    async def _limit_participant(self, who: Participant, address: str) -> None:
        """Count one post. A participant who is refused does not use up the address that many share;
        one without a cookie, who may be anybody, is held by the address first."""
        windows = [("participant", who.id, *window) for window in PER_PARTICIPANT]
        windows.append(("address", address, self._per_address, 60))
        for window in reversed(windows) if who.fresh else windows:
            await self._limit(*window)

    async def _limit(self, kind: str, key: str, limit: int, seconds: int) -> None:
        name = f"join.{kind}.{seconds}"
        wait = await self.intake.journal.bus.hit(name, key, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany(
                "That is more than may be sent at a time.",
                remedy="Wait for the seconds in details, then send it again.",
                retry_after=max(1, math.ceil(wait)),
            )


def new_post(key: str, author: Author, text: str, created_at: datetime) -> Post:
    """A post that was written here."""
    return Post(
        network=WEB,
        key=key,
        author=author,
        text=text,
        created_at=created_at,
        hashtags=find_hashtags(text),
    )


def checked_text(text: str) -> str:
    """A participant's text as it is stored. Raises BadInput for one too long or with nothing to read."""
    clean = str(at_border(text)).strip()
    if len(clean) > CONTRIBUTION_CHARACTERS:
        raise BadInput(
            f"A text has at most {CONTRIBUTION_CHARACTERS} characters, and this one has {len(clean)}.",
            remedy="Shorten it and send it again.",
            field="text",
            length=len(clean),
            most=CONTRIBUTION_CHARACTERS,
        )
    if all(unicodedata.category(character)[0] in "CZ" for character in clean):
        raise BadInput("There is nothing to read in this text.", remedy="Write something.", field="text")
    return clean


def address_of(request: Request) -> str:
    """The network address that limits count: an IPv6 address by its /64, which is one connection."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address.packed[:8] + bytes(8), 64)))


def remember(participants: Participants, request: Request, response: Response, who: Participant) -> None:
    """Give a new participant their cookie."""
    if who.fresh is not None:
        response.set_cookie(
            participants.cookie_name(request.scope),
            who.fresh,
            max_age=PARTICIPANT_SECONDS,
            path="/",
            secure=participants.is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )


def form_cause(nonce: str, body: bytes) -> str | None:
    """The cause of a form that was sent: the same page sent twice with the same words is one post."""
    known = nonce.isascii() and nonce.replace("-", "").replace("_", "").isalnum() and len(nonce) <= 32
    return f"{nonce}.{hashlib.sha256(body).hexdigest()}" if known else None


def _not_gone(stored: StoredPost | None) -> StoredPost | None:
    return None if stored is None or stored.state is PostState.WITHDRAWN else stored
