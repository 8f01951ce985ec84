"""Telling people who are not looking: notifications of browsers, e-mail, and requests to other tools.

`sealing` is pure: what only the browser can read (RFC 8291) and who sends it (RFC 8292). `outgoing` sends
requests to public addresses and nowhere else; `pushing` and `mail` use the network.
"""

from wall.push.mail import Mail
from wall.push.notices import Notices
from wall.push.outgoing import Outgoing, Undelivered
from wall.push.pushing import Pusher
from wall.push.reaching import Message, Reaching
from wall.push.sealing import Note, ServerKey, readable_keys

__all__ = [
    "Mail",
    "Message",
    "Note",
    "Notices",
    "Outgoing",
    "Pusher",
    "Reaching",
    "ServerKey",
    "Undelivered",
    "readable_keys",
]
