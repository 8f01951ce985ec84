"""Reaches an organiser by one of their ways. Nothing here decides to alarm anybody."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from wall.access.signatures import sign
from wall.alarms import Reach
from wall.entries.staff_kinds import Way
from wall.push.mail import Mail
from wall.push.outgoing import Outgoing, Undelivered
from wall.push.pushing import Pusher
from wall.push.sealing import Note
from wall.store import Store, pushes

TRIES = (0.0, 2.0, 10.0)
"""Seconds before each try while what went wrong may pass."""
ALARM_SECONDS = 900
"""An alarm that a push service cannot pass on within its period is worth nothing: the next one follows."""


@dataclass(frozen=True)
class Message:
    """What an organiser is told: in words (`note`, whose `url` is a path), and for programs (`fields`)."""

    note: Note
    fields: dict[str, str | int | None]


class Reaching:
    """The ways of one instance. `mail` None: its operator named no mail server. `base`: this server's
    address for links in e-mail, "" where none is known."""

    def __init__(
        self,
        store: Store,
        pusher: Pusher,
        outgoing: Outgoing,
        mail: Mail | None,
        base: str,
        *,
        tries: tuple[float, ...] = TRIES,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self.pusher = pusher
        self.outgoing = outgoing
        self.mail = mail
        self._base = base
        self._tries = tries
        self._now = now

    async def tell(self, reach: Reach, message: Message) -> str:
        """Tell an organiser: the code of why they could not be reached, "" where they were."""
        ways: dict[Way, Callable[[Reach, Message], Awaitable[None]]] = {
            "push": self._push,
            "email": self._email,
            "webhook": self._webhook,
        }
        code = ""
        for wait in self._tries:
            await asyncio.sleep(wait)
            try:
                await ways[reach.way](reach, message)
            except Undelivered as problem:
                code = problem.code
                if problem.lasting:
                    break
            else:
                return ""
        return code

    async def _push(self, reach: Reach, message: Message) -> None:
        browsers = await self._store.read(
            lambda conn: pushes.of_readers(conn, reach.event_id, {reach.person_id})
        )
        if not browsers:
            raise Undelivered("no_browser", lasting=True)
        codes = await self.pusher.send(browsers, message.note, seconds=ALARM_SECONDS, urgent=True)
        if all(codes):
            # A browser that is gone was forgotten; where it was the last one, asking again says so.
            raise Undelivered(codes[0])

    async def _email(self, reach: Reach, message: Message) -> None:
        if self.mail is None:
            raise Undelivered("no_mail_server", lasting=True)
        note = message.note
        where = f"\n\n{self._base}{note.url}" if self._base else ""
        await self.mail.send(reach.target, note.title, f"{note.body}{where}\n")

    async def _webhook(self, reach: Reach, message: Message) -> None:
        note = message.note
        words = {"title": note.title, "body": note.body, "url": f"{self._base}{note.url}"}
        body = json.dumps({**message.fields, **words}, ensure_ascii=False).encode()
        at = int(self._now())
        signature = f"t={at},k={reach.person_id},v1={sign(reach.key, at, body)}"
        headers = {"content-type": "application/json", "backchannel-signature": signature}
        status = await self.outgoing.post(reach.target, body, headers)
        if not 200 <= status < 300:
            raise Undelivered("refused", lasting=status < 500 and status != 429, status=status)
