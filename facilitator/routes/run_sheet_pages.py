"""The page of a session's run-sheet: its steps as a form that works without script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from facilitator import programme
from facilitator.guards import Acting
from facilitator.programme import Hashtags, NewPrompt, SessionChange
from facilitator.routes import IdHere
from facilitator.run_sheets import proposed_breaks
from wall.errors import BackchannelError, BadInput, CauseReused, NotFound, Stale
from wall.journal import Journal
from wall.programme import TITLE_LIMIT, Level, PromptKind, Room, Session
from wall.routes import Asking, AskingHere
from wall.routes.forms import form_of, new_cause
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import programme as stored

BLANK_ROWS = 3
"""Empty lines at the end of the form, to add steps with."""
MOST_ROWS = 100 + BLANK_ROWS
_FIELDS_OF_A_ROW = 6
VERB = "programme.change"


@dataclass(frozen=True)
class Row:
    """One line of the form, as it was typed."""

    id: str = ""
    minute: str = ""
    kind: str = PromptKind.PROMPT
    code: str = ""
    text: str = ""
    level: str = ""
    proposed: bool = False

    @property
    def order(self) -> int:
        """Its minute, for sorting; what is no number comes first."""
        return int(self.minute) if self.minute.isascii() and self.minute.isdecimal() else 0


class RunSheetPages:
    """`/events/{slug}/sessions/{id}/run-sheet`."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.router = APIRouter(prefix="/events/{slug}/sessions/{session_id}", include_in_schema=False)
        self.router.add_api_route("/run-sheet", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/run-sheet", self.save, methods=["POST"])

    async def show(
        self, asking: AskingHere, session_id: IdHere, request: Request, saved: bool = False
    ) -> Response:
        """The run-sheet as it is."""
        asking.require(VERB)
        session, room = await self._session(asking, session_id)
        return self._page(asking, request, session, room, rows_of(session), saved=saved)

    async def save(self, asking: AskingHere, session_id: IdHere, request: Request) -> Response:
        """Set the run-sheet, or add to what was typed: the breaks that it should have, or codes."""
        asking.require(VERB)
        form = await form_of(request, MOST_ROWS * _FIELDS_OF_A_ROW + 10)
        session, room = await self._session(asking, session_id)
        rows, version, tags = typed_rows(form), form.get("version", ""), form.get("hashtags")
        try:
            if form.get("do") == "breaks":
                text = self._views.words.say(self._lang(asking, request), "stage.break_ask")
                rows = with_breaks(rows, minutes_of(session), text)
            elif form.get("do") == "codes":
                rows = with_codes(rows)
            else:
                await self._saved(asking, session, rows, version, form.get("cause"), tags)
                return RedirectResponse(f"{request.url.path}?saved=true", 303)
        except (BadInput, Stale, CauseReused) as error:
            return self._refused(asking, request, (session, room, rows), error, version, tags)
        return self._page(asking, request, session, room, rows, version=version, hashtags=tags)

    def _refused(
        self,
        asking: Asking,
        request: Request,
        seen: tuple[Session, Room, list[Row]],
        error: BackchannelError,
        version: str,
        tags: str | None,
    ) -> Response:
        """The form as it was typed, with what was wrong. What somebody else changed meanwhile is shown
        beside it, and saving again replaces it."""
        session, room, rows = seen
        stale = isinstance(error, Stale)
        return self._page(
            asking,
            request,
            session,
            room,
            rows,
            status=error.status,
            version="" if stale else version,
            hashtags=tags,
            problem="stale" if stale else str(error.details.get("problem", "other")),
            details={"line": 0, "most": TITLE_LIMIT, "code": "", **error.details},
            meanwhile=rows_of(session) if stale else [],
        )

    async def _saved(
        self,
        asking: Asking,
        session: Session,
        rows: list[Row],
        version: str,
        cause: str | None,
        tags: str | None,
    ) -> None:
        prompts = tuple(prompt_of(row, line) for line, row in enumerate(rows, start=1) if row.text.strip())
        seen = int(version) if version.isdecimal() and 0 < int(version) < 2**31 else 1
        change = SessionChange(version=seen, prompts=prompts, **typed_hashtags(tags))
        acting = Acting(asking.actor.removeprefix("person:"), asking.roles)

        def fn(tx: Any) -> dict[str, Any]:
            return programme.change_session(tx, acting, session.id, change)

        body = change.model_dump_json().encode()
        await self._journal.command(asking.event.id, asking.actor, fn, cause=cause, body=body)

    async def _session(self, asking: Asking, session_id: str) -> tuple[Session, Room]:
        event_id = asking.event.id

        def read(conn: Any) -> tuple[Session, Room] | None:
            found = stored.sessions_by_ids(conn, event_id, {session_id}).get(session_id)
            if found is None:
                return None
            return found, stored.rooms_by_ids(conn, event_id, {found.room_id})[found.room_id]

        found = await self._journal.store.read(read)
        if found is None:
            raise NotFound(
                "There is no such session in this event.", remedy="Choose one from the programme."
            )
        return found

    def _lang(self, asking: Asking, request: Request) -> str:
        return self._views.words.offered(request, asking.event.languages)

    def _page(
        self,
        asking: Asking,
        request: Request,
        session: Session,
        room: Room,
        rows: list[Row],
        *,
        status: int = 200,
        version: str = "",
        **more: Any,
    ) -> Response:
        lang = self._lang(asking, request)
        blank = [Row() for _ in range(min(BLANK_ROWS, MOST_ROWS - len(rows)))]
        own = " ".join(f"#{tag}" for tag in session.hashtags)
        typed = more.pop("hashtags", None)
        told: dict[str, Any] = {
            "hashtags": own if typed is None else typed,
            "saved": False,
            "problem": "",
            "details": {},
            "meanwhile": [],
        } | more
        return self._views.page(
            request,
            "run_sheet.html",
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=asking.event,
            when=When(asking.event.zone, lang, self._views.words),
            session=session,
            room=room,
            rows=[*rows, *blank],
            kinds=list(PromptKind),
            levels=list(Level),
            version=version or session.version,
            minutes=minutes_of(session),
            most=TITLE_LIMIT,
            cause=new_cause(),
            **told,
        )


def rows_of(session: Session) -> list[Row]:
    """A run-sheet as the lines of the form."""
    return [
        Row(one.id, str(one.minute), one.kind.value, one.code, one.text, one.level.value)
        for one in session.prompts
    ]


def typed_hashtags(typed: str | None) -> dict[str, tuple[str, ...]]:
    """The session's own hashtags as a change of it; nothing where the form had no field for them. Raises
    BadInput for what is none."""
    if typed is None:
        return {}
    tags = tuple(typed.replace(",", " ").split())
    try:
        return {"hashtags": TypeAdapter(Hashtags).validate_python(tags)}
    except ValidationError:
        raise BadInput("This is no hashtag.", field="hashtags", problem="hashtag") from None


def typed_rows(form: Mapping[str, str]) -> list[Row]:
    """The lines that were sent, but for those that are empty, by their minutes."""

    def typed(name: str, number: int) -> str:
        return form.get(f"{name}.{number}", "").strip()

    sent = (
        Row(
            id=typed("id", number),
            minute=typed("minute", number),
            kind=typed("kind", number),
            code=typed("code", number),
            text=typed("text", number),
            level=typed("level", number),
        )
        for number in range(MOST_ROWS)
    )
    return sorted((row for row in sent if row.text or row.id), key=lambda row: row.order)


def with_breaks(rows: list[Row], minutes: int, text: str) -> list[Row]:
    """The lines with the online breaks that a session of so many minutes should have."""
    asked = [row for row in rows if row.text.strip()]
    prompts = [prompt_of(replace(row, code="", text="-"), 0) for row in asked if row.minute.isdecimal()]
    there = tuple(programme.as_prompts(tuple(prompts)))
    breaks = [
        Row(minute=str(minute), kind=PromptKind.BREAK, text=text, proposed=True)
        for minute in proposed_breaks(there, minutes)
    ]
    return sorted([*asked, *breaks], key=lambda row: row.order)


def with_codes(rows: list[Row]) -> list[Row]:
    """The lines with a code for each question that has none: Q1, Q2 and so on by their places."""
    taken = {row.code.upper() for row in rows}
    coded, number = [], 0
    for row in rows:
        asks = row.kind == PromptKind.PROMPT and bool(row.text.strip())
        number += asks
        code = f"Q{number}"
        free = asks and not row.code and code not in taken
        coded.append(replace(row, code=code, proposed=True) if free else row)
    return coded


def prompt_of(row: Row, line: int) -> NewPrompt:
    """A line as a prompt. Raises BadInput with `line` (from 1) and `problem`: minute, code, text, other."""
    given = {"id": row.id or None, "minute": row.minute or "0", "kind": row.kind, "code": row.code}
    try:
        return NewPrompt.model_validate({**given, "text": row.text, "level": row.level})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        problem = field if field in {"minute", "code", "text"} else "other"
        raise BadInput(
            "A line of this run-sheet cannot be used.", field=field, problem=problem, line=line
        ) from None


def minutes_of(session: Session) -> int:
    """How long a session is planned to take."""
    return int((session.ends_at - session.starts_at).total_seconds() // 60)
