"""Search answers alike on both stores, whatever is written and whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.summit import GRAVES, Summit, post
from wall.feeds.base import Edited, Withdrawn
from wall.intake import moves
from wall.model import Author, PostState, Reason
from wall.store import Store
from wall.store.search import search

TEXTS = {
    "cafe": "Le café est à Orléans",
    "decomposed": "Le cafe\u0301 d'en face",
    "shout": "CAFÉ SOCIETY",
    "and": "Teaching and/or learning, 24/7",
    "dots": "A great talk.Really great",
    "link": "Slides: https://slides.example.org/smsummit/deck.pdf",
    "hyphen": "A follow-up on e-learning",
    "under": "Ask @ada_lovelace about snake_case",
    "number": "Room 3.5, 2014 and covid19",
    "quote": "“Quoted” words… and ‘more’ of them",
    "arabic": "التعليم الطبي في كندا",
    "hindi": "मैं हिन्दी में लिखता हूँ",
    "greek": "Η ΙΑΤΡΙΚΗ ΕΚΠΑΙΔΕΥΣΗ",
    "russian": "Медицинское ОБРАЗОВАНИЕ",
    "german": "Die Straße nach Köln",
    "turkish": "İstanbul'da eğitim",
    "chinese": "医学教育",
    "emoji": "👩🏽‍⚕️Doctors❤️nurses",
    "tags": "Hello #MedEd! ＃SMSummit",
    "wide": "ＦＵＬＬ ｗｉｄｔｈ",
    "soft": "inter\u00adnational zero\u200bwidth",
    "separator": "line\u2028break\u00a0here",
}
QUERIES = {
    "cafe": {"cafe", "decomposed", "shout"},
    "CAFÉ": {"cafe", "decomposed", "shout"},
    "cafe\u0301": {"cafe", "decomposed", "shout"},
    "orl": {"cafe"},
    "orléans cafe": {"cafe"},
    "rléans": set(),
    "cafe nowhere": set(),
    "learn": {"and", "hyphen"},
    "or": {"cafe", "and", "link"},
    "24": {"and"},
    "really": {"dots"},
    "talk": {"dots"},
    "example": {"link"},
    "slides.example.org": {"link"},
    "follow-up": {"hyphen"},
    "up": {"hyphen"},
    "lovelace": {"under"},
    "@ada_lovelace": {"under"},
    "case": {"under"},
    "3.5": {"number"},
    "covid": {"number"},
    "quoted": {"quote"},
    "more": {"quote"},
    "الطبي": {"arabic"},
    "हिन्दी": {"hindi"},
    "ιατρική": {"greek"},
    "образование": {"russian"},
    "МЕДИЦИНСКОЕ": {"russian"},
    "strasse": {"german"},
    "straße": {"german"},
    "koln": {"german"},
    "istanbul": {"turkish"},
    "医学": {"chinese"},
    "nurses": {"emoji"},
    "doctors": {"emoji"},
    "meded": {"tags"},
    "#smsummit": {"tags", "link"},
    "full": {"wide"},
    "international": {"soft"},
    "break": {"separator"},
    "here": {"separator"},
}
"""What is typed, and the posts that it finds."""
HOSTILE = [
    '"',
    "'",
    "* OR *",
    'cafe" OR "talk',
    "NEAR(cafe talk)",
    "words:cafe",
    "post_search MATCH 'x'",
    "cafe:*",
    "cafe & !talk",
    "'cafe':* | 'talk'",
    "cafe <-> est",
    "\\'; DROP TABLE post; --",
    "^cafe",
    "-cafe",
    "(",
    "\x00",
    "cafe\x00",
    "\ud800",
    "%",
    "_",
    "🎓",
    "\u0301",
    "a" * 5_000,
    " ".join("cafe" for _ in range(500)),
]


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


def found(summit: Summit, words: str, *states: PostState, **page: int) -> list[str]:
    with summit.store.reading() as conn:
        asked = {"states": states} if states else {}
        hits = search(conn, summit.event_id, words, **asked, **page)  # type: ignore[arg-type]
    return [hit.post.key for hit in hits]


def arrive_plainly(summit: Summit, texts: dict[str, str]) -> None:
    """Posts whose authors have no name that could be found."""
    author = Author(key="n", handle="")
    summit.arrive(*(post(key, text, author=author) for key, text in texts.items()))


def test_both_stores_find_the_same_and_what_a_person_would_expect(summit: Summit) -> None:
    arrive_plainly(summit, TEXTS)
    answers = {query: set(found(summit, query)) for query in QUERIES}
    assert answers == QUERIES


def test_every_written_word_and_its_beginning_is_found(summit: Summit) -> None:
    arrive_plainly(summit, TEXTS)
    for key, text in TEXTS.items():
        for word in text.split():
            if any(char.isalnum() for char in word):
                assert key in found(summit, word), (key, word)


def test_nothing_that_is_typed_is_query_syntax(summit: Summit) -> None:
    arrive_plainly(summit, {"a": "Le café est là", "b": "a talk"})
    for query in HOSTILE:
        assert set(found(summit, query)) <= {"a", "b"}, ascii(query)
        assert found(summit, "talk") == ["b"]


@given(st.text(st.characters(codec=None, categories=None), max_size=30))
@example("\ufb01")
@example("ß\u0345")
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_typed_the_search_answers(summit: Summit, query: str) -> None:
    assert found(summit, query) == []


def test_without_a_letter_or_digit_nothing_is_found(summit: Summit) -> None:
    summit.arrive(post("a", "Hello !! …"))
    for query in ("", " ", "!!", "…", "\u200b"):
        assert found(summit, query) == []


def test_authors_and_hashtags_are_found_too(summit: Summit) -> None:
    author = Author(key="1", handle="ada@social.example", name="Ada Lovelace")
    summit.arrive(post("a", "Hello", author=author, hashtags=("SMSummit",)))
    for words in ("ada", "lovelace hello", "social", "smsummit", "hello ada"):
        assert found(summit, words) == ["a"], words


def test_who_asked_not_to_be_found_is_not(summit: Summit) -> None:
    summit.arrive(post("open", "A word"), post("shy", "A word", noindex=True))
    assert found(summit, "word") == ["open"]
    summit.admit(Edited(post("open", "A word", noindex=True)))
    assert found(summit, "word") == []


def test_an_edit_is_found_by_its_new_words_only(summit: Summit) -> None:
    summit.arrive(post("a", "Before"))
    summit.admit(Edited(post("a", "After")))
    assert (found(summit, "before"), found(summit, "after")) == ([], ["a"])


def test_what_was_withdrawn_is_not_found_by_anybody(summit: Summit) -> None:
    summit.arrive(post("a", "Regret"), post("b", "Regret"))
    summit.admit(Withdrawn("x", "a"))
    assert found(summit, "regret", *PostState) == ["b"]


def test_the_public_finds_what_is_shown_and_a_desk_more(summit: Summit) -> None:
    summit.arrive(post("shown", "Word"), post("hidden", "Word"))
    hidden = summit.stored("hidden")
    summit.do(lambda tx: moves.hide(tx, hidden.id, hidden.version, Reason(code="off_topic")))
    assert found(summit, "word") == ["shown"]
    assert found(summit, "word", *moves.ON_A_DESK) == ["hidden", "shown"]


def test_another_event_is_never_searched(summit: Summit) -> None:
    other = Summit(summit.store)
    other.arrive(post("theirs", "Word"))
    assert found(summit, "word") == []


def test_pages_follow_each_other_without_gap_or_double(summit: Summit) -> None:
    summit.arrive(*(post(f"k{number}", "Word") for number in range(7)))
    keys, before = [], None
    while page := found(summit, "word", limit=3, **({"before": before} if before else {})):
        keys += page
        before = summit.stored(page[-1]).received
    assert keys == [f"k{number}" for number in reversed(range(7))]


def test_a_tombstone_and_a_stub_have_no_words(summit: Summit) -> None:
    summit.admit(Withdrawn("x", "never-seen"))
    assert found(summit, GRAVES("x", "never-seen")[:6], *PostState) == []
