"""The command line's `import`, apart because the command line is long."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from wall import replaying
    from wall.server import Backchannel


def import_(
    file: Annotated[
        Path, typer.Argument(help="The archive: JSON, a table or a CAR file.", exists=True, dir_okay=False)
    ],
    event: Annotated[str, typer.Option("--event", "-e", help="The event's short name.")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=COLUMN",
            help="For a table of no known kind: which column holds the text, the time, the author, and, if "
            "there are any, the name, author_id, id, url, lang, hashtags, followers, repost_of, reply_to, "
            "quote_of, warning. Once for each.",
        ),
    ] = None,
    network: Annotated[str, typer.Option(help="For such a table: the network of its posts.")] = "import",
    zone: Annotated[str, typer.Option(help="For such a table: the zone of times that name none.")] = "UTC",
    time_format: Annotated[
        str | None, typer.Option(help="For such a table: how times are written, such as '%d/%m/%Y %H:%M'.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come in.")] = False,
    resume: Annotated[bool, typer.Option(help="Go on where the last import of this file stopped.")] = False,
    most: Annotated[int, typer.Option("--errors", min=0, help="Lines left out that are named.")] = 20,
) -> None:
    """Take an archive of posts into an event, with the dates that they had.

    Known by themselves: X API v2 (as twarc writes it), twarc-csv, TAGS sheets, Mastodon statuses and the
    outbox of a Mastodon archive, the repository that Bluesky gives its users (a CAR file), and conference
    archives. Any other table, by --column."""
    from wall import cli, importing, replaying  # noqa: PLC0415 - the command line registers this module
    from wall.feeds.replay import ReplayConfig, check_config  # noqa: PLC0415

    config: dict[str, Any] = {"path": str(file.absolute()), "speed": "max", "dates": "kept"}
    if column:
        table = {"columns": _columns(column), "network": network, "zone": zone, "time_format": time_format}
        config["table"] = table
    checked = ReplayConfig.model_validate(check_config(config))
    contents = importing.look_through(file, checked.table.read if checked.table else None, most, cli.err)
    for line in contents.in_words():
        cli.out.print(line, markup=False)
    if dry_run:
        cli.out.print("Nothing was taken in: this was a dry run.")
        return

    async def run(parts: Backchannel) -> replaying.Summary:
        seconds = parts.settings.feed_lease_seconds
        return await replaying.replay(
            parts.intake,
            event,
            config,
            owner=parts.owner,
            resume=resume,
            show=cli.err,
            lease_seconds=seconds,
        )

    try:
        summary = cli.with_parts(cli.settings_now(), run)
    except KeyboardInterrupt:
        cli.err.print("Stopped. What was accepted is kept; go on with --resume.")
        sys.exit(130)
    cli.out.print(summary.in_words())


def _columns(given: Sequence[str]) -> dict[str, str]:
    """`field=Column` pairs. Raises typer.BadParameter for what is none."""
    pairs = [one.partition("=") for one in given]
    for name, sign, column in pairs:
        if not (name and sign and column):
            raise typer.BadParameter("write --column text=Message: the field, =, the column's name")
    return {name: column for name, _, column in pairs}
