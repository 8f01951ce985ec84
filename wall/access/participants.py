"""Participants: people who write without signing in. They are a random number in a cookie, and nothing
else is kept of them: the cookie proves itself by its digest, so there is no row to look up."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from wall.access.origins import Origins
from wall.access.signatures import mac
from wall.access.tokens import Asgi

PARTICIPANT_COOKIE = "participant"
SECURE_PARTICIPANT_COOKIE = "__Host-participant"
"""Over TLS, for the reason that `SECURE_COOKIE` gives."""
PARTICIPANT_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Participant:
    """Somebody's browser. `fresh`: the cookie to give to it, None where it brought a good one."""

    id: str
    fresh: str | None = None

    @property
    def key(self) -> str:
        """How posts and the journal name them."""
        return f"participant:{self.id}"


class Participants:
    """Makes and checks the cookies of one instance."""

    def __init__(self, origins: Origins, secret: bytes) -> None:
        self._origins = origins
        self._secret = secret

    def cookie_name(self, scope: Asgi) -> str:
        """The one cookie name that counts for this request."""
        return SECURE_PARTICIPANT_COOKIE if self.is_secure(scope) else PARTICIPANT_COOKIE

    def is_secure(self, scope: Asgi) -> bool:
        """Whether this request came over TLS."""
        return self._origins.is_secure(scope)

    def of(self, scope: Asgi) -> Participant:
        """Who sent this request: the participant of its cookie, or a new one for none or a forged one."""
        if known_id := self.known(scope):
            return Participant(known_id)
        new = secrets.token_urlsafe(16)
        return Participant(new, f"{new}.{self._proof(new)}")

    def known(self, scope: Asgi) -> str | None:
        """The participant of this request's cookie; None for none or a forged one."""
        sent = cookie_parser(Headers(scope=scope).get("cookie", "")).get(self.cookie_name(scope), "")
        known_id, _, proof = sent.partition(".")
        proven = known_id and hmac.compare_digest(proof.encode(), self._proof(known_id).encode())
        return known_id if proven else None

    def _proof(self, participant_id: str) -> str:
        return mac(self._secret, "participant", participant_id)
