"""Which of two versions of a post is the later one, and what an earlier one still says. Pure."""

from __future__ import annotations

from wall.model import Author, Post
from wall.wishes import keeping_wishes, wish_of

_LOOKS = ("handle", "name", "url", "avatar", "followers", "also")
"""How an author looks: it changes without them, and differs from one server to another."""


def is_newer(known: Post, given: Post) -> bool:
    """Whether `given` is a later version of a post: a backfill brings one that the stream missed, and
    a stream that goes on from an older cursor brings earlier ones again."""
    if given.edited_at is None:
        return False
    return known.edited_at is None or given.edited_at > known.edited_at


def edition(known: Post, given: Post) -> Post:
    """A post as it is after it was given again: the wishes against showing it stay.

    An earlier version that says a new wish brings the wish, not its words: whoever found it may not have
    seen the edit. In the same version another look of its author is not an edit.
    """
    given = keeping_wishes(known, given)
    if is_newer(given, known):
        asks = wish_of(given) and not wish_of(known)
        said = {"labels": given.labels, "noindex": given.noindex, "author": given.author}
        return known.model_copy(update=said) if asks else given
    return _looking_as(known, given) if given.edited_at == known.edited_at else given


def _looking_as(known: Post, given: Post) -> Post:
    same = {"author": _author_as(known.author, given.author), "created_at": known.created_at}
    if known.quote and given.quote and known.quote.key == given.quote.key:
        author = _author_as(known.quote.author, given.quote.author)
        same["quote"] = given.quote.model_copy(update={"author": author})
    return given.model_copy(update=same)


def _author_as(known: Author, given: Author) -> Author:
    return given.model_copy(update={name: getattr(known, name) for name in _LOOKS})
