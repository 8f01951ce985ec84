"""Keyed digests: what was withdrawn, and who is not to be named, is known again and told to nobody."""

from __future__ import annotations

import hmac


class Graves:
    """Keyed digests of withdrawn posts: recognised when they come back, telling nothing meanwhile."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __call__(self, network: str, key: str) -> str:
        """The tombstone of a post: what stands in its row in place of its key."""
        name = f"{network}\0{key}".encode()
        return "~" + hmac.digest(self._secret, name, "sha256").hex()

    def person(self, event_id: str, name: str) -> str:
        """What stands in the list of those who are left off an event's walls, in place of their name."""
        return hmac.digest(self._secret, f"left off\0{event_id}\0{name}".encode(), "sha256").hex()
