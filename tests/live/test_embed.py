"""The frame for the event's own site: what its headers allow, what it shows, and what it leaves out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.live.api import HERE, Api
from tests.live.elsewhere import Elsewhere, elsewhere_at
from tests.support.hostile import KINDS
from tests.support.hostile_posts import posts_with
from tests.support.summit import post
from wall.display import Hold
from wall.errors import SetupProblem, StoreUnavailable
from wall.model import Author, Emoji, Media
from wall.routes.embed import Asked, policy_of
from wall.server import Backchannel, create_app
from wall.settings import load

PICTURE = Media(kind="image", url="https://pictures.example/1.png", alt="A chart", width=60, height=20)
SITE = "https://www.example.org"
OWN_PICTURE = re.compile(r"/media/summit/[0-9a-f-]+/(?:avatar|\d|emoji-\w+)\?key=[0-9a-f]{8}")
ELEMENTS = {
    *("html", "head", "meta", "title", "link", "body", "header", "main", "footer", "article", "figure"),
    *("h1", "h2", "p", "ul", "li", "div", "span", "bdi", "a", "img", "time", "figcaption", "blockquote"),
}


@pytest_asyncio.fixture
async def summit(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Elsewhere]:
    async with elsewhere_at(sqlite_url, tmp_path) as made:
        yield made


async def page(summit: Elsewhere, query: str = "") -> str:
    answer = await summit.get(f"/embed/{summit.slug}{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each element of this name."""
        return [attributes for name, attributes in self.found if name == tag]


async def test_a_frame_may_be_shown_here_and_brings_nothing_but_itself(summit: Elsewhere) -> None:
    answer = await summit.get("/embed/summit")
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "frame-ancestors 'self'" in policy
    assert not any(one.startswith("script-src") for one in policy)
    assert answer.headers["refresh"] == "30"
    assert answer.headers["cache-control"] == "public, max-age=30"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    for name in ("set-cookie", "x-frame-options", "vary"):
        assert name not in answer.headers
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "<script" not in answer.text
    assert "<style" not in answer.text
    assert "style=" not in answer.text


async def test_the_organisers_site_may_show_it_and_nobody_else(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKCHANNEL_EMBED_ORIGINS", f"{SITE}, http://localhost:3000/")
    app = create_app(load(data_dir=tmp_path, database_url=sqlite_url))
    parts: Backchannel = app.state.parts
    await parts.journal.create(slug="summit", name="Summit", actor="system")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HERE) as client:
        policy = (await client.get("/embed/summit")).headers["content-security-policy"]
        other = (await client.get("/healthz")).headers["content-security-policy"]
    await parts.intake.close()
    parts.store.close()
    assert policy.endswith(f"; frame-ancestors 'self' {SITE} http://localhost:3000")
    assert "frame-ancestors 'none'" in other


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "www.example.org",
        "https://*",
        "https://a.example/path",
        "https://a;script-src *",
        "https://a b",
    ],
)
def test_what_is_no_address_of_a_site_is_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("BACKCHANNEL_EMBED_ORIGINS", origins)
    with pytest.raises(SetupProblem, match="BACKCHANNEL_EMBED_ORIGINS cannot be used"):
        load()


def test_without_sites_only_this_server_is_named() -> None:
    assert policy_of(()).endswith("; frame-ancestors 'self'")


async def test_it_shows_who_said_what_where_and_when(summit: Elsewhere) -> None:
    author = Author(key="7", handle="@ada@m.example", name="Ada :owl:", avatar="https://p.example/a.png")
    emoji = (Emoji(code="owl", url="https://p.example/owl.png"),)
    said = post(
        "1",
        "Voilà :owl:\nencore",
        author=author,
        emoji=emoji,
        network="mastodon",
        lang="fr",
        url="https://m.example/1",
        media=(PICTURE, Media(kind="video", url="https://p.example/v.mp4", alt="A talk")),
    )
    (post_id,) = await summit.bring(said)
    html = await page(summit)
    own = f"/media/summit/{post_id}/"
    images = Elements(html).all("img")
    assert [one["src"].partition("?")[0] for one in images] == [
        f"{own}avatar",
        f"{own}emoji-owl",
        f"{own}emoji-owl",
        f"{own}0",
    ]
    assert [one["alt"] for one in images] == ["", ":owl:", ":owl:", "A chart"]
    assert (images[-1]["width"], images[-1]["height"]) == ("60", "20")
    assert '<p class="text" lang="fr"><bdi dir="auto">Voilà <img' in html
    assert '<bdi dir="auto">@ada@m.example</bdi>' in html
    assert 'role="img" aria-label="Mastodon"' in html
    assert "Monday 4 May 2026, 9:00 AM" in html
    assert 'Video: <bdi dir="auto">A talk</bdi>' in html
    out = [one for one in Elements(html).all("a") if one.get("target") == "_blank"]
    assert all("noopener" in one["rel"] for one in out)
    assert "https://m.example/1" in {one["href"] for one in out}


async def test_the_newest_come_first_and_the_rest_is_paged_without_refreshing(summit: Elsewhere) -> None:
    await summit.say(*(f"Number {n}" for n in range(45)))
    query, found = "?theme=light", []
    while True:
        answer = await summit.get(f"/embed/summit{query}")
        found += [int(number) for number in re.findall(r"Number (\d+)", answer.text)]
        assert ("refresh" in answer.headers) is ("before" not in query)
        older = re.search(r'href="/embed/summit(\?[^"]*before=[^"]*)"', answer.text)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
        assert "theme=light" in query
    assert found == list(range(44, -1, -1))


async def test_updates_can_be_stopped_and_begun_again(summit: Elsewhere) -> None:
    still = re.search(r'href="([^"]*still=1[^"]*)"', await page(summit, "?limit=5"))
    assert still
    stopped = await summit.get(still[1].replace("&amp;", "&"))
    assert "refresh" not in stopped.headers
    assert 'href="/embed/summit?limit=5"' in stopped.text


async def test_what_its_author_covered_is_not_there(summit: Elsewhere) -> None:
    await summit.bring(
        post("1", "Blood everywhere", warning="Needles", media=(PICTURE,), url="https://x.example/1"),
        post("2", "Look", sensitive=True, media=(PICTURE,)),
    )
    html = await page(summit)
    assert "Blood" not in html
    assert "A chart" not in html
    assert "/media/" not in html
    assert "Needles" in html
    assert "Picture marked as sensitive" in html
    assert 'href="https://x.example/1"' in html


async def test_who_does_not_wish_to_be_found_and_what_was_taken_back_is_not_there(
    summit: Elsewhere,
) -> None:
    ids = await summit.bring(
        post("1", "Stays here", noindex=True),
        post("2", "Hidden"),
        post("3", "Withdrawn"),
        post("4", "There"),
    )
    assert "Withdrawn" in await page(summit)
    await summit.hide(ids[1])
    await summit.withdraw(ids[2])
    html = await page(summit)
    assert "There" in html
    for gone in ("Stays here", "Hidden", "Withdrawn", *ids[:3]):
        assert gone not in html


@pytest.mark.parametrize("hold", Hold)
async def test_what_holds_every_wall_holds_the_frame(summit: Elsewhere, hold: Hold) -> None:
    await summit.say("Said")
    assert "Said" in await page(summit)
    async with summit.api.client(summit.api.signed_in()) as organiser:
        answer = await organiser.post(f"{summit.api.path}/walls", json={"room": None, "hold": hold})
    assert answer.is_success, answer.text
    assert ("Said" in await page(summit)) is (hold not in {Hold.QUIET, Hold.BLANK})


@pytest.mark.parametrize(
    ("language", "words"),
    [("", "Nothing was said here yet."), ("?lang=fr", "Rien n’a encore été dit ici.")],
)
async def test_it_speaks_the_events_language_or_the_one_it_is_asked_for(
    summit: Elsewhere, language: str, words: str
) -> None:
    answer = await summit.get(f"/embed/summit{language}", **{"Accept-Language": "de, fr;q=0.9"})
    assert words in answer.text
    assert answer.headers["content-language"] in {"en", "fr"}


@pytest.mark.parametrize("query", ["theme=purple", "limit=0", "limit=51", "before=0", "still=perhaps"])
async def test_what_it_cannot_be_asked_for_is_refused(summit: Elsewhere, query: str) -> None:
    assert (await summit.get(f"/embed/summit?{query}")).status_code == 422
    assert (await summit.get("/embed/nothing")).status_code == 404
    assert (await summit.get("/embed/summit?utm_source=site")).status_code == 200


async def test_who_has_it_already_is_told_so(summit: Elsewhere) -> None:
    first = await summit.get("/embed/summit")
    again = await summit.get("/embed/summit", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["refresh"]) == (304, "30")
    await summit.say("New")
    assert "New" in (await summit.get("/embed/summit", **{"If-None-Match": first.headers["etag"]})).text


async def test_while_the_store_is_away_it_says_so_and_looks_again(
    summit: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(summit.api.parts.store, "read", away)
    answer = await summit.get("/embed/summit")
    assert answer.status_code == 503
    assert answer.headers["refresh"] == "30"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "This cannot be shown right now." in answer.text


async def test_a_sign_in_changes_nothing(summit: Elsewhere) -> None:
    api: Api = summit.api
    await summit.say("Said")
    async with api.client(api.signed_in()) as organiser:
        mine = await organiser.get("/embed/summit")
    assert mine.content == (await summit.get("/embed/summit")).content


def test_an_address_has_only_what_is_not_as_usual() -> None:
    assert Asked().at("summit") == "/embed/summit"
    assert Asked(theme="dark").at("summit", still=True) == "/embed/summit?theme=dark&still=1"
    assert Asked(before=7, limit=3).at("summit", before=None) == "/embed/summit?limit=3"


@pytest.mark.parametrize("kind", KINDS)
async def test_hostile_posts_are_text(summit: Elsewhere, kind: str) -> None:
    given = [
        one for n, text in enumerate(KINDS[kind]) for one in posts_with(text, n, "https://p.example/1")
    ]
    await summit.bring(*given)
    query = "?limit=50"
    while True:
        html = await page(summit, query)
        elements = Elements(html)
        assert {tag for tag, _ in elements.found} <= ELEMENTS
        for _, attributes in elements.found:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for link in elements.all("a"):
            assert re.match(r"https?://|/(?:embed|join)/summit", link["href"])
        for image in elements.all("img"):
            assert re.match(
                r"/media/summit/[0-9a-f-]+/(?:avatar|\d|emoji-\w+)\?key=[0-9a-f]{8}$", image["src"]
            )
        for text in elements.all("p"):
            assert re.fullmatch(r"[A-Za-z0-9-]+", text.get("lang", "en"))
        older = re.search(r'href="/embed/summit(\?[^"]*before=[^"]*)"', html)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
    assert HERE not in html
