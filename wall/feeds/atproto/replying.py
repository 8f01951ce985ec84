"""Replies by a Bluesky account: hung on the post and its thread, posted once, or refused in a code."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from typing import TypeVar

from wall.feeds.atproto.config import BlueskyConfig, Times
from wall.feeds.atproto.events import POST, micros, tid
from wall.feeds.atproto.facets import link_facets
from wall.feeds.atproto.posts import is_post, web_address
from wall.feeds.atproto.problems import PasswordRefused, Refused, understood
from wall.feeds.atproto.session import Session
from wall.feeds.atproto.xrpc import Xrpc
from wall.feeds.base import Posted, ReplyLater, ReplyRefused
from wall.feeds.common.problems import Passing
from wall.feeds.shapes.common import Record
from wall.model import Post, utc_now

_GET_POSTS = "app.bsky.feed.getPosts"
_REFUSALS = {401: "token_refused", 403: "scope_missing"}
T = TypeVar("T")


class BlueskyReplier:
    """Posts replies with the feed's app password."""

    def __init__(self, config: BlueskyConfig, times: Times) -> None:
        """`config` has an account."""
        self._config = config
        self._times = times

    async def reply(self, to: Post, words: str, key: str, lang: str | None = None) -> Posted:
        """Answer a post in its thread, without a hashtag; its author is told of it by their app.

        The record's key is made from `key` and the post: a second try finds the first. Raises ReplyLater
        for what may pass, ReplyRefused for what will not.
        """
        if not is_post(to.key):
            raise ReplyRefused("post_gone")
        server = Xrpc(self._config.service, self._times)
        session = Session(server, self._config.handle or "", self._config.app_password or "")
        try:
            return await _settled(self._posted(session, to, words, _record_key(to, key), lang))
        finally:
            await server.aclose()

    async def _posted(self, session: Session, to: Post, words: str, rkey: str, lang: str | None) -> Posted:
        did = await session.sign_in()
        uri = f"at://{did}/{POST}/{rkey}"
        if not await _is_there(session, did, rkey):
            record = {
                "$type": POST,
                "text": words,
                "createdAt": utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "reply": await _thread(session, to.key),
                "facets": link_facets(words),
            } | ({"langs": [lang]} if lang else {})
            said = {"repo": did, "collection": POST, "rkey": rkey, "record": record}
            try:
                await session.post("com.atproto.repo.putRecord", said)
            except Refused as problem:
                raise ReplyRefused(_REFUSALS.get(problem.status, "not_taken")) from problem
        return Posted(web_address(uri) or "")


async def _is_there(session: Session, did: str, rkey: str) -> bool:
    """Whether an earlier try got through."""
    asked = {"repo": did, "collection": POST, "rkey": rkey}
    try:
        await session.get("com.atproto.repo.getRecord", asked)
    except Refused as problem:
        if problem.status == 400:  # RecordNotFound
            return False
        raise
    return True


async def _thread(session: Session, uri: str) -> Record:
    """Where a reply hangs: on the post, and on the one that its thread begins with."""
    said = await session.get(_GET_POSTS, {"uris": [uri]})
    views = said.get("posts")
    view = views[0] if isinstance(views, list) and views and isinstance(views[0], dict) else {}
    cid, record = view.get("cid"), view.get("record")
    if not isinstance(cid, str) or not isinstance(record, dict):
        raise ReplyRefused("post_gone")
    parent = {"uri": uri, "cid": cid}
    above = record.get("reply")
    root = above.get("root") if isinstance(above, dict) else None
    return {"root": root if isinstance(root, dict) else parent, "parent": parent}


def _record_key(to: Post, key: str) -> str:
    """A key of the kind that posts have (a TID) which is the same for the same reply."""
    drawn = int.from_bytes(hashlib.sha256(f"{to.key}\0{key}".encode()).digest()[:7], "big")
    return tid(micros(to.created_at) + (drawn >> 10 & 0xFFFF_FFFF), drawn)


async def _settled(work: Awaitable[T]) -> T:
    """What it brings. Raises ReplyLater and ReplyRefused."""
    try:
        return await work
    except PasswordRefused as problem:
        raise ReplyRefused("token_refused") from problem
    except Exception as problem:
        known = understood(problem)
        if isinstance(known, Passing):
            raise ReplyLater(known.code, known.wait) from problem
        raise
