"""What proves itself by a keyed digest: participants' cookies, links that take a post back, and requests
of other tools. Compared in constant time; each purpose has a key of its own, made from the secret."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

from wall.errors import NotFound, NotSignedIn

SIGNATURE_HEADER = "Backchannel-Signature"
SIGNATURE_SECONDS = 300
"""How far a tool's clock may be from ours, either way."""

_HEADER = re.compile(r"t=([0-9]{1,12}),k=([A-Za-z0-9-]{1,63}),v1=([0-9a-f]{64})")


class BadSignature(NotSignedIn):
    """A request of another tool whose signature is not good, or not good any more."""

    code = "bad_signature"
    remedy = "Sign the exact bytes of the body with the integration's key and the present time."


def mac(secret: bytes, purpose: str, *parts: str) -> str:
    """The keyed digest of these parts for one purpose, as 64 hex digits."""
    key = hmac.digest(secret, f"backchannel {purpose}".encode(), "sha256")
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256").hex()


def new_key() -> str:
    """The key of a new integration: 256 random bits, as text."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Signature:
    """The header `Backchannel-Signature: t=<unix seconds>,k=<integration>,v1=<hex>`, taken apart."""

    at: int
    integration: str
    digest: str

    @classmethod
    def of(cls, header: str) -> Signature:
        """Read the header; empty where there was none. Raises BadSignature when it has another form."""
        found = _HEADER.fullmatch(header.strip())
        if found is None:
            raise BadSignature(
                "The signature header cannot be read." if header else "There is no signature header.",
                remedy="Send it as t=<unix seconds>,k=<integration id>,v1=<64 lower-case hex digits>.",
            )
        return cls(int(found[1]), found[2], found[3])

    def check(self, key: str | None, body: bytes, now: float) -> None:
        """Raise BadSignature unless it was made with `key` over these bytes, at most 5 minutes from `now`.

        No key (there is no such integration, or not any more) fails like a wrong one. Only who has
        the key is told about the time.
        """
        signed = sign(key or new_key(), self.at, body)
        if not hmac.compare_digest(signed, self.digest) or key is None:
            raise BadSignature("The signature does not fit.")
        if abs(now - self.at) > SIGNATURE_SECONDS:
            raise BadSignature(
                "The signature's time is more than 5 minutes from this server's.",
                remedy="Set the clock of the machine that signs, and sign again.",
                server_time=int(now),
            )


def sign(key: str, at: int, body: bytes) -> str:
    """The hex digest with which an integration signs a body at a time in unix seconds."""
    return hmac.digest(key.encode(), b"%d.%s" % (at, body), "sha256").hex()


class TakeBack:
    """The tokens of links with which an author takes a post back. They do not run out."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def path(self, event_id: str, post_id: str) -> str:
        """Where a post is taken back, to be put behind this server's address."""
        return f"/take-back/{event_id}.{post_id}.{self._proof(event_id, post_id)}"

    def read(self, token: str) -> tuple[str, str]:
        """(event id, post id) of a token. Raises NotFound for one that was not made here."""
        named, _, proof = token.rpartition(".")
        event_id, _, post_id = named.partition(".")
        if not hmac.compare_digest(proof.encode("utf-8", "surrogatepass"), self._made(event_id, post_id)):
            raise NotFound("There is no such link.", remedy="Copy the whole address of the link.")
        return event_id, post_id

    def _made(self, event_id: str, post_id: str) -> bytes:
        return self._proof(event_id, post_id).encode()

    def _proof(self, event_id: str, post_id: str) -> str:
        return mac(self._secret, "take back", event_id, post_id)
