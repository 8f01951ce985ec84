"""A push service as browsers' makers run them: over TLS, it takes what is sealed for a browser, opens it
with the browser's own key, and answers as it is told to. Webhooks are taken too."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import trustme
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.world.hosts import Dial, Names
from wall.media import AddressRules
from wall.push import Outgoing

HOST = "push.example"
Headers = dict[str, str]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Keys:
    """A browser's own keys, of which it sends the public halves."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def p256dh(self) -> str:
        return _text(self.point)

    @property
    def auth(self) -> str:
        return _text(self.secret)


def opened(body: bytes, keys: Keys) -> bytes:
    """What a browser reads (RFC 8188 and 8291, written anew). Raises for what is not for it."""
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    theirs, record = body[21 : 21 + length], body[21 + length :]
    assert len(record) <= size
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    shared = keys.private.exchange(ec.ECDH(), sender)
    info = b"WebPush: info\0" + keys.point + theirs
    drawn = HKDF(hashes.SHA256(), 32, keys.secret, info).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(drawn)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(drawn)
    return AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0").removesuffix(b"\x02")


@dataclass
class PushService:
    """Takes requests at every path; `answers` say with which status, by path (201 where none is)."""

    outgoing: Outgoing
    names: Names
    dial: Dial
    keys: dict[str, Keys] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[str, Headers, bytes]] = field(default_factory=list)

    def browser(self, path: str = "/one") -> dict[str, Any]:
        """A new browser's subscription, as it sends it."""
        self.keys[path] = keys = Keys()
        return {
            "endpoint": f"https://{HOST}{path}",
            "expirationTime": None,
            "keys": {"p256dh": keys.p256dh, "auth": keys.auth},
        }

    @property
    def notes(self) -> list[dict[str, str]]:
        """What browsers were told, opened with their keys."""
        return [
            json.loads(opened(body, self.keys[path])) for path, _, body in self.heard if path in self.keys
        ]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take requests of one connection."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    line, *lines = head.strip().split("\r\n")
                    headers = {k.lower(): v for k, _, v in (one.partition(": ") for one in lines)}
                    body = await reader.readexactly(int(headers["content-length"]))
                    path = line.split()[1]
                    self.heard.append((path, headers, body))
                    status = self.answers.get(path, 201)
                    writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
                    await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """A push service on loopback, and an `Outgoing` that reaches it under a public name."""
    authority = trustme.CA()
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "hooks.example").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    names, dial = Names(), Dial()
    outgoing = Outgoing(AddressRules(), resolve=names.resolve, dial=dial, tls=client_tls)
    service = PushService(outgoing, names, dial)
    open_now: set[asyncio.Task[None]] = set()

    def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(service.answer(reader, writer))
        open_now.add(task)
        task.add_done_callback(open_now.discard)

    server = await asyncio.start_server(taken, "127.0.0.1", 0, ssl=server_tls)
    dial.port = dial.tls_port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        await outgoing.close()
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        await server.wait_closed()
