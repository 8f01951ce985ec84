"""A small AppView: the two questions that a feed asks one, answered from a real PDS's own records.

Bluesky's AppView wants PostgreSQL and Redis of its own. This one has no labels, no counts and no delay; who
and what it shows is what the PDS gives to strangers, so that a deleted post, or an account that is taken
down, is absent.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import httpx2
from websockets.datastructures import Headers
from websockets.http11 import Response

from tests.support.waiting import PATIENCE

Record = dict[str, Any]


class AppView:
    """Answers `getProfiles` and `getPosts`."""

    def __init__(self, pds: str) -> None:
        self._http = httpx2.AsyncClient(base_url=f"{pds}/xrpc/", trust_env=False, timeout=PATIENCE)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def answer(self, path: str, query: str) -> Response:
        """The answer to a request of XRPC."""
        asked = parse_qs(query)
        match path.removeprefix("/xrpc/"):
            case "app.bsky.actor.getProfiles":
                found = [await self._profile(did) for did in asked["actors"]]
                return _response(200, {"profiles": [one for one in found if one]})
            case "app.bsky.feed.getPosts":
                found = [await self._post(uri) for uri in asked["uris"]]
                return _response(200, {"posts": [one for one in found if one]})
        return _response(501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"})

    async def _profile(self, did: str) -> Record | None:
        repo = await self._get("com.atproto.repo.describeRepo", repo=did)
        if repo is None:
            return None
        said = await self._record(did, "app.bsky.actor.profile", "self")
        value = said["value"] if said else {}
        return {"did": did, "handle": repo["handle"], "displayName": value.get("displayName"), "labels": []}

    async def _post(self, uri: str) -> Record | None:
        _, _, did, collection, rkey = uri.split("/")
        author, said = await self._profile(did), await self._record(did, collection, rkey)
        if author is None or said is None:
            return None
        return {"uri": uri, "cid": said["cid"], "author": author, "record": said["value"], "labels": []}

    async def _record(self, did: str, collection: str, rkey: str) -> Record | None:
        return await self._get("com.atproto.repo.getRecord", repo=did, collection=collection, rkey=rkey)

    async def _get(self, method: str, **query: str) -> Record | None:
        """What the PDS says; None where it has no such thing, or does not show it."""
        answer = await self._http.get(method, params=query)
        return dict(answer.json()) if answer.status_code == 200 else None


def _response(status: int, said: Record) -> Response:
    body = json.dumps(said).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
    return Response(status, "", headers, body)
