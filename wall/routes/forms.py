"""HTML forms without a script: their fields, and what makes sending one twice harmless."""

from __future__ import annotations

import secrets
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.exceptions import HTTPException

from wall.errors import Malformed
from wall.model import at_border

_MOST_FIELDS = 60


async def form_of(request: Request, most: int = _MOST_FIELDS) -> dict[str, str]:
    """The (at most `most`) fields of a posted form, storable; of a repeated one the last. Raises
    Malformed.

    Read by hand, because a form that FastAPI reads is parsed before anybody asks who sent it.
    """
    body = await request.body()
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=most, errors="replace"
        )
    except ValueError:
        raise Malformed(
            "This form cannot be read.", remedy="Load the page again and send it once more."
        ) from None
    return {name: at_border(value) for name, value in fields}


async def file_of_form(request: Request, name: str) -> str:
    """The text of a file that a form of type multipart/form-data sends; empty where it sends none.
    Raises UnicodeDecodeError for what is not UTF-8.

    Read by hand for the reason above; such a body is a message as mail has them (RFC 7578).
    """
    kind = request.headers.get("content-type", "").encode("ascii", "replace")
    body = await request.body()
    for part in BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body).walk():
        if part.get_param("name", header="content-disposition") == name:
            content = part.get_payload(decode=True)
            return content.decode("utf-8-sig") if isinstance(content, bytes) else ""
    return ""


async def parts_of_form(
    request: Request, most: int = 40, longest: int = 1024 * 1024
) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """The (at most `most`) fields of a form of type multipart/form-data, each of at most `longest` bytes,
    storable, and by its field each file that was chosen: its name and its bytes. Raises Malformed.

    To be called once it is known who asks: until then nothing of the body was read.
    """
    await request.body()
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    try:
        async with request.form(max_files=most, max_fields=most, max_part_size=longest) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    fields[name] = at_border(value)
                elif value.filename:
                    files[name] = (at_border(value.filename), await value.read())
    except HTTPException:
        raise Malformed(
            "This form cannot be read.", remedy="Load the page again and send it once more."
        ) from None
    return fields, files


def new_cause() -> str:
    """A random idempotency key, for the hidden field of one form."""
    return secrets.token_urlsafe(12)
