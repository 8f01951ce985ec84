"""The rules over the API and on their page: lists that cannot do harm, and forms that lose nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.live.moderating import ATTACK, WORDS, Desk, a_post, desk_over, fields_of, shown_text
from tests.support.waiting import PATIENCE, eventually
from wall.intake import policy
from wall.model import Author, Role, utc_now
from wall.moderation import LINES_LIMIT, Rules, check_rules


@pytest_asyncio.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_over(sqlite_url, tmp_path) as desk:
        yield desk


async def test_rules_are_read_and_set_over_the_api(desk: Desk) -> None:
    before = await desk.rules()
    assert before["version"] == 0
    body = {"version": 0, "rules": {**before["rules"], "words": ["nonsense", "breast"], "mode": "known"}}
    key = {"Idempotency-Key": "once"}
    first = await desk.program.put(f"{desk.api.path}/rules", json=body, headers=key)
    assert first.json() == {"version": 1, "seq": (await desk.event()).seq}
    again = await desk.program.put(f"{desk.api.path}/rules", json=body, headers=key)
    assert again.json() == first.json()
    now = await desk.rules()
    assert (now["version"], now["idle"], now["rules"]["mode"]) == (1, ["breast"], "known")
    stale = await desk.program.put(f"{desk.api.path}/rules", json=body)
    assert stale.status_code == 409
    assert stale.json()["error"]["details"]["current"] == {"version": 1}


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"words": ["fine", "/(/"]}, "words"),
        ({"trusted": ["@ada"], "blocked": ["@ada"]}, "trusted"),
        ({"words": ["cake"], "never_hold": ["cake"]}, "words"),
        ({"mode": "trusted"}, "trusted"),
        ({"mode": "nobody"}, "mode"),
        ({"flood": {"posts": 0, "minutes": 1}}, "flood.posts"),
        ({ATTACK: 1}, "rules"),
    ],
)
async def test_rules_that_cannot_hold_together_are_refused_by_field(
    desk: Desk, rules: dict[str, Any], field: str
) -> None:
    answer = await desk.set_rules(**rules)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["details"]["field"] == field
    assert "script" not in answer.text
    assert (await desk.rules())["version"] == 0


async def test_a_program_is_told_codes_and_lines_as_it_sent_them(desk: Desk) -> None:
    error = (await desk.set_rules(trusted="@bob\n\n@ada", blocked=["", "x:@ADA"])).json()["error"]
    assert error["code"] == "bad_input"
    assert error["message"] == (
        "Line 3 of 'trusted': this author is on two lists. Delete them here, or in line 2 of “blocked”."
    )
    (line,) = error["details"].pop("lines")
    assert line.pop("problem") in error["message"]
    other = {"other": "blocked", "other_line": 2}
    assert line == {"line": 3, "code": "trusted_and_blocked", "params": other}
    assert error["details"] == {"field": "trusted", "code": "trusted_and_blocked", "count": 1}


async def test_a_list_of_50_000_lines_is_taken_and_one_more_refused(desk: Desk) -> None:
    words = [f"nonsense number {number}" for number in range(LINES_LIMIT)]
    assert (await desk.set_rules(words=words)).status_code == 200
    assert len((await desk.rules())["rules"]["words"]) == LINES_LIMIT
    form = fields_of((await desk.browser.get(f"{desk.path}/rules")).text)
    assert form["words"].split("\n") == words
    path = f"{desk.path}/rules"
    assert (await desk.browser.post(path, data=form)).headers["location"] == f"{path}?saved=true"
    answer = await desk.set_rules(words=[*words, "one more"])
    assert answer.status_code == 422
    assert "50,001 lines" in answer.json()["error"]["message"]
    form = fields_of((await desk.browser.get(path)).text)
    page = await desk.browser.post(path, data=form | {"words": "\n".join([*words, "one more"])})
    assert page.status_code == 422
    assert "The list has 50,001 lines; there is room for 50,000." in page.text
    assert "\none more</textarea>" in page.text


async def test_nobody_waits_while_a_long_list_is_checked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(*given: Any) -> Rules:
        begun.set()
        assert go_on.wait(PATIENCE)
        return check_rules(*given)

    monkeypatch.setattr(policy, "check_rules", slowly)
    setting = asyncio.create_task(desk.set_rules(mode="auto", words=["nonsense"]))
    await eventually(begun.is_set, what="the check")
    await desk.arrive(a_post("1", "What nonsense"))
    go_on.set()
    assert (await setting).status_code == 200
    (post_id,) = await desk.arrive(a_post("2", "What nonsense"))
    assert [reason.code for reason in (await desk.stored(post_id)).reasons] == ["word"]


async def test_only_the_rules_may_be_large(desk: Desk) -> None:
    large = "x" * 70_000
    assert (await desk.browser.post(f"{desk.path}/rules", data={"words": large})).status_code != 413
    assert (await desk.browser.post(f"{desk.path}/1/approve", data={"words": large})).status_code == 413
    assert (await desk.browser.post(f"{desk.path}/rules/", data={"words": large})).status_code == 413
    huge = "x" * (4 * 1024 * 1024)
    assert (await desk.browser.post(f"{desk.path}/rules", data={"words": huge})).status_code == 413


async def test_a_pattern_that_hangs_others_hangs_nothing_here(desk: Desk) -> None:
    assert (await desk.set_rules(mode="auto", words=["/(a+)+$/"])).status_code == 200
    began = time.perf_counter()
    author = Author(key="b", handle="bob", name="Bob")
    hanging = a_post(text="a" * 19_000 + "!", author=author, created_at=utc_now())
    (post_id,) = await desk.arrive(hanging)
    assert time.perf_counter() - began < PATIENCE
    assert (await desk.stored(post_id)).reasons == ()


async def test_rules_that_cannot_be_used_come_back_as_they_were_typed(desk: Desk) -> None:
    path = f"{desk.path}/rules"
    form = fields_of((await desk.browser.get(path)).text)
    typed = form | {"words": "good\n\n/(bad/\n!!!", "flood_posts": "3", "mode": "auto"}
    typed.pop("hold_images")
    answer = await desk.browser.post(path, data=typed)
    assert answer.status_code == 422
    text = shown_text(answer.text)
    assert "Line 3, /(bad/: a bracket of the pattern is never closed" in text
    assert "Line 4, !!!:" in text
    assert 'aria-describedby="words-hint words-wrong" aria-invalid="true"' in answer.text
    back = fields_of(answer.text)
    assert (back["words"], back["flood_posts"], back["mode"]) == ("good\n\n/(bad/\n!!!", "3", "auto")
    assert "hold_images" not in back
    saved = await desk.browser.post(path, data=back | {"words": "good"})
    assert saved.status_code == 303
    rules = (await desk.rules())["rules"]
    assert (rules["words"], rules["flood"]["posts"], rules["hold_images"]) == (["good"], 3, False)
    assert rules["mode"] == "auto"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"flood_posts": ""}, "flood"),
        ({"lookalikes_authors": "1"}, "lookalikes"),
        ({"regions": "Canada"}, "regions"),
        ({"links": "only", "link_hosts": "ok.example\nnot a site"}, "links"),
        ({"trusted": "@ada\n\n@bob", "blocked": "@eve\n@eve\n\nx:@BOB"}, "trusted"),
        ({"mode": "trusted"}, "trusted"),
        ({"foreign_tags": "two words"}, "foreign_tags"),
        ({"version": "", "words": "x"}, None),
    ],
)
async def test_each_problem_stands_beside_its_field(
    desk: Desk, typed: dict[str, str], field: str | None
) -> None:
    path = f"{desk.path}/rules"
    form = fields_of((await desk.browser.get(path)).text) | typed
    answer = await desk.browser.post(path, data=form)
    assert answer.status_code == (422 if field else 409)
    assert field is None or f'id="{field}-wrong"' in answer.text
    assert (await desk.rules())["version"] == 0
    if typed.get("blocked"):
        shown = shown_text(answer.text)
        assert "Line 3, @bob: this author is on two lists." in shown
        assert "or in line 4 of “Blocked authors”. There it is written as x:@BOB" in shown


async def test_rules_that_somebody_else_set_meanwhile_are_not_overwritten_unseen(desk: Desk) -> None:
    path = f"{desk.path}/rules"
    form = fields_of((await desk.browser.get(path)).text)
    await desk.set_rules(words=["theirs"], mode="known")
    answer = await desk.browser.post(path, data=form | {"words": "ours"})
    assert answer.status_code == 409
    text = shown_text(answer.text)
    assert "Somebody else changed these rules meanwhile" in text
    back = fields_of(answer.text)
    assert (back["words"], back["version"]) == ("ours", "1")
    assert (await desk.browser.post(path, data=back)).status_code == 303
    assert (await desk.rules())["rules"]["words"] == ["ours"]


@pytest.mark.parametrize("lang", WORDS.catalogues)
async def test_the_page_of_the_rules_says_what_it_can_and_cannot_do(desk: Desk, lang: str) -> None:
    await desk.set_rules(words=["nonsense", "breast"])
    page = (await desk.browser.get(f"{desk.path}/rules", headers={"Accept-Language": lang})).text
    text = shown_text(page)
    for key in ("rules.promise", "rules.idle", "rules.proposed_mark", "rules.mode.known.means"):
        assert WORDS.say(lang, key) in text
    assert '<bdi dir="auto">breast</bdi>' in page
    desk.api.signed_in(Role.MODERATOR)
    page = (await desk.browser.get(f"{desk.path}/rules", headers={"Accept-Language": lang})).text
    assert WORDS.say(lang, "rules.proposed_mark") not in shown_text(page)
