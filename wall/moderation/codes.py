"""The codes of moderation with the parameters that their words need: why a post waits, and why rules
cannot be used."""

from __future__ import annotations

CODES: dict[str, tuple[str, ...]] = {
    "left_off": (),
    "noindex": (),
    "signed_in_only": (),
    "limited": (),
    "taken_down": (),
    "blocked_author": (),
    "blocked_quote": (),
    "awaits_approval": (),
    "first_post": (),
    "not_listed": (),
    "empty": (),
    "slides_private": (),
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

FIELDS = ("name", "warning", "alt", "poll", "link_card", "quote")
"""Values of the parameter `field`."""

PROBLEMS: dict[str, tuple[str, ...]] = {
    "not_fields": (),
    "unknown_field": ("fields",),
    "unknown_part": (),
    "unusable": (),
    "no_such_mode": (),
    "not_yes_or_no": (),
    "not_between": ("least", "most"),
    "not_lines": (),
    "too_many_lines": ("lines", "most"),
    "too_many_patterns": ("patterns", "most"),
    "patterns_too_large": (),
    "nobody_trusted": (),
    "not_a_country": (),
    "too_long": ("most",),
    "nothing_to_find": (),
    "not_an_author": (),
    "not_a_hashtag": (),
    "not_a_site": (),
    "pattern_bracket": (),
    "pattern_repeat": (),
    "pattern_escape": (),
    "pattern_class": (),
    "pattern_unsupported": (),
    "pattern_large": (),
    "pattern_empty": (),
    "pattern_unreadable": (),
    "trusted_and_blocked": ("other", "other_line"),
    "held_and_never_held": ("other", "other_line"),
    "own_hashtag": (),
}
"""Code → names of its parameters. Words stand under `rules.problem.CODE`. `other` is the field of
another list, and `other_line` the line of it that a line contradicts, as it was sent, from 1."""
