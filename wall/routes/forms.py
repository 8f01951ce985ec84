"""HTML forms without a script: their fields, and what makes sending one twice harmless."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl

from fastapi import Request

from wall.errors import Malformed
from wall.model import at_border

_MOST_FIELDS = 60


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form, storable; of a repeated one the last. Raises Malformed.

    Read by hand, because a form that FastAPI reads is parsed before anybody asks who sent it.
    """
    body = await request.body()
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace"
        )
    except ValueError:
        raise Malformed(
            "This form cannot be read.", remedy="Load the page again and send it once more."
        ) from None
    return {name: at_border(value) for name, value in fields}


def new_cause() -> str:
    """A random idempotency key, for the hidden field of one form."""
    return secrets.token_urlsafe(12)
