"""`/events/{slug}/feeds`: an event's feeds, how each is in words, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from wall.access import may
from wall.errors import BackchannelError, BadInput, NotFound
from wall.feeds import forms
from wall.feeds.base import open_replier
from wall.feeds.common.matching import Match
from wall.feeds.probing import Probe, probe, would_match
from wall.intake import Intake, feeding
from wall.journal import Tx
from wall.model import Event, Feed, FeedState, utc_now
from wall.routes import Asking, AskingHere
from wall.routes.commands import IdHere, command_body
from wall.routes.feed_health import Teller, Told, needing
from wall.routes.first_run_form import searched
from wall.routes.forms import form_of, new_cause
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import feeds, pasted, vitals

Switch = Callable[[Tx, str, bool], dict[str, Any]]
"""The command that lets replies be posted by a feed's account, or no longer."""
Save = Callable[[dict[str, Any]], Awaitable[None]]
"""Saves a feed's checked settings. Raises what a command raises."""
_MOST_FIELDS = 100
_MOST_TEXT = 10_000
_ADDRESS = re.compile(r"https?://\S+")
_DONE = frozenset({"added", "pause", "resume", "again", "remove", "replies"})


@dataclass(frozen=True)
class Row:
    """One feed on the page. `told`: how it is; `said`: its settings by label, no secrets; `can`: what its
    buttons offer."""

    feed: Feed
    told: Told
    said: Mapping[str, str]
    replies: bool
    can: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """What was asked of the feeds: `text`, and what each says by its own rules (None: its settings are
    lost). `is_address`: it is the address of a post, and `came` whether that post is in the event."""

    text: str
    answers: tuple[tuple[Feed, Match | None], ...] = ()
    is_address: bool = False
    came: bool = False


class FeedPages:
    """The list, the form of each network, and the buttons."""

    def __init__(self, intake: Intake, views: Views, switch: Switch) -> None:
        self._intake = intake
        self._journal = intake.journal
        self._views = views
        self._switch = switch
        self.router = APIRouter(prefix="/events/{slug}/feeds", include_in_schema=False)
        add = self.router.add_api_route
        add("", self.show, methods=["GET", "HEAD"])
        add("", self.add, methods=["POST"])
        add("/match", self.match, methods=["POST"])
        add("/{feed_id}/{verb}", self.do, methods=["POST"])

    async def show(
        self, asking: AskingHere, request: Request, add: str = "", did: str = "", again: str = ""
    ) -> Response:
        """All feeds; with `add`, the form of that network; with `again`, the form of that feed."""
        asking.require("feed.see")
        feed = (await self._listed(asking)).get(again)
        if feed is not None and "again" in _can(feed, asking):
            typed = forms.entered(feed.config or {forms.HASHTAGS: searched(list(asking.event.hashtags))})
            return await self._page(asking, request, feed.network, typed, again=feed.id)
        network = add if add in forms.offered() else ""
        proposed = None
        if network and (tags := searched(list(asking.event.hashtags))):
            proposed = {**forms.PROPOSED.get(network, {}), forms.HASHTAGS: " ".join(tags)}
        return await self._page(asking, request, network, proposed, did=did if did in _DONE else "")

    async def add(self, asking: AskingHere, request: Request) -> Response:
        """Add a feed, or try one out; else the form comes back as it was typed."""
        asking.require("feed.add")
        form = await form_of(request, most=_MOST_FIELDS)
        network = form.get("network", "")
        if network not in forms.offered():
            raise BadInput("There is no feed for this network.", remedy="Choose one from the list.")

        async def save(config: dict[str, Any]) -> None:
            await self._intake.add_feed(
                asking.event.id,
                asking.actor,
                network,
                config,
                cause=form.get("cause") or None,
                body=await command_body(request),
            )

        back = await self._entered(asking, request, network, form, save)
        return back or RedirectResponse(f"/events/{asking.event.slug}/feeds?did=added", 303)

    async def _entered(
        self,
        asking: Asking,
        request: Request,
        network: str,
        form: Mapping[str, str],
        save: Save,
        again: str = "",
    ) -> Response | None:
        """Save the settings that were typed into a network's form. Else the page with the form as it was
        typed: tried out where that was asked for, or with what is wrong. `again`: of which feed."""
        typed = {one.name: one.value for one in forms.fields_of(network, form)}
        try:
            config = self._intake.checked(network, forms.typed_config(network, typed))
            if form.get("do") == "try":
                tried = await probe(network, config)
                return await self._page(asking, request, network, typed, tried=tried, again=again)
            await save(config)
        except BadInput as error:
            wrong = forms.wrong_names(network, typed, list(error.details.get("fields", ())))
            return await self._page(
                asking, request, network, typed, wrong=wrong or frozenset({""}), again=again, status=422
            )
        return None

    async def match(self, asking: AskingHere, request: Request) -> Response:
        """Would a post with this hashtag, or with these words, have come? Nobody is asked."""
        asking.require("feed.see")
        text = (await form_of(request)).get("text", "").strip()[:_MOST_TEXT]
        listed = (await self._listed(asking)).values()
        address = text if _ADDRESS.fullmatch(text) else ""
        came = bool(address) and await self._journal.store.read(
            lambda conn: pasted.with_url(conn, asking.event.id, address)
        )
        answers = () if address else tuple((feed, _answer(feed, text)) for feed in listed)
        asked = Asked(text, answers, is_address=bool(address), came=came) if text else None
        return await self._page(asking, request, asked=asked)

    async def do(self, feed_id: IdHere, verb: str, asking: AskingHere, request: Request) -> Response:
        """Pause, resume, remove, try out, enter the settings again, or switch replies; what is refused
        shows the list as it is."""
        asking.require("replies.switch" if verb == "replies" else "feed.add")
        form = await form_of(request, most=_MOST_FIELDS)

        async def command(work: Callable[[Tx], dict[str, Any]]) -> None:
            await self._journal.command(
                asking.event.id,
                asking.actor,
                work,
                cause=form.get("cause") or None,
                body=await command_body(request),
            )

        async def save(config: dict[str, Any]) -> None:
            await command(lambda tx: feeding.configure(tx, feed_id, config))

        back = None
        try:
            if verb == "try":
                feed = await self._there(asking, feed_id)
                tried = await probe(feed.network, feed.config)
                return await self._page(asking, request, tried=tried, tried_feed=feed_id)
            if verb == "again":
                network = (await self._there(asking, feed_id, forms.offered())).network
                back = await self._entered(asking, request, network, form, save, again=feed_id)
            else:
                await command(self._work(verb, feed_id, on=form.get("on") == "1"))
        except NotFound:
            raise
        except BackchannelError as error:
            return await self._page(asking, request, refused=True, status=error.status)
        return back or RedirectResponse(f"/events/{asking.event.slug}/feeds?did={verb}", 303)

    def _work(self, verb: str, feed_id: str, *, on: bool) -> Callable[[Tx], dict[str, Any]]:
        match verb:
            case "pause":
                return lambda tx: feeding.pause(tx, feed_id)
            case "resume":
                return lambda tx: feeding.resume(tx, feed_id)
            case "remove":
                return lambda tx: feeding.remove(tx, feed_id)
            case "replies":
                return lambda tx: self._switch(tx, feed_id, on)
        raise NotFound("There is no such thing to do with a feed.")

    async def _there(self, asking: Asking, feed_id: str, networks: Collection[str] | None = None) -> Feed:
        """A feed of this event, and of one of these networks where that matters. Raises NotFound."""
        feed = (await self._listed(asking)).get(feed_id)
        if feed is None or (networks is not None and feed.network not in networks):
            raise NotFound("There is no such feed in this event.")
        return feed

    async def _listed(self, asking: Asking) -> dict[str, Feed]:
        found = await self._journal.store.read(lambda conn: feeds.listed(conn, asking.event.id))
        return {feed.id: feed for feed in found}

    async def _told(self, event: Event, listed: Mapping[str, Feed], lang: str) -> dict[str, Told]:
        """How each feed is, by its id."""
        kept = await self._journal.store.read(lambda conn: vitals.of_feeds(conn, listed.keys()))
        words = self._views.words
        teller = Teller(words, When(event.zone, lang, words), utc_now())
        return {id_: teller.told(feed, kept[id_]) for id_, feed in listed.items() if id_ in kept}

    async def _page(
        self,
        asking: Asking,
        request: Request,
        network: str = "",
        typed: Mapping[str, str] | None = None,
        *,
        wrong: frozenset[str] = frozenset(),
        tried: Probe | None = None,
        tried_feed: str = "",
        again: str = "",
        refused: bool = False,
        did: str = "",
        asked: Asked | None = None,
        status: int = 200,
    ) -> Response:
        listed = await self._listed(asking)
        told = await self._told(asking.event, listed, self._views.words.language_of(request))
        return self._views.page(
            request,
            "feeds.html",
            status=status,
            visitor=asking.visitor,
            event=asking.event,
            rows=[_row(feed, told[feed.id], asking) for feed in listed.values()],
            told=list(told.values()),
            needing=needing(told.values()),
            asked=asked,
            networks=forms.offered(),
            network=network,
            fields=forms.fields_of(network, typed) if network else (),
            changes=may(asking.roles, "feed.add"),
            says=self._views.words.has,
            wrong=wrong,
            tried=tried,
            tried_feed=tried_feed,
            again=again,
            refused=refused,
            did=did,
            new_cause=new_cause,
        )


def _answer(feed: Feed, text: str) -> Match | None:
    return None if feed.lost else would_match(feed.network, feed.config, text)


def _row(feed: Feed, told: Told, asking: Asking) -> Row:
    return Row(feed, told, forms.in_words(feed.config), _has_account(feed), _can(feed, asking))


def _can(feed: Feed, asking: Asking) -> frozenset[str]:
    """What this person may do with a feed as it is."""
    can = set()
    if may(asking.roles, "feed.add"):
        can = {"remove"}
        if feed.network in forms.offered():
            can |= {"again"} if feed.lost or feed.state is FeedState.STOPPED else set()
            can |= set() if feed.lost else {"try"}
        if feed.state is FeedState.STOPPED:
            can |= set() if feed.lost else {"resume"}
        elif feed.state is not FeedState.DONE:
            can.add("pause")
    if _has_account(feed) and may(asking.roles, "replies.switch"):
        can.add("replies")
    return frozenset(can)


def _has_account(feed: Feed) -> bool:
    try:
        return open_replier(feed.network, feed.config, feed.cursor) is not None
    except BadInput:
        return False
