"""What a profile says of where else its owner is: names and sites alone, of all that people write. Pure.

Kept with the author of a post, never shown, and gone with the post: enough to know somebody again, and
nothing of how they describe themselves (docs/decisions/0032).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from wall.wishes import named

SITE = "site:"
"""Before the host of somebody's own site."""
CHECKED = "="
"""Before what the network itself checked: the other end says so too."""

MOST = 8
"""Names that are kept of one profile."""
READ = 5_000
"""Letters of a description that are read."""

_WRITTEN = re.compile(
    r"https?://[^\s<>\"']{4,300}|(?<![\w@.])@[\w.\-]{1,100}(?:@[\w.\-]{1,100})?", re.IGNORECASE
)


def elsewhere(said: str = "", links: Iterable[str] = (), checked: Iterable[str] = ()) -> tuple[str, ...]:
    """The names that a profile gives: from its description in plain text, its links, and those links that
    the network checked. Each is what `wall.wishes.names_of` calls somebody, or a site."""
    found = [CHECKED + name for url in checked if (name := _name(url))]
    written = (match[0].rstrip(".,;:!?)-") for match in _WRITTEN.finditer(said[:READ]))
    found += [name for one in (*links, *written) if (name := _name(one))]
    return tuple(dict.fromkeys(found))[:MOST]


def _name(given: str) -> str | None:
    """Whom an address or a handle names; None for what is nobody's alone."""
    if given.startswith("@"):
        whole = given.lstrip("@")
        who = named("mastodon", whole) if "@" in whole else named("bluesky", whole)
        return str(who) if who else None
    try:
        parts = urlsplit(given)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if who := named("mastodon", given):
        return str(who)
    return f"{SITE}{host}" if host and not parts.path.strip("/") and len(host) <= 253 else None
