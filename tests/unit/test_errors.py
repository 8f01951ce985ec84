"""Every error on purpose has a status, a stable code, words, and one JSON shape."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import wall.server  # noqa: F401  so that every module that defines an error is there
from wall.errors import BackchannelError, FeedFatal, Stale, error_json


def tree(base: type[BackchannelError] = BackchannelError) -> Iterator[type[BackchannelError]]:
    yield base
    for one in base.__subclasses__():
        yield from tree(one)


ERRORS = list(tree())


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_a_code_words_and_the_one_shape(kind: type[BackchannelError]) -> None:
    error = kind("It happened.", field="name")
    assert 400 <= error.status < 600
    assert error.code.replace("_", "").isalpha()
    assert error.code.islower()
    assert error.remedy.endswith(".")
    assert json.loads(json.dumps(error.as_json())) == {
        "error": {
            "code": error.code,
            "message": "It happened.",
            "remedy": error.remedy,
            "details": {"field": "name"},
        }
    }
    assert kind.__doc__


def test_codes_tell_errors_apart() -> None:
    codes = [kind.code for kind in ERRORS]
    assert len(codes) == len(set(codes))


def test_a_remedy_of_its_own_wins_and_leaves_the_others_alone() -> None:
    before = FeedFatal.remedy
    assert FeedFatal("No.", remedy="Do this.").remedy == "Do this."
    assert FeedFatal("No.").remedy == before


def test_the_message_is_what_a_log_line_and_a_test_see() -> None:
    assert str(Stale("It changed.", current={"version": 2})) == "It changed."


def test_errors_of_the_framework_have_the_same_shape() -> None:
    assert error_json("x", "m", "r", {}) == {
        "error": {"code": "x", "message": "m", "remedy": "r", "details": {}}
    }
