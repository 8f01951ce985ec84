"""How an organiser is reached, as the form of the staff page has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wall.access.signatures import new_key
from wall.alarms import Reach
from wall.entries.staff_kinds import Way
from wall.errors import BadInput

WAYS: tuple[Way, ...] = ("push", "email", "webhook")
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", re.ASCII
)
"""One plain address: quoted local parts and comments are nobody's address in practice (RFC 5321, 4.1.2)."""
_MOST = 2_000


@dataclass(frozen=True)
class TypedWays:
    """The form as it was typed: which ways, and their targets."""

    on: frozenset[Way]
    email: str = ""
    webhook: str = ""

    def target(self, way: Way) -> str:
        """What was typed for a way; "" for browsers."""
        return {"push": "", "email": self.email, "webhook": self.webhook}[way]


def typed_of(known: Mapping[Way, Reach]) -> TypedWays:
    """The form as it is without having been typed in."""
    targets = {way: reach.target for way, reach in known.items()}
    return TypedWays(frozenset(known), targets.get("email", ""), targets.get("webhook", ""))


def read_ways(form: Mapping[str, str]) -> TypedWays:
    """The form as it was sent."""
    on = frozenset(way for way in WAYS if form.get(way))
    return TypedWays(
        on, form.get("email_to", "").strip()[:_MOST], form.get("webhook_to", "").strip()[:_MOST]
    )


def reaches(
    typed: TypedWays, known: Mapping[Way, Reach], event_id: str, person_id: str, lang: str
) -> dict[Way, Reach]:
    """The ways that were chosen. A web address that stays keeps its key. Raises BadInput with `problem`."""
    if "email" in typed.on and not _MAIL.fullmatch(typed.email):
        raise BadInput("This is no e-mail address.", field="email_to", problem="email")
    found: dict[Way, Reach] = {}
    for way in sorted(typed.on):
        target, before = typed.target(way), known.get(way)
        same = before is not None and before.target == target
        key = (before.key if before and same else new_key()) if way == "webhook" else ""
        found[way] = Reach(event_id, person_id, way, target, key, lang)
    return found
