"""Exchanges that were recorded with a Mastodon 4.6.4, and the posts that they must come to, field by field.

They lie beside this project; where they do not, nothing here runs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wall.feeds.base import Arrived, Dropped, Edited, Item, Withdrawn
from wall.feeds.kin.software import MASTODON, software_of
from wall.feeds.shapes import Mastodon
from wall.model import Author, Link, Post

HERE = "http://localhost:3000"
NOT_PUBLIC = Dropped("not_public", "here")


def author(key: int, handle: str) -> Author:
    return Author(
        key=f"{HERE}/ap/users/{key}",
        handle=handle,
        name="",
        url=f"{HERE}/@{handle}",
        avatar=f"{HERE}/avatars/original/missing.png",
        followers=0,
        bot=False,
        limited=False,
        suspended=False,
        role="",
        country="",
        also=(),
    )


def wrote(by: Author, key: int, at: datetime, text: str, lang: str = "ja", **more: Any) -> Post:
    """A post of one of the three accounts, with every field of it named."""
    fields: dict[str, Any] = {
        "network": "mastodon",
        "key": f"{by.key}/statuses/{key}",
        "author": by,
        "text": text,
        "created_at": at,
        "url": f"{HERE}/@{by.handle}/{key}",
        "lang": lang,
        "hashtags": (),
        "media": (),
        "emoji": (),
        "links": (),
        "warning": None,
        "sensitive": False,
        "noindex": False,
        "labels": (),
        "poll": None,
        "link_card": None,
        "quote": None,
        "repost_of": None,
        "reply_to": None,
        "quote_of": None,
        "edited_at": None,
    }
    assert fields.keys() == Post.model_fields.keys(), "a field of a post is not looked at here"
    return Post(**(fields | more))


def at(day: int, hour: int, minute: int, second: int, milliseconds: int) -> datetime:
    return datetime(2026, 8, day, hour, minute, second, milliseconds * 1000, UTC)


WRITER = author(117020566092212359, "mastodonpy_test_2")
READER = author(117020617404561855, "mastodonpy_test")
ADMIN = author(117020617136550219, "admin")

HOOT = wrote(
    WRITER,
    117020593741189701,
    at(1, 13, 55, 55, 867),
    "#hoot (hashtag toot)",
    hashtags=("hoot",),
    links=(Link(start=0, end=5, url=f"{HERE}/tags/hoot"),),
)
EDITOR = wrote(
    WRITER, 117020586180926938, at(1, 13, 54, 0, 505), "the best editor? why, of course it is VS Code"
)
KATE = EDITOR.model_copy(
    update={
        "text": "the best editor? why, of course it is the KDE Advanced Text Editor, Kate",
        "edited_at": at(1, 13, 54, 0, 695),
    }
)
CARS = wrote(READER, 117024236332527350, at(2, 5, 22, 17, 399), "only real cars respond.")
ANIMALS = CARS.model_copy(update={"text": "only real animals respond.", "edited_at": at(2, 5, 22, 24, 192)})
JEEP = wrote(
    ADMIN,
    117024236408130890,
    at(2, 5, 22, 18, 555),
    "@mastodonpy_test beep beep I'm a jeep",
    "en",
    links=(Link(start=0, end=16, url=f"{HERE}/@mastodonpy_test"),),
)
PLANE = wrote(
    ADMIN, 117024236484142415, at(2, 5, 22, 19, 712), "on the internet, nobody knows you're a plane", "en"
)


@pytest.fixture
def recorded(shared_data: Path) -> dict[str, list[dict[str, Any]]]:
    """Recorded requests with their answers, by the name of their file."""
    yaml = pytest.importorskip("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    paths = sorted((shared_data / "mastodon").glob("*.yaml"))
    if not paths:
        pytest.skip("there are no recorded exchanges")
    return {path.stem: yaml.load(path.read_text("utf-8"), loader)["interactions"] for path in paths}


def answered(interactions: list[dict[str, Any]]) -> list[Item]:
    """What the statuses in these answers come to, in their order."""
    shape, found = Mastodon(), list[Item]()
    for one in interactions:
        try:
            body = json.loads(one["response"]["body"]["string"])
        except ValueError:
            continue
        for part in body if isinstance(body, list) else [body]:
            if Mastodon.recognises(part):
                found += shape.parse(part, "here")
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_hashtag_tl", [Arrived(HOOT), Arrived(HOOT)]),
        ("test_status_edit", [Arrived(EDITOR), Arrived(KATE), Arrived(KATE)]),
        (
            "test_stream_user_direct",
            [Arrived(CARS), Arrived(JEEP), Arrived(PLANE), NOT_PUBLIC, NOT_PUBLIC, Arrived(ANIMALS)],
        ),
    ],
)
def test_answers_come_to_the_posts_that_were_written(
    recorded: dict[str, list[dict[str, Any]]], name: str, expected: list[Item]
) -> None:
    assert answered(recorded[name]) == expected


def test_streams_come_to_the_posts_that_were_written(recorded: dict[str, list[dict[str, Any]]]) -> None:
    """An update, one that is not public, an edit and a deletion, among notifications and conversations."""
    found = list[Item]()
    for one in recorded["test_stream_user_direct"]:
        if "/streaming/" in one["request"]["uri"]:
            shape = Mastodon()
            for event in events(one["response"]["body"]["string"]):
                found += shape.parse(event, "here")
    assert found == [Arrived(CARS), NOT_PUBLIC, Edited(ANIMALS), Withdrawn("mastodon", CARS.key)]


def events(body: str) -> list[dict[str, str]]:
    """The events of a recorded stream, as a websocket would frame them."""
    blocks = [
        dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        for block in body.split("\n\n")
    ]
    return [{"event": one["event"], "payload": one["data"]} for one in blocks if "event" in one]


def test_the_recorded_servers_are_mastodons(recorded: dict[str, list[dict[str, Any]]]) -> None:
    pages = [
        json.loads(one["response"]["body"]["string"])
        for interactions in recorded.values()
        for one in interactions
        if "/instance" in one["request"]["uri"]
    ]
    assert [software_of(page) for page in pages] == [MASTODON] * 3


def test_nothing_of_an_owner_says_which_languages_they_chose(
    recorded: dict[str, list[dict[str, Any]]],
) -> None:
    """Why languages are told from what a stream leaves out (`wall.feeds.kin.owner`)."""
    (said,) = (
        json.loads(one["response"]["body"]["string"])
        for one in recorded["test_stream_user_direct"]
        if one["request"]["uri"].endswith("/accounts/verify_credentials")
    )
    assert said["username"] == "admin"
    assert not any("languages" in name for name in [*said, *said["source"]])
