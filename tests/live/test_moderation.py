"""The moderation page: what waits in words, and decisions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.moderating import ATTACK, PAGE, WORDS, Desk, a_post, desk_over, fields_of, flat, shown_text
from wall.access import COOKIE
from wall.model import Author, Media, PostState, Reason, Role
from wall.moderation import CODES, FIELDS
from wall.routes.cards import WHY, pieces_of, sentence

OURS = '<script src="/static/sign-out.js" defer>'
"""The one script of pages of whoever is signed in."""


@pytest_asyncio.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_over(sqlite_url, tmp_path) as desk:
        yield desk


@pytest.mark.parametrize("lang", WORDS.catalogues)
@pytest.mark.parametrize("code", CODES)
async def test_each_hold_is_in_words_and_stands_out(desk: Desk, lang: str, code: str) -> None:
    params: dict[str, int | str] = dict.fromkeys(CODES[code], 7)
    text = "Bonjour 👩🏽‍⚕️ here it stands, all of it"
    start = text.index("here")
    await desk.hold(a_post(text=text), Reason(code=code, start=start, end=start + 4, params=params))
    page = await desk.page(**{"Accept-Language": lang})
    shown = shown_text(page)
    assert flat(WORDS.say(lang, f"reason.{code}", **params)) in shown
    assert flat(WORDS.say(lang, f"moderate.check.{code}")) in shown
    assert "<mark>here</mark>" in page
    assert '<mark><bdi dir="auto">here</bdi></mark>' in page
    assert text in shown


@pytest.mark.parametrize("lang", WORDS.catalogues)
def test_reasons_without_words_of_their_own_get_general_ones(lang: str) -> None:
    general = WORDS.say(lang, "moderate.reason.other")
    assert sentence(Reason(code="unheard_of"), WORDS, lang) == general
    assert sentence(Reason(code="flood"), WORDS, lang) == general
    for code in WHY:
        assert WORDS.say(lang, f"moderate.why.{code}") in sentence(Reason(code=code), WORDS, lang)


@pytest.mark.parametrize("lang", WORDS.catalogues)
async def test_what_was_seen_beside_the_text_stands_out_where_it_is(desk: Desk, lang: str) -> None:
    post = a_post(
        warning="Needles", media=(Media(kind="image", url="https://x.example/1.png", alt="A chart"),)
    )
    reasons = [Reason(code="word", params={"field": field}) for field in FIELDS]
    await desk.hold(post, *reasons, Reason(code="word", start=0, end=5))
    page = await desk.page(**{"Accept-Language": lang})
    assert all(f"<mark>{said}</mark>" in page for said in ("Ada", "Needles", "A chart", "Hello"))
    assert all(WORDS.say(lang, f"reason.in.{field}") in shown_text(page) for field in FIELDS)
    assert shown_text(page).count(flat(WORDS.say(lang, "moderate.check.word"))) == 1


async def test_that_everything_waits_is_said_last_and_briefly(desk: Desk) -> None:
    await desk.hold(a_post(), Reason(code="awaits_approval"), Reason(code="sensitive"))
    shown = shown_text(await desk.page())
    first, last = (
        shown.index(WORDS.say("en", f"reason.{code}")) for code in ("sensitive", "awaits_approval")
    )
    assert first < last
    assert WORDS.say("en", "moderate.check.awaits_approval") not in shown


async def test_a_post_of_signs_that_nobody_sees_says_that_it_has_no_text(desk: Desk) -> None:
    await desk.hold(a_post(text="\u200b \u2060"), Reason(code="empty"))
    assert WORDS.say("en", "moderate.no_text") in shown_text(await desk.page())


def test_marks_overlap_touch_and_lie_outside_without_losing_a_letter() -> None:
    text = "0123456789"
    spans = [(2, 5), (4, 6), (6, 7), (9, 10), (9, 11), (-1, 3), (5, 5), (8, 7)]
    reasons = [Reason(code="word", start=start, end=end) for start, end in spans]
    pieces = list(pieces_of(text, [*reasons, Reason(code="image")]))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.marked] == ["23456", "9"]
    assert list(pieces_of("", reasons)) == []


def test_custom_emoji_are_pieces_without_losing_a_letter_or_a_mark() -> None:
    text = "a :owl: b :owl: :cat:"
    pieces = list(pieces_of(text, [Reason(code="word", start=8, end=12)], {"owl"}))
    assert "".join(piece.text for piece in pieces) == text
    assert [(piece.text, piece.emoji) for piece in pieces if piece.emoji] == [(":owl:", "owl")]
    assert [piece.text for piece in pieces if piece.marked] == ["b :o"]


async def test_what_waits_longest_comes_first_and_pages_go_on(desk: Desk) -> None:
    ids = [await desk.hold(a_post(str(n)), Reason(code="link")) for n in range(52)]
    first = await desk.page()
    assert re.findall(r'<article class="post" id="post-([^"]+)"', first) == ids[:50]
    assert "52 waiting, 0 shown" in first
    (more,) = re.findall(r'href="[^"]+see=waiting&amp;at=(\d+)"', first)
    second = await desk.page(f"?see=waiting&at={more}")
    assert re.findall(r'<article class="post" id="post-([^"]+)"', second) == ids[50:]
    assert "Next page" not in second


@pytest.mark.parametrize(("lang", "words"), [("en", "Nothing waits."), ("fr", "Rien n’attend.")])
async def test_an_empty_queue_says_so(desk: Desk, lang: str, words: str) -> None:
    assert words in await desk.page(**{"Accept-Language": lang})


async def test_each_button_does_what_it_says_and_leads_to_the_next_card(desk: Desk) -> None:
    one, two, three = [await desk.hold(a_post(str(n)), Reason(code="link")) for n in range(3)]
    answer = await desk.press(one, "approve")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{desk.path}?see=waiting&did=approve#post-{two}"
    assert (await desk.stored(one)).state is PostState.APPROVED
    await desk.press(two, "reject", reason="spam")
    assert (await desk.stored(two)).reasons == (Reason(code="spam"),)
    assert (await desk.press(three, "withdraw")).headers["location"].endswith("#queue")
    assert (await desk.stored(three)).post.text == ""
    assert "Nothing waits." in await desk.page("?did=withdraw")
    await desk.press(one, "hide", await desk.page("?see=shown"), reason="wrong_claim")
    hidden = await desk.page("?see=hidden")
    assert "a false or dangerous claim" in hidden
    assert "spam or advertising" in hidden
    await desk.press(two, "approve", hidden)
    assert (await desk.stored(two)).state is PostState.APPROVED


async def test_a_form_sent_twice_acts_once(desk: Desk) -> None:
    post_id = await desk.hold(a_post(), Reason(code="link"))
    page = await desk.page()
    first = await desk.press(post_id, "approve", page)
    seq = (await desk.event()).seq
    second = await desk.press(post_id, "approve", page)
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert (await desk.event()).seq == seq


async def test_a_stale_card_comes_back_with_what_changed_in_words(desk: Desk) -> None:
    post_id = await desk.hold(a_post(text="Before"), Reason(code="link"))
    page = await desk.page()
    await desk.press(post_id, "reject", page, reason="spam")
    stale = await desk.press(post_id, "approve", page)
    assert stale.status_code == 409
    assert "Meanwhile somebody else decided not to show it." in shown_text(stale.text)
    await desk.press(post_id, "approve", stale.text)
    assert (await desk.stored(post_id)).state is PostState.APPROVED


async def test_a_card_whose_text_was_edited_is_not_shown_unread(desk: Desk) -> None:
    post_id = await desk.hold(a_post(text="Before"), Reason(code="link"))
    page = await desk.page()
    await desk.edit(a_post(text="After", media=(Media(kind="image", url="https://x.example/1.png"),)))
    stale = await desk.press(post_id, "approve", page)
    assert stale.status_code == 409
    assert "its author edited it" in stale.text
    assert "After" in stale.text
    assert (await desk.stored(post_id)).state is PostState.HELD


async def test_a_card_that_was_taken_back_says_that_nothing_is_left(desk: Desk) -> None:
    post_id = await desk.hold(a_post(), Reason(code="link"))
    page = await desk.page()
    await desk.press(post_id, "withdraw", page)
    stale = await desk.press(post_id, "approve", page)
    assert stale.status_code == 409
    assert "There is nothing left to decide." in stale.text
    assert "formaction" not in stale.text


async def test_another_button_with_the_same_form_is_another_command(desk: Desk) -> None:
    post_id = await desk.hold(a_post(), Reason(code="link"))
    page = await desk.page()
    await desk.press(post_id, "reject", page, reason="spam")
    again = await desk.press(post_id, "reject", page, reason="abusive")
    assert again.status_code == 422
    assert "Nothing was done" in again.text


async def test_an_author_is_trusted_and_then_blocked_from_a_card(desk: Desk) -> None:
    await desk.set_rules(mode="known", blocked=["x:@ada1"])
    post_id = await desk.hold(a_post(), Reason(code="first_post"))
    assert (await desk.press(post_id, "trust")).status_code == 303
    rules = (await desk.rules())["rules"]
    assert (rules["trusted"], rules["blocked"]) == (["x:a1"], [])
    version = (await desk.rules())["version"]
    await desk.press(post_id, "trust")
    assert (await desk.rules())["version"] == version
    await desk.press(post_id, "block")
    rules = (await desk.rules())["rules"]
    assert (rules["trusted"], rules["blocked"]) == ([], ["x:a1"])
    assert (await desk.stored(post_id)).state is PostState.HELD


async def test_a_line_that_names_others_too_is_left_to_the_page_of_the_rules(desk: Desk) -> None:
    await desk.set_rules(mode="known", blocked=["@ada1"])
    post_id = await desk.hold(a_post(), Reason(code="first_post"))
    answer = await desk.press(post_id, "trust")
    assert answer.status_code == 409
    assert "Change the list on the page of the rules" in answer.text
    assert (await desk.rules())["rules"]["trusted"] == []


@pytest.mark.parametrize("role", [None, *Role])
async def test_only_moderators_and_organisers_judge(desk: Desk, role: Role | None) -> None:
    post_id = await desk.hold(a_post(), Reason(code="link"))
    page = await desk.page()
    token = desk.api.signed_in(role) if role else None
    other = desk.api.client(token, **PAGE)
    allowed = role in {Role.MODERATOR, Role.ORGANISER}
    refused = 401 if role is None else 403
    for path in (desk.path, f"{desk.path}/rules", f"{desk.api.path}/rules"):
        assert (await other.get(path)).status_code == (200 if allowed else refused), path
    data = fields_of(page, post_id)
    for verb in ("trust", "block", "approve", "hide", "reject", "withdraw"):
        answer = await other.post(f"{desk.path}/{post_id}/{verb}", data=data)
        assert (answer.status_code in {401, 403}) is not allowed, verb
    put = await other.put(f"{desk.api.path}/rules", json={"version": 0, "rules": {}})
    assert (put.status_code in {401, 403}) is not allowed
    link = f'href="{desk.path}"' in (await other.get("/")).text
    assert link is allowed


async def test_a_page_of_another_site_cannot_decide(desk: Desk) -> None:
    post_id = await desk.hold(a_post(), Reason(code="link"))
    fields = fields_of(await desk.page(), post_id)
    cookie = f"{COOKIE}={desk.api.signed_in(Role.MODERATOR)}"
    for headers in ({}, {"Origin": "https://evil.example"}):
        browser = desk.api.client(**PAGE, **headers, Cookie=cookie)
        assert (await browser.get(desk.path)).status_code == 200
        for path in (f"{desk.path}/{post_id}/approve", f"{desk.path}/rules"):
            assert (await browser.post(path, data=fields)).status_code == 403
    assert (await desk.stored(post_id)).state is PostState.HELD


@pytest.mark.parametrize(
    "change", [{"version": "x"}, {"version": ""}, {"at": "//evil"}, {"next": "x\r\ny"}, {"reason": ATTACK}]
)
async def test_a_form_that_was_tampered_with_does_nothing(desk: Desk, change: dict[str, str]) -> None:
    post_id = await desk.hold(a_post(), Reason(code="link"))
    assert (await desk.press(post_id, "reject", **change)).status_code == 422
    assert (await desk.stored(post_id)).state is PostState.HELD
    assert (await desk.browser.post(f"{desk.path}/{post_id}/burn", data={})).status_code == 422


async def test_hostile_text_in_every_field_is_shown_as_text(desk: Desk) -> None:
    author = Author(key=ATTACK, handle=ATTACK, name=ATTACK, url="javascript:alert(1)")
    media = (Media(kind="image", url="https://x.example/1.png", alt=ATTACK),)
    hostile = a_post(
        text=ATTACK,
        author=author,
        warning=ATTACK,
        media=media,
        lang='"><script>',
        url="javascript:alert(1)",
    )
    params: dict[str, int | str] = {"count": ATTACK}
    post_id = await desk.hold(
        hostile, Reason(code="word", start=1, end=9), Reason(code="image", params=params)
    )
    page = await desk.page()
    for text in (page, (await desk.press(post_id, "approve", page, version="7")).text):
        assert "<script" not in text.replace(OURS, "")
        assert "<img src=x" not in text
        assert "javascript:" not in text
        assert text.count("</textarea>") == 0
    assert "&lt;script&gt;" in page
    form = fields_of((await desk.browser.get(f"{desk.path}/rules")).text)
    hostile_form = {**dict.fromkeys(form, ATTACK), "version": form["version"], "cause": form["cause"]}
    answer = await desk.browser.post(f"{desk.path}/rules", data=hostile_form)
    assert answer.status_code == 422
    assert "<script" not in answer.text.replace(OURS, "")
    assert "<img src=x" not in answer.text
