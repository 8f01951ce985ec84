"""Notifications as push services take them: sealed for one browser (RFC 8291, over RFC 8188), and signed by
this server (RFC 8292). Pure."""

from __future__ import annotations

import base64
import json
import os
import re
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wall.errors import BadInput

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2, 2.4.2): private keys are below it."""
_RECORD_BYTES = 4096
_PLAIN_BYTES = 3_993
"""The most that fits into one record that every push service takes (RFC 8291, 4): 4096 less header, tag and
delimiter."""
_POINT_BYTES = 65
_AUTH_BYTES = 16
_BASE64 = re.compile(r"[A-Za-z0-9_-]{1,100}={0,2}")
VALID_SECONDS = 12 * 3_600
"""For so long a signature is good; push services refuse more than 24 h (RFC 8292, 2)."""


class Note(NamedTuple):
    """A notification. `url` is a path of this server; a newer one with the same `tag` takes its place."""

    title: str
    body: str
    url: str
    tag: str

    def as_bytes(self) -> bytes:
        """JSON for the browser's worker; a body that is too long for a push service is cut."""
        whole = json.dumps(self._asdict(), ensure_ascii=False).encode()
        over = len(whole) - _PLAIN_BYTES
        if over <= 0:
            return whole
        cut = self.body.encode()[: max(0, len(self.body.encode()) - over - 3)].decode(errors="ignore")
        return json.dumps(self._replace(body=f"{cut}…")._asdict(), ensure_ascii=False).encode()


class ServerKey:
    """The key with which push services know this server (VAPID). It is made from the instance's secret, so
    that all its processes have the same, and it stays what it is as long as the secret does."""

    def __init__(self, secret: bytes) -> None:
        drawn = HKDF(hashes.SHA256(), 48, None, b"backchannel web push").derive(secret)
        # 128 bits more than the order has: no private key is likelier than another by more than 2^-128.
        self._key = ec.derive_private_key(int.from_bytes(drawn) % (_ORDER - 1) + 1, _CURVE)
        self.public = _unpadded(_point(self._key.public_key()))
        """As browsers want it: 65 bytes in base64url."""

    def header(self, origin: str, subject: str, now: float) -> str:
        """The Authorization header for a push service (`origin`: scheme and host). `subject`: how to reach
        whoever runs this server, an https: or mailto: address; `now` in unix seconds."""
        claims = {"aud": origin, "exp": int(now) + VALID_SECONDS, "sub": subject}
        signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = _unpadded(r.to_bytes(32) + s.to_bytes(32))
        return f"vapid t={signed}.{signature}, k={self.public}"


def readable_keys(p256dh: str, auth: str) -> None:
    """Raise BadInput unless these are the keys of a browser's subscription."""
    _receiver(p256dh, auth)


def sealed(
    plain: bytes,
    p256dh: str,
    auth: str,
    *,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """A message that only the browser with these keys can read, as one record of `aes128gcm`. `salt` and
    `sender` are drawn anew for each message. Raises BadInput for keys of no browser."""
    receiver, secret = _receiver(p256dh, auth)
    salt = salt or os.urandom(16)
    sender = sender or ec.generate_private_key(_CURVE)
    own, theirs = _point(sender.public_key()), _point(receiver)
    shared = sender.exchange(ec.ECDH(), receiver)
    # RFC 8291, 3.4: first from the agreed secret and the browser's, then with the salt as RFC 8188 has it.
    drawn = HKDF(hashes.SHA256(), 32, secret, b"WebPush: info\0" + theirs + own).derive(shared)
    prk = _mac(salt, drawn)
    key = _mac(prk, b"Content-Encoding: aes128gcm\0\x01")[:16]
    nonce = _mac(prk, b"Content-Encoding: nonce\0\x01")[:12]
    head = salt + _RECORD_BYTES.to_bytes(4) + len(own).to_bytes(1) + own
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def _receiver(p256dh: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    try:
        point, secret = _decoded(p256dh, _POINT_BYTES), _decoded(auth, _AUTH_BYTES)
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point), secret
    except ValueError:
        raise BadInput(
            "These are not the keys of a browser's subscription.",
            remedy="Send keys.p256dh and keys.auth as PushSubscription.toJSON() gives them.",
            field="keys",
        ) from None


def _mac(key: bytes, data: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(data)
    return mac.finalize()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _json(value: dict[str, object]) -> str:
    return _unpadded(json.dumps(value, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str, size: int) -> bytes:
    """So many bytes from base64url, with or without padding. Raises ValueError for anything else."""
    bare = text.rstrip("=")
    data = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4)) if _BASE64.fullmatch(text) else b""
    if len(data) != size:
        raise ValueError("not so many bytes in base64url")
    return data
