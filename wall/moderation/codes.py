"""The codes of reasons that a verdict gives, with the parameters that their words need."""

from __future__ import annotations

CODES: dict[str, tuple[str, ...]] = {
    "blocked_author": (),
    "awaits_approval": (),
    "first_post": (),
    "not_listed": (),
    "empty": (),
    "image": ("count",),
    "warning": (),
    "sensitive": (),
    "link": (),
    "word": (),
    "foreign_tag": (),
    "birth_date": (),
    "nhs_number": (),
    "health_card": (),
    "social_security": (),
    "hospital_number": (),
    "phone": (),
    "email": (),
    "flood": ("posts", "minutes"),
    "lookalike": ("authors", "minutes"),
}
"""Code → names of its parameters. Words stand in the catalogue under `reason.CODE`; where a reason
has the parameter `field`, `reason.in.FIELD` says where besides the text it was seen."""

FIELDS = ("name", "warning", "alt")
"""Values of the parameter `field`."""
