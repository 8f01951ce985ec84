"""Where a role's work is: the page on which somebody lands who joined."""

from __future__ import annotations

from wall.model import Role

_PLACES: dict[Role, str] = {
    Role.ORGANISER: "/events/{slug}",
    Role.MODERATOR: "/desk/{slug}",
    Role.FACILITATOR: "/desk/{slug}",
    Role.SCRIBE: "/desk/{slug}",
    Role.TAGGER: "/codebook/{slug}/second",
    Role.AUTHOR: "/codebook/{slug}",
    Role.CHAIR: "/stage/{slug}",
    Role.TECHNICIAN: "/screens/{slug}",
    Role.AUDITOR: "/audit/{slug}",
    Role.RATER: "/join/{slug}",
}


def place_of(role: Role, slug: str | None) -> str:
    """The path where this role works in an event; with None, that of all events."""
    return "/" if slug is None else _PLACES[role].format(slug=slug)
