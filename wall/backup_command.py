"""`backchannel backup` and `backchannel restore`: a copy of the database, and putting one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wall.restoring import Restored
    from wall.settings import Settings


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write the copy into.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a copy of this name.")] = False,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Write the secret key into FILE.key, too.")
    ] = False,
) -> None:
    """Copy the database into a file, also while `serve` runs.

    The copy holds everything that people wrote and who they are. The secret key is not in it: without that
    key nobody can read the credentials of feeds in the copy, and no server recognises withdrawn posts.
    """
    from rich.progress import Progress  # noqa: PLC0415 - here and below: no start of a server waits for these

    from wall import backing_up, cli  # noqa: PLC0415 - the command line registers this module
    from wall.store import Store  # noqa: PLC0415

    settings = cli.settings_now()
    store = Store(settings.database)
    store.close()
    source = backing_up.database_of(store)
    key_file = file.with_name(f"{file.name}.key")
    if with_key:
        backing_up.refuse_target(source, key_file, replace=force)
    with Progress(console=cli.err, transient=True) as bar:
        task = bar.add_task("Copying", total=None)
        size = backing_up.copy_into(
            source, file, lambda done, whole: bar.update(task, completed=done, total=whole), replace=force
        )
    cli.out.print(
        f"Copied the database into {file}: {size / 1e6:.1f} MB, for your user only.", markup=False
    )
    if with_key:
        backing_up.write_secret(settings.secret(), key_file)
        cli.out.print(
            f"The secret key is in {key_file}: whoever has both files has the accounts of your feeds. "
            "Keep them apart.",
            markup=False,
        )
    else:
        cli.out.print(_without_key(settings), markup=False)


def restore(
    file: Annotated[Path | None, typer.Argument(help="A copy that `backup` made.")] = None,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the secret key in FILE.key back, too.")
    ] = False,
    new_epoch: Annotated[
        bool,
        typer.Option("--new-epoch", help="Put nothing back: you did, by other means such as pg_restore."),
    ] = False,
) -> None:
    """Put a copy of the database back, while no `serve` runs.

    The present database is kept beside it. Every open wall, phone and desk begins anew with what the copy
    holds.
    """
    from wall import cli, restoring  # noqa: PLC0415 - the command line registers this module

    if (file is None) == (not new_epoch):
        raise typer.BadParameter("name either a copy to put back, or --new-epoch")
    if new_epoch and with_key:
        raise typer.BadParameter("--with-key goes with a copy")
    settings = cli.settings_now()
    if file is None:
        count = restoring.begin_anew(settings)
        cli.out.print(f"{count} event(s) have a new epoch: every open face begins anew.")
        return
    for line in _in_words(file, restoring.restore(settings, file, with_key=with_key)):
        cli.out.print(line, markup=False)


def _without_key(settings: Settings) -> str:
    kept = "BACKCHANNEL_SECRET_KEY" if settings.secret_key else str(settings.data_dir / "secret.key")
    return (
        "The secret key is not in it. Without that key the credentials of feeds and other tools in it "
        "cannot be read, and withdrawn posts are not recognised when they come again. "
        f"Keep {kept} somewhere else, or use --with-key."
    )


def _in_words(file: Path, done: Restored) -> list[str]:
    said = [f"Put back {file}: {done.events} event(s), each with a new epoch."]
    if done.applied:
        said.append(f"Brought up to date: {', '.join(done.applied)}.")
    if done.kept:
        said.append(f"The former database is {done.kept}: delete it when you need it no more.")
    if done.kept_key:
        said.append(f"The former secret key is {done.kept_key}.")
    if done.locked:
        said.append(
            f"The credentials of {done.locked} feed(s) or tool(s) were sealed with another secret key: "
            "put that one back, or enter them anew."
        )
    said.append(
        "What was withdrawn, decided or revoked since the copy is as it was then: look through it before "
        "the doors open. `backchannel doctor` verifies the journals."
    )
    return said
