"""Programmes from files: what is read, what is refused and why, and what it would change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.programme import NewRoom, NewSession
from facilitator.programme_import.comparing import compare
from facilitator.programme_import.csv_out import to_csv
from facilitator.programme_import.reading import kind_of, read_programme, text_of
from facilitator.programme_import.rows import BadFile, FileRead, Source
from wall.model import new_id
from wall.programme import Method, Room, Session, SessionState

ZONE = "America/Toronto"
HALL = Room(id="hall", event_id="e", name="Hall A", position=0, version=1)
NINE = datetime(2026, 5, 4, 13, tzinfo=UTC)

TABLE = """id;room;title;date;begin;end;speakers;delay
1;Hall A;Opening;2026-05-04;9:00;10:00;Ada Obi|Li Wei;20
2;Hall A;;2026-05-04;10:00;11:00;;
3;Hall A;Wrong day;04/05/2026;10:00;11:00;;
4;;No room;2026-05-04;10:00;11:00;;
5;Hall A;"An open quotation;2026-05-04;10:00;11:00;;
6;Hall A;Backwards;2026-05-04;11:00;10:00;;
7;Hall A;Late;2026-05-04;23:00;2026-05-05 01:00;;
7;Hall A;Again;2026-05-04;08:00;09:00;;
8;Hall A;Skipped;2026-03-08;02:30;04:00;;
9;Hall A;Twice;2026-11-01;01:30;04:00;;
10;Hall A;Once;2026-11-01;2026-11-01 01:30-04:00;04:00;;
11;Hall A;Slow;2026-05-04;12:00;13:00;;9999
"""

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:one@example.org
SUMMARY:Opening\\, with
  coffee
LOCATION:Hall A
DTSTART;TZID=America/Toronto:20260504T090000
DTEND;TZID=America/Toronto:20260504T100000
END:VEVENT
BEGIN:VEVENT
UID:two@example.org
SUMMARY:Every day
LOCATION:Hall A
DTSTART:20260504T130000Z
DURATION:PT45M
RRULE:FREQ=DAILY
END:VEVENT
BEGIN:VEVENT
UID:three@example.org
SUMMARY:All day
LOCATION:Hall A
DTSTART;VALUE=DATE:20260504
DTEND;VALUE=DATE:20260505
END:VEVENT
BEGIN:VEVENT
UID:four@example.org
SUMMARY:Breaks off
BEGIN:VEVENT
UID:five@example.org
SUMMARY:Windows
LOCATION:Hall A
DTSTART;TZID=Eastern Standard Time:20260504T140000
DURATION:PT45M
END:VEVENT
BEGIN:VEVENT
UID:six@example.org
SUMMARY:Cancelled
STATUS:CANCELLED
DTSTART:20260504T130000Z
END:VEVENT
BEGIN:VEVENT
UID:seven@example.org
SUMMARY:Nowhere
LOCATION:Hall A
DTSTART;TZID=Moon/Tranquility:20260504T140000
DURATION:PT45M
END:VEVENT
BEGIN:VEVENT
UID:eight@example.org
SUMMARY:Floating
LOCATION:Hall A
DTSTART:20260504T150000
DTEND:20260504T160000
END:VEVENT
END:VCALENDAR
"""


def schedule(*talks: Any) -> str:
    days = [{"index": 1, "date": "2026-05-04", "rooms": {"Hall A": list(talks)}}]
    return json.dumps({"schedule": {"version": "1", "conference": {"acronym": "s", "days": days}}})


TALK = {
    "guid": "g-1",
    "code": "ABCDE",
    "date": "2026-05-04T09:00:00-04:00",
    "start": "09:00",
    "duration": "01:30",
    "title": "Opening",
    "type": "Talk",
    "persons": [{"code": "X", "public_name": "Ada Obi", "biography": "<b>bold</b>"}, {"name": "Li Wei"}],
}


def session(**more: Any) -> Session:
    plan: dict[str, Any] = {
        "id": new_id(),
        "event_id": "e",
        "room_id": "hall",
        "title": "Opening",
        "method": Method.PLENARY,
        "speakers": (),
        "facilitators": (),
        "starts_at": NINE,
        "ends_at": NINE + timedelta(hours=1),
        "prompts": (),
        "prompt": None,
        "state": SessionState.PLANNED,
        "begun_at": None,
        "ended_at": None,
        "note": "",
        "version": 3,
    }
    return Session(**plan | more)


def wrong(read: FileRead) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in read.bad]


def test_half_a_table_is_wrong_and_the_other_half_is_read() -> None:
    read = read_programme(TABLE, ZONE)
    assert [(row.line, row.title) for row in read.rows] == [(2, "Opening"), (8, "Late"), (12, "Once")]
    assert read.rows[0].speakers == ("Ada Obi", "Li Wei")
    assert (read.rows[0].starts_at, read.rows[0].delay_seconds) == (NINE, 20)
    assert read.rows[1].ends_at - read.rows[1].starts_at == timedelta(hours=2)
    assert read.rows[2].starts_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert wrong(read) == [
        (3, "title"),
        (4, "date"),
        (5, "room"),
        (6, "quotes"),
        (7, "order"),
        (9, "double"),
        (10, "skipped"),
        (11, "twice"),
        (13, "delay_seconds"),
    ]


def test_a_calendar_is_read_event_by_event() -> None:
    read = read_programme(CALENDAR, ZONE)
    assert [(row.title, row.source) for row in read.rows] == [
        ("Opening, with coffee", "ical:one@example.org"),
        ("Windows", "ical:five@example.org"),
        ("Floating", "ical:eight@example.org"),
    ]
    assert [row.starts_at.hour for row in read.rows] == [13, 18, 19]
    assert wrong(read) == [(11, "repeats"), (19, "all_day"), (26, "broken"), (42, "zone")]


def test_of_an_event_only_what_is_needed_is_read_and_nothing_of_its_alarms() -> None:
    alarm = "BEGIN:VALARM\nSUMMARY:Alarm\nDURATION:PT1M\nEND:VALARM\n"
    more = f"X-ODD\nDESCRIPTION:SUMMARY\n SUMMARY:folded\n{alarm}"
    read = read_programme(
        CALENDAR.replace("UID:eight@example.org\n", f"UID:eight@example.org\n{more}"), ZONE
    )
    assert [row.title for row in read.rows] == ["Opening, with coffee", "Windows", "Floating"]


def test_a_pretalx_schedule_is_read_talk_by_talk() -> None:
    broken = [
        7,
        TALK | {"guid": "g-2", "duration": "soon"},
        TALK | {"guid": "g-3", "title": None},
        TALK | {"guid": "g-4", "date": 4},
    ]
    read = read_programme(schedule(TALK, *broken), ZONE)
    [row] = read.rows
    assert (row.source, row.room, row.title, row.speakers) == (
        "pretalx:g-1",
        "Hall A",
        "Opening",
        ("Ada Obi", "Li Wei"),
    )
    assert (row.starts_at, row.ends_at - row.starts_at) == (NINE, timedelta(minutes=90))
    assert wrong(read) == [(2, "broken"), (3, "duration"), (4, "title"), (5, "begin")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("room,title,begin\n", "empty"),
        ("what,ever\n1,2\n", "columns"),
        ('{"schedule": ', "json"),
        ("{}", "no_schedule"),
        ("[" * 100_000, "json"),
        ('{"schedule": ' + "9" * 5_000 + "}", "json"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "empty"),
        ("room,title,begin,end\n" + "a,b,2026-05-04 09:00,10:00\n" * 1_001, "many"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_says_why(text: str, problem: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_programme(text, ZONE)
    assert caught.value.details["problem"] == problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PK\x03\x04rest", "not_text"),
        (b"room,title\n\xe9t\xe9", "encoding"),
        (b"a\x00b", "not_text"),
        (b"x" * (2 * 1024 * 1024 + 1), "large"),
    ],
)
def test_what_is_no_text_says_so(content: bytes, problem: str) -> None:
    with pytest.raises(BadFile) as caught:
        text_of(content)
    assert caught.value.details["problem"] == problem


def test_spreadsheets_text_is_read_however_it_is_encoded() -> None:
    assert text_of("été".encode("utf-16")) == text_of("été".encode("utf-8-sig")) == "été"


def test_kinds_are_told_by_content() -> None:
    assert [kind_of(text) for text in ("\ufeff begin:vcalendar", ' {"a": 1}', "room,title")] == [
        Source.ICAL,
        Source.PRETALX,
        Source.CSV,
    ]


@given(
    st.text(max_size=400)
    | st.sampled_from([TABLE, CALENDAR, schedule(TALK)]).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, 60), st.text(max_size=20)).map(
            lambda cut: text[: cut[0]] + cut[2] + text[cut[0] + cut[1] :]
        )
    )
)
def test_whatever_is_sent_is_read_or_refused_in_words(text: str) -> None:
    try:
        read = read_programme(text, ZONE)
    except BadFile:
        return
    assert read.rows or read.bad


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40)
PLANS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    title=WORDS,
    method=st.sampled_from(list(Method)),
    speakers=st.lists(
        WORDS.filter(lambda name: not set(name) & set(";|\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")),
        max_size=3,
    ),
    starts_at=st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(1, 1_000),
    delay_seconds=st.integers(0, 3_600),
)


@given(st.lists(PLANS, max_size=6), st.sampled_from([ZONE, "Europe/Paris", "Australia/Lord_Howe"]))
def test_a_table_that_was_saved_here_changes_nothing_when_it_comes_back(
    plans: list[dict[str, Any]], zone: str
) -> None:
    made = []
    for plan in plans:
        begins = plan["starts_at"].replace(microsecond=0)
        try:
            new = NewSession(
                room="hall",
                title=plan["title"],
                method=plan["method"],
                speakers=tuple(plan["speakers"]),
                starts_at=begins,
                ends_at=begins + timedelta(minutes=plan["minutes"]),
                delay_seconds=plan["delay_seconds"],
            )
        except ValueError:
            continue  # nothing was left of its words
        made.append(session(**new.model_dump(exclude={"room", "prompts", "note", "facilitators"})))
    text = to_csv([HALL], made, zone)
    if not made:
        return
    read = read_programme(text, zone)
    assert read.bad == ()
    preview = compare(read, [HALL], made)
    assert [match.differences for match in (*preview.changed, *preview.same)] == [()] * len(made)
    assert preview.new == ()


def test_a_row_is_found_again_by_the_sources_id_else_by_room_time_and_title() -> None:
    known, same = session(source="csv:1", title="Was"), session(starts_at=NINE, title="Opening")
    table = (
        "id,room,title,begin,end\n"
        "1,Hall A,Is,2026-05-04 11:00,12:00\n"
        "2,hall a,Opening,2026-05-04 09:00,10:00\n"
        "3,Hall B,New,2026-05-04 09:00,10:00\n"
    )
    preview = compare(read_programme(table, ZONE), [HALL], [known, same])
    assert [(match.session, [one.field for one in match.differences]) for match in preview.changed] == [
        (known, ["title", "starts_at", "ends_at"])
    ]
    assert [match.session for match in preview.same] == [same]
    assert [(match.row.title, match.new_room) for match in preview.new] == [("New", True)]


def test_what_came_from_such_a_file_and_is_not_in_it_is_gone_unless_its_line_is_only_wrong() -> None:
    here = [
        session(
            source=f"csv:{number}",
            starts_at=NINE + timedelta(days=number),
            ends_at=NINE + timedelta(days=number, hours=1),
        )
        for number in (1, 2, 3)
    ]
    by_hand = session(source="")
    table = (
        "id,room,title,begin,end\n1,Hall A,Opening,2026-05-05 09:00,10:00\n2,Hall A,Opening,soon,10:00\n"
    )
    preview = compare(read_programme(table, ZONE), [HALL], [*here, by_hand])
    assert preview.gone == (here[2],)


def test_a_running_session_stays_in_its_room() -> None:
    runs = session(source="csv:1", state=SessionState.RUNNING, begun_at=NINE)
    table = "id,room,title,begin,end\n1,Hall B,Opening,2026-05-04 09:00,10:00\n"
    preview = compare(read_programme(table, ZONE), [HALL], [runs])
    [match] = preview.same
    assert [(one.field, one.stays) for one in match.differences] == [("room", True)]


def test_a_row_says_what_it_would_be_in_its_room_with() -> None:
    table = "room,title,begin,end\nHall A,New,2026-05-04 09:30,10:30\nHall A,Other,2026-05-04 10:00,11:00\n"
    preview = compare(read_programme(table, ZONE), [HALL], [session()])
    assert [match.clashes for match in preview.new] == [("Opening", "Other"), ("New",)]


def test_hostile_text_is_text() -> None:
    table = (
        "room,title,begin,end,stream\n"
        '"=HYPERLINK(1)","<script>alert(1)</script>\u202e",2026-05-04 09:00,10:00,javascript:alert(1)\n'
    )
    assert wrong(read_programme(table, ZONE)) == [(2, "stream")]
    [row] = read_programme(table.replace("javascript:alert(1)", ""), ZONE).rows
    assert (
        row.title
        == NewSession(
            room="r", title=row.title, method=Method.CHAT, starts_at=NINE, ends_at=row.ends_at
        ).title
    )
    room = HALL.model_copy(update={"name": NewRoom(name=row.room).name})
    assert "'=HYPERLINK" in to_csv([room], [session()], ZONE)
