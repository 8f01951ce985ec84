"""Hostile words on the pages that the server renders, and in the JSON that it answers with."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from PIL import ImageChops
from playwright.async_api import Browser, Page

from tests.support.alarms import Alarms, listening, picture_of, squeezed
from tests.support.hall import SECRET, Hall
from tests.support.hostile import KINDS
from tests.support.hostile_hall import Batch, HostileHouse, strings_of
from tests.support.hostile_posts import HARMLESS
from tests.support.waiting import PATIENCE
from wall.access.signatures import TakeBack
from wall.hygiene import tidy
from wall.text import drop_bad_links

LEAVING = [text for kind in ("bidi", "marks", "all marks", "wide") for text in KINDS[kind]]
"""Strings whose letters leave their line."""

_WRITTEN = ("text", "warning", "alts", "options", "quoted", "covering", "page")
"""What somebody outside wrote in a post, as a moderator reads it: by what READ calls it."""

READ = """() => {
  const said = (node) => node.nodeName === "#text" ? node.data : node.nodeName === "IMG" ? node.alt
    : [...node.childNodes].map(said).join("");
  const text = (post, name) => [...post.querySelectorAll(name)].map(said);
  const kinds = [...document.querySelectorAll("*")].map((one) =>
    [one.localName, one.namespaceURI, ...one.getAttributeNames().sort()].join(" "));
  return {
    kinds: [...new Set(kinds)],
    wide: document.documentElement.scrollWidth > innerWidth,
    next: document.querySelector(".pages a.go")?.getAttribute("href") ?? null,
    posts: [...document.querySelectorAll("article.post")].map((post) => ({
      id: post.id.slice("post-".length),
      text: text(post, ".read > .text > bdi"),
      warning: text(post, ".read > .warning > bdi"),
      alts: text(post, ".media li > bdi"),
      options: text(post, ".poll li > bdi"),
      quoted: text(post, ".quote .text > bdi"),
      covering: text(post, ".quote .warning > bdi"),
      page: text(post, ".page > bdi"),
      links: [...post.querySelectorAll("a")].map((one) => one.getAttribute("href")),
      box: (({left, top, right, bottom}) => [Math.floor(left), Math.floor(top + scrollY),
        Math.ceil(right), Math.ceil(bottom + scrollY)])(post.getBoundingClientRect()),
    })),
  };
}"""
EMPTIED = """() => {
  for (const post of document.querySelectorAll("article.post")) {
    post.style.height = `${post.getBoundingClientRect().height}px`;
    post.replaceChildren();
  }
}"""


@pytest.mark.parametrize("name", ["own", "big"])
async def test_a_moderator_reads_hostile_posts_as_they_were_written(
    hostile: HostileHouse, browser: Browser, name: str
) -> None:
    async with listening(browser, hostile.base_url) as alarms:
        page = await alarms.page()
        kinds = {
            kind for one in await _read(alarms, page, hostile.bring(HARMLESS)) for kind in one["kinds"]
        }
        batch = hostile.bring(strings_of(name))
        shown = await _read(alarms, page, batch)
        assert not {kind for one in shown for kind in one["kinds"]} - kinds
        assert not any(one["wide"] for one in shown)
        posts = {one["id"]: one for page in shown for one in page["posts"]}
        assert {key: _said(posts[key]) for key in batch.hostile} == _written(batch)
        alarms.assert_silent()


async def test_letters_that_leave_their_line_stay_in_their_post(
    hostile: HostileHouse, browser: Browser
) -> None:
    async with listening(browser, hostile.base_url, viewport={"width": 1200, "height": 900}) as alarms:
        page = await alarms.page()
        batch = hostile.bring(LEAVING)
        await batch.hall.sign_in(alarms.watched)
        await alarms.open(page, batch.hall.path("moderate", see="shown"))
        boxes = [one["box"] for one in (await page.evaluate(READ))["posts"]]
        before = await picture_of(page)
        await page.evaluate(EMPTIED)
        after = await picture_of(page)
        for box in boxes:
            after.paste(before.crop(box), box[:2])
        assert ImageChops.difference(before, after).getbbox() is None


@pytest.mark.parametrize("name", ["own", "big"])
async def test_what_was_typed_changes_no_page(hostile: HostileHouse, name: str) -> None:
    batch = hostile.bring(strings_of(name))
    take_back = TakeBack(SECRET.encode())
    async with httpx2.AsyncClient(base_url=hostile.base_url, trust_env=False, timeout=PATIENCE) as client:
        usual = _Outline((await _refused(client, batch.hall, "Plain words")).text)
        for string in strings_of(name):
            page = _Outline((await _refused(client, batch.hall, string)).text)
            assert page.kinds == usual.kinds, string
        asked = {key: post for key, post in batch.hostile.items() if not post.warning and post.text.strip()}
        paths = {key: take_back.path(batch.hall.event.id, key) for key in asked}
        pages = {key: _Outline((await client.get(path)).text) for key, path in paths.items()}
        assert len({tuple(page.kinds) for page in pages.values()}) == 1
        assert {key: page.quoted for key, page in pages.items()} == {
            key: post.text for key, post in asked.items()
        }


@pytest.mark.parametrize("name", ["own", "big"])
async def test_the_api_says_what_was_written(hostile: HostileHouse, name: str) -> None:
    batch = hostile.bring(strings_of(name))
    before, found = "", {}
    while True:
        answer = await batch.hall.ask("GET", f"/posts?face=desk&limit=200{before}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        found |= {post["id"]: post for post in answer.json()["posts"]}
        if answer.json()["next"] is None:
            break
        before = f"&before={answer.json()['next']}"
    fields = ("text", "warning", "lang", "url")
    wanted = {key: drop_bad_links(post) for key, post in batch.hostile.items()}
    assert {key: [found[key][name] for name in fields] for key in wanted} == {
        key: [getattr(post, name) for name in fields] for key, post in wanted.items()
    }


async def _read(alarms: Alarms, page: Page, batch: Batch) -> list[dict[str, Any]]:
    """Every page of the posts that are shown."""
    await batch.hall.sign_in(alarms.watched)
    path, pages = batch.hall.path("moderate", see="shown"), []
    while path:
        await alarms.open(page, path)
        pages.append(await page.evaluate(READ))
        path = pages[-1]["next"]
    return pages


def _said(post: dict[str, Any]) -> dict[str, Sequence[str]]:
    return {name: _tidy(post[name]) for name in _WRITTEN} | {"links": post["links"]}


def _written(batch: Batch) -> dict[str, dict[str, Sequence[str]]]:
    written = {}
    for key, given in batch.hostile.items():
        post = drop_bad_links(given)
        alts = [one.alt for one in post.media if one.alt]
        links = [post.url] if post.url else []
        seen = any(char.isprintable() and not char.isspace() for char in post.text)
        assert post.poll is not None
        assert post.quote is not None
        texts = {
            "text": [post.text] if seen else [],
            "warning": [post.warning or ""],
            "alts": alts,
            "options": [option.text for option in post.poll.options],
            "quoted": [post.quote.text],
            "covering": [post.quote.warning or ""],
            "page": [post.link_card.title if post.link_card else ""],
        }
        written[key] = {name: _tidy(texts[name]) for name in _WRITTEN} | {"links": links}
    return written


def _tidy(texts: Sequence[str]) -> list[str]:
    return [text for text in (squeezed(tidy(text)) for text in texts) if text]


async def _refused(client: httpx2.AsyncClient, hall: Hall, string: str) -> httpx2.Response:
    """The form for participants, given back with what was typed into it: the name is too long."""
    typed = {"text": f"Said: {string}"[:1_000], "name": string[:500] + "n" * 100, "nonce": string[:100]}
    body = urlencode({name: text.encode("utf-8", "replace") for name, text in typed.items()})
    headers = {
        "Origin": str(client.base_url).rstrip("/"),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    answer = await client.post(hall.path("join"), content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    return answer


class _Outline(HTMLParser):
    """The elements of a page with the names of their attributes, and what it quotes. AssertionError
    where an end tag does not fit."""

    _VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.kinds: list[str] = []
        self.quoted = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.append(" ".join([tag, *(name for name, _ in attrs)]))
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "blockquote" in self._open:
            self.quoted += data
