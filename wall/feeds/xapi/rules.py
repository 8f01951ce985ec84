"""Our rules at X: what the stream lets through. Rules of others are never touched.

Rules belong to an app and outlive every connection. Ours have a tag; posts are taken only for a rule that
is ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from wall.feeds.shapes.common import Record, parts_of
from wall.feeds.xapi.api import RULES, Api
from wall.feeds.xapi.problems import Refused, bad_rules

TAG = "backchannel"
"""What marks a rule as ours. X streams to one connection of an app, so one feed has it to itself."""

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


class Rules:
    """The rules of one feed."""

    def __init__(self, api: Api, hashtags: tuple[str, ...]) -> None:
        self._api = api
        self._wanted = queries(hashtags, RULE_LIMIT)
        self._ours: frozenset[str] = frozenset()
        """Ids of the rules whose posts are for us: ours, and those of others that ask for the same."""

    async def ensure(self) -> None:
        """Make the rules at X what they should be: what is there is used again, what is ours and stale
        goes. Raises Passing, FeedFatal."""
        said = await self._api.send("GET", RULES)
        here = {
            str(one.get("value")): str(one.get("id")) for one in parts_of(said.get("data")) if _is_ours(one)
        }
        every = {str(one.get("id")) for one in parts_of(said.get("data")) if _is_ours(one)}
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
        return not rules or any(_is_ours(one) or str(one.get("id")) in self._ours for one in rules)

    async def _add(self, values: list[str]) -> set[str]:
        """Ids of the rules that were added, or that somebody else has with the same words."""
        try:
            said = await self._api.send(
                "POST", RULES, body={"add": [{"value": value, "tag": TAG} for value in values]}
            )
        except Refused as problem:
            raise bad_rules(problem.said) from None
        errors = parts_of(said.get("errors"))
        same = [one for one in errors if str(one.get("title")) == "DuplicateRule"]
        added = {str(one.get("id")) for one in (*parts_of(said.get("data")), *same)}
        if len(added) < len(values):
            raise bad_rules(said)
        return added


def _query(tags: list[str]) -> str:
    return f"({' OR '.join(f'#{tag}' for tag in tags)}){_NO_REPOSTS}"


def _is_ours(rule: Record) -> bool:
    return rule.get("tag") == TAG
