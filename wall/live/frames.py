"""Websocket frames, made once for everybody who gets them (RFC 6455 §5.2: unmasked text, final)."""

from __future__ import annotations

from functools import cached_property

from pydantic import BaseModel

_TEXT_FINAL = 0x81


class Frame:
    """One message: `text` for servers that frame themselves, `wire` for the raw writer."""

    __slots__ = ("__dict__", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text

    @classmethod
    def of(cls, message: BaseModel) -> Frame:
        """The frame of a wire model."""
        return cls(message.model_dump_json(exclude_none=False).encode())

    @cached_property
    def wire(self) -> bytes:
        """The bytes of the frame as they go over the connection."""
        return framed(self.text)


def framed(payload: bytes) -> bytes:
    """A whole text frame as a server sends it: opcode, length in 1, 3 or 9 bytes, payload."""
    size = len(payload)
    if size < 126:
        head = bytes((_TEXT_FINAL, size))
    elif size < 1 << 16:
        head = bytes((_TEXT_FINAL, 126)) + size.to_bytes(2)
    else:
        head = bytes((_TEXT_FINAL, 127)) + size.to_bytes(8)
    return head + payload
