"""Archive files: lines, arrays, compression, damage, and going on where one stopped."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feeds.feed_records import conference_record, mastodon_status
from wall.errors import FeedFatal
from wall.feeds.archive import LINE_LIMIT, Archive, read_archive
from wall.feeds.base import Arrived, Checkpoint, Dropped, Item

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


def keys(items: list[Item]) -> list[str]:
    return [item.post.key for item in items if isinstance(item, Arrived)]


def without_checkpoints(items: list[Item]) -> list[Item]:
    return [item for item in items if not isinstance(item, Checkpoint)]


def test_every_line_is_read_and_the_last_checkpoint_covers_all(conference: Make, write: Write) -> None:
    items = list(read_archive(write([conference(n) for n in range(1_201)])))
    assert len(keys(items)) == 1_201
    assert [item.cursor for item in items if isinstance(item, Checkpoint)] == ["500", "1000", "1201"]


def test_an_unreadable_line_is_dropped_with_its_number(conference: Make, write: Write) -> None:
    bad = [b"{", b"\xff\xfe", b'{"id": "\xc3("}', b"[1, 2]", b"17", b"null", b"[" * 100_000]
    items = list(read_archive(write([conference(1), *bad, conference(2)])))
    assert keys(items) == ["1001", "1002"]
    assert [item for item in items if isinstance(item, Dropped)] == [
        Dropped("unreadable_line", f"line {number}") for number in range(2, 9)
    ]


def test_a_post_that_breaks_the_model_is_dropped_with_its_number(conference: Make, write: Write) -> None:
    items = list(read_archive(write([conference(1), conference(2, text="x" * 20_001)])))
    assert Dropped("unusable_post", "line 2") in items


def test_a_cut_last_line_is_dropped_and_a_whole_one_needs_no_line_end(
    conference: Make, write: Write
) -> None:
    path = write([conference(1), conference(2)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert keys(list(read_archive(path))) == ["1001", "1002"]
    path.write_bytes(whole[:-20])
    assert without_checkpoints(list(read_archive(path)))[1:] == [Dropped("unreadable_line", "line 2")]


def test_line_separators_inside_texts_do_not_split_lines(conference: Make, write: Write) -> None:
    text = "one\u2028two\u2029three\x85four\x0bfive\x0c"
    line = json.dumps(conference(1, text=text), ensure_ascii=False).encode()
    (item,) = without_checkpoints(list(read_archive(write([line]))))
    assert isinstance(item, Arrived)
    assert item.post.text == text


def test_lone_surrogates_and_nul_become_replacement_characters(conference: Make, write: Write) -> None:
    line = json.dumps(conference(1, text="TEXT")).replace("TEXT", r"a\ud800b\u0000c").encode()
    (item,) = without_checkpoints(list(read_archive(write([line]))))
    assert isinstance(item, Arrived)
    assert item.post.text == "a\ufffdb\ufffdc"


def test_a_line_of_more_than_a_megabyte_is_passed_over(conference: Make, write: Write) -> None:
    longest = json.dumps(conference(2)).encode().ljust(LINE_LIMIT)
    path = write([conference(1), longest, longest + b" ", b"x" * (3 * LINE_LIMIT), conference(3)])
    items = without_checkpoints(list(read_archive(path)))
    assert keys(items) == ["1001", "1002", "1003"]
    assert items[2:4] == [Dropped("line_too_long", "line 3"), Dropped("line_too_long", "line 4")]


def test_a_last_line_that_is_too_long_ends_the_archive(conference: Make, write: Write) -> None:
    path = write([conference(1)])
    path.write_bytes(path.read_bytes() + b"x" * (LINE_LIMIT + 1))
    assert without_checkpoints(list(read_archive(path)))[1:] == [Dropped("line_too_long", "line 2")]


def test_blank_lines_carriage_returns_and_a_byte_order_mark_are_harmless(
    conference: Make, write: Write
) -> None:
    line = json.dumps(conference(1)).encode()
    items = list(read_archive(write([b"\xef\xbb\xbf" + line + b"\r", b"", b"  \r", line])))
    assert keys(items) == ["1001", "1001"]
    assert items[-1] == Checkpoint("4")


def test_gzip_is_known_by_its_bytes(conference: Make, write: Write, tmp_path: Path) -> None:
    plain = write([b"\xef\xbb\xbf" + json.dumps(conference(1)).encode(), conference(2)])
    packed = tmp_path / "archive"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read_archive(packed)) == list(read_archive(plain))


def test_a_cut_gzip_gives_what_it_has(write: Write) -> None:
    lines = [conference_record(n, text=os.urandom(200).hex()) for n in range(200)]
    packed = write(lines)
    packed.write_bytes(gzip.compress(packed.read_bytes())[:-5_000])
    items = without_checkpoints(list(read_archive(packed)))
    assert 100 < len(keys(items)) < 200
    assert items[-1] == Dropped("archive_cut", f"line {len(items)}")


def test_a_damaged_gzip_gives_what_comes_before_the_damage(write: Write) -> None:
    path = write([conference_record(n, text=os.urandom(200).hex()) for n in range(200)])
    packed = bytearray(gzip.compress(path.read_bytes()))
    packed[-4_000:-3_000] = bytes(1_000)
    path.write_bytes(packed)
    items = without_checkpoints(list(read_archive(path)))
    assert len(keys(items)) > 100
    assert isinstance(items[-1], Dropped)


def test_an_array_is_read_item_by_item(status: Make, tmp_path: Path) -> None:
    path = tmp_path / "statuses.json"
    path.write_text(json.dumps([status(1), 7, status(2), status(3, visibility="direct")], indent=1))
    items = list(read_archive(path))
    assert keys(items) == [status(1)["uri"], status(2)["uri"]]
    assert items[1] == Dropped("unreadable_line", "item 2")
    assert items[3:] == [Dropped("not_public", "item 4"), Checkpoint("4")]


def test_a_saved_timeline_is_played_oldest_first(status: Make, tmp_path: Path) -> None:
    path = tmp_path / "timeline.json"
    path.write_text(json.dumps([status(3), status(2), status(1)]))
    assert keys(list(read_archive(path))) == [status(n)["uri"] for n in (1, 2, 3)]
    assert keys(list(read_archive(path, cursor="1"))) == [status(n)["uri"] for n in (2, 3)]


def test_a_cut_array_gives_what_it_has(status: Make, tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text(json.dumps([status(1), status(2), status(3)])[:-30])
    items = without_checkpoints(list(read_archive(path)))
    assert len(keys(items)) == 2
    assert items[-1] == Dropped("unreadable_line", "item 3")


def test_an_array_with_a_broken_byte_loses_one_item(status: Make, tmp_path: Path) -> None:
    path = tmp_path / "bytes.json"
    raw = json.dumps([status(1), status(2, content="BYTE"), status(3)]).encode()
    path.write_bytes(raw.replace(b"BYTE", b"\xff"))
    items = without_checkpoints(list(read_archive(path)))
    assert keys(items) == [status(1)["uri"], status(3)["uri"]]
    assert items[1] == Dropped("unreadable_line", "item 2")


def test_an_array_larger_than_memory_should_hold_is_refused(
    status: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.archive.ARRAY_LIMIT", 100)
    path = tmp_path / "large.json"
    path.write_text(json.dumps([status(1)]))
    with pytest.raises(FeedFatal, match="one JSON array"):
        list(read_archive(path))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], "an empty file"),
        ([b""], "no line that is a JSON object"),
        ([b"id,text", b"1,hello"], "a table of 2 other columns"),
        ([{"id": 1, "name": "x"}], "another kind"),
        ([{"did": "did:plc:x", "kind": "commit", "time_us": 1}], "Bluesky Jetstream"),
        ([{"id_str": "1", "user": {}, "full_text": "x"}], "v1.1"),
        ([{"@context": "https://www.w3.org/ns/activitystreams"}], "ActivityPub"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(lines: list[Any], found: str, write: Write) -> None:
    with pytest.raises(FeedFatal) as refused:
        list(read_archive(write(lines)))
    assert found in refused.value.message
    assert "Mastodon statuses" in refused.value.message


def test_another_shape_than_the_one_asked_for_is_refused_in_words(conference: Make, write: Write) -> None:
    with pytest.raises(FeedFatal) as refused:
        list(read_archive(write([conference(1)]), shape="mastodon"))
    assert "Expected: Mastodon statuses. Found: conference posts" in refused.value.message


def test_the_shape_is_found_behind_damaged_lines(conference: Make, write: Write) -> None:
    items = list(read_archive(write([b"{", b"", conference(1)])))
    assert keys(items) == ["1001"]
    assert items[0] == Dropped("unreadable_line", "line 1")


@pytest.mark.parametrize("name", ["none.jsonl", ".", "none/none.jsonl", "a\x00b"])
def test_a_path_without_a_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(FeedFatal, match="no archive file"):
        list(read_archive(tmp_path / name))


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FeedFatal, match="no archive file"):
        list(read_archive(pipe))


def test_a_forbidden_file_is_refused_in_words(
    conference: Make, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: object, **__: object) -> None:
        raise PermissionError

    path = write([conference(1)])
    monkeypatch.setattr(Path, "open", forbid)
    with pytest.raises(FeedFatal, match="may not be read"):
        list(read_archive(path))


@pytest.mark.parametrize("cursor", ["", "-1", "1.5", "x", "²", "1" * 19])
def test_a_cursor_that_was_never_given_is_refused(conference: Make, write: Write, cursor: str) -> None:
    with pytest.raises(FeedFatal, match="cannot be read"):
        list(read_archive(write([conference(1)]), cursor=cursor))


def test_an_archive_that_became_shorter_is_refused(conference: Make, write: Write) -> None:
    path = write([conference(1)])
    assert list(read_archive(path, cursor="1")) == []
    with pytest.raises(FeedFatal, match="fewer lines"):
        list(read_archive(path, cursor="2"))


def test_progress_reaches_the_end_of_the_file(conference: Make, write: Write) -> None:
    archive = Archive(write([conference(n) for n in range(10)]))
    assert (archive.consumed, archive.total_bytes) == (0, 0)
    assert len(archive.block(4)) == 4
    assert archive.consumed == 4
    while archive.block(4):
        pass
    assert (archive.consumed, archive.read_bytes) == (10, archive.total_bytes)
    archive.close()
    assert archive.block(4) == []


def test_a_line_with_many_posts_ends_a_block_early(write: Write) -> None:
    user = {"id": "7", "username": "ada"}
    posts = [
        {"id": f"{n}", "text": "t", "author_id": "7", "created_at": "2026-05-12T13:00:00Z"}
        for n in range(60)
    ]
    archive = Archive(write([{"data": posts, "includes": {"users": [user]}}] * 5))
    assert len(archive.block(100)) == 2
    archive.close()


LINES = st.lists(
    st.one_of(
        st.integers(1, 30).map(lambda n: json.dumps(mastodon_status(n)).encode()),
        st.integers(1, 30).map(
            lambda n: json.dumps({"event": "update", "payload": json.dumps(mastodon_status(n))}).encode()
        ),
        st.integers(1, 30).map(lambda n: json.dumps({"event": "delete", "payload": str(n)}).encode()),
        st.integers(2, 30).map(
            lambda n: json.dumps(mastodon_status(n, in_reply_to_id=str(n - 1))).encode()
        ),
        st.integers(1, 30).map(lambda n: json.dumps(mastodon_status(n, visibility="direct")).encode()),
        st.integers(1, 30).map(
            lambda n: json.dumps(mastodon_status(n, reblog=mastodon_status(n + 1))).encode()
        ),
        st.sampled_from([b"", b"{", b"\xff", b"[]", b" \r"]),
    ),
    max_size=25,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=LINES)
def test_going_on_at_any_line_gives_what_reading_through_gives(lines: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "archive.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in [json.dumps(mastodon_status(99)).encode(), *lines]))
    archive = Archive(path)
    through = archive.block(1_000)
    archive.close()
    assert archive.consumed == len(lines) + 1
    for cursor in range(len(lines) + 2):
        rest = without_checkpoints(list(read_archive(path, cursor=str(cursor))))
        assert rest == [item for items in through[cursor:] for item in items]
