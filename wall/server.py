"""THE composition root: builds every resource from settings and mounts the application."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import structlog
from fastapi import APIRouter, FastAPI

from facilitator.alarming import Alarming
from facilitator.answers import answered
from facilitator.arriving import arrived
from facilitator.ask_pacing import Pacing
from facilitator.floor import left_view
from facilitator.replying import Replying
from facilitator.reserving import reserved
from facilitator.routes import api as facilitation
from facilitator.routes import asks, endorsing, feedback, taking_part
from facilitator.routes.agreement_pages import AgreementPages
from facilitator.routes.ask_pages import AskPages
from facilitator.routes.asks import Answerer, AskRoutes
from facilitator.routes.codebook_pages import CODEBOOK_BODY_BYTES, CODEBOOK_PATHS, CodebookPages
from facilitator.routes.coverage import CoverageRoutes
from facilitator.routes.endorsing import EndorsingRoutes
from facilitator.routes.event_pages import EventPages
from facilitator.routes.feedback import FeedbackPages
from facilitator.routes.guidance_pages import GUIDANCE_BODY_BYTES, GUIDANCE_PATHS
from facilitator.routes.guiding import GuidingRoutes
from facilitator.routes.pages import FacilitatorPages
from facilitator.routes.phones import Phones
from facilitator.routes.plan_import_pages import IMPORT_BODY_BYTES, IMPORT_PATHS, PlanImportPages
from facilitator.routes.plan_pages import PlanPages
from facilitator.routes.plan_session_pages import PlanSessionPages
from facilitator.routes.print_pages import PrintPages
from facilitator.routes.replies import ReplyRoutes
from facilitator.routes.run_sheet_pages import RunSheetPages
from facilitator.routes.sheet import SheetRoutes
from facilitator.routes.taking_part import TakingPartRoutes
from facilitator.supporting import Counting
from facilitator.telling import Telling
from wall import __version__, getting_ready
from wall.access import Access, Origins
from wall.access.going_on import GoingOn
from wall.access.participants import Participants
from wall.access.setup import Setup
from wall.bus import Bus, open_bus
from wall.deleting import Erasing
from wall.feeds.base import networks
from wall.feeds.common.credentials import provide
from wall.intake import Intake, Supervisor
from wall.journal import Journal
from wall.live import Beats, Hub, LiveSocket, Sampling, Snapshots
from wall.media import AddressRules, Cache, Fetcher, Images, Keeping, MediaProxy, addresses
from wall.model import Post
from wall.push import Notices
from wall.rehearsal_play import Rehearsals
from wall.routes import desk, errors, events, health, languages, pages, sign_in
from wall.routes.alarm_pages import AlarmPages
from wall.routes.application import API_PREFIX, ApiRouter, Application
from wall.routes.contributing import Contributions
from wall.routes.deleting import DeletingRoutes
from wall.routes.editing import Editing
from wall.routes.embed import EmbedPages
from wall.routes.feeds import FeedRoutes
from wall.routes.fleet_pages import FleetPages
from wall.routes.installing import InstallRoutes
from wall.routes.integrations import IntegrationRoutes
from wall.routes.join import JoinApi, JoinRoutes
from wall.routes.leaving import LeavingPages, LeavingRoutes
from wall.routes.look_pages import LookPages
from wall.routes.looks import LOOK_BODY_BYTES, LOOK_PATHS, LookRoutes
from wall.routes.media import MediaRoutes
from wall.routes.moderation import ModerationPages
from wall.routes.overlay import OverlayPage
from wall.routes.pair_page import PairPage
from wall.routes.picking import PickingRoutes
from wall.routes.posts import PostRoutes
from wall.routes.programme_pages import ProgrammePages
from wall.routes.push import PushRoutes
from wall.routes.reading import ReadingRoutes
from wall.routes.rules import RULES_BODY_BYTES, RULES_PATHS, RulesPage, RulesRoutes
from wall.routes.scene_pages import SCENE_BODY_BYTES, SCENE_PATHS, ScenePages
from wall.routes.scenes import SceneRoutes
from wall.routes.screen_page import ScreenPages
from wall.routes.screens import ScreenRoutes
from wall.routes.security import Security
from wall.routes.shown_feeds import ShownFeeds
from wall.routes.staff import StaffRoutes
from wall.routes.staff_pages import StaffPages
from wall.routes.static_files import Static
from wall.routes.walls import WallRoutes
from wall.routes.webhook import WEBHOOK_BODY_BYTES, WEBHOOK_PATHS, WebhookRoutes
from wall.routes.words import Views, Words
from wall.screens.pairing import Codes
from wall.settings import Settings
from wall.starting import open_store
from wall.store import Store

log = structlog.get_logger(__name__)

_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: what happened, what to do next, and machine-readable details."},
    "5XX": {"description": "The server or its database cannot do this now; nothing was saved."},
}
_LARGER = {
    RULES_PATHS: RULES_BODY_BYTES,
    SCENE_PATHS: SCENE_BODY_BYTES,
    CODEBOOK_PATHS: CODEBOOK_BODY_BYTES,
    LOOK_PATHS: LOOK_BODY_BYTES,
    IMPORT_PATHS: IMPORT_BODY_BYTES,
    GUIDANCE_PATHS: GUIDANCE_BODY_BYTES,
    WEBHOOK_PATHS: WEBHOOK_BODY_BYTES,
}
"""Paths that take more than an ordinary body, and how many bytes."""


class Backchannel:
    """Everything that one process runs, built from settings and closed in order."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        provide(settings.credentials(), networks())
        self.store = open_store(settings)
        secret = settings.secret()
        self.bus: Bus = open_bus(settings.redis_url, secret=secret.decode())
        folder = settings.make_data_dir() / "media"
        self.pictures = Cache(folder, secret, limit_bytes=settings.media_cache_bytes)
        self.images = Images()
        self.media = _media_proxy(settings, self.images, self.pictures)
        self.journal = Journal(
            self.store,
            self.bus,
            on_gone=self._forget_pictures,
            consequences=(left_view,),
            arrivals=(arrived, answered),
            reservations=(reserved,),
        )
        origins = Origins(settings.public_url, settings.allowed_hosts)
        participants = Participants(origins, secret)
        self.access = Access(
            self.journal, origins, participants=participants, sign_in_days=settings.sign_in_days
        )
        self.intake = Intake(self.journal, secret, plain_hosts=settings.plain_hosts)
        self.contributions = Contributions(
            self.intake,
            participants,
            secret,
            per_address=settings.posts_per_minute_per_address,
        )
        self.rehearsals = Rehearsals(self.intake)
        self.setup = Setup(self.access, self.bus, secret)
        self.going_on = GoingOn(self.access, secret)
        self.build = pages.build_number()
        self.hub = Hub(
            self.journal,
            self.bus,
            build=self.build,
            beat_seconds=settings.beat_seconds,
            unsent_bytes=settings.socket_unsent_bytes,
            stuck_seconds=settings.socket_stuck_seconds,
        )
        self.snapshots = Snapshots(self.journal, self.hub)
        self.beats = Beats(self.bus)
        self.codes = Codes(self.store, self.bus)
        self.notices = _notices(settings, self.store, secret)
        self.words = Words(settings.data_dir / languages.FOLDER)
        self.owner = f"{socket.gethostname()}:{os.getpid()}"

    @contextlib.asynccontextmanager
    async def running(self, _app: FastAPI) -> AsyncIterator[None]:
        """Run the bus, the feeds and the hub for as long as the application serves."""
        await self.bus.start()
        supervisor = Supervisor(self.intake, self.owner, lease_seconds=self.settings.feed_lease_seconds)
        works = (
            supervisor,
            Keeping(self.store, self.pictures),
            Sampling(self.hub),
            Replying(self.journal),
            Pacing(self.journal),
            Counting(self.journal),
            Telling(self.journal, self.notices.pusher, self.words),
            Alarming(self.journal, self.notices.reaching, self.words),
            Erasing(self.journal),
        )
        running = [asyncio.create_task(work.run(), name=type(work).__name__) for work in works]
        log.info("serving", version=__version__, build=self.build)
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self.rehearsals.close()
            await self.intake.close()
            await self.hub.close()
            await self.media.close()
            await self.notices.close()
            await self.bus.close()
            self.store.close()

    async def _forget_pictures(self, gone: Sequence[Post]) -> None:
        """Purge what withdrawn posts showed. Its failure must not fail a command that is on disk."""
        try:
            await self.media.purge({url for post in gone for url in addresses(post)})
        except OSError as exc:
            log.error("pictures_not_purged", errno=exc.errno)


def _media_proxy(settings: Settings, images: Images, cache: Cache) -> MediaProxy:
    """The way of pictures from outside; its processes start with the first picture."""
    return MediaProxy(Fetcher(_address_rules(settings)), images, cache)


def _address_rules(settings: Settings) -> AddressRules:
    """Which addresses this server asks on behalf of people."""
    return AddressRules(
        frozenset(settings.media_ports), settings.media_trusted_networks, settings.media_refused_networks
    )


def _notices(settings: Settings, store: Store, secret: bytes) -> Notices:
    """How people are told who are not looking."""
    return Notices(
        store,
        _address_rules(settings),
        secret,
        public_url=settings.public_url,
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
    )


def create_app(settings: Settings, *, framed: bool = False) -> FastAPI:
    """The ASGI application. `framed`: its pages may show each other in frames, as the demo's first one
    does. Raises SetupProblem for what it cannot start with."""
    parts = Backchannel(settings)
    app = Application(
        LiveSocket(parts.hub, parts.access, parts.beats),
        title="Backchannel",
        version=__version__,
        lifespan=parts.running,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        separate_input_output_schemas=False,
    )
    app.state.parts = parts
    app.state.access = parts.access
    _mount(app, parts, framed=framed)
    return app


def _mount(app: FastAPI, parts: Backchannel, *, framed: bool) -> None:
    views = Views(parts.words)
    respond = errors.Responder(views)
    errors.install(app, respond)
    app.add_middleware(
        Security,
        origins=parts.access.origins,
        respond=respond,
        body_limit_bytes=parts.settings.body_limit_bytes,
        larger=_LARGER,
        framed=framed,
    )
    shared = _Shared(
        ScreenPages(parts.access, parts.codes, views),
        EndorsingRoutes(_phones(parts, endorsing.PURPOSE)),
        Answerer(_phones(parts, asks.PURPOSE)),
        TakingPartRoutes(_phones(parts, taking_part.PURPOSE), parts.contributions),
        CoverageRoutes(parts.journal, views),
        GuidingRoutes(parts.access, parts.intake, views),
        DeletingRoutes(parts.access, views),
    )
    # Routes are tried in this order: the busiest first (docs/gotchas.md says why they are not included).
    app.mount("/static", Static(), name="static")
    api = ApiRouter()
    for router in _api_routers(parts, views, shared):
        api.routes.extend(router.routes)
    app.include_router(api, prefix=API_PREFIX, responses=_ERRORS)
    for router in _page_routers(parts, views, shared):
        app.router.routes.extend(router.routes)


def _phones(parts: Backchannel, purpose: str) -> Phones:
    return Phones(parts.journal, parts.contributions.participants, parts.settings.secret(), purpose)


class _Shared(NamedTuple):
    """What has both pages and routes below /api/v1."""

    screens: ScreenPages
    endorsing: EndorsingRoutes
    answerer: Answerer
    taking_part: TakingPartRoutes
    covering: CoverageRoutes
    guiding: GuidingRoutes
    deleting: DeletingRoutes


def _api_routers(parts: Backchannel, views: Views, shared: _Shared) -> tuple[APIRouter, ...]:
    return (
        PostRoutes(parts.intake, parts.contributions).router,
        WebhookRoutes(parts.intake, parts.contributions).router,
        JoinApi(parts.contributions).router,
        Editing(parts.intake).router,
        shared.taking_part.api,
        LeavingRoutes(parts.intake).router,
        ReadingRoutes(parts.hub, parts.snapshots).router,
        events.router(),
        shared.deleting.api,
        FeedRoutes(parts.intake).router,
        IntegrationRoutes(parts.journal).router,
        StaffRoutes(parts.access).router,
        _push_routes(parts, views),
        RulesRoutes(parts.journal, views.words).router,
        facilitation.router(parts.journal, views.words),
        SheetRoutes(parts.intake.graves).router,
        shared.endorsing.api,
        AskRoutes(shared.answerer).router,
        ReplyRoutes(parts.journal, views.words).router,
        shared.covering.api,
        shared.guiding.api,
        WallRoutes(parts.journal).router,
        SceneRoutes(parts.journal).router,
        LookRoutes(parts.journal, parts.images).router,
        ScreenRoutes(parts.access, parts.codes, parts.beats).router,
        shared.screens.api,
    )


def _page_routers(parts: Backchannel, views: Views, shared: _Shared) -> tuple[APIRouter, ...]:
    return (
        InstallRoutes(parts.access, views).router,
        JoinRoutes(parts.contributions, views).router,
        shared.taking_part.pages,
        shared.endorsing.pages,
        AskPages(shared.answerer, views).router,
        FeedbackPages(_phones(parts, feedback.PURPOSE), views).router,
        FacilitatorPages(parts.access, views).router,
        shared.covering.pages,
        shared.guiding.pages,
        health.router(parts.store, parts.bus, parts.build),
        MediaRoutes(parts.media, parts.store).router,
        pages.router(parts.access, views),
        languages.LanguageRoutes(views.words.live).router,
        desk.router(views),
        ProgrammePages(parts.access, views).router,
        *getting_ready.routers(parts, views),
        PickingRoutes(parts.access, views).router,
        shared.deleting.pages,
        PlanPages(parts.journal, views).router,
        PlanImportPages(parts.journal, views).router,
        PlanSessionPages(parts.journal, views).router,
        EventPages(parts.journal, views).router,
        RunSheetPages(parts.journal, views).router,
        PrintPages(parts.journal, views).router,
        shared.screens.router,
        OverlayPage(parts.access, views).router,
        EmbedPages(parts.access, views, parts.settings.embed_origins).router,
        ShownFeeds(parts.access, views.words).router,
        sign_in.router(parts.access, views, parts.going_on),
        *_staff_pages(parts, views),
        LeavingPages(parts.intake, views).router,
        ModerationPages(parts.intake, views).router,
        RulesPage(parts.journal, views).router,
        CodebookPages(parts.journal, views).router,
        AgreementPages(parts.journal, views).router,
        PairPage(parts.access, parts.codes, views).router,
        FleetPages(parts.access, parts.beats, views).router,
        ScenePages(parts.access, views).router,
        LookPages(parts.access, views, parts.images).router,
    )


def _push_routes(parts: Backchannel, views: Views) -> APIRouter:
    notices, participants = parts.notices, parts.contributions.participants
    return PushRoutes(parts.journal, participants, notices.outgoing, notices.key, views.words).router


def _staff_pages(parts: Backchannel, views: Views) -> tuple[APIRouter, ...]:
    reaching = parts.notices.reaching
    staff = StaffPages(parts.access, views, reaching)
    return staff.router, AlarmPages(parts.journal, staff, reaching, views.words).router
