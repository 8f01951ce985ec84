"""What every command over HTTP has in common: its cause, and the bytes that its digest is made of."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Request

CauseHere = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A random key for this command. Sent again with the same body, the command is not "
        "done again and answers as it did the first time.",
    ),
]
"""Parameter type of a command's idempotency key."""


async def command_body(request: Request) -> bytes:
    """What makes two commands the same: method, path and body."""
    return b"\n".join((request.method.encode(), request.url.path.encode(), await request.body()))
