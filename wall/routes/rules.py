"""An event's moderation rules: the API, and the page on which a moderator sets them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall.errors import CauseReused, Stale
from wall.intake.judging import keep_judge, rules_of
from wall.intake.policy import prepare_rules, set_rules
from wall.journal import Done, Journal
from wall.model import Event, Frozen, Mode, Role
from wall.moderation import LINES_LIMIT, BadRules, Rules, idle_words
from wall.routes import Asking, AskingHere
from wall.routes.commands import CauseHere, command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.rules_form import Typed, in_words
from wall.routes.words import Views, Words
from wall.store import members
from wall.store import rules as stored_rules

RULES_PATHS = r"/(?:api/v1/events|moderate)/[^/]+/rules"
"""The paths, whole, to which rules are sent."""

RULES_BODY_BYTES = 4 * 1024 * 1024
"""Largest body of rules: a form with lists of 50,000 lines, percent-encoded."""

_MODERATORS_FOR_PRE = 2

Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class RulesNow(Frozen):
    """The rules, their version (0: never set) and the lines of `words` that can hold nothing."""

    rules: Rules
    version: int
    idle: tuple[str, ...]


class NewRules(Frozen):
    """Rules to replace those that were looked at as `version`; fields left out get their defaults."""

    version: Version
    rules: dict[str, Any]


class RulesSet(Frozen):
    """The new version; the journal is on disk up to `seq`."""

    version: int
    seq: int


@dataclass(frozen=True)
class _Present:
    rules: Rules
    version: int
    idle: tuple[str, ...]
    moderators: int


class RulesRoutes:
    """/api/v1/events/{slug}/rules."""

    def __init__(self, journal: Journal, words: Words) -> None:
        self._journal = journal
        self._words = words
        self.router = APIRouter(prefix="/events/{slug}/rules", tags=["rules"])
        self.router.add_api_route("", self.show, methods=["GET"])
        self.router.add_api_route("", self.replace, methods=["PUT"])

    async def show(self, asking: AskingHere) -> RulesNow:
        """What this event holds back, and whom it lets pass."""
        asking.require("rules.see")
        now = await self._journal.store.read(lambda conn: _present(conn, asking.event))
        return RulesNow(rules=now.rules, version=now.version, idle=now.idle)

    async def replace(
        self, new: NewRules, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RulesSet:
        """Set the rules. 422 names field and lines; 409 when somebody else set them meanwhile."""
        asking.require("rules.set")
        try:
            done = await _replaced(self._journal, asking, request, new.rules, new.version, cause)
        except BadRules as error:
            raise in_words(error, self._words) from None
        return RulesSet(**done.result, seq=done.seq)


class RulesPage:
    """/moderate/{slug}/rules: a form that keeps what was typed until it can be used."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.router = APIRouter(prefix="/moderate/{slug}/rules", include_in_schema=False)
        self.router.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("", self.save, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request, saved: bool = False) -> Response:
        """The rules as they are."""
        asking.require("rules.see")
        now = await self._now(asking)
        return self._page(asking, request, now, Typed.of(now.rules), version=now.version, saved=saved)

    async def save(self, asking: AskingHere, request: Request) -> Response:
        """Set the rules; where they cannot be used, the form comes back as it was typed."""
        asking.require("rules.set")
        form = await form_of(request)
        typed, version = Typed.read(form), _version(form)
        try:
            await _replaced(
                self._journal, asking, request, typed.data(), version, form.get("cause") or None
            )
        except BadRules as error:
            now = await self._now(asking)
            return self._page(asking, request, now, typed, version=version, error=error)
        except (Stale, CauseReused):
            now = await self._now(asking)
            other = typed.differences(Typed.of(now.rules))
            return self._page(asking, request, now, typed, version=now.version, differences=other)
        return RedirectResponse(f"/moderate/{asking.event.slug}/rules?saved=true", 303)

    async def _now(self, asking: Asking) -> _Present:
        event = await self._journal.event(asking.event.id)
        return await self._journal.store.read(lambda conn: _present(conn, event))

    def _page(
        self,
        asking: Asking,
        request: Request,
        now: _Present,
        typed: Typed,
        *,
        version: int,
        saved: bool = False,
        error: BadRules | None = None,
        differences: tuple[str, ...] | None = None,
    ) -> Response:
        status = 422 if error else 200 if differences is None else 409
        words = self._views.words
        lang = words.language_of(request)
        return self._views.page(
            request,
            "rules.html",
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=asking.event,
            typed=typed,
            version=version,
            cause=new_cause(),
            modes=tuple(Mode),
            proposed=Mode.KNOWN if now.moderators < _MODERATORS_FOR_PRE else None,
            moderators=now.moderators,
            idle=now.idle,
            saved=saved,
            wrong=typed.wrong(error, words, lang) if error else None,
            differences=differences,
            most=LINES_LIMIT,
        )


async def _replaced(
    journal: Journal, asking: Asking, request: Request, data: object, version: int, cause: str | None
) -> Done[dict[str, Any]]:
    """Set rules as they were sent. The long work is done before the transaction, in a thread."""
    event = asking.event
    judge = await asyncio.to_thread(prepare_rules, data, event.hashtags)
    done = await journal.command(
        event.id,
        asking.actor,
        lambda tx: set_rules(tx, judge.rules, version),
        cause=cause,
        body=await command_body(request),
    )
    if not done.replayed:
        keep_judge(event.id, done.result["version"], judge)
    return done


def _present(conn: Connection, event: Event) -> _Present:
    rules = rules_of(conn, event)
    listed = members.listed(conn, event.id)
    return _Present(
        rules=rules,
        version=stored_rules.version(conn, event.id),
        idle=idle_words(rules),
        moderators=sum(Role.MODERATOR in member.roles for member in listed),
    )


def _version(form: Mapping[str, str]) -> int:
    """The version that the form showed; one that can be none is stale."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
