"""The repository that Bluesky gives its users: its posts as the live feed has them, and hostile bytes."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libipld import decode_car, decode_multibase, encode_cid, encode_dag_cbor

from tests.feeds.kit import HOSTILE
from tests.feeds.test_tables import table
from tests.support.repositories import DID, Blocks, car, name_of, put, repository, sized, tree
from wall.errors import FeedFatal
from wall.feeds.archive import BURST, Archive, read_archive
from wall.feeds.atproto.events import POST, PROFILE, micros, tid
from wall.feeds.atproto.posts import person_of, post_of
from wall.feeds.base import Arrived, Checkpoint, Dropped, Item
from wall.model import Post
from wall.wishes import wish_of

MORNING = datetime(2026, 5, 25, 9, tzinfo=UTC)
PICTURE = b"\x01\x55\x12\x20" + hashlib.sha256(b"a picture").digest()


def key(number: int) -> str:
    return tid(micros(MORNING) + number * 1_000_000, 0)


def record(text: str = "Hello #SMSummit", **more: Any) -> dict[str, Any]:
    return {"$type": POST, "text": text, "createdAt": "2026-05-25T14:23:28.757Z", **more}


def of(count: int, **more: Any) -> dict[str, Any]:
    posts = {f"{POST}/{key(number)}": record(f"post {number}") for number in range(count)}
    likes = {
        f"app.bsky.feed.like/{key(number)}": {
            "$type": "app.bsky.feed.like",
            "subject": {"uri": f"at://{DID}/{POST}/{key(number)}", "cid": "x"},
        }
        for number in range(count)
    }
    profile = {f"{PROFILE}/self": {"$type": PROFILE, "displayName": "Ada"}}
    return {**posts, **likes, **profile, **more}


def written(path: Path, blocks: Blocks, root: bytes | None = None) -> Path:
    path.write_bytes(car(blocks, root))
    return path


def read(path: Path, cursor: str | None = None) -> list[Item]:
    items = read_archive(path, cursor=cursor)
    return [item for item in items if not isinstance(item, Checkpoint)]


def posts(items: list[Item]) -> list[Post]:
    return [item.post for item in items if isinstance(item, Arrived)]


def test_trees_are_written_as_the_specification_has_them() -> None:
    """The known roots of atproto-interop-tests."""
    record_name = decode_multibase("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454")[1]
    known = {
        (): "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm",
        ("3jqfcqzm3fo2j",): "bafyreibj4lsc3aqnrvphp5xmrnfoorvru4wynt6lwidqbm2623a6tatzdu",
        ("3jqfcqzm3fx2j",): "bafyreih7wfei65pxzhauoibu3ls7jgmkju4bspy4t2ha2qdjnzqvoy33ai",
        (
            "3jqfcqzm3fp2j",
            "3jqfcqzm3fr2j",
            "3jqfcqzm3fs2j",
            "3jqfcqzm3ft2j",
            "3jqfcqzm4fc2j",
        ): "bafyreicmahysq4n6wfuxo522m6dpiy7z7qzym3dzs756t5n7nfdgccwq7m",
    }
    for keys, root in known.items():
        assert encode_cid(tree({}, {f"com.example.record/{one}": record_name for one in keys})) == root
    header, there = decode_car(car(repository(of(30))))
    assert header["version"] == 1
    assert len(there) > 60


def test_every_post_comes_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    blocks = list(repository(of(1_200)).items())
    random.Random(5).shuffle(blocks)
    root = next(iter(repository(of(1_200))))
    path = tmp_path / "repo.car"
    path.write_bytes(car(blocks, root))
    items = list(read_archive(path))
    assert [one.text for one in posts(items)] == [f"post {number}" for number in range(1_200)]
    assert [item.cursor for item in items if isinstance(item, Checkpoint)] == ["500", "1000", "1200"]
    assert not [item for item in items if isinstance(item, Dropped)]


def test_a_post_is_what_the_live_feed_makes_of_it(tmp_path: Path) -> None:
    image = {"$type": "blob", "ref": PICTURE, "mimeType": "image/jpeg", "size": 7}
    facet = {
        "index": {"byteStart": 6, "byteEnd": 15},
        "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "SMSummit"}],
    }
    quote = {"uri": f"at://did:plc:bo/{POST}/3mmoojp4cd224", "cid": "x"}
    images = {"$type": "app.bsky.embed.images", "images": [{"image": image, "alt": "A chart"}]}
    embed = {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"$type": "app.bsky.embed.record", "record": quote},
        "media": images,
    }
    sent = record(langs=["en"], facets=[facet], embed=embed, reply={"parent": quote, "root": quote})
    profile = {"$type": PROFILE, "displayName": "Ada L.", "avatar": image}
    path = written(
        tmp_path / "repo.car", repository({f"{POST}/{key(1)}": sent, f"{PROFILE}/self": profile})
    )
    (made,) = posts(read(path))
    cid = encode_cid(PICTURE)
    image["ref"] = {"$link": cid}
    avatar = f"https://cdn.bsky.app/img/avatar/plain/{DID}/{cid}@jpeg"
    owner = person_of({"did": DID, "displayName": "Ada L.", "avatar": avatar})
    assert made == post_of(f"at://{DID}/{POST}/{key(1)}", sent, owner)
    assert made.media[0].alt == "A chart"
    assert made.quote_of == quote["uri"]
    assert made.hashtags == ("SMSummit",)
    assert made.author.avatar == avatar


def test_what_an_account_says_of_strangers_holds(tmp_path: Path) -> None:
    labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
    profile = {"$type": PROFILE, "labels": labels}
    path = written(
        tmp_path / "repo.car", repository({f"{POST}/{key(1)}": record(), f"{PROFILE}/self": profile})
    )
    (made,) = posts(read(path))
    assert wish_of(made) == "signed_in_only"


def test_a_profile_that_is_missing_or_wrong_costs_a_name_only(tmp_path: Path) -> None:
    wrong = {"$type": PROFILE, "displayName": 7, "avatar": "x", "labels": [1]}
    for profile in ({}, {f"{PROFILE}/self": wrong}):
        path = written(tmp_path / "repo.car", repository({f"{POST}/{key(1)}": record(), **profile}))
        (made,) = posts(read(path))
        assert (made.author.key, made.author.handle, made.author.name) == (DID, DID, "")


def test_a_record_without_a_time_has_that_of_its_key(tmp_path: Path) -> None:
    sent = {"$type": POST, "text": "Hello"}
    path = written(tmp_path / "repo.car", repository({f"{POST}/{key(5)}": sent}))
    assert posts(read(path))[0].created_at.replace(second=0) == MORNING


def test_a_record_that_cannot_be_used_is_named_by_its_key(tmp_path: Path) -> None:
    bad = {
        f"{POST}/{key(1)}": record(text=7),
        f"{POST}/{key(2)}": {"$type": "app.bsky.feed.like"},
        f"{POST}/{key(3)}": record("x" * 20_001),
        f"{POST}/{key(4)}": record("good"),
    }
    items = read(written(tmp_path / "repo.car", repository(bad)))
    assert [one.text for one in posts(items)] == ["good"]
    assert [item for item in items if isinstance(item, Dropped)] == [
        Dropped("unusable_post", f"record {key(1)}"),
        Dropped("missing_part", f"record {key(2)}"),
        Dropped("unusable_post", f"record {key(3)}"),
    ]


def test_hostile_texts_come_as_they_are(tmp_path: Path) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    sent = {f"{POST}/{key(number)}": record(text) for number, text in enumerate(texts)}
    items = read(written(tmp_path / "repo.car", repository(sent)))
    assert len(posts(items)) == len(HOSTILE)


def test_a_megabyte_is_left_out_and_nothing_else(tmp_path: Path) -> None:
    sent = {f"{POST}/{key(1)}": record("x" * 1_000_000), f"{POST}/{key(2)}": record("after")}
    items = read(written(tmp_path / "repo.car", repository(sent)))
    assert [one.text for one in posts(items)] == ["after"]
    assert Dropped("line_too_long", f"record {key(1)}") in items


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = written(tmp_path / "repo.car", repository(of(40)))
    through = posts(read(path))
    for cursor in range(41):
        assert posts(read(path, cursor=str(cursor))) == through[cursor:]
    with pytest.raises(FeedFatal, match="fewer"):
        read(path, cursor="41")


def test_progress_reaches_the_end_of_the_file(tmp_path: Path) -> None:
    archive = Archive(written(tmp_path / "repo.car", repository(of(200))))
    assert len(archive.block(10)) == 10
    assert 0 < archive.read_bytes < archive.total_bytes
    while archive.block(BURST):
        pass
    assert (archive.consumed, archive.read_bytes) == (200, archive.total_bytes)
    archive.close()


def test_missing_and_damaged_parts_cost_themselves(tmp_path: Path) -> None:
    blocks = repository(of(300))
    names = [name for name, data in blocks.items() if b"post 1" in data and b"text" in data]
    del blocks[names[0]]
    blocks[names[1]] = blocks[names[1]].replace(b"post 1", b"POST 1")
    items = read(written(tmp_path / "repo.car", blocks))
    assert len(posts(items)) == 298
    assert sorted(item.code for item in items if isinstance(item, Dropped)) == [
        "damaged_part",
        "missing_part",
    ]
    assert not [one for one in posts(items) if "POST" in one.text]
    start = f"{POST}/".encode()
    nodes = [name for name, data in blocks.items() if data.startswith(b"\xa2ae") and start in data]
    del blocks[nodes[1]]
    fewer = read(written(tmp_path / "repo.car", blocks))
    assert 0 < len(posts(fewer)) < 298
    assert [item for item in fewer if isinstance(item, Dropped) and item.where.startswith("record after")]


def test_a_file_that_was_cut_gives_what_it_has(tmp_path: Path) -> None:
    whole = car(repository(of(300)))
    path = tmp_path / "repo.car"
    path.write_bytes(whole[: whole.index(b"post 200")])
    items = read(path)
    assert 0 < len(posts(items)) < 300
    assert items[-1] == Dropped("archive_cut", "record of the end")


HEADER = sized(bytes(encode_dag_cbor({"version": 1, "roots": [name_of(b"")]})))


@pytest.mark.parametrize(
    "content",
    [
        HEADER,
        sized(bytes(encode_dag_cbor({"version": 1, "roots": []}))),
        sized(bytes(encode_dag_cbor({"version": 1, "roots": [7]}))),
        sized(bytes(encode_dag_cbor({"version": 2, "roots": [name_of(b"")]}))),
        bytes.fromhex("0aa16776657273696f6e02"),
        b"\xff\x7f" + HEADER[1:],
        b"\x3a\xa2eroots" + b"\x81" * 60_000,
        HEADER + b"\xff" * 20,
        HEADER + b"\x00" * 1_000,
        car({name_of(b"\xa0"): b"\xa0"}),
        car({name_of(b"x"): b"y"}),
    ],
    ids=lambda content: content[:12].hex(),
)
def test_bytes_that_are_no_repository_are_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "repo.car"
    path.write_bytes(content)
    with pytest.raises(FeedFatal, match="no repository of Bluesky"):
        read(path)


def tree_of(node: Any, blocks: Blocks | None = None) -> Blocks:
    """A repository whose tree has this top."""
    below = dict(blocks or {})
    top = put(below, node)
    commit: Blocks = {}
    put(commit, {"did": DID, "version": 3, "data": top, "rev": "x", "prev": None, "sig": b""})
    return commit | below


def one(text: str = "post", **changes: Any) -> tuple[dict[str, Any], Blocks]:
    blocks: Blocks = {}
    path = f"{POST}/{key(1)}".encode()
    return {"p": 0, "k": path, "v": put(blocks, record(text)), "t": None} | changes, blocks


@pytest.mark.parametrize(
    "changes",
    [
        {"p": 5},
        {"p": -1},
        {"p": "x"},
        {"k": "x"},
        {"k": b"x" * 2_000},
        {"v": b"x"},
        {"v": None},
        {"t": 7},
        {"t": b"x"},
    ],
    ids=str,
)
def test_a_part_of_the_tree_that_is_wrong_is_reported(changes: dict[str, Any], tmp_path: Path) -> None:
    good, blocks = one()
    bad = {"p": 0, "k": f"{POST}/{key(2)}".encode(), "v": good["v"], "t": None} | changes
    items = read(written(tmp_path / "repo.car", tree_of({"l": None, "e": [good, bad]}, blocks)))
    assert [post.text for post in posts(items)] == ["post"]
    assert Dropped("damaged_part", f"record after {key(1)}") in items


def test_a_tree_that_repeats_itself_comes_to_an_end(tmp_path: Path) -> None:
    good, blocks = one()
    node: Any = {"l": None, "e": [good]}
    for _ in range(200):
        node = {"l": put(blocks, node), "e": []}
    items = read(written(tmp_path / "deep.car", tree_of(node, blocks)))
    assert items == [Dropped("damaged_part", "record of the beginning")]
    shared = put(blocks, {"l": None, "e": [good]})
    later = {**good, "k": b"z", "t": shared}
    items = read(written(tmp_path / "shared.car", tree_of({"l": shared, "e": [later] * 50}, blocks)))
    assert len(posts(items)) == 1
    empty = put(blocks, {"l": None, "e": []})
    many = [{**good, "k": b"z%04d" % number, "t": empty} for number in range(5_000)]
    items = read(written(tmp_path / "many.car", tree_of({"l": None, "e": many}, blocks)))
    assert 0 < len(items) <= 5_000
    assert {item.code for item in items if isinstance(item, Dropped)} == {"damaged_part"}


def test_a_repository_with_more_than_memory_should_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.atproto.repo.MOST_BLOCKS", 20)
    assert (
        len(posts(read(written(tmp_path / "small.car", repository({f"{POST}/{key(1)}": record()}))))) == 1
    )
    with pytest.raises(FeedFatal, match="more than 20"):
        read(written(tmp_path / "large.car", repository(of(100))))


def test_a_packed_one_and_columns_are_refused_in_words(tmp_path: Path) -> None:
    plain = written(tmp_path / "repo.car", repository(of(3)))
    packed = tmp_path / "repo.car.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with pytest.raises(FeedFatal, match="packed"):
        read(packed)
    with pytest.raises(FeedFatal) as refused:
        list(read_archive(plain, shape="mastodon"))
    assert "Found: the repository that Bluesky gives its users" in refused.value.message
    assert len(posts(list(read_archive(plain, shape="bluesky")))) == 3
    with pytest.raises(FeedFatal, match="Expected: the repository"):
        list(read_archive(table(tmp_path / "x.csv", {"a": "1", "b": "2"}), shape="bluesky"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_is_more_than_left_out_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(car(repository(of(6))))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["set", "cut", "insert"])):
            case "set":
                raw[at] = data.draw(st.integers(0, 255))
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 40))]
            case "insert":
                raw[at:at] = data.draw(st.binary(max_size=40))
        if not raw:
            return
    path = tmp_path / "repo.car"
    path.write_bytes(bytes(raw))
    known = {f"post {number}" for number in range(6)}
    with contextlib.suppress(FeedFatal):
        assert {post.text for post in posts(read(path))} <= known
