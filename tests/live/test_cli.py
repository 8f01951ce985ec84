"""The command line: it says what it did, and of what is wrong, what to do. No traceback reaches anybody."""

from __future__ import annotations

import gzip
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text, update

from tests.support.processes import ROOT
from wall import cli, starting
from wall.model import Role
from wall.store import Store, migrate
from wall.store import tables as t

ARCHIVE = ROOT / "tests" / "golden" / "summit.jsonl"
"""A made-up archive: 25 minutes of a summit."""

COMMANDS = [
    (),
    ("serve",),
    ("demo",),
    ("migrate",),
    ("backup",),
    ("restore",),
    ("doctor",),
    ("replay",),
    ("event",),
    ("event", "create"),
    ("event", "list"),
    ("feed",),
    ("feed", "add"),
    ("feed", "list"),
    ("user",),
    ("user", "link"),
]
BAD_ARGUMENT = 2
"""The exit code of typer for arguments that cannot be read."""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said: on both streams, in one line."""

    code: int
    said: str


Run = Callable[..., Ran]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs `backchannel …` in this process, over a data directory of the test's own."""
    monkeypatch.setenv("BACKCHANNEL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    handlers = logging.getLogger().handlers[:]

    def command(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["backchannel", *map(str, arguments)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Ran(int(code or 0), " ".join((said.out + said.err).split()))

    yield command
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    """The migrated database of the commands."""
    (tmp_path / "data").mkdir(mode=0o700)
    store = Store(f"sqlite:///{tmp_path / 'data' / 'backchannel.db'}")
    migrate(store)
    yield store
    store.close()


@pytest.fixture
def summit(run: Run, database: Store) -> Run:
    """The commands, over a database with one event."""
    ran = run("event", "create", "summit", "--name", "Summit", "--hashtag", "smsummit")
    assert ran.code == 0, ran.said
    return run


def tables_of(store: Store) -> dict[str, list[Any]]:
    with store.reading() as conn:
        return {table.name: list(conn.execute(select(table))) for table in t.metadata.sorted_tables}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_its_options(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--help")
    assert ran.code == 0
    assert "Usage:" in ran.said
    assert "--help" in ran.said


def test_without_a_command_all_are_named(run: Run) -> None:
    said = run().said
    for name in ("demo", "serve", "doctor", "event", "feed", "replay", "user", "migrate"):
        assert name in said


@pytest.mark.parametrize("command", [("fly",), ("event", "fly"), ("serve", "--port", "many")])
def test_what_is_no_command_is_refused(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command).code == BAD_ARGUMENT


def test_an_unknown_setting_is_refused_with_the_one_that_was_meant(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKCHANNEL_PROT", "80")
    ran = run("event", "list")
    assert ran.code == 1
    assert "BACKCHANNEL_PROT" in ran.said
    assert "BACKCHANNEL_PORT" in ran.said


def test_an_event_is_started_and_listed(summit: Run) -> None:
    ran = summit("event", "list")
    assert ran.code == 0
    assert "summit Summit #smsummit 0 0" in ran.said


def test_without_events_it_says_how_to_start_one(run: Run, database: Store) -> None:
    ran = run("event", "list")
    assert ran == Ran(0, "No event yet. Start one with `backchannel event create`.")


WRONG_EVENTS = [
    ("Summit!", "Summit", "UTC", "slug"),
    ("-summit", "Summit", "UTC", "slug"),
    ("", "Summit", "UTC", "slug"),
    ("x" * 64, "Summit", "UTC", "slug"),
    ("../up", "Summit", "UTC", "slug"),
    ("fine", " ", "UTC", "name"),
    ("fine", "n" * 201, "UTC", "name"),
    ("fine", "Summit", "Mars/Olympus", "zone"),
    ("fine", "Summit", "../../etc/passwd", "zone"),
]


@pytest.mark.parametrize(("slug", "name", "zone", "field"), WRONG_EVENTS, ids=lambda given: given[:20])
def test_an_event_that_will_not_do_is_refused_by_field(
    run: Run, database: Store, slug: str, name: str, zone: str, field: str
) -> None:
    ran = run("event", "create", "--name", name, "--hashtag", "x", "--zone", zone, "--", slug)
    assert ran.code == 1, ran.said
    assert f"{field}:" in ran.said
    assert tables_of(database)["event"] == []


def test_a_short_name_is_taken_once(summit: Run) -> None:
    ran = summit("event", "create", "summit", "--name", "Other", "--hashtag", "x")
    assert (ran.code, "Choose another short name." in ran.said) == (1, True)


def test_markup_in_a_name_is_shown_as_it_is(run: Run, database: Store) -> None:
    name = "[/bold] [red]Summit[/red] [link=x]"
    assert run("event", "create", "odd", "--name", name, "--hashtag", "x").code == 0
    ran = run("event", "list")
    assert (ran.code, name in ran.said) == (0, True)


def test_a_link_can_be_opened_whatever_the_address(summit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for host, named in (("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("fe80::1", "[fe80::1]")):
        monkeypatch.setenv("BACKCHANNEL_HOST", host)
        assert summit("user", "link").said.startswith(f"http://{named}:8000/enter/")


def test_a_replay_says_what_it_brought_and_a_second_adds_nothing(summit: Run) -> None:
    first = summit("replay", ARCHIVE, "--event", "summit")
    assert first.code == 0, first.said
    accepted = int(first.said.split(" posts accepted")[0].split()[-1])
    assert accepted > 100
    again = summit("replay", ARCHIVE, "--event", "summit")
    assert again.code == 0
    assert "0 posts accepted" in again.said
    assert summit("replay", ARCHIVE, "--event", "summit", "--resume").code == 0


def test_a_replay_into_no_event_or_of_no_file_changes_nothing(
    run: Run, database: Store, tmp_path: Path
) -> None:
    nowhere = run("replay", ARCHIVE, "--event", "nobody")
    assert (nowhere.code, "There is no such event." in nowhere.said) == (1, True)
    for missing in (tmp_path / "missing.jsonl", tmp_path):
        assert run("replay", missing, "--event", "summit").code == BAD_ARGUMENT
    assert tables_of(database)["feed"] == []


WRONG_FILES: dict[str, bytes] = {
    "empty": b"",
    "text": b"Dear Sir or Madam,\n" * 5,
    "binary": bytes(range(256)) * 10,
    "other shape": json.dumps({"[/bold]": 1, "hello": "world"}).encode() + b"\n",
    "a list of numbers": b"[1, 2, 3]",
    "half a gzip": gzip.compress(b"x" * 10_000)[:20],
}


@pytest.mark.parametrize("what", WRONG_FILES)
def test_a_file_that_is_no_archive_is_refused_in_words_and_leaves_no_feed(
    summit: Run, database: Store, tmp_path: Path, what: str
) -> None:
    path = tmp_path / f"{what}.jsonl"
    path.write_bytes(WRONG_FILES[what])
    before = tables_of(database)
    ran = summit("replay", path, "--event", "summit")
    assert ran.code == 1, ran.said
    assert "archive" in ran.said.lower()
    assert tables_of(database) == before


def test_a_file_that_is_cut_off_brings_what_it_holds_and_counts_the_rest(
    summit: Run, database: Store, tmp_path: Path
) -> None:
    whole = ARCHIVE.read_bytes()
    plain = gzip.decompress(whole) if whole[:2] == b"\x1f\x8b" else whole
    lines = plain.splitlines(keepends=True)
    path = tmp_path / "cut.jsonl"
    path.write_bytes(b"".join(lines[:50]) + lines[50][: len(lines[50]) // 2])
    ran = summit("replay", path, "--event", "summit")
    assert (ran.code, "1 unreadable lines left out" in ran.said) == (0, True), ran.said
    packed = tmp_path / "cut.jsonl.gz"
    packed.write_bytes(gzip.compress(plain)[:20_000])
    ran = summit("replay", packed, "--event", "summit")
    assert (ran.code, "1 unreadable lines left out" in ran.said) == (0, True), ran.said
    assert len(tables_of(database)["feed"]) == 2


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast", "", "1e400"])
def test_a_speed_that_cannot_be_is_refused(summit: Run, database: Store, speed: str) -> None:
    ran = summit("replay", ARCHIVE, "--event", "summit", f"--speed={speed}")
    assert ran.code == 1, ran.said
    assert tables_of(database)["feed"] == []


def test_a_feed_is_added_and_listed_or_refused(summit: Run) -> None:
    assert "No feed yet." in summit("feed", "list", "--event", "summit").said
    path = f"path={ARCHIVE}"
    added = summit("feed", "add", "replay", "--event", "summit", "--set", path, "--set", "speed=60")
    assert added.code == 0, added.said
    assert "replay waiting 0 0" in summit("feed", "list", "--event", "summit").said
    for arguments, code in (
        (("replay", "--set", "speed"), BAD_ARGUMENT),
        (("replay", "--set", "=x"), BAD_ARGUMENT),
        (("replay",), 1),
        (("replay", "--set", path, "--set", "colour=red"), 1),
        (("nowhere",), 1),
    ):
        assert summit("feed", "add", "--event", "summit", *arguments).code == code, arguments
    assert summit("feed", "add", "replay", "--event", "nobody", "--set", path).code == 1
    assert summit("feed", "list", "--event", "nobody").code == 1


def test_links_are_made_for_roles_that_there_are(summit: Run, database: Store) -> None:
    for arguments in ((), *(("--role", role, "--event", "summit") for role in Role)):
        ran = summit("user", "link", *arguments)
        assert ran.code == 0, ran.said
        assert ran.said.startswith("http://127.0.0.1:8000/enter/")
    before = tables_of(database)["link"]
    for arguments, code in (
        (("--role", "emperor"), BAD_ARGUMENT),
        (("--role", "chair"), 1),
        (("--role", "chair", "--event", "nobody"), 1),
        (("--hours", "0"), 1),
        (("--hours", "nan"), 1),
        (("--hours", "721"), 1),
        (("--hours", "soon"), BAD_ARGUMENT),
    ):
        assert summit("user", "link", *arguments).code == code, arguments
    assert tables_of(database)["link"] == before


def test_migrating_is_done_once(run: Run) -> None:
    assert run("migrate").said.startswith("Applied: 0001")
    assert run("migrate").said == "Nothing to do: up to date."


def test_a_database_of_another_kind_or_version_is_refused_in_words(
    run: Run, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (("migrate",), ("event", "list")):
        ran = run(*command)
        assert (ran.code, "newer version" in ran.said) == (1, True), ran.said
    monkeypatch.setenv("BACKCHANNEL_DATABASE_URL", "mysql://x/y")
    ran = run("event", "list")
    assert (ran.code, "Use sqlite:///" in ran.said) == (1, True)
    monkeypatch.setenv("BACKCHANNEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    ran = run("event", "list")
    assert (ran.code, "does not answer" in ran.said) == (1, True)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """The faces count as built, whatever this checkout has."""
    monkeypatch.setattr("wall.doctor.build_number", lambda: 7)


def test_the_doctor_is_content_with_what_is_well(summit: Run, built: None) -> None:
    ran = summit("doctor")
    assert ran.code == 0, ran.said
    assert "1 event(s), 1 entries, every hash fits." in ran.said
    assert "bad " not in ran.said


def test_the_doctor_finds_an_entry_that_was_changed(summit: Run, database: Store, built: None) -> None:
    for body in ("{}", "not JSON"):
        with database.writing() as conn:
            conn.execute(update(t.entry).values(body=body))
        ran = summit("doctor")
        assert (ran.code, "Event summit: entry 1 is not as it was written." in ran.said) == (1, True), (
            ran.said
        )


def test_the_doctor_before_anything_was_made_only_warns(run: Run, built: None) -> None:
    ran = run("doctor")
    assert "There is no database yet." in ran.said


def test_the_doctor_names_each_thing_that_is_bad(
    run: Run, database: Store, tmp_path: Path, built: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "data" / "secret.key"
    key.write_text("x" * 40)
    key.chmod(0o644)
    with database.writing() as conn:
        conn.execute(text("DELETE FROM alembic_version"))
    monkeypatch.setenv("BACKCHANNEL_REDIS_URL", "redis://127.0.0.1:1/0")
    ran = run("doctor")
    assert ran.code == 1
    for said in ("migration(s). Run `backchannel migrate`", "Others may read", "Redis does not answer"):
        assert said in ran.said


def test_the_doctor_of_a_database_that_is_away_says_so(
    run: Run, built: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKCHANNEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    ran = run("doctor")
    assert (ran.code, "PostgreSQL: The database does not answer." in ran.said) == (1, True), ran.said


def test_the_doctor_of_a_file_that_is_no_database_says_so(run: Run, built: None, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "backchannel.db").write_bytes(b"Dear Sir or Madam, " * 500)
    ran = run("doctor")
    assert (ran.code, "is no database" in ran.said) == (1, True), ran.said


def test_links_name_the_networks_address_where_a_server_listens_on_all(
    summit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKCHANNEL_HOST", "0.0.0.0")
    monkeypatch.setenv("BACKCHANNEL_PORT", "8123")
    for own, said in (("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "[2001:db8::7]"), (None, "127.0.0.1")):
        monkeypatch.setattr(starting, "own_address", lambda own=own: own)
        assert summit("user", "link").said.startswith(f"http://{said}:8123/enter/")
    monkeypatch.setenv("BACKCHANNEL_PUBLIC_URL", "https://wall.example")
    assert summit("user", "link").said.startswith("https://wall.example/enter/")
