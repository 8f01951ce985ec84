"""JSON that is nested deeper than Python reads: what is around it is read all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.feeds.matrix_rooms.api import _read
from wall.feeds.matrix_rooms.shallow import DEPTH, shallow

DEEP = 60_000

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


def cut_at(value: Any, levels: int) -> Any:
    """A value with None in place of what is below so many levels."""
    if not isinstance(value, list | dict):
        return value
    if levels == 0:
        return None
    if isinstance(value, list):
        return [cut_at(one, levels - 1) for one in value]
    return {name: cut_at(one, levels - 1) for name, one in value.items()}


@given(values, st.integers(1, 4), st.booleans())
def test_exactly_what_is_below_so_many_levels_is_left_out(value: Any, levels: int, plain: bool) -> None:
    body = json.dumps([value], ensure_ascii=plain).encode("utf-8", "surrogatepass")
    assert json.loads(shallow(body, levels).decode("utf-8", "surrogatepass")) == cut_at([value], levels)


@pytest.mark.parametrize("sign", [("[", "]"), ('{"a":', "}"), ('[{"]}\\"":', "}]")])
def test_what_python_cannot_read_is_read_without_its_depth(sign: tuple[str, str]) -> None:
    deep = sign[0] * DEEP + "1" + sign[1] * DEEP
    body = f'{{"before": 1, "deep": {deep}, "after": "]}}"}}'.encode()
    with pytest.raises(RecursionError):
        json.loads(body)
    said = json.loads(shallow(body))
    assert (said["before"], said["after"]) == (1, "]}")


@pytest.mark.parametrize("body", [b"[" * 5_000, b'{"a": "' + b'\\"' * 50_000, b"]" * 5_000, b""])
def test_what_is_no_json_stays_none(body: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(shallow(body))


def test_all_levels_that_anybody_means_are_kept() -> None:
    body = b"[" * DEPTH + b"]" * DEPTH
    assert shallow(body) == body


def test_a_sync_with_such_an_event_is_read() -> None:
    deep = "[" * DEEP + "]" * DEEP
    said = _read(f'{{"next_batch": "s2", "rooms": {{"join": {deep}}}}}'.encode())
    assert said["next_batch"] == "s2"
