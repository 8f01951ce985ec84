"""One consistent copy of a SQLite database in a file, for its owner only: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL

from wall.errors import SetupProblem, StoreFull
from wall.store import Store, copies
from wall.store.copies import Progress

SPARE_BYTES = 64 * 1024 * 1024
"""Left free beside a copy: a disk that a copy has filled keeps nothing that people write meanwhile."""
_BESIDE = ("", "-wal", "-shm", "-journal")


def silent(_done: int, _whole: int) -> None:
    """A progress that nobody watches."""


def database_of(store: Store) -> Path:
    """The file of a SQLite store. Raises SetupProblem where it is PostgreSQL's, or not there."""
    if not store.is_sqlite:
        raise SetupProblem(
            "This server keeps its data in PostgreSQL, which has a tool of its own for copies.",
            remedy=f"Run: {dump_command(store.url)}",
        )
    path = Path(store.url.database or "").absolute()
    if not path.exists():
        raise SetupProblem(
            "There is no database to copy.",
            remedy="Set BACKCHANNEL_DATA_DIR or BACKCHANNEL_DATABASE_URL to where it is.",
        )
    return path


def dump_command(url: URL) -> str:
    """The command that copies a PostgreSQL database; it asks for the password."""
    return shlex.join(["pg_dump", "--format=custom", "--file=backchannel.dump", _plain(url)])


def load_command(url: URL) -> str:
    """The command that puts such a copy back."""
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
    return shlex.join(["pg_restore", *options, f"--dbname={_plain(url)}", "backchannel.dump"])


def copy_into(source: Path, target: Path, progress: Progress, *, replace: bool) -> int:
    """Copy the database at `source` into the file `target` and give its size in bytes.

    Raises SetupProblem for a target that is there (unless `replace`), is the database itself or cannot be
    written; StoreFull, StoreUnavailable. A former copy stays as it is until the new one is on disk.
    """
    refuse_target(source, target, replace=replace)
    with beside(target) as made:
        write_copy(source, made, progress)
        settle(made, target)
    return target.stat().st_size


def refuse_target(source: Path, target: Path, *, replace: bool) -> None:
    """Raise SetupProblem for a file that must not be written."""
    if target.exists() and target.samefile(source):
        raise SetupProblem("This file is the database itself.", remedy="Choose another name for the copy.")
    if target.exists() and not replace:
        raise SetupProblem(
            f"{target} is there already.", remedy="Choose another name, or replace it with --force."
        )


def write_copy(source: Path, made: Path, progress: Progress) -> None:
    """Fill an empty file. Raises StoreFull before the disk is."""
    room_for(sizes(source), made.parent)
    copies.write(source, made, progress)


def write_secret(key: bytes, target: Path) -> None:
    """Write a secret key into a file, whole or not at all. Raises SetupProblem."""
    with beside(target) as made:
        made.write_bytes(key + b"\n")
        settle(made, target)


def sizes(path: Path) -> int:
    """How many bytes a database has, with the log beside it."""
    there = (path.with_name(path.name + end) for end in ("", "-wal"))
    return sum(one.stat().st_size for one in there if one.exists())


def room_for(size: int, folder: Path) -> None:
    """Raise StoreFull where so many bytes do not fit, or would leave nothing."""
    if shutil.disk_usage(folder).free < size + SPARE_BYTES:
        raise StoreFull(
            f"The disk has no room for a copy of {size / 1e6:.0f} MB.",
            remedy="Nothing was changed. Free space, or choose another disk.",
        )


@contextlib.contextmanager
def beside(target: Path, prefix: str = ".copy-") -> Iterator[Path]:
    """An empty file in the directory of `target`, for its owner only; gone afterwards unless it was
    settled. Raises SetupProblem where none can be made."""
    with _files(target):
        handle, name = tempfile.mkstemp(prefix=prefix, dir=target.absolute().parent)
        os.close(handle)
    made = Path(name)
    try:
        with _files(target):
            yield made
    finally:
        for end in _BESIDE:
            made.with_name(made.name + end).unlink(missing_ok=True)


def settle(made: Path, target: Path) -> None:
    """Put a finished file in its place: it is on disk before it has the name."""
    sync(made)
    made.replace(target)
    sync(target.absolute().parent)


def sync(path: Path) -> None:
    """Wait until a file or directory is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _files(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise SetupProblem(
            f"{target} cannot be written: {problem.strerror}.",
            remedy="Choose a directory that is there and that this user may write to.",
        ) from problem


def _plain(url: URL) -> str:
    """The address as PostgreSQL's own tools read it, without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
