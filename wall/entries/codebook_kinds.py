"""Kinds of entries about the codebook as a whole and about second taggings. Part of the catalogue in
`kinds`."""

from __future__ import annotations

from typing import Literal

from wall.codebook import TagSet
from wall.entries.data import Data


class CodebookFixed(Data):
    """The codebook was kept as it is, as `version`."""

    kind: Literal["codebook.fixed"] = "codebook.fixed"
    version: int


class CodebookImported(Data):
    """A file was taken into the codebook; the tags that it added and changed follow."""

    kind: Literal["codebook.imported"] = "codebook.imported"
    format: Literal["csv", "qdc"]
    added: int
    changed: int


class SampleDrawn(Data):
    """Posts were chosen for a second tagging in one set of the codebook."""

    kind: Literal["sample.drawn"] = "sample.drawn"
    sample: str
    set: TagSet
    size: int


class PostReconciled(Data):
    """People agreed on the tags of a post of a sample; what changed by it follows."""

    kind: Literal["post.reconciled"] = "post.reconciled"
    sample: str
    tags: tuple[str, ...]


CodebookData = CodebookFixed | CodebookImported | SampleDrawn | PostReconciled
