"""Rules as they are sent and stored."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.unit.moderation.making import post
from wall.errors import BadInput
from wall.model import PostState
from wall.moderation import LINES_LIMIT, Mode, Rules, check_rules, compile_rules, judge


def refused(data: object, **given: Any) -> BadInput:
    with pytest.raises(BadInput) as error:
        check_rules(data, **given)
    return error.value


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


def test_more_lines_are_refused_with_their_number() -> None:
    error = refused({"words": ["a"] * (LINES_LIMIT + 1)})
    assert error.message == "The list 'words' has 50,001 lines; there is room for 50,000."
    assert error.details == {"field": "words", "lines": 50_001, "most": 50_000}


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        ({"words": "damn\n/(oh/"}, 2, "the pattern cannot be used: missing )"),
        ({"words": ["/a*/"]}, 1, "the pattern cannot be used: it matches even an empty text"),
        ({"words": ["/(?<!a)b/"]}, 1, "the pattern cannot be used: invalid perl operator"),
        ({"words": ["", "x" * 201]}, 2, "it is longer than 200 characters"),
        ({"words": ["..."]}, 1, "it has no letter, digit or emoji to look for"),
        ({"never_hold": ["!"]}, 1, "it has no letter, digit or emoji to look for"),
        (
            {"trusted": ["ada"]},
            1,
            "write @name, or the network and a colon in front of an id, as in x:12345",
        ),
        (
            {"blocked": ["did:plc:abc"]},
            1,
            "write @name, or the network and a colon in front of an id, as in x:12345",
        ),
        (
            {"blocked": ["x:@"]},
            1,
            "write @name, or the network and a colon in front of an id, as in x:12345",
        ),
        ({"foreign_tags": ["#"]}, 1, "it is not one hashtag"),
        ({"foreign_tags": ["#a #b"]}, 1, "it is not one hashtag"),
        ({"links": ["a b"]}, 1, "it is not the name of a site, such as example.org"),
        ({"links": ["https://[::1"]}, 1, "it is not the name of a site, such as example.org"),
    ],
)
def test_a_bad_line_is_named_with_its_number(data: dict[str, Any], line: int, problem: str) -> None:
    error = refused(data)
    (field,) = data
    assert error.message == f"Line {line} of '{field}': {problem}."
    assert error.details == {"field": field, "lines": [{"line": line, "problem": problem}]}


def test_many_bad_lines_are_counted() -> None:
    error = refused({"words": ["!"] * 30})
    assert error.message.endswith(" 29 more lines have problems.")
    assert len(error.details["lines"]) == 20


@pytest.mark.parametrize(
    ("trusted", "blocked"),
    [("@ada", "@Ada"), ("x:@ada", "@ada"), ("@ada", "x:@ada"), ("x:7", "x:7"), ("x:@ada", "x:@ÀDA")],
)
def test_nobody_is_both_trusted_and_blocked(trusted: str, blocked: str) -> None:
    error = refused({"trusted": [trusted], "blocked": [blocked]})
    assert error.message == "Line 1 of 'trusted': this author is blocked too."


@pytest.mark.parametrize(
    ("trusted", "blocked"),
    [("x:@ada", "mastodon:@ada"), ("x:7", "x:77"), ("@ada", "x:7"), ("x:7", "bluesky:7")],
)
def test_namesakes_do_not_contradict_each_other(trusted: str, blocked: str) -> None:
    check_rules({"trusted": [trusted], "blocked": [blocked]})


def test_a_word_is_not_both_held_and_never_held() -> None:
    error = refused({"words": ["fine", "Damn It"], "never_hold": ["damn-it"]})
    assert error.message == "Line 2 of 'words': it is among the words that are never held."


def test_a_word_inside_a_phrase_that_is_never_held_is_no_contradiction() -> None:
    check_rules({"words": ["dick"], "never_hold": ["dick turpin"]})


def test_an_events_own_hashtag_is_not_foreign() -> None:
    error = refused({"foreign_tags": ["other", "SMSummit"]}, own_tags=["#smsummit"])
    assert error.message == "Line 2 of 'foreign_tags': it is a hashtag of this event."


def test_the_trusted_mode_needs_somebody_to_trust() -> None:
    assert "only trusted authors would be shown" in refused({"mode": "trusted"}).message
    check_rules({"mode": "trusted", "trusted": ["@ada"]})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"mode": "all"}, "'mode' cannot be used: input should be 'pre', 'known', 'auto' or 'trusted'."),
        (
            {"flood": {"posts": 0}},
            "'flood.posts' cannot be used: input should be greater than or equal to 1.",
        ),
        ({"flood": {"hours": 1}}, "'flood' has a field that it cannot have."),
        ([], "'rules' must be an object with named fields."),
        ({"words": 5}, "'words' must be a list of lines."),
        ({"words": [5]}, "'words' must be a list of lines."),
        ({"links": None}, "'links' must be a list of lines."),
        ({"regions": ["XX"]}, "'regions' has 1 codes of no known country. Use two capitals, as in CA."),
        (
            {"words": [f"/a{n}/" for n in range(1_001)]},
            "'words' has 1,001 patterns; there is room for 1,000.",
        ),
    ],
)
def test_what_cannot_be_used_is_named(data: object, said: str) -> None:
    assert refused(data).message == said


def test_an_unknown_field_is_refused_and_not_repeated() -> None:
    error = refused({"<script>": 1})
    assert error.message.startswith("'rules' may have these fields only: mode, ")
    assert "script" not in error.message + str(error.details)


def test_a_pattern_that_ruins_other_engines_is_harmless() -> None:
    compiled = compile_rules(check_rules({"mode": "auto", "words": ["/(a+)+$/", "/(a|aa)+b/"]}))
    began = time.thread_time()
    judge(post("a" * 19_999 + "!"), compiled)
    assert time.thread_time() - began < 0.1


def test_1_000_patterns_are_ready_in_a_moment() -> None:
    began = time.thread_time()
    check_rules({"words": [f"/x{number}.*y{number}z?/" for number in range(1_000)]})
    assert time.thread_time() - began < 3
