"""Resources that the staff recommend: what it is, where, and who vouches for it. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from wall.model import Frozen, Role, Time, at_border
from wall.programme import Title, WebAddress

ABOUT_LIMIT = 300
"""Longest text of what a resource is, in code points."""


class Resource(Frozen):
    """A page, film or paper that somebody of the staff recommends. `by_name` and `role` are theirs when
    they did. `highlighted`: they say that it is the one to begin with. `withdrawn`: no longer shown."""

    id: str
    event_id: str
    title: Title
    url: WebAddress
    about: Annotated[str, StringConstraints(max_length=ABOUT_LIMIT), BeforeValidator(at_border)]
    by_person: str
    by_name: str
    role: Role
    session_id: str | None
    highlighted: bool
    withdrawn: bool
    added_at: Time
    version: int
