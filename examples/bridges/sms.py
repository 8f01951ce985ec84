"""Text messages to a Backchannel event: `python -m examples.bridges.sms` receives what Twilio posts.

Settings besides those of the wall: TWILIO_TOKEN, the account's; ADDRESS, at which Twilio reaches this
bridge, exactly as it was entered there; SMS_REPLY, what the sender is answered, such as `Thank you. To take
it back: {take_back}`, nothing if not given (each answer costs); PORT, 8091 if not given.

A number never leaves this bridge: its last two digits are shown, and a keyed digest tells senders apart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from html import escape
from urllib.parse import parse_qsl

from .receiving import Answer, Handle, Headers, server
from .webhook import Item, Wall

Form = dict[str, str]

PATIENCE = 10.0
"""Twilio waits 15 seconds for an answer."""
_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>'


def items_of(form: Form, secret: str) -> list[Item]:
    """A message as a post; none where it has no words. `secret` makes the senders' digests."""
    text, number = form.get("Body", ""), form.get("From", "")
    if not text.strip():
        return []
    return [
        {
            "key": form["MessageSid"],
            "text": text,
            "author_name": masked(number),
            "author_key": hmac.new(secret.encode(), number.encode(), hashlib.sha256).hexdigest()[:32],
        }
    ]


def masked(number: str) -> str:
    """What is shown of a number: `SMS …47`."""
    digits = [one for one in number if one.isdecimal()]
    return f"SMS …{''.join(digits[-2:])}" if len(digits) > 4 else "SMS"


def is_signed(token: str, address: str, headers: Headers, body: bytes) -> bool:
    """Whether Twilio sent this (twilio.com/docs/usage/security)."""
    fields = "".join(name + value for name, value in sorted(set(_fields(body))))
    made = base64.b64encode(hmac.digest(token.encode(), (address + fields).encode(), "sha1"))
    return hmac.compare_digest(made, (headers.get("X-Twilio-Signature") or "").encode())


def _fields(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def bridge(wall: Wall, secret: str, token: str, address: str, reply: str) -> Handle:
    """What answers Twilio's requests, once the message is on the wall's disk."""

    def handle(headers: Headers, body: bytes) -> Answer:
        if not is_signed(token, address, headers, body):
            return Answer(403, "Not signed by Twilio.")
        answers = wall.send(items_of(dict(_fields(body)), secret), PATIENCE)
        links = [answer["take_back"] for answer in answers if "take_back" in answer]
        said = (
            f"<Message>{escape(reply.replace('{take_back}', links[0]))}</Message>"
            if reply and links
            else ""
        )
        return Answer(200, _NOTHING.format(said), "text/xml; charset=utf-8")

    return handle


if __name__ == "__main__":
    server(
        int(os.environ.get("PORT", "8091")),
        bridge(
            Wall.of_environment(),
            os.environ["WALL_KEY"],
            os.environ["TWILIO_TOKEN"],
            os.environ["ADDRESS"],
            os.environ.get("SMS_REPLY", ""),
        ),
    ).serve_forever()
