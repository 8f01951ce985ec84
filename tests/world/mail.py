"""A mail server, as far as this server speaks with one."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """Takes messages; `refuses` recipients. `letters` are those that came."""

    port: int = 0
    refuses: set[str] = field(default_factory=set)
    letters: list[EmailMessage] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak SMTP (RFC 5321) on one connection."""
        try:
            with suppress(ConnectionError):
                writer.write(b"220 here\r\n")
                while line := (await reader.readline()).decode().strip():
                    if line.upper() == "DATA":
                        writer.write(b"354 go on\r\n")
                        raw = await reader.readuntil(b"\r\n.\r\n")
                        letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
                        assert isinstance(letter, EmailMessage)
                        self.letters.append(letter)
                    writer.write(self._said(line))
                    if line.upper() == "QUIT":
                        break
        finally:
            writer.close()

    def _said(self, line: str) -> bytes:
        verb, _, whom = line.partition(":")
        refused = verb.upper() == "RCPT TO" and whom.strip("<> ") in self.refuses
        return b"550 nobody\r\n" if refused else b"250 good\r\n"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A mail server on loopback."""
    mail = MailServer()
    server = await asyncio.start_server(mail.answer, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    try:
        yield mail
    finally:
        server.close()
        await server.wait_closed()
