"""Frames that are made beforehand are what a websocket client reads."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from wall.entries import Hello
from wall.live.frames import Frame, framed

EDGES = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]


def read(data: bytes) -> list[TheirFrame]:
    """What websockets' own parser finds in these bytes; AssertionError for a broken end."""
    stream, found = StreamReader(), []
    stream.feed_data(data)
    stream.feed_eof()
    while True:
        at_end = stream.at_eof()
        try:
            next(at_end)
        except StopIteration as done:
            if done.value:
                return found
        parsing = TheirFrame.parse(stream.read_exact, mask=False, max_size=None)
        try:
            next(parsing)
        except StopIteration as done:
            found.append(done.value)
        else:
            raise AssertionError("bytes are missing")


@pytest.mark.parametrize("size", EDGES)
def test_each_length_has_the_right_header(size: int) -> None:
    payload = b"x" * size
    (frame,) = read(framed(payload))
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, payload)
    assert (frame.rsv1, frame.rsv2, frame.rsv3) == (False, False, False)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5))
@example([b"", b"x" * 126, b"x" * 65_536])
@settings(max_examples=60)
def test_frames_behind_each_other_are_read_apart(payloads: list[bytes]) -> None:
    assert [bytes(frame.data) for frame in read(b"".join(map(framed, payloads)))] == payloads


@given(st.binary(max_size=70_000))
@settings(max_examples=30)
def test_the_bytes_are_those_that_websockets_itself_would_send(payload: bytes) -> None:
    assert framed(payload) == TheirFrame(Opcode.TEXT, payload).serialize(mask=False)


def test_a_message_is_framed_once_and_only_when_somebody_writes_it() -> None:
    frame = Frame.of(Hello(build=1, resumed=True))
    assert frame.text == b'{"type":"hello","v":1,"build":1,"resumed":true}'
    assert "wire" not in frame.__dict__
    assert frame.wire is frame.wire
    assert bytes(read(frame.wire)[0].data) == frame.text
