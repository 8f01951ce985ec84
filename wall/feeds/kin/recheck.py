"""Whether posts are still there: asked of every instance that had them, by their local ids."""

from __future__ import annotations

import random
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wall.feeds.common.problems import Passing
from wall.feeds.kin.instance import Instance, id_in
from wall.feeds.kin.rest import BAD_REQUEST, NotThere
from wall.feeds.shapes.common import Record, parts_of

AT_ONCE = 20
"""Statuses that one request may ask for (4.3 and later)."""

SINGLY = 40
"""Posts that one recheck asks for one by one: 300 in 5 minutes are all that a server allows. They are those
that a list left out, which may be there all the same (it leaves out authors whom the token's owner muted
or the server limited), and all of them where a server has no list."""

_OWN_URI = re.compile(
    r"/(?:ap/)?users/[^/]+/statuses/([0-9]+|[0-9A-HJKMNP-TV-Z]{26})|/@[^/]+/posts/([0-9]+)/?"
)
"""Of Mastodon, GoToSocial (ULIDs) and Takahe. Objects of Pleroma are named by something else than ids."""


@dataclass(slots=True)
class Answer:
    """What one instance said: uris that it has and has no more, and the statuses it gave."""

    there: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    statuses: list[Record] = field(default_factory=list)


def own_id(uri: str, host: str) -> str | None:
    """The local id in the uri of a post that was written at this host; None for every other."""
    try:
        parts = urlsplit(uri)
        match = _OWN_URI.fullmatch(parts.path) if parts.netloc == host else None
    except ValueError:
        return None
    return match[1] or match[2] if match else None


async def ask(instance: Instance, uris: Iterable[str], first: Container[str] = frozenset()) -> Answer:
    """Ask one instance for those of these posts that it has or had. Raises Passing and FeedFatal.

    Where only some can be asked for, those in `first` are, and then others by chance.

    A uri that is in neither set of the answer is one that this instance is not known to have had.
    """
    ids = {found: uri for uri in uris if (found := instance.ids.id_of(uri) or own_id(uri, instance.name))}
    answer = Answer()
    asked = _chunks(list(ids), AT_ONCE)
    missing: list[str] = []
    for some in asked:
        given = await _listed(instance, some)
        if given is None:
            await _one_by_one(instance, _some(list(ids), ids, first), ids, answer)
            return answer
        answer.statuses += given
        there = {id_in(status) for status in given}
        answer.there |= {ids[one] for one in some if one in there}
        missing += [one for one in some if one not in there]
    await _one_by_one(instance, _some(missing, ids, first), ids, answer)
    return answer


async def _listed(instance: Instance, some: Sequence[str]) -> list[Record] | None:
    """Statuses by id; None where this server has no such list (before 4.3, and most kin)."""
    names = instance.rest.software.listed_by
    try:
        said = await instance.rest.get("/api/v1/statuses", {name: list(some) for name in names})
    except NotThere:
        return None
    except Passing as problem:
        if problem.code != BAD_REQUEST:
            raise
        return None
    return parts_of(said) if isinstance(said, list) else None


async def _one_by_one(
    instance: Instance, some: Iterable[str], uris: dict[str, str], answer: Answer
) -> None:
    for local_id in some:
        try:
            said = await instance.rest.get(f"/api/v1/statuses/{local_id}")
        except NotThere:
            answer.gone.add(uris[local_id])
        else:
            answer.there.add(uris[local_id])
            answer.statuses += parts_of([said])


def _some(asked: list[str], uris: dict[str, str], first: Container[str]) -> list[str]:
    by_chance = random.sample(asked, len(asked))
    return sorted(by_chance, key=lambda one: uris[one] not in first)[:SINGLY]


def _chunks(some: list[str], size: int) -> Iterator[list[str]]:
    return (some[start : start + size] for start in range(0, len(some), size))
