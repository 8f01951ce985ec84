"""Every error that Backchannel raises on purpose, with its HTTP status and one JSON shape.

An error says what happened (`message`) and what to do next (`remedy`); `details` carries
machine-readable values. Nothing from outside is echoed back: a hostile body must not choose
what an error page says.
"""

from __future__ import annotations

from typing import Any, ClassVar


class BackchannelError(Exception):
    """Base of every deliberate error. `status` is the HTTP status, `code` is stable for programs."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    remedy: str = "Try again; if it happens again, look at the server's log."

    def __init__(self, message: str, *, remedy: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if remedy is not None:
            self.remedy = remedy

    def as_json(self) -> dict[str, Any]:
        """The one error shape: `{"error": {"code", "message", "remedy", "details"}}`."""
        return error_json(self.code, self.message, self.remedy, self.details)


def error_json(code: str, message: str, remedy: str, details: dict[str, Any]) -> dict[str, Any]:
    """Build the one error shape for errors that did not start as a `BackchannelError`."""
    return {"error": {"code": code, "message": message, "remedy": remedy, "details": details}}


class BadInput(BackchannelError):
    """What was sent cannot be understood or breaks a rule of its form."""

    status = 422
    code = "bad_input"
    remedy = "Correct what is named in details and send it again."


class Malformed(BackchannelError):
    """The bytes are not what the content type says (not JSON, not UTF-8)."""

    status = 400
    code = "malformed"
    remedy = "Send UTF-8 encoded JSON."


class NotSignedIn(BackchannelError):
    """This needs somebody who is signed in."""

    status = 401
    code = "sign_in"
    remedy = "Open the link that the organiser gave you, then try again."


class NotYours(BackchannelError):
    """Signed in, but no role of this person allows it."""

    status = 403
    code = "not_yours"
    remedy = "Ask an organiser for the role that allows this."


class NotFound(BackchannelError):
    """There is no such thing, or this reader may not know that there is."""

    status = 404
    code = "not_found"
    remedy = "Check the address; it may have been removed."


class Stale(BackchannelError):
    """The subject changed since the client looked: `details["current"]` holds it as it is now."""

    status = 409
    code = "stale_version"
    remedy = "Look at the current state in details, decide again and send its version."


class Refused(BackchannelError):
    """A guard of a state machine says no: the move is not allowed from the present state."""

    status = 409
    code = "refused"
    remedy = "Look at the current state; this move is not allowed from it."


class LinkSpent(BackchannelError):
    """A one-time link that was used, revoked or has run out."""

    status = 410
    code = "link_spent"
    remedy = "Ask the organiser for a new link."


class TooLarge(BackchannelError):
    """A body larger than this route accepts."""

    status = 413
    code = "too_large"
    remedy = "Send less at a time."


class CauseReused(BackchannelError):
    """The same idempotency key came with another body."""

    status = 422
    code = "cause_reused"
    remedy = "Use a new Idempotency-Key for a new command."


class TooMany(BackchannelError):
    """A rate window is full; `details["retry_after"]` says in how many seconds it has room."""

    status = 429
    code = "too_many"
    remedy = "Wait a little and try again."


class StoreUnavailable(BackchannelError):
    """The database does not answer. Nothing was accepted; nothing already accepted is lost."""

    status = 503
    code = "store_unavailable"
    remedy = "Nothing was saved. Try again in a moment; the faces recover by themselves."


class StoreFull(BackchannelError):
    """The disk of the database is full. Nothing was accepted."""

    status = 507
    code = "store_full"
    remedy = "Nothing was saved. Free space on the disk that holds the database, then try again."


class LeaseLost(BackchannelError):
    """Another process runs this feed now; this one must stop without writing."""

    status = 409
    code = "lease_lost"
    remedy = "Nothing to do: the process that holds the lease goes on."


class FeedFatal(BackchannelError):
    """A feed cannot go on until an organiser changes something; the message says what."""

    status = 422
    code = "feed_fatal"
    remedy = "Correct the feed's settings and start it again."


class SetupProblem(BackchannelError):
    """The process cannot start as it is configured."""

    status = 500
    code = "setup"
    remedy = "Correct the setting and start again."
