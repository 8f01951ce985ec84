"""The command line's `rehearse`, apart because the command line is long."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from wall import replaying
    from wall.server import Backchannel


def rehearse(
    file: Annotated[
        Path | None,
        typer.Argument(help="An archive of posts to replay into it.", exists=True, dir_okay=False),
    ] = None,
    event: Annotated[str | None, typer.Option("--event", "-e", help="The event to rehearse.")] = None,
    speed: Annotated[str, typer.Option(help="Times faster than it happened, or max.")] = "1",
    dates: Annotated[str, typer.Option(help="now: date posts by when they are played; or kept.")] = "now",
    remove: Annotated[
        str | None, typer.Option(metavar="REHEARSAL", help="Remove this rehearsal and all that is in it.")
    ] = None,
) -> None:
    """Rehearse an event: a throw-away copy of what was planned, with a recorded day replayed into it.

    The event itself is not touched."""
    from wall import cli, rehearsing, replaying  # noqa: PLC0415 - the command line registers this module
    from wall.starting import address_of  # noqa: PLC0415 - no start of a server waits for it

    if (event is None) == (remove is None):
        raise typer.BadParameter("name either an event to rehearse, or a rehearsal with --remove")
    settings = cli.settings_now()
    if remove is not None:
        name = remove
        gone = cli.with_parts(settings, lambda parts: rehearsing.removed(parts.journal, name))
        cli.out.print(f"Removed the rehearsal '{gone.slug}' and all that was in it.")
        return
    wanted = str(event)
    made = cli.with_parts(settings, lambda parts: rehearsing.copied(parts.journal, wanted))
    cli.out.print(f"Made the rehearsal '{made.slug}'. Its faces: {address_of(settings)}/events/{made.slug}")
    cli.out.print(f"Remove it with `backchannel rehearse --remove {made.slug}`.", markup=False)
    if file is None:
        return
    config = {"path": str(file.absolute()), "speed": speed, "dates": dates}

    def play(parts: Backchannel) -> Coroutine[Any, Any, replaying.Summary]:
        return replaying.replay(
            parts.intake,
            made.slug,
            config,
            owner=parts.owner,
            resume=False,
            show=cli.err,
            lease_seconds=parts.settings.feed_lease_seconds,
        )

    try:
        cli.out.print(cli.with_parts(settings, play).in_words())
    except KeyboardInterrupt:
        cli.err.print("Stopped. The rehearsal stays until it is removed.")
        sys.exit(130)
