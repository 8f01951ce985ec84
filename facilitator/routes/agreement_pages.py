"""`/codebook/{slug}/second`, `…/agreement` and `…/themes`: tagging a sample blind, how well people agree,
reconciling where they do not, and themes that are suggested. All of it works without script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from facilitator import second, theming
from facilitator.comparing import DESK, Tagged
from facilitator.guards import Acting
from facilitator.outline import tree
from facilitator.presets import SETS
from facilitator.routes import IdHere
from facilitator.second import MOST_SAMPLED, NewSample, Standing
from facilitator.theming import NewTheme
from wall.access import may
from wall.codebook import Sample, TagSet
from wall.entries import visible
from wall.errors import BackchannelError, CauseReused, Malformed
from wall.journal import Journal, Tx
from wall.model import StoredPost, at_border
from wall.parallel import Tag
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import new_cause
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import people, posts, samples

SHOWN_SPLIT = 50
"""Disagreements on one page; the rest come up as these are reconciled."""
_DID = frozenset({"drawn", "tagged", "reconciled", "theme"})
SampleId = Annotated[str, Query(pattern=r"^[A-Za-z0-9-]{0,63}$")]


class AgreementPages:
    """Samples, blind taggings, agreement and themes."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.router = APIRouter(prefix="/codebook/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("/second", self.choose, methods=["GET", "HEAD"])
        add("/second/{sample_id}", self.ask, methods=["GET", "HEAD"])
        add("/second/{sample_id}/{post_id}", self.say, methods=["POST"])
        add("/agreement", self.agreement, methods=["GET", "HEAD"])
        add("/agreement", self.draw, methods=["POST"])
        add("/agreement/{sample_id}", self.reconcile_alike, methods=["POST"])
        add("/agreement/{sample_id}/{post_id}", self.reconcile, methods=["POST"])
        add("/themes", self.themes, methods=["GET", "HEAD"])
        add("/themes", self.make_theme, methods=["POST"])

    async def choose(self, asking: AskingHere, request: Request) -> Response:
        """The samples, each with how much this person has still to tag."""
        asking.require("sample.tag")
        event = asking.event

        def read(conn: Connection) -> list[tuple[Sample, int]]:
            return [(one, len(self._left(conn, asking, one))) for one in samples.listed(conn, event.id)]

        listed = await self._journal.store.read(read)
        return self._page(
            asking,
            request,
            "second_choose.html",
            listed=[(one, left, second.may_tag(one, asking.roles)) for one, left in listed],
        )

    async def ask(self, sample_id: IdHere, asking: AskingHere, request: Request, did: str = "") -> Response:
        """The next post of a sample, and the tags that there are. Nobody else's are shown."""
        asking.require("sample.tag")
        return await self._ask(asking, request, sample_id, did=did if did in _DID else "")

    async def say(
        self, sample_id: IdHere, post_id: IdHere, asking: AskingHere, request: Request
    ) -> Response:
        """Keep what this person says of a post, and go on with the next."""
        asking.require("sample.tag")
        form = await _many(request)
        chosen = tuple(form.get("tag", ()))
        if not chosen and "none" not in form:
            return await self._ask(asking, request, sample_id, wrong="nothing", post_id=post_id, status=422)
        try:
            await self._run(
                asking,
                request,
                form,
                lambda tx, acting: second.tag_second(tx, acting, sample_id, post_id, chosen),
            )
        except (second.AlreadyReconciled, CauseReused):
            return self._to(asking, f"second/{sample_id}")
        except BackchannelError as error:
            return await self._ask(asking, request, sample_id, wrong="refused", status=error.status)
        return self._to(asking, f"second/{sample_id}?did=tagged")

    async def agreement(
        self, asking: AskingHere, request: Request, sample: SampleId = "", did: str = ""
    ) -> Response:
        """How far a sample is, how well people agree, and where they do not."""
        asking.require("sample.reconcile")
        return await self._agreement(asking, request, sample, did=did if did in _DID else "")

    async def draw(self, asking: AskingHere, request: Request) -> Response:
        """Draw a sample."""
        asking.require("sample.draw")
        form = await _many(request)
        typed = {
            name: form[name][-1] for name in ("set", "method", "step", "size", "seed") if form.get(name)
        }
        typed = {name: value for name, value in typed.items() if value.strip()}
        try:
            new = NewSample.model_validate({**typed, "live": "live" in form})
            done = await self._run(asking, request, form, lambda tx, _: second.draw(tx, new))
        except ValidationError:
            return await self._agreement(asking, request, "", wrong="number", status=422)
        except BackchannelError as error:
            return await self._agreement(asking, request, "", wrong="draw", status=error.status)
        return self._to(asking, f"agreement?sample={done['sample']}&did=drawn")

    async def reconcile(
        self, sample_id: IdHere, post_id: IdHere, asking: AskingHere, request: Request
    ) -> Response:
        """Write what was agreed for a post."""
        asking.require("sample.reconcile")
        form = await _many(request)
        chosen = tuple(form.get("tag", ()))
        if not chosen and "none" not in form:
            return await self._agreement(asking, request, sample_id, wrong="nothing", status=422)
        return await self._reconciled(
            asking,
            request,
            form,
            sample_id,
            lambda tx, acting: second.reconcile(tx, acting, sample_id, post_id, chosen),
        )

    async def reconcile_alike(self, sample_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Write as agreed what everybody said alike."""
        asking.require("sample.reconcile")
        form = await _many(request)
        return await self._reconciled(
            asking,
            request,
            form,
            sample_id,
            lambda tx, acting: second.reconcile_alike(tx, acting, sample_id),
        )

    async def themes(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """Groups of posts that are like each other, each with a name to better."""
        asking.require("codebook.change")
        return await self._themes(asking, request, did=did if did in _DID else "")

    async def make_theme(self, asking: AskingHere, request: Request) -> Response:
        """Make a theme of a group, of the posts that were ticked."""
        asking.require("theme.make")
        form = await _many(request)
        try:
            sent = {"name": (form.get("name") or [""])[-1], "posts": tuple(form.get("post", ()))}
            new = NewTheme.model_validate(sent)
            await self._run(asking, request, form, lambda tx, acting: theming.make_theme(tx, acting, new))
        except ValidationError:
            return await self._themes(asking, request, wrong="name", status=422)
        except BackchannelError as error:
            return await self._themes(asking, request, wrong="refused", status=error.status)
        return self._to(asking, "themes?did=theme")

    async def _reconciled(
        self,
        asking: Asking,
        request: Request,
        form: dict[str, list[str]],
        sample_id: str,
        fn: Callable[[Tx, Acting], dict[str, Any]],
    ) -> Response:
        try:
            await self._run(asking, request, form, fn)
        except CauseReused:
            pass
        except BackchannelError as error:
            return await self._agreement(asking, request, sample_id, wrong="refused", status=error.status)
        return self._to(asking, f"agreement?sample={sample_id}&did=reconciled")

    async def _ask(
        self,
        asking: Asking,
        request: Request,
        sample_id: str,
        *,
        did: str = "",
        wrong: str = "",
        post_id: str = "",
        status: int = 200,
    ) -> Response:
        def read(conn: Connection) -> tuple[Sample, list[StoredPost], list[Tag]]:
            drawn = second.sample_of(conn, asking.event.id, sample_id)
            left = self._left(conn, asking, drawn)
            return drawn, left, second.usable(conn, asking.event.id, drawn.set)

        drawn, left, tags = await self._journal.store.read(read)
        here = next((one for one in left if one.id == post_id), left[0] if left else None)
        return self._page(
            asking,
            request,
            "second.html",
            status=status,
            sample=drawn,
            left=len(left),
            post=here,
            tags=tree(tags),
            did=did,
            wrong=wrong,
        )

    def _left(self, conn: Connection, asking: Asking, drawn: Sample) -> list[StoredPost]:
        """The posts that somebody has still to tag and may see."""
        if not second.may_tag(drawn, asking.roles):
            return []
        ids = second.to_tag(conn, drawn, asking.actor.removeprefix("person:"))
        there = posts.by_ids(conn, asking.event.id, set(ids))
        scope = asking.scope("desk")
        return [there[post_id] for post_id in ids if post_id in there and visible(there[post_id], scope)]

    async def _agreement(
        self,
        asking: Asking,
        request: Request,
        sample_id: str,
        *,
        did: str = "",
        wrong: str = "",
        status: int = 200,
    ) -> Response:
        event = asking.event

        def read(conn: Connection) -> tuple[list[Sample], Standing | None, dict[str, str]]:
            listed = samples.listed(conn, event.id)
            chosen = sample_id or (listed[0].id if listed else "")
            standing = second.standing(conn, event.id, chosen) if chosen else None
            who = {who for one in standing.posts for who in one.by} if standing else set()
            return listed, standing, people.names(conn, who - {DESK})

        listed, standing, names = await self._journal.store.read(read)
        found = await standing.compared() if standing else None
        split = await self._texts(asking, found.split[:SHOWN_SPLIT] if found else ())
        return self._page(
            asking,
            request,
            "agreement.html",
            status=status,
            listed=listed,
            standing=standing,
            found=found,
            split=split,
            names=names,
            tags=tree(tag for tag in standing.tags if not tag.retired) if standing else [],
            by_id={tag.id: tag for tag in standing.tags} if standing else {},
            desk=DESK,
            sets=[one for one in SETS if one is not TagSet.CHECK],
            most=MOST_SAMPLED,
            did=did,
            wrong=wrong,
        )

    async def _texts(self, asking: Asking, split: Sequence[Tagged]) -> list[tuple[Tagged, StoredPost]]:
        """Disagreements with their posts, as far as this person may see those."""
        ids = {one.post for one in split}
        there = await self._journal.store.read(lambda conn: posts.by_ids(conn, asking.event.id, ids))
        scope = asking.scope("desk")
        return [(one, there[one.post]) for one in split if visible(there[one.post], scope)]

    async def _themes(
        self, asking: Asking, request: Request, *, did: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        listed = await self._journal.store.read(lambda conn: theming.looked_at(conn, asking.event.id))
        return self._page(
            asking,
            request,
            "themes.html",
            status=status,
            suggested=await theming.suggested(listed),
            looked_at=len(listed),
            makes=may(asking.roles, "theme.make"),
            did=did,
            wrong=wrong,
        )

    async def _run(
        self,
        asking: Asking,
        request: Request,
        form: dict[str, list[str]],
        fn: Callable[[Tx, Acting], dict[str, Any]],
    ) -> dict[str, Any]:
        acting = Acting(asking.actor.removeprefix("person:"), asking.roles)
        done = await self._journal.command(
            asking.event.id,
            asking.actor,
            lambda tx: fn(tx, acting),
            cause=(form.get("cause") or [""])[-1] or None,
            body=await command_body(request),
        )
        return done.result

    def _to(self, asking: Asking, where: str) -> Response:
        return RedirectResponse(f"/codebook/{asking.event.slug}/{where}", 303)

    def _page(
        self, asking: Asking, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        lang = self._views.words.offered(request, asking.event.languages)
        return self._views.page(
            request,
            template,
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=asking.event,
            here=f"/codebook/{asking.event.slug}",
            when=When(asking.event.zone, lang, self._views.words),
            changes=may(asking.roles, "codebook.change"),
            new_cause=new_cause,
            **context,
        )


async def _many(request: Request) -> dict[str, list[str]]:
    """The fields of a posted form, with all values of those that are there more than once. Raises
    Malformed."""
    try:
        body = (await request.body()).decode("ascii")
        found = parse_qs(body, keep_blank_values=True, max_num_fields=400, errors="replace")
    except ValueError:
        raise Malformed(
            "This form cannot be read.", remedy="Load the page again and send it once more."
        ) from None
    return {name: [at_border(value) for value in values] for name, values in found.items()}
