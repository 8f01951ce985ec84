"""Finding the words of a list, and nothing else."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.moderation import CLINICAL, STARTER_WORDS, Rules, idle_words
from wall.moderation.patterns import BadPattern, Patterns
from wall.moderation.terms import _TOKEN, Folded, Terms, fold, tokens_of
from wall.moderation.words import WordList


def found(text: str, *lines: str, never: tuple[str, ...] = ()) -> list[str]:
    return [text[start:end] for start, end in WordList(lines, never).find(text, 10)]


@pytest.mark.parametrize(
    ("text", "line", "seen"),
    [
        ("well, damn it", "damn", "damn"),
        ("DAMN", "damn", "DAMN"),
        ("damn", "DAMN", "damn"),
        ("it's damn, you know", "damn", "damn"),
        ("damn's", "damn", "damn"),
        ("#damn", "damn", "#damn"[1:]),
        ("_damn_", "damn", "damn"),
        ("quel enculé !", "encule", "enculé"),
        ("quel ENCULE !", "enculé", "ENCULE"),
        ("quel encule\u0301 !", "enculé", "encule"),
        ("ｄａｍｎ", "damn", "ｄａｍｎ"),
        ("𝐝𝐚𝐦𝐧", "damn", "𝐝𝐚𝐦𝐧"),
        ("da\u200bmn", "damn", "da\u200bmn"),
        ("da\u00admn", "damn", "da\u00admn"),
        ("GROẞE Straße", "strasse", "Straße"),
        ("İstanbul", "istanbul", "İstanbul"),
        ("ты дурак", "Дурак", "дурак"),
        ("أنت حِمار", "حمار", "حِمار"),
        ("お前死ねよ", "死ね", "死ね"),
        ("ไอ้บ้าเอ๊ย", "บ้า", "บ้า"),
        ("so 🖕🏽 there", "🖕", "🖕"),
        ("go to  hell now", "go to hell", "go to  hell"),
        ("go-to-hell", "go to hell", "go-to-hell"),
        ("S.O.B.", "s o b", "S.O.B"),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, line: str, seen: str) -> None:
    assert found(text, line) == [seen]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Scunthorpe", "cunt"),
        ("shitake mushrooms", "shit"),
        ("assess the class", "ass"),
        ("#FuckCancer walk", "fuck"),
        ("éclair", "clair"),
        ("ünclear", "clear"),
        ("ваcьдурак", "дурак"),
        ("go to. Hell is other people", "go to hell"),
        ("go to something else, hell", "go to hell"),
        ("go to\nhell", "go to hell"),
        ("", "damn"),
        ("damn", ""),
    ],
)
def test_part_of_a_word_or_of_a_sentence_is_not_found(text: str, line: str) -> None:
    assert found(text, line) == []


@pytest.mark.parametrize(
    "text", ["f u c k", "F.U.C.K", "f-u-c-k", "f_u_c_k", "f*u*c*k", "f*ck", "F**k", "fu*k", "oh f u c k!"]
)
def test_a_word_is_found_in_disguise(text: str) -> None:
    assert found(text, "fuck", "another word") == [text.removeprefix("oh ").rstrip("!")]


@pytest.mark.parametrize(
    "text",
    [
        "A B C D E",
        "HLA-B*27",
        "CYP2D6*4",
        "f*c",
        "p < 0.05**",
        "*fuc*",
        "f u c",
        "a f u c k y",
        "f**ck",
        "5*fuck2",
    ],
)
def test_what_only_looks_like_a_disguise_is_none(text: str) -> None:
    assert found(text, "fuck", "fu") == []


def test_a_pattern_reads_the_text_as_it_is_written_in_any_case() -> None:
    assert found("BUY c0ins, buy coins", r"/buy\s+c[o0]ins?/") == ["BUY c0ins", "buy coins"]
    assert found("Éric 😀 x", "/éric . x/") == ["Éric 😀 x"]
    assert found("nothing", "/x*y*/ ") == []


def test_places_do_not_overlap() -> None:
    assert found("damn it all", "damn", "damn it", "/it all/") == ["damn it"]


def test_what_is_never_held_protects_the_words_inside_it() -> None:
    assert found("Dick Smith is no dick", "dick") == ["dick"]
    assert found("Richard Head spoke", "head", never=("richard head",)) == []
    assert found("a head", "head", never=("richard head",)) == ["head"]
    assert found("anal fissure", "/ana\\w+ fiss/", "anal") == []


def test_a_longer_phrase_is_held_although_it_has_a_clinical_word() -> None:
    assert found("bleeding hearts", "bleeding hearts") == ["bleeding hearts"]
    assert found("kill yourself", *STARTER_WORDS) == ["kill yourself"]


def test_no_list_of_clinical_words_holds_anything() -> None:
    assert found("; ".join(CLINICAL), *CLINICAL) == []
    assert set(idle_words(Rules(words=CLINICAL))) == set(CLINICAL)


def test_every_word_that_rules_begin_with_has_an_effect() -> None:
    assert idle_words(Rules()) == ()
    assert all(found(word, *STARTER_WORDS) == [word] for word in STARTER_WORDS)


@pytest.mark.parametrize(
    "pattern", ["(", "a**", "[z-a]", r"(?<=a)b", r"\1", "(x{999}){999}", "a{3,2}", "x*", "(|a)"]
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern) as refused:
        Patterns([pattern])
    assert pattern not in str(refused.value)


def test_a_set_of_patterns_that_gives_up_leaves_each_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class GivesUp:
        def Match(self, text: str) -> None:  # noqa: N802
            return None

    patterns = Patterns(["b+", "c"])
    monkeypatch.setattr(patterns, "_set", GivesUp())
    assert list(patterns.find("abbc", 5)) == [(1, 3), (3, 4)]


@given(st.text(max_size=100))
def test_every_token_leads_back_to_a_place_in_the_text(text: str) -> None:
    where = Folded(text)
    assert len(where.places) == len(where.tokens)
    for (start, end), token in zip(where.places, where.tokens, strict=True):
        assert where.folded[start:end] == token
        first, last = where.original((start, end))
        assert 0 <= first < last <= len(text)


@given(st.text(max_size=50))
def test_what_is_folded_folds_to_itself_in_tokens(text: str) -> None:
    assert tokens_of(fold(text)) == tokens_of(text)


_SPELLING = st.text("aéßİﬁ한死ไ🖕①ª\u0301\u200b\u00a0\u3000\ud800 _-*.'9²٣\n\x1c", max_size=30)


@given(st.one_of(st.text(max_size=50), _SPELLING))
def test_tokens_are_those_that_the_expression_finds_in_the_folded_text(text: str) -> None:
    assert list(tokens_of(text)) == _TOKEN.findall(fold(text))


def test_no_other_sign_folds_to_a_star() -> None:
    signs = map(chr, range(sys.maxunicode + 1))
    starry = [sign for sign in signs if "*" in unicodedata.normalize("NFKD", sign)]
    assert starry == ["*", "\ufe61", "\uff0a"]
    assert all(found(f"f{star}ck", "fuck") for star in starry)


@pytest.mark.parametrize(
    "text", ["ｆ ｕ ｃ ｋ", "Ⓕ Ⓤ Ⓒ Ⓚ", "f\u200b u\u0301 c k", "🖕 f u c k", "ok. F  U c k"]
)
def test_letters_beyond_ascii_and_what_stands_beside_hide_no_word_that_is_spelt_out(text: str) -> None:
    assert len(found(text, "fuck", "aaaa")) == 1


@given(st.lists(st.text(max_size=10), max_size=20))
def test_a_list_has_what_was_put_into_it(terms: list[str]) -> None:
    kept = Terms(terms)
    assert all(term in kept for term in terms if tokens_of(term))
