"""What every command over HTTP has in common: its cause, what its digest is made of, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header, Path, Request

from wall.journal import Journal, Tx
from wall.routes import Asking

CauseHere = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A random key for this command. Sent again with the same body, the command is not "
        "done again and answers as it did the first time.",
    ),
]
"""Parameter type of a command's idempotency key."""

IdHere = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,63}$")]
"""Parameter type of an id in a path."""


async def command_body(request: Request) -> bytes:
    """What makes two commands the same: method, path and body."""
    return b"\n".join((request.method.encode(), request.url.path.encode(), await request.body()))


async def run(
    journal: Journal,
    asking: Asking,
    request: Request,
    cause: str | None,
    fn: Callable[[Tx], dict[str, Any]],
) -> dict[str, Any]:
    """What a command of whoever asks answers, with the `seq` up to which the journal is on disk."""
    body = await command_body(request)
    done = await journal.command(asking.event.id, asking.actor, fn, cause=cause, body=body)
    return {**done.result, "seq": done.seq}
