"""Atom and JSON Feed of what was shown: as their specifications have them, and without what is nobody's
business there."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import feedparser
import pytest
import pytest_asyncio

from tests.live.api import HERE
from tests.live.elsewhere import Elsewhere, elsewhere_at
from tests.support.hostile import KINDS
from tests.support.hostile_posts import posts_with
from tests.support.summit import MORNING, post
from wall.model import Author, Link, Media, utc_now
from wall.routes.shown import Body, conditional
from wall.routes.syndication import ATOM_TYPE, JSON_TYPE

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PICTURE = Media(kind="image", url="https://pictures.example/1.png", alt="A chart", width=60, height=20)
FORMS = ["atom", "json"]
JSON_FIELDS = {"version", "title", "home_page_url", "feed_url", "next_url", "language", "items"}
ITEM_FIELDS = {
    *("id", "url", "title", "content_html", "content_text", "summary", "date_published", "date_modified"),
    *("authors", "tags", "language", "attachments", "_backchannel"),
}


@pytest_asyncio.fixture
async def summit(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Elsewhere]:
    async with elsewhere_at(sqlite_url, tmp_path) as made:
        yield made


async def atom(summit: Elsewhere, query: str = "") -> Any:
    """The Atom feed, parsed by a reader of feeds that complains of nothing."""
    answer = await summit.get(f"/events/{summit.slug}/shown.atom{query}")
    assert answer.headers["content-type"] == f"{ATOM_TYPE}; charset=utf-8"
    read = feedparser.parse(answer.content, response_headers={"content-type": "application/atom+xml"})
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    return read


async def json_feed(summit: Elsewhere, query: str = "") -> dict[str, Any]:
    """The JSON Feed, with nothing in it that its specification does not have."""
    answer = await summit.get(f"/events/{summit.slug}/shown.json{query}")
    assert answer.headers["content-type"] == JSON_TYPE
    feed: dict[str, Any] = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert set(feed) <= JSON_FIELDS
    assert isinstance(feed["title"], str)
    for item in feed["items"]:
        assert_item(item)
    return feed


def assert_item(item: dict[str, Any]) -> None:
    """AssertionError unless an item is one of JSON Feed 1.1."""
    assert set(item) <= ITEM_FIELDS
    assert isinstance(item["id"], str)
    assert isinstance(item["content_text"], str)
    assert item["content_text"]
    assert None not in item.values()
    for date in ("date_published", "date_modified"):
        assert datetime.fromisoformat(item[date]).tzinfo
    for author in item["authors"]:
        assert set(author) <= {"name", "url", "avatar"}
        assert author["name"]
    for attached in item.get("attachments", ()):
        assert {"url", "mime_type"} <= set(attached) <= {"url", "mime_type", "title"}
    assert all(isinstance(tag, str) and tag for tag in item.get("tags", ("tag",)))


async def entries(summit: Elsewhere) -> list[ET.Element]:
    answer = await summit.get(f"/events/{summit.slug}/shown.atom")
    return ET.fromstring(answer.content).findall(f"{ATOM}entry")


async def test_an_atom_reader_gets_what_was_shown_newest_first(summit: Elsewhere) -> None:
    author = Author(key="7", handle="@ada", name="Ada & Co <3", url="https://example.org/@ada")
    link = Link(start=4, end=8, url="https://example.org/a?b=1&c=2")
    said = post(
        "2",
        "See this\nor not",
        author=author,
        links=(link,),
        lang="fr-CA",
        url="https://example.org/2",
        hashtags=("SMSummit",),
        media=(PICTURE,),
    )
    first, second = await summit.bring(post("1", "First"), said)
    read = await atom(summit)
    assert [one.id for one in read.entries] == [f"urn:uuid:{second}", f"urn:uuid:{first}"]
    assert (read.feed.title, read.feed.id) == ("Summit", f"urn:uuid:{summit.api.event.id}")
    assert read.feed.link == f"{HERE}/events/summit"
    newest = read.entries[0]
    assert newest.author_detail == {"name": "Ada & Co <3", "href": "https://example.org/@ada"}
    assert newest.title == "Ada & Co <3: See this (example.org) or not Picture: A chart"
    assert newest.link == "https://example.org/2"
    assert (newest.published, newest.updated) == ("2026-05-04T09:00:00+00:00",) * 2
    assert [tag.term for tag in newest.tags] == ["SMSummit"]
    assert newest.content[0].type == "text/html"
    assert newest.content[0].language == "fr-CA"
    (enclosed,) = newest.enclosures
    assert (enclosed.type, enclosed.title) == ("image/webp", "A chart")
    assert enclosed.href.startswith(f"{HERE}/media/summit/{second}/0?key=")
    html = (await entries(summit))[0].findtext(f"{ATOM}content")
    assert html == (
        '<p dir="auto" lang="fr-CA">See <a href="https://example.org/a?b=1&amp;c=2" '
        'rel="nofollow noopener">this (example.org)</a><br>or not</p><p dir="auto">Picture: A chart</p>'
    )


async def test_every_entry_has_what_atom_asks_for(summit: Elsewhere) -> None:
    await summit.bring(
        post("1", "Said here", network="web", author=Author(key="a", handle="")),
        post("2", "", media=(PICTURE,)),
        post("3", "Words", warning="Needles", url=None),
    )
    for entry in await entries(summit):
        for name in ("id", "title", "updated", "published"):
            (found,) = entry.findall(f"{ATOM}{name}")
            assert found.text
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert UUID(entry.findtext(f"{ATOM}id", "").removeprefix("urn:uuid:"))
        alternate = [one for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert [one.get("href") for one in alternate] == [f"{HERE}/events/summit"]


async def test_a_json_reader_gets_the_same(summit: Elsewhere) -> None:
    await summit.bring(post("2", "Two <b>", url="https://example.org/2", lang="en", media=(PICTURE,)))
    feed = await json_feed(summit)
    (item,) = feed["items"]
    assert item["content_text"] == "Two <b>\nPicture: A chart"
    assert (
        item["content_html"]
        == '<p dir="auto" lang="en">Two &lt;b&gt;</p><p dir="auto">Picture: A chart</p>'
    )
    assert item["authors"] == [{"name": "Ada"}]
    assert item["_backchannel"] == {"network": "x"}
    assert [one["title"] for one in item["attachments"]] == ["A chart"]
    assert feed["home_page_url"] == f"{HERE}/events/summit"
    assert feed["feed_url"] == f"{HERE}/events/summit/shown.json"
    assert (await atom(summit)).entries[0].id == item["id"]


async def test_an_event_without_posts_has_a_feed(summit: Elsewhere) -> None:
    read = await atom(summit)
    assert (read.entries, bool(read.feed.updated)) == ([], True)
    assert (await json_feed(summit))["items"] == []


@pytest.mark.parametrize("form", FORMS)
async def test_what_is_covered_gives_its_warning_only(summit: Elsewhere, form: str) -> None:
    covered = post("1", "Blood everywhere", warning="Needles", media=(PICTURE,))
    veiled = post("2", "Look", sensitive=True, media=(PICTURE,))
    await summit.bring(covered, veiled)
    raw = (await summit.get(f"/events/summit/shown.{form}")).text
    assert "Blood" not in raw
    assert "/media/" not in raw
    assert "Needles" in raw
    if form == "atom":
        look, needles = (await atom(summit)).entries
        assert needles.summary == "Content warning: Needles"
        assert "content" not in needles
        assert "content" in look
    else:
        needles = (await json_feed(summit))["items"][1]
        assert needles["content_text"] == needles["summary"] == "Content warning: Needles"
        assert "content_html" not in needles


@pytest.mark.parametrize("form", FORMS)
async def test_who_does_not_wish_to_be_found_and_what_was_taken_back_is_not_there(
    summit: Elsewhere, form: str
) -> None:
    ids = await summit.bring(
        post("1", "Stays here", noindex=True),
        post("2", "Hidden later"),
        post("3", "Withdrawn later"),
        post("4", "Still there"),
    )
    path = f"/events/summit/shown.{form}"
    assert "Hidden later" in (await summit.get(path)).text
    await summit.hide(ids[1])
    await summit.withdraw(ids[2])
    raw = (await summit.get(path)).text
    assert "Still there" in raw
    for gone in ("Stays here", "Hidden later", "Withdrawn later", *ids[:3]):
        assert gone not in raw


@pytest.mark.parametrize("form", FORMS)
async def test_pages_hold_every_post_once_past_any_number_of_those_left_out(
    summit: Elsewhere, form: str
) -> None:
    await summit.bring(*(post(f"{n}", f"Number {n}", noindex=30 <= n < 530) for n in range(620)))
    found: list[int] = []
    path: str | None = f"/events/summit/shown.{form}"
    while path:
        answer = await summit.get(path)
        if form == "json":
            feed = answer.json()
            texts, after = [one["content_text"] for one in feed["items"]], feed.get("next_url")
        else:
            root = ET.fromstring(answer.content)
            texts = [one.findtext(f"{ATOM}content", "") for one in root.findall(f"{ATOM}entry")]
            links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
            after, own = links.get("next"), links["self"]
            assert own == HERE + path
        assert len(texts) <= 50
        found += [int(number) for text in texts for number in re.findall(r"Number (\d+)", text)]
        path = after.removeprefix(HERE) if after else None
    assert found == [*range(619, 529, -1), *range(29, -1, -1)]


@pytest.mark.parametrize("before", ["0", "-1", "x", "99999999999999999999"])
async def test_a_page_that_cannot_be_is_refused(summit: Elsewhere, before: str) -> None:
    assert (await summit.get(f"/events/summit/shown.atom?before={before}")).status_code == 422
    assert (await summit.get("/events/nothing/shown.atom")).status_code == 404


@pytest.mark.parametrize("form", FORMS)
async def test_who_has_it_already_is_told_so_until_it_changes(summit: Elsewhere, form: str) -> None:
    path = f"/events/summit/shown.{form}"
    (post_id,) = await summit.say("One")
    first = await summit.get(path)
    assert first.headers["cache-control"] == "public, max-age=60"
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in first.headers
    for sent in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}', "*"):
        again = await summit.get(path, **{"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
    await summit.withdraw(post_id)
    changed = await summit.get(path, **{"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_an_edit_is_an_update_of_the_same_entry(summit: Elsewhere) -> None:
    said = post("1", "Before")
    await summit.bring(said)
    before = (await atom(summit)).entries[0]
    await summit.edit(said.model_copy(update={"text": "After", "edited_at": MORNING + timedelta(hours=1)}))
    after = (await atom(summit)).entries[0]
    assert after.id == before.id
    assert after.updated == "2026-05-04T10:00:00+00:00"
    assert (after.published, after.title) == (before.published, "Ada: After")


def answered(body: Body, now: datetime, **headers: str) -> Any:
    """The answer to a request with these headers."""
    from starlette.requests import Request  # noqa: PLC0415

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return conditional(Request({"type": "http", "headers": given}), body, now, {})


def test_a_date_says_that_nothing_changed_only_when_nothing_can_have_changed() -> None:
    changed = datetime(2026, 5, 4, 9, 0, 1, tzinfo=UTC)
    body = Body(b"x", "text/plain", '"e"', changed)
    early = answered(body, changed - timedelta(milliseconds=1))
    assert "last-modified" not in early.headers
    late = answered(body, changed)
    assert parsedate_to_datetime(late.headers["last-modified"]) == changed
    since = late.headers["last-modified"]
    assert answered(body, changed, if_modified_since=since).status_code == 304
    assert answered(body, changed, if_modified_since="Mon, 04 May 2026 09:00:00 GMT").status_code == 200
    assert answered(body, changed, if_modified_since=since, if_none_match='"other"').status_code == 200
    for wrong in ("", "yesterday", "Mon, 99 May 2026 09:00:00 GMT", "\x00"):
        assert answered(body, changed, if_modified_since=wrong).status_code == 200


async def test_what_is_read_within_the_second_of_a_change_has_a_later_date(summit: Elsewhere) -> None:
    await summit.say("One")
    event = await summit.api.parts.journal.event("summit")
    body = Body.of(b"x", "text/plain", event)
    assert event.last_at < body.changed <= event.last_at + timedelta(seconds=1)
    assert body.changed <= utc_now() + timedelta(seconds=1)


class Tags(HTMLParser):
    """The elements and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    """AssertionError for anything but paragraphs, line ends and links to the web."""
    for tag, attributes in Tags(html).found:
        assert tag in {"p", "br", "a"}
        assert set(attributes) <= {"dir", "lang", "href", "rel"}
        if tag == "a":
            assert re.match(r"https?://[!-~]+$", attributes["href"] or "", re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS)
async def test_hostile_posts_are_text_in_a_feed_that_every_reader_reads(
    summit: Elsewhere, kind: str
) -> None:
    given = [
        one for n, text in enumerate(KINDS[kind]) for one in posts_with(text, n, "https://p.example/1")
    ]
    await summit.bring(*given)
    query = ""
    count = 0
    while True:
        read = await atom(summit, query)
        feed = await json_feed(summit, query)
        root = ET.fromstring((await summit.get(f"/events/summit/shown.atom{query}")).content)
        for entry in root.findall(f"{ATOM}entry"):
            assert_harmless(entry.findtext(f"{ATOM}content", ""))
            assert re.fullmatch(r"[A-Za-z0-9-]+", entry.get(LANG, "en"))
            assert all(re.match(r"https?://", one.get("href", "")) for one in entry.findall(f"{ATOM}link"))
        for item in feed["items"]:
            assert_harmless(item.get("content_html", ""))
        assert len(read.entries) == len(feed["items"])
        count += len(read.entries)
        if "next_url" not in feed:
            break
        query = "?" + feed["next_url"].partition("?")[2]
    shown = (await summit.api.parts.journal.event("summit")).shown
    assert count == shown > 0


async def test_characters_that_xml_cannot_hold_are_replaced_even_in_the_events_name(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with elsewhere_at(sqlite_url, tmp_path) as summit:
        event = await summit.api.parts.journal.create(
            slug="odd", name="Odd \x08 \ufffe name", actor="system", hashtags=()
        )
        answer = await summit.get(f"/events/{event.slug}/shown.atom")
        assert ET.fromstring(answer.content).findtext(f"{ATOM}title") == "Odd \ufffd \ufffd name"
        assert json.loads((await summit.get("/events/odd/shown.json")).content)["title"] == event.name
