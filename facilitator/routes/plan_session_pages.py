"""`/events/{slug}/programme/sessions/…`: one session in its form; add, edit, remove."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from facilitator import programme, programme_removing
from facilitator.guards import Acting
from facilitator.programme import NewSession, SessionChange
from facilitator.programme_clashes import Planned, clashes_of
from facilitator.routes import IdHere
from facilitator.routes.planning import VERB, Plan, Planning, seen_version
from facilitator.routes.programme_form import PEOPLE, TypedSession, WrongForm
from wall.errors import BackchannelError, BadInput, CauseReused, NotFound, Refused, Stale
from wall.journal import Journal, Tx
from wall.programme import MOST_DELAY, TITLE_LIMIT, Method, Session
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.words import Views
from wall.store import programme as stored

_MOST_FIELDS = 120


class Clashing(Refused):
    """Another session is planned for the same room at the same time, and nobody said that this is meant."""

    code = "clashing"
    remedy = "Choose another room or time, or save it anyway."
    others: list[Planned]

    @classmethod
    def with_others(cls, others: list[Planned]) -> Clashing:
        """The error for a session that would be beside these."""
        error = cls("Another session is planned for this room at this time.")
        error.others = others
        return error


class PlanSessionPages(Planning):
    """The form of a session that is new, and of one that is there."""

    def __init__(self, journal: Journal, views: Views) -> None:
        super().__init__(journal, views)
        self.router = APIRouter(prefix="/events/{slug}/programme/sessions", include_in_schema=False)
        add = self.router.add_api_route
        add("/new", self.blank, methods=["GET", "HEAD"])
        add("/new", self.add, methods=["POST"])
        add("/{session_id}", self.show, methods=["GET", "HEAD"])
        add("/{session_id}", self.save, methods=["POST"])

    async def blank(self, asking: AskingHere, request: Request, day: str = "", room: str = "") -> Response:
        """The form of a new session: on the day that was last planned, in the first room."""
        asking.require(VERB)
        plan = await self.plan(asking)
        last = plan.sessions[-1] if plan.sessions else None
        first = asking.event.starts_on
        known = (
            TypedSession.of(last, asking.event.zone).day if last else (first.isoformat() if first else "")
        )
        return self._form(asking, request, plan, None, TypedSession(day=day or known, room=room))

    async def add(self, asking: AskingHere, request: Request) -> Response:
        """Add the session that was typed."""
        asking.require(VERB)
        form = await form_of(request, _MOST_FIELDS)
        typed, plan = TypedSession.read(form), await self.plan(asking)
        try:
            new = typed.planned(asking.event.zone)

            def fn(tx: Tx, _: Acting) -> dict[str, Any]:
                require_free(tx, Planned("", new.room, new.title, new.starts_at, new.ends_at), form)
                return programme.add_session(tx, new)

            done = await self.run(asking, fn, form.get("cause"), await command_body(request))
        except (BadInput, NotFound, Clashing, CauseReused) as error:
            return self._refused(asking, request, plan, None, typed, error)
        return _listed(asking, "session", str(done["session"]))

    async def show(self, asking: AskingHere, session_id: IdHere, request: Request) -> Response:
        """The form of a session."""
        asking.require(VERB)
        plan = await self.plan(asking)
        session = found(plan, session_id)
        return self._form(asking, request, plan, session, TypedSession.of(session, asking.event.zone))

    async def save(self, asking: AskingHere, session_id: IdHere, request: Request) -> Response:
        """Change the session to what was typed, or remove it."""
        asking.require(VERB)
        form = await form_of(request, _MOST_FIELDS)
        typed, plan = TypedSession.read(form), await self.plan(asking)
        version, removes = seen_version(form.get("version")), form.get("do") == "remove"
        session = found(plan, session_id)
        try:
            new = None if removes else typed.planned(asking.event.zone)

            def fn(tx: Tx, acting: Acting) -> dict[str, Any]:
                if new is None:
                    return programme_removing.remove_session(tx, acting, session_id, version)
                moved = Planned(session_id, new.room, new.title, new.starts_at, new.ends_at)
                if _moves(session, moved):
                    require_free(tx, moved, form)
                return programme.change_session(tx, acting, session_id, change_of(new, version))

            await self.run(asking, fn, form.get("cause"), await command_body(request))
        except (BadInput, NotFound, Refused, Stale, CauseReused) as error:
            return self._refused(asking, request, plan, session, typed, error, form.get("version", ""))
        return _listed(asking, "removed" if removes else "session", "" if removes else session_id)

    def _refused(
        self,
        asking: Asking,
        request: Request,
        plan: Plan,
        session: Session | None,
        typed: TypedSession,
        error: BackchannelError,
        version: str = "",
    ) -> Response:
        """The form as it was typed, with what was wrong. What somebody else changed meanwhile is shown
        beside it, and saving again replaces it."""
        stale = isinstance(error, Stale)
        others = error.others if isinstance(error, Clashing) else []
        return self._form(
            asking,
            request,
            plan,
            session,
            typed,
            status=error.status,
            version="" if stale else version,
            problems=error.problems if isinstance(error, WrongForm) else {},
            problem=problem_of(error),
            clashing=others,
            meanwhile=TypedSession.of(session, asking.event.zone) if stale and session else None,
        )

    def _form(
        self,
        asking: Asking,
        request: Request,
        plan: Plan,
        session: Session | None,
        typed: TypedSession,
        *,
        status: int = 200,
        version: str = "",
        **more: Any,
    ) -> Response:
        told: dict[str, Any] = {"problems": {}, "problem": "", "clashing": [], "meanwhile": None} | more
        return self.page(
            asking,
            request,
            "plan_session.html",
            status=status,
            plan=plan,
            session=session,
            typed=typed,
            version=version or (session.version if session else 0),
            methods=list(Method),
            people=PEOPLE,
            most=TITLE_LIMIT,
            most_delay=MOST_DELAY,
            cause=new_cause(),
            **told,
        )


def found(plan: Plan, session_id: str) -> Session:
    """A session of this plan. Raises NotFound."""
    session = plan.session(session_id)
    if session is None:
        raise NotFound("There is no such session in this event.", remedy="Choose one from the programme.")
    return session


def change_of(new: NewSession, version: int) -> SessionChange:
    """What a form holds, as a change of what was looked at; its steps and its note are not in it."""
    return SessionChange(version=version, **new.model_dump(exclude={"prompts", "note"}))


def require_free(tx: Tx, planned: Planned, form: dict[str, str]) -> None:
    """Raise Clashing for sessions in the same room at that time, but for those that the form confirms."""
    others = clashes_of(planned, map(Planned.of, stored.sessions(tx.conn, tx.event.id)))
    if any(other.id not in form.get("anyway", "").split() for other in others):
        raise Clashing.with_others(others)


def problem_of(error: BackchannelError) -> str:
    """What is wrong with a form as a whole, as a code of `plan.wrong.*`; empty where its fields say it."""
    match error:
        case WrongForm():
            return "fields"
        case Clashing():
            return "clash"
        case Stale():
            return "stale"
        case CauseReused():
            return "again"
        case Refused() if "holds" in error.details:
            return f"session_{error.details['holds'][0]}"
        case Refused():
            return "running"
    return "people" if error.details.get("field") == "facilitators" else "room_gone"


def _moves(session: Session, planned: Planned) -> bool:
    return (session.room_id, session.starts_at, session.ends_at) != (
        planned.room,
        planned.starts_at,
        planned.ends_at,
    )


def _listed(asking: Asking, did: str, session_id: str) -> Response:
    """Back to the list, where this session is."""
    return RedirectResponse(
        f"/events/{asking.event.slug}/programme?did={did}#session-{session_id}".removesuffix("#session-"),
        303,
    )
