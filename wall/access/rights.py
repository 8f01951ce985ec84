"""Rights: which roles may do what, and what each visitor sees. All is refused unless a rule allows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from wall.access.screens import ScreenHere
from wall.display import screen_reader
from wall.entries import PUBLIC, Scope
from wall.errors import NotSignedIn, NotYours
from wall.model import Role

Face = Literal["wall", "stage", "join", "desk"]

ORGANISER = frozenset({Role.ORGANISER})
_MODERATES = ORGANISER | {Role.MODERATOR}
_RUNS_SCREENS = ORGANISER | {Role.TECHNICIAN}
_FACILITATES = ORGANISER | {Role.FACILITATOR}
_CODES = ORGANISER | {Role.FACILITATOR, Role.AUTHOR}

RIGHTS: dict[str, frozenset[Role]] = {
    "author.leave_off": _MODERATES | {Role.FACILITATOR},
    "author.put_back": _MODERATES | {Role.FACILITATOR},
    "post.add": _MODERATES | {Role.FACILITATOR, Role.SCRIBE},
    "post.approve": _MODERATES,
    "post.hide": _MODERATES,
    "post.pair": _MODERATES,
    "post.reject": _MODERATES,
    "post.reconsider": _MODERATES,
    "post.withdraw": _MODERATES,
    "posts.judge": _MODERATES,
    "point.tag": _FACILITATES,
    "point.note": _FACILITATES,
    "point.raise": _FACILITATES,
    "point.join": _FACILITATES,
    "point.word": _FACILITATES,
    "point.place": _FACILITATES,
    "author.trust": _MODERATES,
    "queue.move": _FACILITATES,
    "reply.send": _FACILITATES,
    "replies.switch": ORGANISER,
    "question.ask": _FACILITATES,
    "translation.write": _MODERATES | {Role.FACILITATOR, Role.SCRIBE, Role.AUTHOR},
    "point.route": _FACILITATES,
    "handover.write": _FACILITATES,
    "ask.run": _FACILITATES,
    "ask.judge": _MODERATES | {Role.FACILITATOR},
    "feedback.see": _FACILITATES,
    "opt_outs.see": _MODERATES | {Role.FACILITATOR, Role.AUDITOR},
    "audit.see": ORGANISER | {Role.AUDITOR},
    "session.run": _FACILITATES,
    "room.note": _FACILITATES | {Role.SCRIBE},
    "conclusion.word": _FACILITATES,
    "message.send": _FACILITATES,
    "message.read": _FACILITATES | {Role.CHAIR},
    "stage.signal": ORGANISER | {Role.CHAIR},
    "codebook.change": _CODES,
    "codebook.see": _CODES | {Role.AUDITOR, Role.TAGGER, Role.SCRIBE},
    "theme.make": _FACILITATES,
    "sample.draw": _CODES,
    "sample.tag": _CODES | {Role.TAGGER},
    "sample.reconcile": _CODES,
    "programme.change": ORGANISER,
    "event.delete": ORGANISER,
    "speaker.invite": ORGANISER,
    "guidance.write": ORGANISER,
    "resource.recommend": _FACILITATES | {Role.AUTHOR},
    "rules.see": _MODERATES,
    "rules.set": _MODERATES,
    "doors.see": _RUNS_SCREENS,
    "doors.confirm": _RUNS_SCREENS,
    "event.create": ORGANISER,
    "server.copy": ORGANISER,
    "event.change": ORGANISER,
    "event.rehearse": ORGANISER,
    "feed.add": ORGANISER | {Role.TECHNICIAN},
    "feed.see": _MODERATES | {Role.TECHNICIAN},
    "integration.make": ORGANISER | {Role.TECHNICIAN},
    "link.make": ORGANISER,
    "member.set": ORGANISER,
    "look.change": ORGANISER,
    "post.pin": _MODERATES | {Role.FACILITATOR},
    "scenes.change": _RUNS_SCREENS,
    "screens.run": _RUNS_SCREENS,
    "screens.see": _RUNS_SCREENS | {Role.MODERATOR, Role.FACILITATOR},
    "walls.control": _RUNS_SCREENS | {Role.MODERATOR, Role.FACILITATOR},
    "walls.quiet": ORGANISER | {Role.CHAIR},
}
"""Which roles may do what, by verb. What is not listed nobody may do."""

STAFF = frozenset(Role) - {Role.RATER}
"""Roles that open the desk. Raters belong to their rounds only."""
_STAGE = frozenset({Role.CHAIR, Role.FACILITATOR, Role.ORGANISER})


@dataclass(frozen=True)
class Visitor:
    """Who is asking. No `person_id`: nobody is signed in. `sign_in` is the digest of their token,
    `participant` the pseudonym of somebody who is not signed in and wrote here before, `screen` the
    paired screen whose browser this is."""

    person_id: str | None = None
    name: str = ""
    organiser: bool = False
    sign_in: str | None = None
    participant: str | None = None
    screen: ScreenHere | None = None

    @property
    def actor(self) -> str:
        """How the journal names this person. Raises NotSignedIn."""
        if self.person_id is None:
            raise NotSignedIn("You are not signed in.")
        return f"person:{self.person_id}"


NOBODY = Visitor()


def may(roles: Iterable[Role], verb: str) -> bool:
    """Whether one of these roles allows a verb of `RIGHTS`; False for any other verb."""
    return not RIGHTS.get(verb, frozenset()).isdisjoint(roles)


def require(visitor: Visitor, roles: Iterable[Role], verb: str) -> None:
    """Raise NotSignedIn or NotYours unless this visitor's roles allow the verb."""
    if visitor.person_id is None:
        raise NotSignedIn("You are not signed in.")
    if not may(roles, verb):
        raise NotYours("None of your roles in this event allows this.", verb=verb)


def scope_for(visitor: Visitor, roles: frozenset[Role], face: Face, event_id: str | None = None) -> Scope:
    """What this visitor sees on a face. Raises NotSignedIn or NotYours for a desk that is not theirs.

    A wall shows what is public whoever holds it, and a screen of the event besides what it is told; so
    does a phone besides its person's own. A stage counts only the roles that sit on it.
    """
    match face:
        case "stage":
            return Scope(roles & _STAGE)
        case "join":
            return Scope(person=visitor.person_id or visitor.participant)
        case "desk":
            return _desk(visitor, roles)
        case _:
            here = visitor.screen if visitor.screen and visitor.screen.event_id == event_id else None
            return Scope(person=screen_reader(here.id)) if here else PUBLIC


def _desk(visitor: Visitor, roles: frozenset[Role]) -> Scope:
    if visitor.person_id is None:
        raise NotSignedIn("The desk is for people who are signed in.")
    if roles.isdisjoint(STAFF):
        raise NotYours("You have no role at this event's desk.")
    return Scope(roles & STAFF, visitor.person_id)
