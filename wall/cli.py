"""The command line: `backchannel …`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wall import logs
from wall.access import STAFF_LINK_HOURS, enter_path
from wall.backup_command import backup, restore
from wall.demo import SLUG, USUAL_SPEED
from wall.demo.beside import Beside
from wall.errors import BackchannelError, SetupProblem
from wall.feeds.common.credentials import from_environment
from wall.getting_ready import way_in
from wall.import_command import import_
from wall.live import raise_descriptor_limit
from wall.model import Feed, Mode, Role
from wall.rehearse_command import rehearse
from wall.routes.events import NewEvent
from wall.server import Backchannel, create_app
from wall.settings import Settings, load
from wall.starting import (
    address_of,
    metrics_served,
    open_store,
    place,
    prepare,
    settle_memory,
    uvicorn_config,
)
from wall.store import Store, events, feeds, migrate
from wall.words_command import words

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Backchannel: a live hashtag wall for events.",
)
event_app = typer.Typer(no_args_is_help=True, help="Events: the conferences and meetings.")
feed_app = typer.Typer(no_args_is_help=True, help="Feeds: where an event's posts come from.")
user_app = typer.Typer(no_args_is_help=True, help="People on the staff.")
app.add_typer(event_app, name="event")
app.add_typer(feed_app, name="feed")
app.add_typer(user_app, name="user")
app.command()(rehearse)
app.command()(words)
app.command()(backup)
app.command()(restore)
app.command("import")(import_)

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

EventOption = Annotated[str, typer.Option("--event", "-e", help="The event's short name.")]


def main() -> None:
    """Entry point: a deliberate error becomes two lines and exit code 1."""
    try:
        app()
    except BackchannelError as problem:
        _give_up(problem)


def _give_up(problem: BackchannelError) -> NoReturn:
    err.print(f"[bold red]{escape(problem.message)}[/]\n{escape(problem.remedy)}")
    for field in problem.details.get("fields", ()):
        err.print(f"  {field}", markup=False)
    sys.exit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the walls, desks and phones until stopped."""
    _serve(settings_now(**_said(host=host, port=port)))


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    speed: Annotated[
        float, typer.Option(help="Minutes of the summit that pass in one minute.", min=0.1, max=100_000)
    ] = USUAL_SPEED,
    seed: Annotated[int, typer.Option(help="Another number makes another summit.")] = 1,
    robots: Annotated[bool, typer.Option(help="Whether robots moderate and facilitate at first.")] = True,
) -> None:
    """Show a made-up summit on all faces: a new one each time, beside your own data."""
    from wall.demo.demo import mount_demo  # noqa: PLC0415

    directory = settings_now().data_dir / SLUG
    database = f"sqlite:///{(directory / 'backchannel.db').absolute()}"
    own = {"data_dir": directory, "database_url": database, "redis_url": None}
    settings = settings_now(**own, **_said(port=port))
    store = _store(settings)
    with place(settings, store):
        store.close()
        for path in directory.glob("backchannel.db*"):
            if path.suffix != ".serve":
                path.unlink()

    async def begin(application: FastAPI) -> None:
        await mount_demo(application, seed=seed, speed=speed, robots=robots)
        err.print(f"Demo: [bold]{escape(address_of(settings))}[/]  Open it in a browser.")

    _serve(settings, begin)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database's tables up to date."""
    store = _store(settings_now())
    applied = migrate(store)
    store.close()
    out.print(f"Applied: {', '.join(applied)}." if applied else "Nothing to do: up to date.")


@event_app.command("create")
def event_create(
    slug: Annotated[str, typer.Argument(help="Short name in addresses: letters, digits, dashes.")],
    name: Annotated[str, typer.Option(help="Full name, as the wall shows it.")],
    hashtag: Annotated[list[str], typer.Option(help="A hashtag of the event; may be repeated.")],
    zone: Annotated[str, typer.Option(help="Time zone, such as America/Toronto.")] = "UTC",
    language: Annotated[list[str] | None, typer.Option(help="A language of the event.")] = None,
    mode: Annotated[
        Mode, typer.Option(help="Who decides what is shown: pre is a person, always.")
    ] = Mode.PRE,
    starts_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = None,
    ends_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")] = None,
) -> None:
    """Start an event. A person approves every post, unless you choose another mode."""
    given: dict[str, Any] = {"slug": slug, "name": name, "hashtags": tuple(hashtag)}
    given |= {"zone": zone, "mode": mode, "languages": tuple(language or ["en"])}
    given |= {"starts_on": starts_on and starts_on.date(), "ends_on": ends_on and ends_on.date()}
    new = _checked(lambda: NewEvent(**given))
    settings = settings_now()

    async def create(parts: Backchannel) -> str:
        return (await parts.journal.create(actor="system", **new.model_dump())).slug

    with_parts(settings, create)
    out.print(
        f"Started {slug}. Its wall is {address_of(settings)}/wall/{slug} while `backchannel serve` runs.",
        markup=False,
    )


@event_app.command("list")
def event_list() -> None:
    """List events."""
    listed = _read(events.listed)
    table = Table("short name", "name", "hashtags", "posts", "reposts", box=None)
    for event in listed:
        tags = " ".join(f"#{tag}" for tag in event.hashtags)
        counts = (str(event.shown), str(event.reposts))
        table.add_row(event.slug, escape(event.name), escape(tags), *counts)
    out.print(table if listed else "No event yet. Start one with `backchannel event create`.")


@feed_app.command("add")
def feed_add(
    event: EventOption,
    network: Annotated[str, typer.Argument(help="The network, such as replay.")],
    setting: Annotated[list[str] | None, typer.Option("--set", help="A setting, as name=value.")] = None,
) -> None:
    """Add a feed to an event. A running `serve` starts it within seconds."""
    config = dict(_pair(text) for text in setting or [])

    async def add(parts: Backchannel) -> Feed:
        found = await parts.journal.event(event)
        feed_id = await parts.intake.add_feed(found.id, "system", network, config)
        return (await parts.store.read(lambda conn: feeds.by_ids(conn, found.id, {feed_id})))[feed_id]

    feed = with_parts(settings_now(), add)
    out.print(" ".join([f"Added feed {feed.id}.", *from_environment(feed.config)]))


@feed_app.command("list")
def feed_list(event: EventOption) -> None:
    """List an event's feeds and how they are."""

    async def listed(parts: Backchannel) -> list[Any]:
        found = await parts.journal.event(event)
        return list(await parts.store.read(lambda conn: feeds.listed(conn, found.id)))

    table = Table(box=None)
    for name in ("feed", "network", "state", "accepted", "dropped"):
        table.add_column(name, no_wrap=True)
    table.add_column("problem", min_width=40)
    for feed in (rows := with_parts(settings_now(), listed)):
        counts = (str(feed.accepted), str(feed.dropped))
        table.add_row(feed.id, feed.network, feed.state, *counts, escape(feed.problem or ""))
    out.print(table if rows else "No feed yet. Add one with `backchannel feed add`.")


@app.command()
def replay(
    file: Annotated[
        Path,
        typer.Argument(help="An archive of posts, one JSON object a line.", exists=True, dir_okay=False),
    ],
    event: EventOption,
    speed: Annotated[str, typer.Option(help="Times faster than it happened, or max.")] = "max",
    dates: Annotated[str, typer.Option(help="kept, or now: date posts by when they are played.")] = "kept",
    resume: Annotated[bool, typer.Option(help="Go on where the last replay of this file stopped.")] = False,
) -> None:
    """Replay an archive into an event, also beside a running `serve`."""
    from wall import replaying  # noqa: PLC0415 - here and below: no start of a server waits for these

    config = {"path": str(file.absolute()), "speed": speed, "dates": dates}

    async def run(parts: Backchannel) -> replaying.Summary:
        return await replaying.replay(
            parts.intake,
            event,
            config,
            owner=parts.owner,
            resume=resume,
            show=err,
            lease_seconds=parts.settings.feed_lease_seconds,
        )

    try:
        summary = with_parts(settings_now(), run)
    except KeyboardInterrupt:
        err.print("Stopped. What was accepted is kept; go on with --resume.")
        sys.exit(130)
    out.print(summary.in_words())


@user_app.command("link")
def user_link(
    role: Annotated[Role, typer.Option(help="The role that the link gives.")] = Role.ORGANISER,
    event: Annotated[str | None, typer.Option("--event", "-e", help="In this event only.")] = None,
    hours: Annotated[float, typer.Option(help="How long the link may be used.")] = STAFF_LINK_HOURS,
) -> None:
    """Make a link with which one person joins the staff."""
    settings = settings_now()

    async def make(parts: Backchannel) -> str:
        return await parts.access.user_link(role, event, hours)

    out.print(f"{address_of(settings)}{enter_path(with_parts(settings, make))}", markup=False)


@app.command()
def doctor() -> None:
    """Look for what is wrong, and say what to do."""
    from wall.doctor import examine  # noqa: PLC0415

    settings = settings_now()
    marks = {"good": "[green]good[/]", "warning": "[yellow]warning[/]", "bad": "[red]bad[/]"}

    async def look() -> bool:
        bad = False
        async for finding in examine(settings):
            said = escape(f"{finding.said} {finding.remedy}")
            out.print(f"{marks[finding.outcome]:<18} {finding.what:<12} {said}")
            bad = bad or finding.outcome == "bad"
        return bad

    sys.exit(1 if asyncio.run(look()) else 0)


def _serve(settings: Settings, begin: Callable[[FastAPI], Awaitable[None]] | None = None) -> None:
    logs.configure(settings.log_level, settings.log_format)
    raise_descriptor_limit()
    store = _store(settings)
    with place(settings, store), metrics_served(settings):
        prepare(store, alone=store.is_sqlite or settings.redis_url is None)
        store.close()
        application = create_app(settings, framed=begin is not None)
        served = application if begin is not None else Beside(application)
        server = uvicorn.Server(uvicorn_config(served, settings))
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(_run(server, settings, application, begin))
    if not server.started:
        raise SetupProblem(
            f"Port {settings.port} of {settings.host} cannot be listened on.",
            remedy="Stop what uses it, or choose another with --port.",
        )


async def _run(
    server: uvicorn.Server,
    settings: Settings,
    application: FastAPI,
    begin: Callable[[FastAPI], Awaitable[None]] | None,
) -> None:
    parts: Backchannel = application.state.parts
    if begin is not None:
        await begin(application)
    for event in await parts.store.read(events.listed):
        address = escape(f"{address_of(settings)}/wall/{event.slug}")
        err.print(f"Wall: [bold]{address}[/]  {escape(event.name)}")
    if way := await way_in(parts, settings, by_code=begin is None):
        err.print(way)
    settle_memory()
    try:
        await server.serve()
    except SystemExit:
        return


def settings_now(**given: Any) -> Settings:
    """Settings of the environment; options of the command line win. Only a server logs its news:
    what another command has to say, it says itself."""
    settings = load(**given)
    logs.configure("error", settings.log_format)
    return settings


def _said(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _store(settings: Settings) -> Store:
    settings.make_data_dir()
    return open_store(settings)


def with_parts(settings: Settings, work: Callable[[Backchannel], Awaitable[T]]) -> T:
    """Do one thing with the same parts as a server, beside a running one or without."""
    store = _store(settings)
    prepare(store, alone=False) if not store.is_sqlite else migrate(store)
    store.close()

    async def run() -> T:
        parts = Backchannel(settings)
        await parts.bus.start()
        try:
            return await work(parts)
        finally:
            await parts.intake.close()
            await parts.media.close()
            await parts.bus.close()
            parts.store.close()

    return asyncio.run(run())


def _read(query: Callable[[Any], T]) -> T:
    async def read(parts: Backchannel) -> T:
        return await parts.store.read(query)

    return with_parts(settings_now(), read)


def _checked(make: Callable[[], T]) -> T:
    try:
        return make()
    except ValidationError as exc:
        problems = exc.errors(include_url=False, include_input=False)
        said = "; ".join(dict.fromkeys(_hint(problem) for problem in problems))
        remedy = "Correct it and try again."
        raise SetupProblem(f"That is not an event yet. {said}.", remedy=remedy) from None


def _hint(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0])
    return f"{name}: {_HINTS.get(name) or problem['msg'].removeprefix('Value error, ')}"


_HINTS = {
    "slug": "a short name is 1 to 63 small letters, digits and dashes, such as summit-2026",
    "languages": "a language is a code such as en or fr-CA",
}


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise typer.BadParameter("a setting is written name=value", param_hint="--set")
    return name, value


if __name__ == "__main__":
    main()
