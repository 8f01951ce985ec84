"""Whether a post may be shown, and why not."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.moderation.making import NOON, auto, lines_of, post
from wall.model import Author, Link, Media, PostState, Reason
from wall.moderation import CLINICAL, CODES, NEW, History, Mode, Rules, Verdict, compile_rules, judge

_LATEST = datetime.max.replace(tzinfo=UTC, microsecond=0)
PICTURE = Media(kind="image", url="https://a.example/1.png")
CLINICAL_SENTENCES = lines_of("clinical.txt")


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def held_for(text: str, *, history: History = NEW, rules: Rules | None = None, **fields: Any) -> list[str]:
    verdict = judge(post(text, **fields), rules or auto(), history)
    assert (verdict.state is PostState.HELD) == bool(verdict.reasons)
    return codes(verdict)


def test_clean_text_goes_up_in_auto_mode() -> None:
    assert judge(post(), auto()) == Verdict(PostState.APPROVED, ())


def test_a_new_event_approves_nothing_by_itself() -> None:
    assert judge(post(), Rules()) == Verdict(PostState.HELD, (Reason(code="awaits_approval"),))


def test_waiting_for_approval_hides_no_other_reason() -> None:
    assert held_for("DOB 12/05/1962", rules=Rules(), media=(PICTURE,)) == [
        "awaits_approval",
        "image",
        "birth_date",
    ]


def test_the_first_post_of_an_author_waits_in_known_mode() -> None:
    known = Rules(mode=Mode.KNOWN)
    assert held_for("hi", rules=known) == ["first_post"]
    assert held_for("hi", rules=known, history=History(author_approved=1)) == []
    assert held_for("what shit", rules=known, history=History(author_approved=1)) == ["word"]


@pytest.mark.parametrize("mode", [Mode.KNOWN, Mode.TRUSTED])
@pytest.mark.parametrize("line", ["@ada", "x:@ada", "x:7"])
def test_a_trusted_author_need_not_wait(mode: Mode, line: str) -> None:
    assert held_for("hi", rules=Rules(mode=mode, trusted=(line,))) == []


@pytest.mark.parametrize("line", ["@adam", "mastodon:@ada", "mastodon:7", "x:77"])
def test_others_wait_where_only_trusted_authors_are_shown(line: str) -> None:
    assert held_for("hi", rules=Rules(mode=Mode.TRUSTED, trusted=(line,))) == ["not_listed"]


def test_a_trusted_author_may_post_fast_but_not_everything() -> None:
    rules = auto(trusted=("@ada",))
    fast = History(author_times=(NOON,) * 50, same_text_authors=50)
    assert held_for("hi", rules=rules, history=fast) == []
    assert held_for("shit", rules=rules, history=fast) == ["word"]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("line", ["@ada", "x:@ada", "x:7"])
def test_a_blocked_author_is_rejected_in_every_mode(mode: Mode, line: str) -> None:
    verdict = judge(post(), Rules(mode=mode, blocked=(line,)), History(author_approved=9))
    assert verdict == Verdict(PostState.REJECTED, (Reason(code="blocked_author"),))


@pytest.mark.parametrize("handle", ["ada", "ADA", "@Ada", "ＡＤＡ", "Àda", " ada\u200b"])
def test_a_handle_is_the_same_however_it_is_written(handle: str) -> None:
    verdict = judge(post(author=Author(key="8", handle=handle)), auto(blocked=("@ada",)))
    assert verdict.state is PostState.REJECTED


def test_an_author_without_a_handle_is_nobody_on_a_list() -> None:
    staff = Author(key="p1", handle="")
    assert judge(post(author=staff), auto(blocked=("@ada",))).state is PostState.APPROVED


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\ufeff", "\u2060 \u00a0\u3000"])
def test_a_post_with_nothing_to_see_is_held(text: str) -> None:
    assert held_for(text) == ["empty"]


@pytest.mark.parametrize("text", ["👍", ".", "م", "\u200bx"])
def test_the_shortest_text_is_something_to_see(text: str) -> None:
    assert held_for(text) == []


def test_a_picture_needs_no_text_but_waits_where_images_do() -> None:
    assert held_for("", rules=auto(hold_images=False), media=(PICTURE,)) == []
    verdict = judge(post("", media=(PICTURE, PICTURE)), auto())
    assert verdict.reasons == (Reason(code="image", params={"count": 2}),)


def test_content_warnings_and_sensitive_posts_are_held_by_rule() -> None:
    assert held_for("hi", warning="needles", sensitive=True) == ["warning", "sensitive"]
    lenient = auto(hold_warnings=False, hold_sensitive=False)
    assert held_for("hi", rules=lenient, warning="needles", sensitive=True) == []


def test_links_pass_wait_or_depend_on_their_host() -> None:
    text = (
        "see https://nhs.uk/a and https://www.nhs.uk/b and HTTPS://NHS.UK.evil.example/c www.spam.example"
    )
    assert held_for(text) == []
    assert held_for(text, rules=auto(links="hold")) == ["link"] * 4
    verdict = judge(post(text), auto(links=("nhs.uk",)))
    assert [text[reason.start : reason.end] for reason in verdict.reasons] == [
        "HTTPS://NHS.UK.evil.example/c",
        "www.spam.example",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://nhs.uk@evil.example/",
        "https://evil.example/nhs.uk",
        "https://evil.example?nhs.uk",
        "https://evil.example#.nhs.uk",
        "https://xnhs.uk",
        "https://[::1",
        "https://ｎhs.uk.example",
        "https://evil.example\\.nhs.uk",
    ],
)
def test_no_address_borrows_an_allowed_host(url: str) -> None:
    assert held_for(f"see {url}", rules=auto(links=("nhs.uk",)))[0] == "link"


def test_an_allowed_host_may_be_written_in_its_own_letters() -> None:
    rules = auto(links=("santé.example",))
    assert held_for("https://xn--sant-epa.example/ https://SANTÉ.example:8080/x", rules=rules) == []


def test_a_networks_own_link_is_judged_by_where_it_leads() -> None:
    link = Link(start=0, end=6, url="https://evil.example/")
    verdict = judge(post("nhs.uk is safe", links=(link,)), auto(links=("nhs.uk",)))
    assert verdict.reasons == (Reason(code="link", start=0, end=6),)


def test_the_hashtag_of_another_event_is_held_and_shown() -> None:
    text = "join us at #OtherConf2026! #smsummit"
    verdict = judge(
        post(text, hashtags=("OtherConf2026", "smsummit")), auto(foreign_tags=("otherconf2026",))
    )
    assert verdict.reasons == (Reason(code="foreign_tag", start=11, end=25),)
    hidden = judge(post("nothing", hashtags=("OtherConf2026",)), auto(foreign_tags=("otherconf2026",)))
    assert hidden.reasons == (Reason(code="foreign_tag"),)


def test_what_stands_beside_the_text_is_judged_too() -> None:
    author = Author(key="9", handle="b", name="Fuck Off")
    image = Media(kind="image", url="https://a.example/1.png", alt="letter to jane@example.org")
    rules = auto(hold_images=False, hold_warnings=False)
    verdict = judge(post("hi", author=author, media=(image,), warning="DOB 12/05/1962, shit"), rules)
    assert [(reason.code, reason.params["field"]) for reason in verdict.reasons] == [
        ("word", "name"),
        ("word", "warning"),
        ("birth_date", "warning"),
        ("email", "alt"),
    ]


def test_an_author_who_posts_too_fast_waits() -> None:
    calm = tuple(NOON - timedelta(seconds=25 * n) for n in range(1, 30))
    fast = tuple(NOON - timedelta(seconds=15 * n) for n in range(1, 30))
    assert held_for("hi", history=History(author_times=calm)) == []
    verdict = judge(post(), auto(), History(author_times=fast))
    assert verdict.reasons == (Reason(code="flood", params={"posts": 8, "minutes": 2}),)
    assert held_for("hi", rules=auto(flood=None), history=History(author_times=fast)) == []


def test_a_flood_is_seen_whatever_the_order_in_which_posts_arrive() -> None:
    later = tuple(NOON + timedelta(seconds=n) for n in range(1, 20))
    spread = tuple(NOON + timedelta(seconds=100 * n) for n in range(-20, 20) if n)
    assert held_for("hi", history=History(author_times=later)) == ["flood"]
    assert held_for("hi", history=History(author_times=spread)) == []


_SECONDS = st.lists(st.integers(-300, 300), max_size=30)


@given(seconds=_SECONDS, first=st.sampled_from([NOON, datetime.min.replace(tzinfo=UTC), _LATEST]))
def test_a_flood_is_the_fullest_window_that_a_post_lies_in(seconds: list[int], first: datetime) -> None:
    back = first == _LATEST
    near = [abs(at) * (-1 if back else 1) if first != NOON else at for at in seconds]
    windows = [[at for at in (0, *near) if start <= at < start + 120] for start in range(-119, 1)]
    posts = max(map(len, windows))
    times = tuple(first + timedelta(seconds=at) for at in near)
    verdict = judge(post(created_at=first), auto(), History(author_times=times))
    flood = Reason(code="flood", params={"posts": posts, "minutes": 2})
    assert verdict.reasons == ((flood,) if posts > 6 else ())


def test_the_same_text_from_many_accounts_waits() -> None:
    assert held_for("hi", history=History(same_text_authors=2)) == []
    verdict = judge(post(), auto(), History(same_text_authors=3))
    assert verdict.reasons == (Reason(code="lookalike", params={"authors": 4, "minutes": 30}),)


@pytest.mark.parametrize("state", [PostState.REJECTED, PostState.HIDDEN])
@pytest.mark.parametrize("mode", list(Mode))
def test_an_edit_does_not_bring_back_what_a_person_took_down(state: PostState, mode: Mode) -> None:
    history = History(state, (Reason(code="off_topic"),), author_approved=1)
    rules = Rules(mode=mode, blocked=("@ada",))
    assert judge(post("edited"), rules, history) == Verdict(state, (Reason(code="off_topic"),))


@pytest.mark.parametrize("state", [PostState.RECEIVED, PostState.HELD, PostState.APPROVED])
def test_other_edits_are_judged_like_new_posts(state: PostState) -> None:
    assert judge(post("edited"), auto(), History(state)).state is PostState.APPROVED
    assert judge(post("shit"), auto(), History(state)).state is PostState.HELD


def test_a_wrong_clock_upstream_holds_nothing() -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    assert judge(post(created_at=ahead), auto()).state is PostState.APPROVED


def test_reasons_come_in_a_stable_order_and_each_is_in_the_catalogue() -> None:
    verdict = judge(
        post(
            "shit jane@example.org 943 476 5919 http://x.example #other",
            media=(PICTURE,),
            warning="w",
            sensitive=True,
            hashtags=("other",),
        ),
        Rules(links="hold", foreign_tags=("other",)),
        History(author_times=(NOON,) * 9, same_text_authors=9),
    )
    assert codes(verdict) == [
        "awaits_approval",
        "image",
        "warning",
        "sensitive",
        "link",
        "word",
        "foreign_tag",
        "email",
        "nhs_number",
        "flood",
        "lookalike",
    ]
    assert all(set(reason.params) == set(CODES[reason.code]) for reason in verdict.reasons)


def test_a_verdict_names_few_places_however_many_there_are() -> None:
    assert codes(judge(post("shit " * 3_000), auto())) == ["word"] * 10


def test_there_are_200_clinical_sentences() -> None:
    assert len(set(CLINICAL_SENTENCES)) == 200


@pytest.mark.parametrize("sentence", CLINICAL_SENTENCES)
def test_no_clinical_sentence_is_held(sentence: str) -> None:
    assert judge(post(sentence), auto()) == Verdict(PostState.APPROVED, ())


@pytest.mark.parametrize("sentence", CLINICAL_SENTENCES)
def test_no_clinical_sentence_is_held_by_a_list_of_clinical_words(sentence: str) -> None:
    single = tuple(term for term in CLINICAL if " " not in term)
    rules = auto(
        words=(
            *single,
            "dick",
            "cock",
            "cum",
            "tit",
            "ass",
            "fag",
            "arse",
            r"/\ban(al|us)\b/",
            r"/\bpeni[sl]e?\b/",
        )
    )
    assert judge(post(sentence), rules) == Verdict(PostState.APPROVED, ())


HOSTILE = {
    "letters": "a" * 20_000,
    "digits": "1" * 20_000,
    "spaced digits": "1 " * 10_000,
    "zeros": "0 0-" * 5_000,
    "phones": "+44 7700 900123, " * 1_170,
    "unsure phones": "(416) 555-" * 2_000,
    "emails": "a@b.co " * 2_800,
    "almost emails": "a.@b." * 4_000,
    "dates": "born 12/05/" * 1_800,
    "mrn": "mrn no is " * 2_000,
    "stars": "f*c*" * 5_000,
    "spelt": "f u c " * 3_300,
    "insults": "shit anal " * 2_000,
    "links": "http://a." * 2_200,
    "tags": "#a" * 10_000,
    "marks": "e\u0301" * 10_000,
    "emoji": "🖕" * 20_000,
    "invisible": "\u200b" * 20_000,
    "growing": "ﷺ" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_costs_no_more_than_a_moment(text: str) -> None:
    compiled = compile_rules(
        auto(links="hold", words=("fuck", "shit", "🖕", "/(a+)+$/"), foreign_tags=("b",))
    )
    tags = ("a", "b")
    judge(post("warm up +44 7700 900123"), compiled)
    began = time.thread_time()
    judge(post(text, hashtags=tags), compiled)
    assert time.thread_time() - began < 0.5


_WRITING = st.one_of(
    st.text(max_size=200),
    st.text("fuck sh*it\u0301\u200b anal 0123456789-@.:/#+()İßﬁ🖕", max_size=200),
    st.lists(st.sampled_from(["943 476 5919", "DOB 1/2/1999", "f u c k", "sh*t", "İ", "é", "ﷺ"])).map(
        " ".join
    ),
)
_OFFSETS = st.integers(-5, 300)


@given(
    text=_WRITING,
    name=_WRITING,
    warning=st.none() | _WRITING,
    links=st.lists(st.builds(Link, start=_OFFSETS, end=_OFFSETS, url=_WRITING), max_size=4),
    rules=st.builds(
        Rules,
        mode=st.sampled_from(Mode),
        links=st.sampled_from(["allow", "hold", ("a.example",)]),
        words=st.just(("fuck", "fi", "ss", "shit", "🖕", "i̇", "/[0-9]+a?/", "/é|İ/")),
        foreign_tags=st.just(("a",)),
    ),
)
def test_judging_never_raises_and_offsets_are_inside_the_text(
    text: str, name: str, warning: str | None, links: list[Link], rules: Rules
) -> None:
    given_post = post(
        text,
        author=Author(key="1", handle=name, name=name),
        warning=warning,
        links=tuple(links),
        hashtags=(name,),
    )
    verdict = judge(given_post, rules)
    for reason in verdict.reasons:
        assert reason.code in CODES
        assert (reason.start is None) == (reason.end is None)
        if reason.start is not None and reason.end is not None:
            assert 0 <= reason.start < reason.end <= len(given_post.text)
    assert verdict == judge(given_post, rules)


def test_rules_may_be_given_as_they_are_or_ready() -> None:
    rules = auto(words=("shit",))
    assert judge(post("shit"), rules) == judge(post("shit"), compile_rules(rules))
