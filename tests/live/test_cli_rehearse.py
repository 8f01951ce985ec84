"""`backchannel rehearse`: a throw-away event, made and removed on the command line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from tests.live.test_cli import ARCHIVE, BAD_ARGUMENT, Run, database, run, summit
from wall.store import Store
from wall.store import tables as t

__all__ = ["database", "run", "summit"]


def posts_of(folder: Path) -> dict[str, int]:
    """How many posts each event has, by its short name."""
    store = Store(f"sqlite:///{folder / 'data' / 'backchannel.db'}")
    counted = (
        select(t.event.c.slug, func.count(t.post.c.id))
        .outerjoin(t.post, t.post.c.event_id == t.event.c.id)
        .group_by(t.event.c.slug)
    )
    try:
        with store.reading() as conn:
            return {row[0]: row[1] for row in conn.execute(counted)}
    finally:
        store.close()


def test_a_day_is_rehearsed_beside_the_event_and_leaves_nothing_behind(summit: Run, tmp_path: Path) -> None:
    made = summit("rehearse", ARCHIVE, "--event", "summit", "--speed", "max")
    assert made.code == 0, made.said
    assert "Made the rehearsal 'summit-rehearsal'" in made.said
    assert "backchannel rehearse --remove summit-rehearsal" in made.said
    assert "posts accepted" in made.said
    counted = posts_of(tmp_path)
    assert counted["summit"] == 0
    assert counted["summit-rehearsal"] > 100
    gone = summit("rehearse", "--remove", "summit-rehearsal")
    assert gone.code == 0
    assert "Removed the rehearsal 'summit-rehearsal'" in gone.said
    assert posts_of(tmp_path) == {"summit": 0}


def test_an_event_is_not_removed_as_a_rehearsal(summit: Run, tmp_path: Path) -> None:
    refused = summit("rehearse", "--remove", "summit")
    assert refused.code == 1
    assert "'summit' is no rehearsal: it is not removed." in refused.said
    assert posts_of(tmp_path) == {"summit": 0}


def test_what_is_rehearsed_has_to_be_named(summit: Run) -> None:
    assert summit("rehearse").code == BAD_ARGUMENT
    assert summit("rehearse", "--event", "summit", "--remove", "summit").code == BAD_ARGUMENT
    assert summit("rehearse", "--event", "nobody").code == 1
    assert summit("rehearse", "--help").code == 0
