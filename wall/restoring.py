"""Putting a copy back: looked into, brought up to date and given a new history beside the present database,
and only then in its place. Whatever is wrong before that changes nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wall.backing_up import beside, load_command, room_for, settle, sizes, sync
from wall.errors import SetupProblem
from wall.model import utc_now
from wall.settings import Settings
from wall.starting import open_store, place
from wall.store import Store, copies, migrate, pending

_KEY_BYTES = range(32, 4_096)


@dataclass(frozen=True)
class Restored:
    """What was put back: how many events, which migrations it needed, where the former database and the
    former secret key are now, and how many feeds and tools have credentials that this server's key does not
    open."""

    events: int
    applied: tuple[str, ...]
    kept: Path | None
    kept_key: Path | None
    locked: int


def restore(settings: Settings, file: Path, *, with_key: bool) -> Restored:
    """Put the copy `file` in the place of the database, and with it the secret key `file`.key if so wished.

    Raises SetupProblem while something has the database open, and for a file that is no copy of this or
    an earlier version.
    """
    store = open_store(settings) if not with_key else Store(settings.database)
    with _alone(settings, store):
        if not store.is_sqlite:
            raise SetupProblem(
                "This server keeps its data in PostgreSQL, which has a tool of its own to put a copy back.",
                remedy=f"Run: {load_command(store.url)} and then `backchannel restore --new-epoch`.",
            )
        database = Path(store.url.database or "").absolute()
        _refuse(file, database)
        key = _key_beside(settings, file) if with_key else None
        with beside(database, ".restoring-") as made:
            _bring(file, made)
            events, applied, locked = _made_current(settings, made, key)
            kept = _keep(database)
            kept_key = _put_key(settings, key) if key else None
            _like(database, made)
            settle(made, database)
    return Restored(events, applied, kept, kept_key, locked)


def begin_anew(settings: Settings) -> int:
    """Give every event of the present database a new history, after an operator put it back by other means;
    how many. Raises SetupProblem while something serves it, or where it lacks migrations."""
    store = open_store(settings)
    with _alone(settings, store):
        if store.is_sqlite and not Path(store.url.database or "").exists():
            raise SetupProblem("There is no database.", remedy="Put it back first.")
        if missing := pending(store):
            raise SetupProblem(
                f"The database lacks {len(missing)} migration(s).",
                remedy="Run `backchannel migrate` first.",
            )
        with store.writing() as conn:
            return copies.begin_anew(conn)


@contextlib.contextmanager
def _alone(settings: Settings, store: Store) -> Iterator[None]:
    """Hold the place of a process that has no other beside it, whether or not they would share a Redis."""
    with contextlib.ExitStack() as stack:
        stack.callback(store.close)
        settings.make_data_dir()
        try:
            stack.enter_context(place(settings.model_copy(update={"redis_url": None}), store))
        except SetupProblem as problem:
            raise _occupied(problem, store) from problem
        yield


def _occupied(problem: SetupProblem, store: Store) -> SetupProblem:
    if store.is_sqlite:
        return SetupProblem(problem.message, remedy=f"Nothing was changed. {problem.remedy}")
    return SetupProblem(
        "A serve process uses this database.",
        remedy="Nothing was changed. Stop all of them, then try again.",
    )


def _refuse(file: Path, database: Path) -> None:
    if not file.is_file():
        raise SetupProblem(f"There is no file {file}.", remedy="Nothing was changed. Name a copy.")
    if database.exists() and file.samefile(database):
        raise SetupProblem(
            "This file is the present database itself.", remedy="Nothing was changed. Name a copy of it."
        )


def _key_beside(settings: Settings, file: Path) -> bytes:
    """The key that belongs to a copy."""
    path = file.with_name(f"{file.name}.key")
    if settings.secret_key is not None or settings.redis_url is not None:
        raise SetupProblem(
            "The secret key of this server is given by BACKCHANNEL_SECRET_KEY.",
            remedy=f"Nothing was changed. Set that to what is in {path}, and leave out --with-key.",
        )
    try:
        key = path.read_bytes().strip()
    except OSError as problem:
        raise SetupProblem(
            f"The secret key {path} cannot be read: {problem.strerror}.",
            remedy="Nothing was changed. Put it beside the copy, or leave out --with-key.",
        ) from problem
    if len(key) not in _KEY_BYTES or not key.isascii():
        raise SetupProblem(
            f"{path} is no secret key.", remedy="Nothing was changed. Put the right one beside the copy."
        )
    return key


def _bring(file: Path, made: Path) -> None:
    """Copy a file, with the log that may lie beside it; the original is not opened as a database."""
    room_for(2 * sizes(file), made.parent)  # migrations write into a log of their own
    log = file.with_name(f"{file.name}-wal")
    shutil.copyfile(file, made)
    if log.exists():
        shutil.copyfile(log, made.with_name(f"{made.name}-wal"))
    copies.look_into(made)


def _made_current(settings: Settings, made: Path, key: bytes | None) -> tuple[int, tuple[str, ...], int]:
    """Bring a copy to this version and give its events a new history: how many events, the migrations, how
    many credentials stay locked. Raises SetupProblem for a copy of a newer version."""
    changed: dict[str, object] = {"database_url": f"sqlite:///{made}"}
    if key is not None:
        changed["secret_key"] = key.decode("ascii")
    store = open_store(settings.model_copy(update=changed))
    try:
        applied = migrate(store)
        with store.writing() as conn:
            events = copies.begin_anew(conn)
        with store.reading() as conn:
            locked = copies.unreadable(conn)
    finally:
        store.close()
    copies.look_into(made)
    return events, tuple(applied), locked


def _keep(database: Path) -> Path | None:
    """Give the present database a second name, so that there is one at every moment; one that is damaged
    keeps the log beside it."""
    if not database.exists():
        return None
    whole = copies.let_go(database)
    kept = _before(database)
    _linked(database, kept)
    if not whole:
        for end in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                database.with_name(database.name + end).replace(kept.with_name(kept.name + end))
    return kept


def _put_key(settings: Settings, key: bytes) -> Path | None:
    """Put a key in the place of the present one; where that is kept, unless they are the same."""
    path = settings.make_data_dir() / "secret.key"
    kept = None
    if path.exists():
        if path.read_bytes().strip() == key:
            return None
        kept = _before(path)
        _linked(path, kept)
    with beside(path) as made:
        made.write_bytes(key + b"\n")
        settle(made, path)
    return kept


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before-{utc_now():%Y%m%d-%H%M%S-%f}")


def _linked(path: Path, name: Path) -> None:
    """A second name; where the disk knows no such thing, a second file."""
    try:
        name.hardlink_to(path)
    except OSError:
        shutil.copy2(path, name)
        sync(name)


def _like(database: Path, made: Path) -> None:
    """Let the new file belong to whom the former did: `restore` may be run by another user than `serve`."""
    if database.exists():
        former = database.stat()
        made.chmod(former.st_mode & 0o777)
        if (former.st_uid, former.st_gid) != (made.stat().st_uid, made.stat().st_gid):
            with contextlib.suppress(PermissionError):
                os.chown(made, former.st_uid, former.st_gid)
