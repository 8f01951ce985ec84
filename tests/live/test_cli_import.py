"""`backchannel import`: what an archive holds is said before anything of it is taken in."""

from __future__ import annotations

from pathlib import Path

from tests.feeds.table_records import TAGS_ROW
from tests.feeds.test_tables import table
from tests.live.test_cli import ARCHIVE, BAD_ARGUMENT, Run, database, run, summit
from tests.live.test_cli_rehearse import posts_of
from tests.support.repositories import car, repository
from wall.feeds.atproto.events import POST

__all__ = ["database", "run", "summit"]

FORUM = {"When": "2014-05-16 09:00", "Who": "ada", "Message": "A point"}
NAMED = ("--column", "text=Message", "--column", "time=When", "--column", "author=Who")


def test_a_dry_run_says_what_would_come_in_and_takes_in_nothing(summit: Run, tmp_path: Path) -> None:
    rounded = {**TAGS_ROW, "id_str": "4.6E+17"}
    path = table(tmp_path / "tags.csv", TAGS_ROW, rounded)
    ran = summit("import", path, "--event", "summit", "--dry-run")
    assert ran.code == 0, ran.said
    assert "1 posts (0 of them reposts) by 1 people: 1 of x." in ran.said
    assert "From 2014-05-16 13:05 to 2014-05-16 13:05 UTC." in ran.said
    assert "line 3 is left out: something that every post needs is missing" in ran.said
    assert "dry run" in ran.said
    assert posts_of(tmp_path)["summit"] == 0


def test_a_table_comes_in_by_the_columns_that_were_named_and_only_once(summit: Run, tmp_path: Path) -> None:
    path = table(tmp_path / "forum.csv", FORUM, {**FORUM, "Message": "Another"})
    given = ("import", path, "--event", "summit", *NAMED, "--network", "forum")
    first = summit(*given)
    assert first.code == 0, first.said
    assert "2 posts accepted" in first.said
    assert "0 posts accepted (0 of them reposts), 2 known already" in summit(*given).said
    assert posts_of(tmp_path)["summit"] == 2


def test_an_import_that_stopped_goes_on(summit: Run, tmp_path: Path) -> None:
    path = table(tmp_path / "forum.csv", FORUM)
    assert summit("import", path, "--event", "summit", *NAMED).code == 0
    with path.open("a") as file:
        file.write("2014-05-16 09:05,bo,Later\r\n")
    ran = summit("import", path, "--event", "summit", *NAMED, "--resume")
    assert "1 posts accepted" in ran.said
    assert "0 known already" in ran.said


def test_what_a_replay_reads_an_import_reads_too(summit: Run, tmp_path: Path) -> None:
    ran = summit("import", ARCHIVE, "--event", "summit")
    assert ran.code == 0, ran.said
    assert posts_of(tmp_path)["summit"] > 0


def test_bad_input_says_what_to_do_and_takes_in_nothing(summit: Run, tmp_path: Path) -> None:
    path = table(tmp_path / "forum.csv", FORUM)
    plain = summit("import", path, "--event", "summit")
    assert plain.code == 1
    assert "a table of 3 other columns" in plain.said
    unknown = summit("import", path, "--event", "summit", "--column", "text=Message")
    assert (unknown.code, "which column holds the author" in unknown.said) == (1, True)
    assert summit("import", path, "--event", "summit", "--column", "Message").code == BAD_ARGUMENT
    zone = summit("import", path, "--event", "summit", *NAMED, "--zone", "Mars/Base")
    assert (zone.code, "zone" in zone.said) == (1, True)
    nowhere = summit("import", path, "--event", "nobody", *NAMED)
    assert nowhere.code == 1
    assert posts_of(tmp_path)["summit"] == 0


def test_the_repository_of_a_bluesky_account_comes_in_with_its_dates_and_goes_on(
    summit: Run, tmp_path: Path
) -> None:
    made = {"$type": POST, "createdAt": "2026-05-25T14:23:28.757Z"}
    records = {f"{POST}/3mmoojp4cd22{number}": {**made, "text": f"post {number}"} for number in range(2, 6)}
    records[f"{POST}/3mmoojp4cd222"] = {**made, "text": 7}
    path = tmp_path / "repo.car"
    path.write_bytes(car(repository(records)))
    dry = summit("import", path, "--event", "summit", "--dry-run")
    assert dry.code == 0, dry.said
    assert "3 posts (0 of them reposts) by 1 people: 3 of bluesky." in dry.said
    assert "From 2026-05-25 14:23" in dry.said
    assert "record 3mmoojp4cd222 is left out: something that every post needs is missing" in dry.said
    assert posts_of(tmp_path)["summit"] == 0
    assert "3 posts accepted" in summit("import", path, "--event", "summit").said
    assert (
        "0 posts accepted (0 of them reposts), 3 known" in summit("import", path, "--event", "summit").said
    )
    records[f"{POST}/3mmoojp4cd226"] = {**made, "text": "later"}
    path.write_bytes(car(repository(records)))
    more = summit("import", path, "--event", "summit", "--resume")
    assert "1 posts accepted (0 of them reposts), 0 known" in more.said
