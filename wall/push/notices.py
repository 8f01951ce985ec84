"""Everything of one process that tells people who are not looking, built together and closed together."""

from __future__ import annotations

from dataclasses import replace

from wall.media import AddressRules
from wall.push.mail import Mail
from wall.push.outgoing import Outgoing
from wall.push.pushing import Pusher
from wall.push.reaching import Reaching
from wall.push.sealing import ServerKey
from wall.store import Store

_UNNAMED = "https://backchannel.invalid"
"""Push services want to know how to reach whoever sends; where nobody said, they are told of nobody."""


class Notices:
    """Notifications, e-mail and requests to other tools. `public_url`: this server's address, if known."""

    def __init__(
        self,
        store: Store,
        rules: AddressRules,
        secret: bytes,
        *,
        public_url: str | None = None,
        smtp_url: str | None = None,
        mail_from: str | None = None,
    ) -> None:
        # Push services answer at 443 and are nobody's intranet, wherever pictures may come from.
        public = replace(rules, ports=rules.ports | {443}, trusted=())
        self.outgoing, self._alarms = Outgoing(public), Outgoing(public)
        self.key = ServerKey(secret)
        secure = public_url if public_url and public_url.startswith("https://") else None
        subject = secure or (f"mailto:{mail_from}" if mail_from else _UNNAMED)
        self.pusher = Pusher(store, self.outgoing, self.key, subject)
        mail = Mail(smtp_url, mail_from) if smtp_url and mail_from else None
        # Alarms have turns of their own: slow addresses of participants must not hold them up.
        alarming = Pusher(store, self._alarms, self.key, subject)
        self.reaching = Reaching(store, alarming, self._alarms, mail, public_url or "")

    async def close(self) -> None:
        """Close idle connections."""
        await self.outgoing.close()
        await self._alarms.close()
