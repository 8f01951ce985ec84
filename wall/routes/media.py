"""Pictures of posts: `GET /media/{event}/{post}/avatar`, `…/0`, `…/1` for its attachments, `…/emoji-owl`.

The server fetches them (`wall.media`); a page never learns where they were, and a browser never
goes there.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from wall.access import Face
from wall.entries import Scope, visible
from wall.errors import NotFound
from wall.media import MediaProxy, NoPicture, Source, source_of
from wall.routes import AskingHere
from wall.store import Store, posts

SHOWN_SECONDS = 300
"""How long a browser keeps a picture without asking: short, because a withdrawal must reach it."""


class MediaRoutes:
    """One route, for those who may see the post on the face that they name."""

    def __init__(self, media: MediaProxy, store: Store) -> None:
        self._media = media
        self._store = store
        self.router = APIRouter(prefix="/media/{slug}", include_in_schema=False)
        self.router.add_api_route("/{post_id}/{which}", self.picture, methods=["GET"])

    async def picture(self, post_id: str, which: str, asking: AskingHere, face: Face = "wall") -> Response:
        """A WebP; NotFound where there is no such picture, it cannot be had, or it may not be seen."""
        scope = asking.scope(face)
        source = await self._source(asking.event.id, post_id, which, scope)
        if source is None:
            raise _nothing()
        try:
            picture = await self._media.picture(source)
        except NoPicture:
            raise _nothing() from None
        if picture.fetched and await self._source(asking.event.id, post_id, which, scope) != source:
            await self._media.purge(source.urls)
            raise _nothing()
        headers = {"Cache-Control": f"private, max-age={SHOWN_SECONDS}", "Vary": "Cookie"}
        return Response(picture.data, media_type="image/webp", headers=headers)

    async def _source(self, event_id: str, post_id: str, which: str, scope: Scope) -> Source | None:
        found = await self._store.read(lambda conn: posts.by_ids(conn, event_id, {post_id}))
        stored = found.get(post_id)
        if stored is None or not visible(stored, scope):
            return None
        return source_of(stored.post, which)


def _nothing() -> NotFound:
    return NotFound("There is no picture here.", remedy="Nothing to do: the post is shown without it.")
