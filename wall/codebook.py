"""The codebook's sets, checks of what a post claims, and second taggings, as they are stored. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from wall.model import Frozen, StoredPost, Time, at_border


class TagSet(StrEnum):
    """What kind of question a tag answers."""

    KIND = "kind"
    """What a contribution is: a question, a resource…"""
    CHECK = "check"
    """How what it claims stands, with a source."""
    STANCE = "stance"
    """Where it stands on what is discussed."""
    THEME = "theme"
    """What it is about."""
    BLOOM = "bloom"
    """What its author does with what they know: the six levels of Bloom's taxonomy (Anderson and
    Krathwohl 2001)."""
    OWN = "own"
    """Whatever else an event tags."""


class CheckCode(StrEnum):
    """How a claim stands. These three travel to walls, chair views and phones, with their source."""

    SUPPORTED = "supported"
    DISPUTED = "disputed"
    CORRECTED = "corrected"


TagCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,30}$")]
"""What a tag of a preset is, whatever it is called; empty for a tag that somebody made up."""
Definition = Annotated[str, StringConstraints(max_length=2_000), BeforeValidator(at_border)]
Source = Annotated[str, StringConstraints(max_length=2_000), BeforeValidator(at_border)]
"""An address (http or https) that shows why a check says what it says."""


class Check(Frozen):
    """What a facilitator found about the claim of one post. `host` is what a wall writes of its source."""

    code: CheckCode
    host: str
    url: str


class Checked(Frozen):
    """A post with what was found about it: nothing, where it was taken off again."""

    stored: StoredPost
    checks: tuple[Check, ...]
    version: int


class Sample(Frozen):
    """Posts chosen to be tagged a second time (or at all), in one set of the codebook.

    `live`: the tags that the desk set count as one of the taggings. `step` is the n of "every nth",
    `seed` what a random choice began with: the same seed chooses the same posts. `edition` is the
    codebook's version when it was drawn.
    """

    id: str
    event_id: str
    set: TagSet
    method: Literal["every", "random"]
    step: Annotated[int, Field(ge=1)] | None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None
    live: bool
    edition: int
    size: int
    made_by: str
    made_at: Time


class SecondTagging(Frozen):
    """One person's tags of one post of a sample, made without seeing anybody else's. No tags: none of
    the set fits. A row and no entry: nobody reads it before it is reconciled."""

    sample_id: str
    post_id: str
    person_id: str
    tags: tuple[str, ...]
    made_at: Time


class Reconciliation(Frozen):
    """What was agreed for one post of a sample. `first` are the desk's tags as they were before that, or
    None where it had set none: agreement is counted with what people thought before they spoke."""

    sample_id: str
    post_id: str
    tags: tuple[str, ...]
    first: tuple[str, ...] | None
    made_by: str
    made_at: Time


class Edition(Frozen):
    """A version of the codebook that is kept whole. `tags` is how many it has."""

    version: int
    note: str
    tags: int
    fixed_by: str
    fixed_at: Time
