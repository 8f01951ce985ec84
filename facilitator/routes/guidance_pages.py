"""An event's guidance: the page that everybody reads, and the form in which an organiser writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from facilitator import guidance
from facilitator.guidance import PARTS, TEXT_LIMIT, Guidance, Written, blocks_of, mail_of
from wall.access import may
from wall.errors import CauseReused, Stale
from wall.journal import Journal
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.words import Views

VERB = "guidance.write"
GUIDANCE_PATHS = r"/events/[^/]+/guidance/edit"
GUIDANCE_BODY_BYTES = 600_000
"""Three texts of 5,000 characters in several languages, as a form sends them: up to 12 bytes for each."""


class GuidancePages:
    """`/events/{slug}/guidance` and `/events/{slug}/guidance/edit`."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.router = APIRouter(prefix="/events/{slug}/guidance", include_in_schema=False)
        self.router.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/edit", self.edit, methods=["GET", "HEAD"])
        self.router.add_api_route("/edit", self.save, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request, lang: str = "") -> Response:
        """What everybody reads, in the language that was asked for, else in the visitor's."""
        words, event = self._views.words, asking.event
        spoken = lang if lang in words.catalogues else words.offered(request, event.languages)
        known = await self._journal.store.read(lambda conn: guidance.read(conn, event.id))
        texts = {part: blocks_of(self._text(known, spoken, part)) for part in PARTS}
        return self._views.page(
            request,
            "guidance.html",
            lang=spoken,
            visitor=asking.visitor,
            event=event,
            known=known,
            texts=texts,
            parts=PARTS,
            mail=mail_of(known.contact),
            others=[one for one in words.catalogues if one != spoken],
            edits=may(asking.roles, VERB),
        )

    async def edit(self, asking: AskingHere, request: Request, saved: bool = False) -> Response:
        """The form as it is."""
        asking.require(VERB)
        known = await self._known(asking)
        return self._form(asking, request, self._typed(known), known.version, saved=saved)

    async def save(self, asking: AskingHere, request: Request) -> Response:
        """Write the guidance; where that cannot be, the form comes back as it was typed."""
        asking.require(VERB)
        form = await form_of(request)
        version = form.get("version", "")
        seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
        try:
            new = self._read(form)
            await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: guidance.write(tx, new, seen),
                cause=form.get("cause"),
                body=await command_body(request),
            )
        except ValidationError as error:
            where = error.errors()[0]["loc"]
            wrong = {"field": ".".join((str(where[2]), str(where[1]))) if len(where) > 2 else str(where[0])}
            return self._form(asking, request, form, seen, wrong=wrong, status=422)
        except (Stale, CauseReused):
            now = await self._known(asking)
            return self._form(asking, request, form, now.version, wrong={"field": "stale"}, status=409)
        return RedirectResponse(f"{request.url.path}?saved=true", 303)

    async def _known(self, asking: Asking) -> Written:
        event_id = asking.event.id
        return await self._journal.store.read(lambda conn: guidance.read(conn, event_id))

    def _text(self, known: Written, lang: str, part: str) -> str:
        return known.text(lang, part) or self._default(lang, part)

    def _default(self, lang: str, part: str) -> str:
        return self._views.words.say(lang, f"guidance.default.{part}")

    def _typed(self, known: Written) -> dict[str, str]:
        """The guidance as the form's fields."""
        texts = {
            f"{part}.{lang}": self._text(known, lang, part)
            for lang in self._views.words.catalogues
            for part in PARTS
        }
        return {"contact": known.contact, "kept_for": known.kept_for, **texts}

    def _read(self, form: Mapping[str, str]) -> Guidance:
        """What was typed. A text that is the default stays the default. Raises ValidationError."""
        texts = {
            lang: {part: self._own(form.get(f"{part}.{lang}", ""), lang, part) for part in PARTS}
            for lang in self._views.words.catalogues
        }
        given = {"contact": form.get("contact", ""), "kept_for": form.get("kept_for", ""), "texts": texts}
        return Guidance.model_validate(given)

    def _own(self, typed: str, lang: str, part: str) -> str:
        plain = typed.replace("\r\n", "\n").strip()
        return "" if plain == self._default(lang, part).strip() else plain

    def _form(
        self,
        asking: Asking,
        request: Request,
        typed: Mapping[str, str],
        version: int,
        *,
        status: int = 200,
        **more: Any,
    ) -> Response:
        words = self._views.words
        told: dict[str, Any] = {"saved": False, "wrong": None} | more
        return self._views.page(
            request,
            "guidance_edit.html",
            status=status,
            lang=words.offered(request, asking.event.languages),
            visitor=asking.visitor,
            event=asking.event,
            typed=typed,
            version=version,
            parts=PARTS,
            langs=list(words.catalogues),
            most=TEXT_LIMIT,
            cause=new_cause(),
            **told,
        )
