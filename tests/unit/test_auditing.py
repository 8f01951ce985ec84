"""What the audit page says of an entry's data."""

from __future__ import annotations

from typing import Any

import pytest

from facilitator.auditing import _code


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"),
        (False, "no"),
        (None, ""),
        (1, "1"),
        (0, "0"),
        (2, "2"),
        ("x", "x"),
        ([1, True], "1, yes"),
    ],
)
def test_a_number_is_said_as_a_number_and_a_choice_in_words(value: Any, said: str) -> None:
    assert _code(value) == said
