"""Our rules at X: what the stream lets through. Rules of others are never touched.

Rules belong to an app and outlive every connection. Ours have a tag that no other feed has, as several may
share a token; posts are taken only for a rule that
is ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from wall.feeds.shapes.common import Record, parts_of
from wall.feeds.xapi.api import RULES, Api
from wall.feeds.xapi.problems import Refused, bad_rules

TAG = "backchannel"
"""How the tag of every rule that a feed made begins."""

RULE_LIMIT = 1_024
"""Characters of a rule (pay-per-use)."""
QUERY_LIMIT = 512
"""Characters of a search."""

_NO_REPOSTS = " -is:retweet"
"""A search has given no reposts since 2026-05-04; the stream's would cost a post and an author each."""


def queries(hashtags: Iterable[str], limit: int) -> list[str]:
    """The hashtags as rules or searches, as few of them as fit into `limit` characters each."""
    found: list[list[str]] = []
    for tag in hashtags:
        if found and len(_query([*found[-1], tag])) <= limit:
            found[-1].append(tag)
        else:
            found.append([tag])
    return [_query(tags) for tags in found]


def tag_of(mark: str) -> str:
    """The tag of one feed's rules: known again after a restart, and no other feed's."""
    return f"{TAG}:{hashlib.sha256(mark.encode('utf-8', 'replace')).hexdigest()[:12]}"


class Rules:
    """The rules of one feed."""

    def __init__(self, api: Api, hashtags: tuple[str, ...], mark: str) -> None:
        """`mark`: what its cursor keeps of it (`Place.mark`)."""
        self._api = api
        self._tag = tag_of(mark)
        self._wanted = queries(hashtags, RULE_LIMIT)
        self._ours: frozenset[str] = frozenset()
        """Ids of the rules whose posts are for us: ours, and those of others that ask for the same."""

    async def ensure(self) -> None:
        """Make the rules at X what they should be: what is there is used again, what is ours and stale
        goes. Raises Passing, FeedFatal."""
        said = await self._api.send("GET", RULES)
        here = {
            str(one.get("value")): str(one.get("id"))
            for one in parts_of(said.get("data"))
            if self._is_ours(one)
        }
        every = {str(one.get("id")) for one in parts_of(said.get("data")) if self._is_ours(one)}
        used = {value: here[value] for value in self._wanted if value in here}
        stale = sorted(every - set(used.values()))
        if stale:
            await self._api.send("POST", RULES, body={"delete": {"ids": stale}})
        missing = [value for value in self._wanted if value not in used]
        added = await self._add(missing) if missing else set()
        self._ours = frozenset({*used.values(), *added})

    def matched(self, record: Record) -> bool:
        """Whether a record of the stream is for us. One that does not say which rule it is for is taken."""
        rules = parts_of(record.get("matching_rules"))
        return not rules or any(self._is_ours(one) or str(one.get("id")) in self._ours for one in rules)

    async def _add(self, values: list[str]) -> set[str]:
        """Ids of the rules that were added, or that somebody else has with the same words."""
        try:
            said = await self._api.send(
                "POST", RULES, body={"add": [{"value": value, "tag": self._tag} for value in values]}
            )
        except Refused as problem:
            raise bad_rules(problem.said) from None
        errors = parts_of(said.get("errors"))
        same = [one for one in errors if str(one.get("title")) == "DuplicateRule"]
        added = {str(one.get("id")) for one in (*parts_of(said.get("data")), *same)}
        if len(added) < len(values):
            raise bad_rules(said)
        return added

    def _is_ours(self, rule: Record) -> bool:
        return rule.get("tag") == self._tag


def _query(tags: list[str]) -> str:
    return f"({' OR '.join(f'#{tag}' for tag in tags)}){_NO_REPOSTS}"
