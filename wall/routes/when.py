"""Times as server-rendered pages write them: in an event's zone, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from wall.routes.words import Words


@dataclass(frozen=True)
class When:
    """Writes the times of one event in one language."""

    zone: str
    lang: str
    words: Words

    def local(self, moment: datetime) -> datetime:
        """A time in the event's zone; one at the very edge of the calendar stays in UTC."""
        try:
            return moment.astimezone(ZoneInfo(self.zone))
        except OverflowError:
            return moment.astimezone(UTC)

    def clock(self, moment: datetime) -> str:
        """The time of day as this language writes it: 2:05 PM, 14:05."""
        at = self.local(moment)
        half = "AM" if at.hour < 12 else "PM"
        hours = {"hour": at.hour, "hour12": at.hour % 12 or 12}
        return self.words.say(self.lang, "date.clock", minute=f"{at:%M}", half=half, **hours)

    def span(self, begins: datetime, ends: datetime) -> str:
        """From when to when, by the clock."""
        return f"{self.clock(begins)}–{self.clock(ends)}"

    def at(self, moment: datetime) -> str:
        """When something was or will be: the time of day and, unless that is today, the day."""
        if self.day(moment) == self.day(datetime.now(UTC)):
            return self.clock(moment)
        return f"{self.long_day(self.day(moment))}, {self.clock(moment)}"

    def iso(self, moment: datetime) -> str:
        """For machines, with the zone's offset."""
        return self.local(moment).isoformat(timespec="minutes")

    def day(self, moment: datetime) -> date:
        """The day in the event's zone."""
        return self.local(moment).date()

    def long_day(self, day: date) -> str:
        """A day in words, as Friday 16 May 2014."""
        say = self.words.say
        return say(
            self.lang,
            "date.long",
            weekday=say(self.lang, f"date.weekday.{day.isoweekday()}"),
            day=day.day,
            month=say(self.lang, f"date.month.{day.month}"),
            year=day.year,
        )
