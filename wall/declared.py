"""What participants may say of themselves beside a point: what they are and where. Nobody checks it, so it
is shown to the staff as what it is, self-declared. Pure."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

DeclaredRole = Literal["", "clinician", "educator", "student", "researcher", "patient", "other"]
"""What somebody is in health professions education; "patient": a patient or carer; empty: not said."""
DECLARED_ROLES: tuple[DeclaredRole, ...] = get_args(DeclaredRole)[1:]

Country = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{2})?$")]
"""A country or territory by its code of ISO 3166-1; empty: not said."""
