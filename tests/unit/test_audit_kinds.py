"""Every kind of entry is in one group of the audit page, and has words; what went wrong is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args

import pytest

from facilitator.audit_kinds import (
    ACTORS,
    ERASURE,
    GROUPS,
    INCIDENTS,
    KINDS,
    WENT_WRONG,
    WORDED,
    wanted,
)
from wall.entries import Data
from wall.entries.display_kinds import WallsControlled
from wall.entries.kinds import AnyData, FeedMoved
from wall.routes.words import Words
from wall.store.codec import to_json


def models() -> Iterator[type[Data]]:
    """Every model of the catalogue."""
    union, _ = get_args(AnyData)
    yield from get_args(union)


CATALOGUE = {str(model.model_fields["kind"].default): model for model in models()}
SAID = Words().catalogues
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])


def test_every_kind_of_the_catalogue_is_in_one_group_and_no_group_has_another() -> None:
    grouped = Counter(kind for kinds in KINDS.values() for kind in kinds)
    assert set(grouped) == set(CATALOGUE)
    assert [kind for kind, times in grouped.items() if times > 1] == []


@BOTH
def test_every_kind_group_and_actor_has_words(lang: str) -> None:
    keys = [f"audit.kind.{kind}" for kind in CATALOGUE]
    keys += [f"audit.group.{group}" for group in GROUPS]
    keys += [f"audit.actor.{actor}" for actor in ACTORS]
    keys += [f"audit.{part}.{view}" for part in ("view", "note", "none") for view in (INCIDENTS, ERASURE)]
    assert [key for key in keys if not SAID[lang].get(key)] == []


@BOTH
def test_no_words_are_left_of_kinds_and_groups_that_are_gone(lang: str) -> None:
    known = {f"audit.kind.{kind}" for kind in CATALOGUE} | {f"audit.group.{group}" for group in GROUPS}
    said = [key for key in SAID[lang] if key.startswith(("audit.kind.", "audit.group."))]
    assert [key for key in said if key not in known] == []


@BOTH
def test_every_code_that_is_said_in_words_has_them(lang: str) -> None:
    for (kind, name), prefix in WORDED.items():
        for value in _values(CATALOGUE[kind].model_fields[name].annotation):
            assert SAID[lang].get(f"{prefix}.{value}"), (kind, name, value)


def _values(annotation: Any) -> list[str]:
    """What a field of an enumeration or of literals may be; a free code is one of those with words."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [one.value for one in annotation]
    return [one for one in get_args(annotation) if isinstance(one, str)] or ["much_gone"]


def test_an_incident_is_told_by_what_the_stored_entry_says() -> None:
    for data, wrong in (
        (FeedMoved.model_validate({"state": "retrying"}), True),
        (FeedMoved.model_validate({"state": "stopped", "problem": "auth"}), True),
        (FeedMoved.model_validate({"state": "running", "problem": "much_gone"}), True),
        (FeedMoved.model_validate({"state": "running"}), False),
        (WallsControlled.model_validate({"hold": "quiet"}), True),
        (WallsControlled.model_validate({"hold": "blank"}), True),
        (WallsControlled.model_validate({"hold": "live"}), False),
    ):
        stored = to_json(data.model_dump(mode="json"))
        assert any(piece in stored for piece in WENT_WRONG[data.kind]) is wrong, stored


def test_no_group_and_one_that_nobody_knows_are_every_kind() -> None:
    assert wanted(None) is None
    assert wanted("gone") is None
    assert set(wanted(ERASURE) or ()) >= {"post.withdrawn", "post.unavailable", "author.left_off"}
    assert set(WENT_WRONG) <= set(CATALOGUE)
