"""The form of one session, as a person types it: days and times of day in the event's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic import ValidationError

from facilitator.programme import NewSession
from facilitator.programme_times import after_gap, fold_of, local, moments
from wall.errors import BadInput
from wall.programme import Method, Session

PEOPLE = "person."
"""What the names of the boxes begin with by which facilitators are chosen."""
Problem = tuple[str, dict[str, Any]]
"""What is wrong with a field: a code of `plan.wrong.*`, and what its sentence names."""


class WrongForm(BadInput):
    """Fields of a form cannot be used. `problems` says which and why."""

    code = "wrong_form"
    problems: dict[str, Problem]

    @classmethod
    def of(cls, problems: Mapping[str, Problem]) -> WrongForm:
        """The error for a form with these problems."""
        error = cls("Something in this form cannot be used.", fields=sorted(problems))
        error.problems = dict(problems)
        return error


@dataclass(frozen=True)
class TypedSession:
    """What was typed about a session. `overnight`: it ends on the day after; `begin_which` and
    `end_which`: `first` or `second`, where clocks show a time twice."""

    title: str = ""
    room: str = ""
    method: str = Method.PLENARY
    day: str = ""
    begin: str = ""
    end: str = ""
    overnight: bool = False
    begin_which: str = ""
    end_which: str = ""
    speakers: str = ""
    hashtags: str = ""
    facilitators: tuple[str, ...] = ()
    stream: str = ""
    captions: str = ""
    recording: str = ""
    delay: str = ""

    @classmethod
    def read(cls, form: Mapping[str, str]) -> TypedSession:
        """From the fields that were sent."""
        plain = (name for name in cls.__dataclass_fields__ if name not in {"facilitators", "overnight"})
        return cls(
            **{name: form.get(name, "").strip() for name in plain},
            facilitators=tuple(name.removeprefix(PEOPLE) for name in form if name.startswith(PEOPLE)),
            overnight="overnight" in form,
        )

    @classmethod
    def of(cls, session: Session, zone: str) -> TypedSession:
        """What one would have to type to get this session."""
        begin, end = local(session.starts_at, zone), local(session.ends_at, zone)
        return cls(
            title=session.title,
            room=session.room_id,
            method=session.method,
            day=begin.date().isoformat(),
            begin=f"{begin:%H:%M}",
            end=f"{end:%H:%M}",
            overnight=end.date() > begin.date(),
            begin_which=fold_of(session.starts_at, zone),
            end_which=fold_of(session.ends_at, zone),
            speakers="\n".join(session.speakers),
            hashtags=" ".join(f"#{tag}" for tag in session.hashtags),
            facilitators=session.facilitators,
            stream=session.stream,
            captions=session.captions,
            recording=session.recording,
            delay=str(session.delay_seconds or ""),
        )

    def planned(self, zone: str) -> NewSession:
        """The session that this makes in an event of this zone. Raises WrongForm with every problem."""
        problems: dict[str, Problem] = {}
        times = self._times(zone, problems)
        given = {
            "room": self.room,
            "title": self.title,
            "method": self.method,
            "speakers": tuple(name for name in map(str.strip, self.speakers.splitlines()) if name),
            "hashtags": tuple(dict.fromkeys(self.hashtags.replace(",", " ").split())),
            "facilitators": self.facilitators,
            "stream": self.stream,
            "captions": self.captions,
            "recording": self.recording,
            "delay_seconds": self.delay or 0,
        }
        unset = datetime(2000, 1, 1, tzinfo=UTC)
        begins, ends = times or (unset, unset + timedelta(hours=1))
        try:
            made = NewSession.model_validate({**given, "starts_at": begins, "ends_at": ends})
        except ValidationError as error:
            raise WrongForm.of(problems | _problems(error)) from None
        if problems:
            raise WrongForm.of(problems)
        return made

    def _times(self, zone: str, problems: dict[str, Problem]) -> tuple[datetime, datetime] | None:
        """When it begins and ends; None with the problems noted."""
        day, begin, end = read_day(self.day), read_clock(self.begin), read_clock(self.end)
        if day is None:
            problems["day"] = ("day", {})
        problems |= {
            name: ("clock", {}) for name, clock in (("begin", begin), ("end", end)) if clock is None
        }
        if day is None or begin is None or end is None:
            return None
        if not self.overnight and end <= begin and not (self.begin_which or self.end_which):
            problems["end"] = ("order", {})
            return None
        begins = meant(day, begin, zone, self.begin_which)
        ends = meant(day + timedelta(days=self.overnight), end, zone, self.end_which)
        if isinstance(begins, datetime) and isinstance(ends, datetime):
            if begins < ends:
                return begins, ends
            ends = ("order", {})
        both = (("begin", begins), ("end", ends))
        problems |= {name: found for name, found in both if not isinstance(found, datetime)}
        return None


def read_day(typed: str) -> date | None:
    """A day as browsers send it, 2026-05-04; None for what is none, or too far away to be meant."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if len(typed) == 10 and 1970 <= day.year <= 2200 else None


def read_clock(typed: str) -> time | None:
    """A time of day, 9:05 or 09:05; None for what is none."""
    hour, colon, minute = typed.partition(":")
    numbers = hour.isascii() and hour.isdecimal() and minute[:2].isascii() and minute[:2].isdecimal()
    if not numbers or not colon or len(hour) > 2 or minute[2:] not in {"", ":00"} or len(minute[:2]) != 2:
        return None
    within = int(hour) < 24 and int(minute[:2]) < 60
    return time(int(hour), int(minute[:2])) if within else None


def meant(day: date, clock: time, zone: str, which: str) -> datetime | Problem:
    """The moment that is meant; where clocks skip a time or show it twice, what to ask."""
    found = moments(day, clock, zone)
    if not found:
        return ("skipped", {"time": f"{clock:%H:%M}", "instead": f"{after_gap(day, clock, zone):%H:%M}"})
    if len(found) == 1:
        return found[0]
    if which not in {"first", "second"}:
        return ("twice", {"time": f"{clock:%H:%M}"})
    return found[which == "second"]


_FIELDS = {"delay_seconds": "delay", "ends_at": "end", "starts_at": "begin"}


def _problems(error: ValidationError) -> dict[str, Problem]:
    """By field, what pydantic says of it as a code of `plan.wrong.*`."""
    names = [str(one["loc"][0]) if one["loc"] else "other" for one in error.errors()]
    return {_FIELDS.get(name, name): (_FIELDS.get(name, name), {}) for name in names}
