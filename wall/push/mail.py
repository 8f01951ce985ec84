"""E-mail by an SMTP server that the operator names. The standard library's client, in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from wall.push.outgoing import Undelivered

SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Mail:
    """A way to send e-mail. `url`: `smtps://user:password@host` or `smtp://…`, where the connection is made
    secure before anything is said, unless the server is on this machine."""

    url: str = field(repr=False)
    sender: str
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    async def send(self, to: str, subject: str, text: str) -> None:
        """Send a plain message. Raises Undelivered."""
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self.sender, to, " ".join(subject.split())
        except ValueError:
            raise Undelivered("bad_address", lasting=True) from None
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        await asyncio.to_thread(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        try:
            server = self._connected()
            try:
                server.send_message(message)
            finally:
                # Some servers take a message and part without the word for it.
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("mail_sign_in", lasting=True) from None
        except smtplib.SMTPNotSupportedError:
            raise Undelivered("mail_not_secure", lasting=True) from None
        except smtplib.SMTPRecipientsRefused:
            raise Undelivered("bad_address", lasting=True) from None
        except smtplib.SMTPResponseException as refused:
            raise Undelivered("mail_refused", lasting=refused.smtp_code >= 500) from None
        except ssl.SSLError:
            raise Undelivered("mail_not_secure", lasting=True) from None
        except (smtplib.SMTPException, OSError, UnicodeError):
            raise Undelivered("mail_unreachable") from None

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        tls = self.tls or ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        try:
            if parts.scheme == "smtp" and host not in {"localhost", "127.0.0.1", "::1"}:
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server
