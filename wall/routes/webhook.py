"""The signed webhook: other tools say what was posted, edited and taken back where they listen.

A request is a list of items, signed over its bytes (`wall.access.signatures`). What a tool calls a post or
an author stands behind the tool's own name, so that it can change nobody's posts but its own. What it may
say is in docs/reference/webhook.md.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BeforeValidator, Field, StrictBool, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from wall.access.signatures import SIGNATURE_HEADER, SIGNATURE_SECONDS, BadSignature, Signature
from wall.errors import BadInput, Malformed, TooMany
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import Intake, admit
from wall.journal import Tx
from wall.model import Author, Event, Frozen, Post, PostState, StoredPost, Url, at_border
from wall.routes import AskingHere, access_of
from wall.routes.contributing import WEB, AuthorName, Contributions, Moment, Words, new_post
from wall.store import integrations, posts

MOST_ITEMS = 100
"""Items of one request."""

PER_INTEGRATION = (600, 60)
"""A tool's limit: (requests, seconds)."""

WEBHOOK_PATHS = r"/api/v1/events/[^/]+/webhook"
"""The path, whole, to which other tools send."""
WEBHOOK_BODY_BYTES = 262_144
"""The longest text, written in the longest way that JSON has, fits."""

SignatureHere = Annotated[
    str,
    Header(
        alias=SIGNATURE_HEADER,
        description="`t=<unix seconds>,k=<integration id>,v1=<hex>`: the HMAC-SHA256 of `t`, a dot and the "
        "exact bytes of the body.",
    ),
]
ToolKey = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(at_border)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=35)]


class ToolItem(Frozen):
    """A post as it is now, or with `deleted` that it was taken back. `key` and `author_key` are the tool's
    own ids; with `edited_at` it is an edit, and what an edit leaves out stays as it was."""

    key: ToolKey
    text: Words | None = None
    author_name: AuthorName | None = None
    author_key: ToolKey | None = None
    url: Url | None = None
    created_at: Moment | None = None
    edited_at: Moment | None = None
    lang: Language | None = None
    deleted: StrictBool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> ToolItem:
        if self.deleted and len(self.model_fields_set) > 2:
            raise PydanticCustomError("deleted_only", "a deletion has a key and nothing else")
        if not self.deleted and self.text is None:
            raise PydanticCustomError("text_missing", "a post has a text")
        return self


class ToolItems(Frozen):
    """What a tool sends: items in the order in which they happened."""

    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_ITEMS)]


class NotTaken(Frozen):
    """Why an item was left out: fields and codes, never what was in them."""

    code: str
    fields: list[dict[str, str]]


class ItemAnswer(Frozen):
    """What became of one item: the post and its state, or an `error`. With `take_back`, a page where its
    author can withdraw it."""

    post: str | None = None
    state: PostState | None = None
    take_back: str | None = None
    error: NotTaken | None = None


class WebhookAnswer(Frozen):
    """An answer for each item, in their order; everything up to journal seq `seq` is on disk."""

    items: list[ItemAnswer]
    seq: int


_BODY = {
    "type": "object",
    "required": ["items"],
    "additionalProperties": False,
    "properties": {
        "items": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ITEMS,
            "items": ToolItem.model_json_schema(),
        }
    },
}

_OF_THE_WHOLE = {"deleted_only": "deleted", "text_missing": "text"}
"""Errors of an item as a whole, and the field to look at."""


class WebhookRoutes:
    """The route below /api/v1/events/{slug}/webhook."""

    def __init__(
        self, intake: Intake, contributions: Contributions, *, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` gives unix seconds."""
        self._intake = intake
        self._contributions = contributions
        self._clock = clock
        self.router = APIRouter(prefix="/events/{slug}/webhook", tags=["posts"])
        body = {"required": True, "content": {"application/json": {"schema": _BODY}}}
        self.router.add_api_route(
            "",
            self.take,
            methods=["POST"],
            response_model_exclude_none=True,
            openapi_extra={"requestBody": body},
        )

    async def take(
        self, asking: AskingHere, request: Request, signature: SignatureHere = ""
    ) -> WebhookAnswer:
        """Take what another tool says of posts. The same signed request again answers as at first."""
        event, body = asking.event, await request.body()
        signed = await self._checked(event, signature, body)
        items = _items_of(body, self._clock())
        done = await self._intake.journal.command(
            event.id,
            signed.actor,
            lambda tx: self._put_in(tx, signed, items),
            cause=f"signature.{signed.digest}",
            body=body,
        )
        base = access_of(request).origins.base(request.scope)
        return WebhookAnswer(items=[self._answer(event, base, one) for one in done.result], seq=done.seq)

    async def _checked(self, event: Event, header: str, body: bytes) -> _Signed:
        """Who signed this. Raises BadSignature, TooMany."""
        signature = Signature.of(header)
        tool = signature.integration
        key = await self._intake.store.read(lambda conn: integrations.key_of(conn, event.id, tool))
        signature.check(key, body, self._clock())
        limit, seconds = PER_INTEGRATION
        wait = await self._intake.journal.bus.hit("webhook", tool, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany(
                f"A tool may send {limit} requests in {seconds} seconds.",
                remedy="Wait for the seconds of Retry-After; send several items in one request.",
                retry_after=max(1, math.ceil(wait)),
            )
        return _Signed(tool, key or "", signature.digest)

    def _put_in(
        self, tx: Tx, signed: _Signed, items: Sequence[ToolItem | NotTaken]
    ) -> list[dict[str, Any]]:
        """Let the items through the door, and answer for each of them."""
        if integrations.key_of(tx.conn, tx.event.id, signed.tool) != signed.key:
            raise BadSignature("The signature does not fit.")  # revoked meanwhile
        graves = self._intake.graves
        taken = {f"{signed.actor}:{item.key}": item for item in items if isinstance(item, ToolItem)}
        known = posts.known(tx.conn, tx.event.id, WEB, taken.keys())
        writing = _Writing(tx, signed.actor, {key: stored.post for key, stored in known.items()})
        admit(tx, [writing.given(item) for item in items if isinstance(item, ToolItem)], graves)
        there = posts.known(
            tx.conn, tx.event.id, WEB, {name for key in taken for name in (key, graves(WEB, key))}
        )
        became = {key: there.get(key) or there[graves(WEB, key)] for key in taken}
        return [_became(item, became, signed.actor) for item in items]

    def _answer(self, event: Event, base: str, became: Mapping[str, Any]) -> ItemAnswer:
        answer = ItemAnswer.model_validate(became)
        if answer.post is None or answer.state is PostState.WITHDRAWN:
            return answer
        path = self._contributions.take_back_path(event, answer.post)
        return answer.model_copy(update={"take_back": f"{base}{path}"})


@dataclass(frozen=True)
class _Signed:
    """The tool that signed a request, with which key, and the digest by which a replay is known."""

    tool: str
    key: str
    digest: str

    @property
    def actor(self) -> str:
        return f"integration:{self.tool}"


class _Writing:
    """Items as the door takes them, in the name of one tool, over what it said before."""

    def __init__(self, tx: Tx, actor: str, known: dict[str, Post]) -> None:
        self._now = tx.now
        self._actor = actor
        self._known = known

    def given(self, item: ToolItem) -> Arrived | Edited | Withdrawn:
        """One item for the door."""
        key = f"{self._actor}:{item.key}"
        if item.deleted:
            return Withdrawn(WEB, key)
        post = self._known[key] = self._post(item, key, self._known.get(key))
        return Edited(post) if item.edited_at else Arrived(post)

    def _post(self, item: ToolItem, key: str, known: Post | None) -> Post:
        post = new_post(key, self._author(item, known), item.text or "", self._created(item, known))
        same = {"url": item.url, "lang": item.lang}
        if known is not None:
            same = {"url": item.url or known.url, "lang": item.lang or known.lang}
        return post.model_copy(update={**same, "edited_at": item.edited_at})

    def _created(self, item: ToolItem, known: Post | None) -> Any:
        return item.created_at or (known.created_at if known else self._now)

    def _author(self, item: ToolItem, known: Post | None) -> Author:
        """A tool's authors stand behind its name, so that they can be nobody but its own."""
        before = known.author if known else Author(key=self._actor, handle="")
        key = f"{self._actor}:{item.author_key}" if item.author_key else before.key
        return Author(
            key=key, handle="", name=item.author_name or (before.name if key == before.key else "")
        )


def _items_of(body: bytes, now: float) -> list[ToolItem | NotTaken]:
    """The items of a body; one that does not fit costs itself. Raises Malformed and BadInput, also when
    not one of them fits."""
    try:
        sent = ToolItems.model_validate(json.loads(body))
    except ValidationError:
        raise BadInput(
            "A webhook's body is an object with the list of its items.",
            remedy=f'Send {{"items": […]}} with 1 to {MOST_ITEMS} objects in it, and nothing else.',
            fields=[{"at": ["body", "items"], "code": "items"}],
        ) from None
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    items = [_item(given, now) for given in sent.items]
    if all(isinstance(item, NotTaken) for item in items):
        raise BadInput(
            "Not one of the items can be taken.",
            remedy="Correct the fields in details, or leave these items out.",
            items=[item.model_dump() for item in items if isinstance(item, NotTaken)],
        )
    return items


def _item(given: Mapping[str, Any], now: float) -> ToolItem | NotTaken:
    try:
        item = ToolItem.model_validate(given)
    except ValidationError as problem:
        return NotTaken(code=BadInput.code, fields=[_field(error) for error in problem.errors()])
    if item.edited_at is not None and item.edited_at.timestamp() > now + SIGNATURE_SECONDS:
        return NotTaken(code=BadInput.code, fields=[{"at": "edited_at", "code": "in_the_future"}])
    return item


def _field(error: Any) -> dict[str, str]:
    """Where an error is, as far as the name is ours, and its code."""
    named = error["loc"][0] if error["loc"] else _OF_THE_WHOLE.get(error["type"])
    return {"at": named if named in ToolItem.model_fields else "?", "code": error["type"]}


def _became(item: ToolItem | NotTaken, there: Mapping[str, StoredPost], actor: str) -> dict[str, Any]:
    if isinstance(item, NotTaken):
        return {"error": item.model_dump()}
    stored = there[f"{actor}:{item.key}"]
    return {"post": stored.id, "state": stored.state.value}
