"""The reducer and the cursor of the wire."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.entries import Changes, Cursor, Gap, Held, Hello, Snapshot
from wall.errors import BadInput

SHORT = ["", ".", "..", "...", "e.s", "12", "\x00", "e.s.1.5"]
SEQS = ["", "-1", "٣", "²", " 1", "1\n", "1e3", "0x1", "9" * 19, "9" * 5_000, "\ud800"]
"""What is no seq: signs, other digits, spaces, and numbers longer than any journal."""


def put(id_: str, text: str = "", type_: str = "post") -> dict[str, Any]:
    return {"op": "put", "type": type_, "id": id_, "version": 1, "value": {"text": text}}


def drop(id_: str) -> dict[str, Any]:
    return {"op": "drop", "type": "post", "id": id_}


def frame(after: int, seq: int, *changes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "changes", "after": after, "seq": seq, "changes": list(changes)}


def texts(held: Held) -> dict[str, str]:
    return {id_: value["text"] for (_, id_), value in held.subjects.items()}


def test_a_copy_starts_from_a_snapshot_and_goes_on_with_frames() -> None:
    held = Held.of({"seq": 3, "puts": [put("a", "one"), put("b", "two")]})
    held.apply(frame(3, 5, put("c", "three"), put("a", "new"), drop("b")))
    assert (held.seq, texts(held)) == (5, {"a": "new", "c": "three"})


@pytest.mark.parametrize("after", [0, 2, 4, 99])
def test_a_frame_that_does_not_continue_is_a_gap_and_changes_nothing(after: int) -> None:
    held = Held.of({"seq": 3, "puts": [put("a", "one")]})
    with pytest.raises(Gap):
        held.apply(frame(after, after + 1, put("a", "other"), drop("a")))
    assert (held.seq, texts(held)) == (3, {"a": "one"})


def test_a_beat_changes_nothing_and_what_is_unseen_counts() -> None:
    held = Held.of({"seq": 3, "puts": []})
    held.apply(frame(3, 3))
    held.apply(frame(3, 9))
    assert (held.seq, held.subjects) == (9, {})


def test_dropping_what_is_not_held_and_unknown_orders_are_ignored() -> None:
    held = Held(0)
    held.apply(frame(0, 1, drop("a"), {"op": "shine", "type": "post", "id": "a"}, put("x", "", "new-type")))
    assert list(held.subjects) == [("new-type", "x")]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.text(max_size=3)), max_size=20))
def test_frames_may_be_cut_anywhere(steps: list[tuple[str, bool, str]]) -> None:
    changes = [put(id_, text) if keep else drop(id_) for id_, keep, text in steps]
    whole, single = Held(0), Held(0)
    whole.apply(frame(0, len(changes), *changes))
    for seq, change in enumerate(changes, 1):
        single.apply(frame(seq - 1, seq, change))
    assert (whole.seq, whole.subjects) == (single.seq, single.subjects)


@given(st.integers(0, 10**18 - 1), st.sampled_from(["", "0123456789ab"]), st.sampled_from(["", "ff00"]))
def test_a_cursor_reads_what_it_wrote(seq: int, epoch: str, scope: str) -> None:
    cursor = Cursor(epoch, scope, seq)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text",
    [*SHORT, *(f"e.s.{seq}" for seq in SEQS)],
)
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(BadInput):
        Cursor.parse(text)


@given(st.text(max_size=60))
def test_no_text_makes_reading_a_cursor_fail_in_another_way(text: str) -> None:
    try:
        cursor = Cursor.parse(text)
    except BadInput:
        return
    assert cursor.seq >= 0
    assert Cursor.parse(str(cursor)) == cursor


def test_messages_say_what_they_are() -> None:
    assert Hello(build=3, resumed=True).model_dump() == {
        "type": "hello",
        "v": 1,
        "build": 3,
        "resumed": True,
    }
    assert Changes(after=1, seq=1, changes=()).model_dump()["type"] == "changes"
    assert Snapshot(cursor="e.s.1", seq=1, puts=()).model_dump()["v"] == 1
