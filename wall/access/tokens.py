"""Tokens and cookies: how a request says who it comes from.

Tokens are 256 random bits; the store holds their SHA-256 only, so a stolen database signs nobody in
(a slow hash would add nothing to so much randomness). A sign-in's token comes as a cookie or as
`Authorization: Bearer`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

Asgi = MutableMapping[str, Any]
"""An ASGI scope, of a request or a websocket. (In this project a `Scope` is an audience.)"""

COOKIE = "backchannel"
SECURE_COOKIE = "__Host-backchannel"
"""Over TLS. A browser keeps this name only with Secure, Path=/ and no Domain: no other host, and no
plain-http page of this one, can plant it."""


def new_token() -> str:
    """256 random bits, safe in a URL path and in a cookie."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What the store keeps of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def bearer_of(headers: Headers) -> str | None:
    """The Bearer token of a request, good or bad; None when it names another scheme or none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def cookies_of(headers: Headers) -> dict[str, str]:
    """The sign-in cookies of a request, by name, whichever of the two names they have."""
    sent = cookie_parser(headers.get("cookie", ""))
    return {name: sent[name] for name in (COOKIE, SECURE_COOKIE) if name in sent}


def enter_path(token: str) -> str:
    """Where a link's token is used, to be put behind this server's address."""
    return f"/enter/{token}"
