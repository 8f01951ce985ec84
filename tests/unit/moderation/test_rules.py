"""Rules as they are sent and stored."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.unit.moderation.making import post
from wall.model import PostState
from wall.moderation import (
    LINES_LIMIT,
    PROBLEMS,
    Mode,
    Problem,
    Rules,
    check_authors,
    check_rules,
    compile_rules,
    judge,
)
from wall.moderation.checking import BadRules


def refused(data: object, **given: Any) -> tuple[Problem, ...]:
    with pytest.raises(BadRules) as error:
        check_rules(data, **given)
    problems = error.value.problems
    assert all(set(problem.params) == set(PROBLEMS[problem.code]) for problem in problems)
    assert len({problem.field for problem in problems}) == 1
    return problems


def test_a_new_event_begins_with_the_careful_rules() -> None:
    rules = check_rules({})
    assert rules == Rules()
    assert rules.mode is Mode.PRE
    assert rules.hold_images
    assert rules.identifiers


def test_rules_survive_being_stored() -> None:
    rules = check_rules(
        {
            "mode": "known",
            "links": ["nhs.uk", "https://www.example.org/path"],
            "words": "damn\n\n/bo+/\r\ndamn\n",
            "never_hold": ["Dick Turpin"],
            "trusted": ["@Ada", "x:@B", "bluesky:did:plc:Abc"],
            "blocked": [" mastodon:@Eve@Example.SOCIAL "],
            "flood": {"posts": 3, "minutes": 1},
            "lookalikes": None,
            "foreign_tags": ["#OtherConf"],
            "regions": ["DE"],
        }
    )
    assert rules.words == ("damn", "/bo+/")
    assert rules.links == ("nhs.uk", "www.example.org")
    assert rules.trusted == ("@ada", "x:@b", "bluesky:did:plc:Abc")
    assert rules.blocked == ("mastodon:@eve@example.social",)
    assert rules.foreign_tags == ("otherconf",)
    stored = json.dumps(rules.model_dump(mode="json"))
    assert Rules.model_validate_json(stored) == rules
    assert check_rules(json.loads(stored)) == rules


def test_50_000_lines_are_accepted_and_found_at_once() -> None:
    rules = check_rules({"mode": "auto", "words": [f"unheard{number}" for number in range(LINES_LIMIT)]})
    compiled = compile_rules(rules)
    began = time.thread_time()
    verdict = judge(post("so unheard49999 of"), compiled)
    assert time.thread_time() - began < 0.05
    assert verdict.state is PostState.HELD


def test_more_lines_are_refused_but_blank_and_repeated_ones_do_not_count() -> None:
    words = [f"a{number}" for number in range(LINES_LIMIT)]
    params = {"lines": LINES_LIMIT + 1, "most": LINES_LIMIT}
    assert refused({"words": [*words, "b"]}) == (Problem("words", "too_many_lines", None, params),)
    check_rules({"words": [*words, "", "a1", " a2 "]})


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        ({"words": "damn\n/(oh/"}, 2, "pattern_bracket"),
        ({"words": ["/a*/"]}, 1, "pattern_empty"),
        ({"words": ["/(?<!a)b/"]}, 1, "pattern_unsupported"),
        ({"words": ["/[z-a]/"]}, 1, "pattern_class"),
        ({"words": ["/\\q/"]}, 1, "pattern_escape"),
        ({"words": ["/*a/"]}, 1, "pattern_repeat"),
        ({"words": ["/(\\pL{500}){2}\\pN{900}/"]}, 1, "pattern_large"),
        ({"words": ["", "x" * 201]}, 2, "too_long"),
        ({"words": ["..."]}, 1, "nothing_to_find"),
        ({"never_hold": "\n\n!"}, 3, "nothing_to_find"),
        ({"trusted": ["ada"]}, 1, "not_an_author"),
        ({"blocked": ["did:plc:abc"]}, 1, "not_an_author"),
        ({"blocked": ["x:@"]}, 1, "not_an_author"),
        ({"foreign_tags": ["#"]}, 1, "not_a_hashtag"),
        ({"foreign_tags": ["#a #b"]}, 1, "not_a_hashtag"),
        ({"links": ["a b"]}, 1, "not_a_site"),
        ({"links": ["", "https://[::1"]}, 2, "not_a_site"),
    ],
)
def test_a_bad_line_is_named_by_the_number_that_it_was_sent_with(
    data: dict[str, Any], line: int, code: str
) -> None:
    (problem,) = refused(data)
    assert (problem.field, problem.line, problem.code) == (*data, line, code)


def test_every_bad_line_is_named() -> None:
    assert [
        problem.line for problem in refused({"words": ["fine", *(f"!{'!' * n}" for n in range(30))]})
    ] == [*range(2, 32)]


@pytest.mark.parametrize(
    ("trusted", "blocked"),
    [("@ada", "@Ada"), ("x:@ada", "@ada"), ("@ada", "x:@ada"), ("x:7", "x:7"), ("x:@ada", "x:@ÀDA")],
)
def test_nobody_is_both_trusted_and_blocked(trusted: str, blocked: str) -> None:
    data = {"trusted": f"@bob\n\n@bob\n{trusted}", "blocked": ["@eve", "", blocked, blocked.upper()]}
    params = {"other": "blocked", "other_line": 3}
    assert refused(data) == (Problem("trusted", "trusted_and_blocked", 4, params),)


@pytest.mark.parametrize(
    ("trusted", "blocked"),
    [("x:@ada", "mastodon:@ada"), ("x:7", "x:77"), ("@ada", "x:7"), ("x:7", "bluesky:7")],
)
def test_namesakes_do_not_contradict_each_other(trusted: str, blocked: str) -> None:
    check_rules({"trusted": [trusted], "blocked": [blocked]})


def test_lists_of_authors_are_checked_without_the_rest() -> None:
    check_authors(Rules(trusted=("@ada",), blocked=("@eve",)))
    with pytest.raises(BadRules) as error:
        check_authors(Rules(trusted=("@bob", "@ada"), blocked=("x:@ada",)))
    assert error.value.problems[0].line == 2


def test_a_word_is_not_both_held_and_never_held() -> None:
    problems = refused({"words": ["fine", "", "Damn It"], "never_hold": "harm\n\ndamn-it"})
    params = {"other": "never_hold", "other_line": 3}
    assert problems == (Problem("words", "held_and_never_held", 3, params),)


def test_a_word_inside_a_phrase_that_is_never_held_is_no_contradiction() -> None:
    check_rules({"words": ["dick"], "never_hold": ["dick turpin"]})


def test_an_events_own_hashtag_is_not_foreign() -> None:
    problems = refused({"foreign_tags": ["other", "", "SMSummit"]}, own_tags=["#smsummit"])
    assert problems == (Problem("foreign_tags", "own_hashtag", 3),)


def test_the_trusted_mode_needs_somebody_to_trust() -> None:
    assert refused({"mode": "trusted"}) == (Problem("trusted", "nobody_trusted"),)
    check_rules({"mode": "trusted", "trusted": ["@ada"]})


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        ({"mode": "all"}, "mode", "no_such_mode"),
        ({"flood": {"posts": 0}}, "flood.posts", "not_between"),
        ({"lookalikes": {"authors": "many"}}, "lookalikes.authors", "not_between"),
        ({"flood": {"hours": 1}}, "flood", "unknown_part"),
        ({"flood": 7}, "flood", "unusable"),
        ({"identifiers": "perhaps"}, "identifiers", "not_yes_or_no"),
        ([], "rules", "not_fields"),
        ({"words": 5}, "words", "not_lines"),
        ({"words": [5]}, "words", "not_lines"),
        ({"links": None}, "links", "not_lines"),
        ({"regions": ["XX"]}, "regions", "not_a_country"),
        ({"regions": ["Canada"]}, "regions", "not_a_country"),
        ({"words": [f"/a{n}/" for n in range(1_001)]}, "words", "too_many_patterns"),
    ],
)
def test_what_cannot_be_used_is_named(data: object, field: str, code: str) -> None:
    (problem,) = refused(data)
    assert (problem.field, problem.code, problem.line) == (field, code, None)


def test_an_unknown_field_is_refused_and_not_repeated() -> None:
    (problem,) = refused({"<script>": 1})
    assert (problem.field, problem.code) == ("rules", "unknown_field")
    assert "script" not in str(problem)


def test_a_pattern_that_ruins_other_engines_is_harmless() -> None:
    compiled = compile_rules(check_rules({"mode": "auto", "words": ["/(a+)+$/", "/(a|aa)+b/"]}))
    began = time.thread_time()
    judge(post("a" * 19_999 + "!"), compiled)
    assert time.thread_time() - began < 0.1


def test_1_000_patterns_are_ready_in_a_moment() -> None:
    began = time.thread_time()
    check_rules({"words": [f"/x{number}.*y{number}z?/" for number in range(1_000)]})
    assert time.thread_time() - began < 3
