"""Programmes from files: pretalx schedules, iCalendar and tables, and what they would change."""
