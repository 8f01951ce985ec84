"""The made-up summit that the demo plays."""

from __future__ import annotations

from wall.feeds.archive import read_archive
from wall.feeds.base import Arrived, Checkpoint
from wall.feeds.demo import demo_archive
from wall.model import Mode, Post, PostState
from wall.moderation import Rules, judge


def posts() -> list[Post]:
    return [item.post for item in read_archive(demo_archive()) if isinstance(item, Arrived)]


def test_every_line_is_a_good_post() -> None:
    items = list(read_archive(demo_archive()))
    assert {type(item) for item in items} == {Arrived, Checkpoint}
    assert len({(post.network, post.key) for post in posts()}) == len(posts())
    rules = Rules(mode=Mode.AUTO)
    held = [post for post in posts() if judge(post, rules).state is not PostState.APPROVED]
    assert [post.warning for post in held] == ["Death of a patient (no details)"]


def test_it_is_as_varied_as_a_real_summit() -> None:
    summit = posts()
    originals = [post for post in summit if not post.repost_of]
    assert (len(summit), len(originals)) == (270, 210)
    assert {post.network for post in summit} == {"mastodon", "bluesky", "x"}
    assert {post.lang for post in summit} == {"en", "fr", "ar"}
    assert all("SMSummit" in post.hashtags and "#SMSummit" in post.text for post in originals)
    assert sum(bool(post.warning) for post in originals) == 1
    assert sum(len(post.text) > 350 for post in originals) >= 4
    assert sum("?" in post.text for post in originals) > 25
    assert len({post.author.key for post in summit}) > 40


def test_nobody_says_the_same_twice() -> None:
    texts = [post.text for post in posts() if not post.repost_of]
    assert len(set(texts)) == len(texts)


def test_what_is_repeated_or_answered_came_before_on_the_same_network() -> None:
    seen: set[tuple[str, str]] = set()
    replies = 0
    for post in posts():
        for target in (post.repost_of, post.reply_to):
            assert target is None or (post.network, target) in seen
        replies += post.reply_to is not None
        seen.add((post.network, post.key))
    assert replies > 10


def test_it_runs_in_time_order_for_about_25_minutes() -> None:
    times = [post.created_at for post in posts()]
    assert times == sorted(times)
    assert 22 * 60 < (times[-1] - times[0]).total_seconds() < 26 * 60
