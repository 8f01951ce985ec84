"""HTTP API: samples, blind second taggings, agreement, and what was agreed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from facilitator import second
from facilitator.comparing import Agreement, Compared, Measure
from facilitator.routes import Doing, IdHere, doing, event_router
from facilitator.second import NewSample, TagIds
from wall.codebook import Sample
from wall.journal import Journal
from wall.model import Frozen
from wall.routes import AskingHere
from wall.store import samples

Draws = Annotated[Doing, doing("sample.draw")]
TagsSample = Annotated[Doing, doing("sample.tag")]
Reconciles = Annotated[Doing, doing("sample.reconcile")]

router = event_router("codebook")
"""`…/samples`."""


class Drawn(Frozen):
    """A sample that was drawn; `seed` is what a random choice began with."""

    sample: str
    size: int
    seed: int | None
    seq: int


class Said(Frozen):
    """Ids of the tags of the sample's set that fit a post; none: none of them does."""

    tags: TagIds = ()


class SaidNow(Frozen):
    """What somebody says of a post now, or what was agreed."""

    sample: str
    post: str
    tags: tuple[str, ...]
    seq: int


class Reconciled(Frozen):
    """The posts for which what everybody said was written as agreed."""

    sample: str
    posts: tuple[str, ...]
    seq: int


class MeasureNow(Frozen):
    """A measure's value; where it has none, the code of why: `no_pairs`, `one_value` or `ragged`."""

    value: float | None
    problem: str | None


class PairNow(Frozen):
    """Cohen's kappa of two people; `desk` stands for what was tagged there."""

    one: str
    other: str
    cohen: MeasureNow


class AgreementNow(Frozen):
    """How well people agree: over `units` posts that two or more tagged. `low` and `high` bound the middle
    95 % of Krippendorff's alpha over resampled posts."""

    units: int
    percent: MeasureNow
    pairs: tuple[PairNow, ...]
    fleiss: MeasureNow | None
    alpha: MeasureNow
    low: float | None
    high: float | None


class SampleNow(Frozen):
    """A sample as it stands. `each`: for one tag, whether it was set; by the tag's id."""

    sample: Sample
    untagged: int
    single: int
    double: int
    reconciled: int
    whole: AgreementNow
    each: dict[str, AgreementNow]
    split: tuple[str, ...]


class Samples(Frozen):
    """An event's samples, the newest first."""

    samples: tuple[Sample, ...]


@router.post("/samples", status_code=201)
async def draw(new: NewSample, doing: Draws) -> Drawn:
    """Draw posts for a second tagging. The same seed draws the same posts."""
    return await doing.run(Drawn, lambda tx, _: second.draw(tx, new))


@router.post("/samples/{sample_id}/posts/{post_id}/tag")
async def tag(sample_id: IdHere, post_id: IdHere, said: Said, doing: TagsSample) -> SaidNow:
    """Say what one thinks of a post, without seeing what others do."""
    return await doing.run(
        SaidNow, lambda tx, acting: second.tag_second(tx, acting, sample_id, post_id, said.tags)
    )


@router.post("/samples/{sample_id}/posts/{post_id}/reconcile")
async def reconcile(sample_id: IdHere, post_id: IdHere, said: Said, doing: Reconciles) -> SaidNow:
    """Write what was agreed: these are the post's tags in this set from now on."""
    return await doing.run(
        SaidNow, lambda tx, acting: second.reconcile(tx, acting, sample_id, post_id, said.tags)
    )


@router.post("/samples/{sample_id}/reconcile")
async def reconcile_alike(sample_id: IdHere, doing: Reconciles) -> Reconciled:
    """Write as agreed what everybody said alike."""
    return await doing.run(Reconciled, lambda tx, acting: second.reconcile_alike(tx, acting, sample_id))


class SampleRoutes:
    """`GET …/samples` and how well people agree on one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}/samples", tags=["codebook"])
        self.router.add_api_route("", self.listed, methods=["GET"])
        self.router.add_api_route("/{sample_id}/agreement", self.agreement, methods=["GET"])

    async def listed(self, asking: AskingHere) -> Samples:
        """All samples."""
        asking.require("sample.tag")
        found = await self._journal.store.read(lambda conn: samples.listed(conn, asking.event.id))
        return Samples(samples=tuple(found))

    async def agreement(self, sample_id: IdHere, asking: AskingHere) -> SampleNow:
        """How far a sample is, and how well people agree. Not for those who tag it blind."""
        asking.require("sample.reconcile")
        standing = await self._journal.store.read(
            lambda conn: second.standing(conn, asking.event.id, sample_id)
        )
        return _now(standing.drawn, await standing.compared())


def _now(drawn: Sample, found: Compared) -> SampleNow:
    return SampleNow(
        sample=drawn,
        untagged=found.counts.get("untagged", 0),
        single=found.counts.get("single", 0),
        double=found.counts.get("double", 0),
        reconciled=found.counts.get("reconciled", 0),
        whole=_agreement(found.whole),
        each={tag: _agreement(one) for tag, one in found.each.items()},
        split=tuple(one.post for one in found.split),
    )


def _agreement(one: Agreement) -> AgreementNow:
    return AgreementNow(
        units=one.units,
        percent=_measure(one.percent),
        pairs=tuple(
            PairNow(one=first, other=other, cohen=_measure(kappa)) for first, other, kappa in one.pairs
        ),
        fleiss=_measure(one.fleiss) if one.fleiss else None,
        alpha=_measure(one.alpha),
        low=one.interval.low if one.interval else None,
        high=one.interval.high if one.interval else None,
    )


def _measure(one: Measure) -> MeasureNow:
    return MeasureNow(value=one.value, problem=one.problem)
