"""Roles, sign-in, links and tokens: who is asking, and may they."""

from wall.access.access import CACHE_SECONDS, Access, Invitation
from wall.access.links import (
    FIRST_LINK_HOURS,
    MOST_LINK_HOURS,
    MOST_PLACES,
    NAME_CHARACTERS,
    STAFF_LINK_HOURS,
    Entering,
    check_hours,
    check_places,
    clean_name,
    enter,
    enter_instance,
    make_link,
    set_member,
)
from wall.access.origins import ForeignOrigin, Origins, UnknownHost
from wall.access.places import place_of
from wall.access.rights import NOBODY, RIGHTS, STAFF, Face, Visitor, may, require, scope_for
from wall.access.screens import ScreenHere
from wall.access.tokens import COOKIE, SECURE_COOKIE, Asgi, digest_of, enter_path, new_token

__all__ = [
    "CACHE_SECONDS",
    "COOKIE",
    "FIRST_LINK_HOURS",
    "MOST_LINK_HOURS",
    "MOST_PLACES",
    "NAME_CHARACTERS",
    "NOBODY",
    "RIGHTS",
    "SECURE_COOKIE",
    "STAFF",
    "STAFF_LINK_HOURS",
    "Access",
    "Asgi",
    "Entering",
    "Face",
    "ForeignOrigin",
    "Invitation",
    "Origins",
    "ScreenHere",
    "UnknownHost",
    "Visitor",
    "check_hours",
    "check_places",
    "clean_name",
    "digest_of",
    "enter",
    "enter_instance",
    "enter_path",
    "make_link",
    "may",
    "new_token",
    "place_of",
    "require",
    "scope_for",
    "set_member",
]
