"""Sealed columns: what feeds and integrations sign in with is written to disk encrypted.

A stolen database or backup without the server's secret key gives nobody an account. The key is made from
that secret; who changes the secret enters credentials anew.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection

_OPTION = "backchannel_seal"
_SEALED = "sealed:"


class Seal:
    """Encrypts with AES-128-CBC and authenticates with HMAC-SHA-256 (Fernet), so that a changed text is no
    text. `key`: 32 url-safe base64 bytes."""

    option = _OPTION

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def closed(self, text: str) -> str:
        """The text as it is stored."""
        return _SEALED + self._fernet.encrypt(text.encode()).decode("ascii")

    def opened(self, stored: str) -> str | None:
        """The text of what was stored; None where another key sealed it, or somebody changed it."""
        try:
            return self._fernet.decrypt(stored.removeprefix(_SEALED).encode()).decode()
        except InvalidToken:
            return None


def sealed(conn: Connection, text: str) -> str:
    """The text as a sealed column holds it; as it is in a store without a seal."""
    seal = _seal(conn)
    return seal.closed(text) if seal else text


def unsealed(conn: Connection, stored: str) -> str | None:
    """The text of a sealed column; None where it cannot be read with this store's key."""
    if not is_sealed(stored):
        return stored
    seal = _seal(conn)
    return seal.opened(stored) if seal else None


def is_sealed(stored: str) -> bool:
    """Whether this was written by a store with a seal."""
    return stored.startswith(_SEALED)


def _seal(conn: Connection) -> Seal | None:
    found: Seal | None = conn.get_execution_options().get(_OPTION)
    return found
