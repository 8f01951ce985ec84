"""Archives that people have themselves: tables of twarc and TAGS, any other table, an outbox."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feeds.table_records import OUTBOX_BOOST, OUTBOX_NOTE, TAGS_ROW, TWARC_ROW
from wall.errors import FeedFatal
from wall.feeds.archive import read_archive
from wall.feeds.base import Arrived, Checkpoint, Dropped, Item
from wall.feeds.shapes.rows import columns_of, rows
from wall.feeds.shapes.tables import Columns, Times, moment
from wall.model import Post

TORONTO = Times(ZoneInfo("America/Toronto"))
NAMED = Columns({"text": "Message", "time": "When", "author": "Who"}, "forum", TORONTO)
CELLS = st.text(st.characters(exclude_categories=["Cs"]))


def table(path: Path, *written: dict[str, Any], delimiter: str = ",") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(written[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(written)
    path.write_bytes(text.getvalue().encode())
    return path


def items(path: Path, columns: Columns | None = None, cursor: str | None = None) -> list[Item]:
    read = read_archive(path, columns=columns, cursor=cursor)
    return [item for item in read if not isinstance(item, Checkpoint)]


def posts(path: Path, columns: Columns | None = None) -> list[Post]:
    found = items(path, columns)
    assert all(isinstance(item, Arrived) for item in found), found
    return [item.post for item in found if isinstance(item, Arrived)]


def test_a_row_of_twarc_is_the_post_of_the_api_that_it_was(tmp_path: Path) -> None:
    (post,) = posts(table(tmp_path / "t.csv", TWARC_ROW))
    assert (post.network, post.key, post.reply_to) == ("x", "1420000000000000002", "1420000000000000001")
    assert post.text == "Count teaching & reviews #meded https://t.co/a"
    assert (post.author.handle, post.author.name, post.author.followers) == ("ada", "Ada Obi", 12)
    assert post.hashtags == ("meded",)
    assert [link.url for link in post.links] == ["https://e.example/a"]
    assert [one.url for one in post.media] == ["https://i.example/1.jpg"]
    assert post.created_at == datetime(2021, 7, 27, 12, tzinfo=UTC)


def test_a_repost_in_a_table_of_twarc_counts_on_its_original(tmp_path: Path) -> None:
    row = {**TWARC_ROW, "referenced_tweets.retweeted.id": "5", "referenced_tweets.replied_to.id": ""}
    (post,) = posts(table(tmp_path / "t.csv", row))
    assert (post.repost_of, post.reply_to) == ("5", None)


@pytest.mark.parametrize("words", ["[Session 4] starts now", '{"a": 1} is how it looks', "[1, 2]"])
def test_what_people_wrote_in_brackets_is_their_text(words: str, tmp_path: Path) -> None:
    row = {**TWARC_ROW, "text": words, "author.name": "[Ada]", "author.location": "{here}"}
    (post,) = posts(table(tmp_path / "t.csv", row))
    assert (post.text, post.author.name) == (words, "[Ada]")


@pytest.mark.parametrize(
    "cell", ['[{"start": 26, "en', "[" * 100_000, "[" + "9" * 5_000 + "]", "7", "none"]
)
def test_a_column_of_json_that_is_none_costs_only_itself(cell: str, tmp_path: Path) -> None:
    row = {**TWARC_ROW, "entities.urls": cell, "context_annotations": cell, "edit_history_tweet_ids": cell}
    (post,) = posts(table(tmp_path / "t.csv", row))
    assert post.hashtags == ("meded",)
    assert "https://t.co/a" in post.text


def test_an_id_that_a_spreadsheet_rounded_is_left_out_with_its_line(tmp_path: Path) -> None:
    rounded = {**TAGS_ROW, "id_str": "4.673E+17"}
    found = items(table(tmp_path / "t.csv", TAGS_ROW, rounded, TAGS_ROW))
    assert found[1] == Dropped("unusable_post", "line 3")
    assert [isinstance(item, Arrived) for item in found] == [True, False, True]


def test_a_row_of_tags_is_a_post_of_x(tmp_path: Path) -> None:
    (post,) = posts(table(tmp_path / "t.csv", TAGS_ROW))
    assert (post.network, post.key, post.author.handle) == ("x", "467300000000000002", "Ada")
    assert post.text == "Who <reviews> the reviewers? #smsummit"
    assert post.created_at == datetime(2014, 5, 16, 13, 5, tzinfo=UTC)
    assert (post.author.followers, post.hashtags) == (120, ("smsummit",))


def test_a_repost_in_a_sheet_is_found_by_its_words_or_counted_on_an_unseen_original(tmp_path: Path) -> None:
    long = {**TAGS_ROW, "text": "a " * 69 + "end"}
    repeated = {**TAGS_ROW, "id_str": "9", "from_user": "Bo", "text": f"RT @ada: {long['text'][:120]}…"}
    stranger = {**TAGS_ROW, "id_str": "10", "from_user": "Cy", "text": "RT @elsewhere: nobody has this"}
    again = {**stranger, "id_str": "11", "from_user": "Di"}
    first, second, third, fourth = posts(table(tmp_path / "t.csv", long, repeated, stranger, again))
    assert second.repost_of == first.key
    assert third.repost_of is not None
    assert third.repost_of.startswith("unknown:")
    assert third.repost_of == fourth.repost_of


def test_going_on_in_a_sheet_still_finds_what_is_repeated(tmp_path: Path) -> None:
    repeated = {**TAGS_ROW, "id_str": "9", "from_user": "Bo", "text": f"RT @Ada: {TAGS_ROW['text']}"}
    (item,) = items(table(tmp_path / "t.csv", TAGS_ROW, repeated), cursor="1")
    assert isinstance(item, Arrived)
    assert item.post.repost_of == TAGS_ROW["id_str"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_table_is_read_by_the_columns_that_were_named(delimiter: str, tmp_path: Path) -> None:
    row = {"When": "2014-05-16 09:00", "Who": "@Ada", "Message": "Two lines,\nand a #tag", "Other": "x"}
    path = table(tmp_path / "t.csv", row, {**row, "Message": "Another"}, delimiter=delimiter)
    first, second = posts(path, NAMED)
    assert (first.network, first.author.handle, first.text) == ("forum", "Ada", "Two lines,\nand a #tag")
    assert first.created_at == datetime(2014, 5, 16, 13, tzinfo=UTC)
    assert first.hashtags == ("tag",)
    assert first.key != second.key
    assert posts(path, NAMED)[0].key == first.key


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ('Timestamp,"Your comment; question; idea; wish",Name', "Your comment; question; idea; wish"),
        ('Timestamp,"Your comment\r\n(a line or two)",Name', "Your comment (a line or two)"),
        ('Timestamp,"Say ""hello"";\n\n1;2;3;",Name', 'Say "hello"; 1;2;3;'),
        ('Timestamp,5" pipe,Name', '5" pipe'),
        ('Timestamp,Text,"Name', "Text"),
    ],
)
def test_the_names_of_columns_may_hold_what_separates_others(
    header: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"{header}\r\n2014-05-16,One,ada\r\nnever,Two,ada\r\n".encode())
    columns = Columns({"text": text, "time": "Timestamp", "author": "Name"})
    first, second = items(path, columns)
    assert isinstance(first, Arrived)
    assert (first.post.text, first.post.author.handle) == ("One", "ada")
    assert second == Dropped("unusable_post", f"line {header.count(chr(10)) + 3}")


def test_rows_are_named_by_their_first_line_and_a_bad_one_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        b'When,Who,Message\r\n2014-05-16,ada,"a\nb\nc"\r\nyesterday,ada,x\r\n'
        b"2014-05-16,ada,x,y\r\n2014-05-16,ada,\xff\r\n2014-05-16,ada\r\n2014-05-16,ada,last"
    )
    found = items(path, NAMED)
    assert [item for item in found if isinstance(item, Dropped)] == [
        Dropped("unusable_post", "line 5"),
        Dropped("wrong_columns", "line 6"),
        Dropped("not_utf8", "line 7"),
    ]
    assert [item.post.text for item in found if isinstance(item, Arrived)] == ["a\nb\nc", "", "last"]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_file(tmp_path: Path) -> None:
    good = [f"2014-05-16,ada,{number} {'x' * 200}" for number in range(3_000)]
    path = tmp_path / "t.csv"
    path.write_text("When,Who,Message\n" + '2014-05-16,ada,"open\n' + "\n".join(good))
    found = items(path, NAMED)
    assert Dropped("unreadable_line", "line 2") in found
    assert sum(isinstance(item, Arrived) for item in found) > 2_000


def test_a_column_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", {"When": "2014-05-16", "Who": "ada", "Text": "x"})
    with pytest.raises(FeedFatal, match="no column 'Message'"):
        items(path, NAMED)
    path.write_text("just a line\n")
    with pytest.raises(FeedFatal, match="is no table"):
        items(path, NAMED)


def test_a_packed_table_is_read_like_a_plain_one(tmp_path: Path) -> None:
    plain = table(tmp_path / "t.csv", TAGS_ROW)
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes()))
    assert posts(packed) == posts(plain)


@pytest.mark.parametrize("indent", [None, 2])
def test_an_outbox_is_read_oldest_first_with_the_keys_that_the_api_gives(
    indent: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "outbox.json"
    held = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "outbox.json",
        "type": "OrderedCollection",
        "totalItems": 2,
        "orderedItems": [OUTBOX_BOOST, OUTBOX_NOTE],
    }
    path.write_text(json.dumps(held, indent=indent))
    note, boost = posts(path)
    assert (note.network, note.key) == ("mastodon", "https://s.example/users/ada/statuses/1")
    assert (note.author.handle, note.author.key) == ("ada@s.example", "https://s.example/users/ada")
    assert note.text == "Count teaching more"
    assert [(one.url, one.alt) for one in note.media] == [("https://i.example/1.png", "A chart")]
    assert (note.hashtags, note.lang) == (("meded",), "en")
    assert boost.repost_of == "https://other.example/users/bo/statuses/9"


def test_a_type_that_is_no_word_is_no_activity(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in ({**OUTBOX_NOTE, "type": []}, OUTBOX_NOTE)))
    assert [type(item) for item in items(path)][-1] is Arrived


def test_what_was_not_written_for_everybody_stays_out(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    private = {**OUTBOX_NOTE, "object": {**OUTBOX_NOTE["object"], "to": ["https://s.example/users/bo"]}}
    path.write_text("\n".join(json.dumps(one) for one in (OUTBOX_NOTE, private)))
    assert [type(item) for item in items(path)] == [Arrived, Dropped]
    assert items(path)[1] == Dropped("not_public", "line 2")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("2014-05-16T13:05:00Z", "2014-05-16T13:05:00+00:00"),
        ("2014-05-16 13:05", "2014-05-16T13:05:00+00:00"),
        ("Fri May 16 13:05:00 +0000 2014", "2014-05-16T13:05:00+00:00"),
        ("Fri, 16 May 2014 13:05:00 +0200", "2014-05-16T11:05:00+00:00"),
        ("16 May 2014 13:05", "2014-05-16T13:05:00+00:00"),
        ("Friday, 16-May-14 13:05:00 GMT", "2014-05-16T13:05:00+00:00"),
        ("Fri May 16 2014 09:05:00 GMT-0400 (Eastern Daylight Time)", "2014-05-16T13:05:00+00:00"),
        ("16 May 2014 09:05:00 GMT-0400", "2014-05-16T13:05:00+00:00"),
        ("Fri, 16 May 2014 09:05:00 EDT", "2014-05-16T13:05:00+00:00"),
        ("1400245500", "2014-05-16T13:05:00+00:00"),
        ("1400245500000", "2014-05-16T13:05:00+00:00"),
    ],
)
def test_times_are_read_as_they_are_written(cell: str, told: str) -> None:
    assert moment(cell, Times()).astimezone(UTC).isoformat() == told


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "yesterday",
        "467300000000000002",
        "12",
        "16/05/2014 14:05",
        "5 Jan 2024 2:30 PM",
        "Jan 5, 2024 2:30:00 p.m.",
        "5 Jan 2024 14:30 New York",
        "5 Jan 2024 14:30 GMT-5",
        "0024-01-05 14:30",
        "5 Jan 1899 14:30:00 +0000",
        "Fri Jan 05 14:30:00 +0000 2924",
    ],
)
def test_what_says_no_time_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are nobody's
        moment(cell, Times())


def test_a_format_that_was_given_decides(tmp_path: Path) -> None:
    assert moment("03/04/2014 14:05", Times(UTC, "%d/%m/%Y %H:%M")).month == 4
    with pytest.raises(ValueError, match="not a time"):
        moment("14:05", Times(UTC, "%H:%M"))


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_a_spreadsheet_writes_comes_back_cell_by_cell(cells: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["a", "b"], *cells])
    lines = io.BytesIO(text.getvalue().encode())
    table_of = columns_of([f"a{delimiter}b".encode()])
    assert table_of == (delimiter, ("a", "b"), 1)
    read = [row for _, row in rows(iter(lines), table_of)]
    # A row of empty cells is no row, and bare line ends in cells become one kind on the way.
    kept = [dict(zip("ab", row, strict=True)) for row in cells if any(row)]
    assert len(read) == len(kept)
    for found, meant in zip(read, kept, strict=True):
        assert isinstance(found, dict)
        assert {key: value.splitlines() for key, value in found.items()} == {
            key: value.splitlines() for key, value in meant.items()
        }
