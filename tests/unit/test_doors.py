"""The doors-open list: each line is good, or says what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wall.doors import (
    BACKUP,
    CODE,
    NOTICE,
    OUTSIDE,
    RETENTION,
    Checked,
    Facts,
    Line,
    Told,
    Wall,
    lines_of,
    ready,
)
from wall.model import Feed, FeedState
from wall.routes.words import Words

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
ADA = Told("Ada", NOW - timedelta(hours=1))
NEAR = Wall("s1", "Left", here=True, distance_m=1, diagonal_in=85)
FAR = Wall("s1", "Left", here=True, distance_m=20, diagonal_in=55)


def feed(state: FeedState, problem: str | None = None, accepted: int = 3) -> Feed:
    return Feed(
        id="f",
        event_id="e",
        network="mastodon",
        config={},
        cursor=None,
        state=state,
        problem=problem,
        accepted=accepted,
        dropped=0,
        version=1,
    )


ALL_WELL = Facts(
    now=NOW,
    slug="summit",
    address="https://wall.example",
    public=True,
    here_only=False,
    answered=True,
    feeds=(feed(FeedState.RUNNING),),
    walls=(NEAR,),
    desk=("Ada",),
    moderators=1,
    facilitators=1,
    sessions=2,
    zone="America/Toronto",
    confirmed=dict.fromkeys((OUTSIDE, NOTICE, RETENTION, BACKUP, NEAR.item), ADA),
)


def line(facts: Facts, code: str) -> Line:
    return next(one for one in lines_of(facts) if one.code == code)


def without(item: str) -> dict[str, Any]:
    return {"confirmed": {name: told for name, told in ALL_WELL.confirmed.items() if name != item}}


def test_a_hall_in_which_all_is_well_is_ready_to_open() -> None:
    assert [one.code for one in lines_of(ALL_WELL) if one.outcome != "good"] == []
    assert ready(lines_of(ALL_WELL))


@pytest.mark.parametrize(
    ("code", "changed", "outcome", "words"),
    [
        ("address", {"here_only": True}, "todo", "here_only"),
        ("address", {"answered": False}, "todo", "silent"),
        ("address", {"public": False, "answered": None}, "look", "unset"),
        ("outside", without(OUTSIDE), "todo", "todo"),
        ("code", {"walls": ()}, "todo", "no_walls"),
        ("code", {"walls": (FAR,)}, "look", "far"),
        ("code", {"walls": (FAR,), "confirmed": {CODE: ADA}}, "good", "told"),
        ("feeds", {"feeds": ()}, "look", "none"),
        ("feeds", {"feeds": (feed(FeedState.WAITING),)}, "todo", "waiting"),
        ("feeds", {"feeds": (feed(FeedState.RETRYING, "It does not answer."),)}, "todo", "retrying"),
        ("feeds", {"feeds": (feed(FeedState.STOPPED, "Its token is wrong."),)}, "todo", "stopped"),
        ("feeds", {"feeds": (feed(FeedState.RUNNING, "One server is slow."),)}, "look", "running"),
        ("feeds", {"feeds": (feed(FeedState.RUNNING, accepted=0),)}, "look", "quiet"),
        ("feeds", {"feeds": (feed(FeedState.DONE),)}, "good", "done"),
        ("screens", {"walls": ()}, "todo", "none"),
        ("screens", {"walls": (replace(NEAR, here=False),)}, "todo", "gone"),
        ("screens", without(NEAR.item), "todo", "unread"),
        ("screens", {**without(NEAR.item), "walls": (replace(NEAR, card=True),)}, "todo", "card"),
        ("people", {"desk": (), "moderators": 0}, "todo", "nobody"),
        ("people", {"moderators": 0}, "todo", "no_moderator"),
        ("people", {"facilitators": 0}, "todo", "no_facilitator"),
        ("people", {"facilitators": 0, "sessions": 0}, "good", "good"),
        ("notice", without(NOTICE), "todo", "todo"),
        ("notice", {**without(NOTICE), "guided": True}, "good", "written"),
        ("retention", without(RETENTION), "todo", "todo"),
        ("clock", {"clock": Checked(False, "60 s apart.")}, "todo", "wrong"),
        ("clock", {"zone": "UTC"}, "look", "utc"),
        ("disk", {"disk": Checked(False, "0.1 GB free.")}, "todo", "wrong"),
        ("backup", without(BACKUP), "todo", "todo"),
        ("backup", {"confirmed": {BACKUP: Told("Ada", NOW - timedelta(hours=25))}}, "todo", "old"),
    ],
)
def test_each_thing_that_is_not_well_says_what_to_do(
    code: str, changed: dict[str, Any], outcome: str, words: str
) -> None:
    found = line(replace(ALL_WELL, **changed), code)
    assert (found.outcome, found.words) == (outcome, words)
    said = Words()
    for lang in ("en", "fr"):
        assert said.say(lang, f"doors.{code}.{words}", **found.fields)
        if found.link:
            assert said.say(lang, f"doors.{code}.link")
        if found.confirm:
            assert said.say(lang, f"doors.{code}.confirm")


def test_what_is_worth_a_look_keeps_no_door_shut_and_what_is_to_be_done_does() -> None:
    assert ready(lines_of(replace(ALL_WELL, feeds=())))
    assert not ready(lines_of(replace(ALL_WELL, answered=False)))


def test_the_words_of_a_feed_in_trouble_are_its_own() -> None:
    stopped = replace(ALL_WELL, feeds=(feed(FeedState.STOPPED, "Its token is wrong."),))
    assert line(stopped, "feeds").said == "Its token is wrong."
