"""A YouTube feed's configuration, its quota, and what a resource of a chat becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wall.errors import BadInput
from wall.feeds.base import Arrived, Dropped, check_config
from wall.feeds.forms import fields_of
from wall.feeds.shapes.common import attempt
from wall.feeds.youtube_chat.config import checked
from wall.feeds.youtube_chat.messages import items_of, words_of
from wall.feeds.youtube_chat.quota import Quota
from wall.model import Post, utc_now

VIDEO = "abc-DEF_123"
GOOD = {"video": VIDEO, "key": "AIza-secret"}


def test_a_configuration_gets_its_defaults() -> None:
    more = {"hashtags": [], "units_a_day": 10_000, "service": "www.googleapis.com"}
    assert check_config("youtube", GOOD) == GOOD | more


@pytest.mark.parametrize(
    "typed",
    [
        VIDEO,
        f" {VIDEO} ",
        f"https://www.youtube.com/watch?v={VIDEO}",
        f"https://www.youtube.com/watch?app=desktop&v={VIDEO}&t=10s",
        f"youtube.com/watch?v={VIDEO}",
        f"https://m.youtube.com/live/{VIDEO}?si=x",
        f"https://youtu.be/{VIDEO}?t=3",
        f"https://www.youtube.com/embed/{VIDEO}",
        f"https://studio.youtube.com/video/{VIDEO}/livestreaming",
    ],
)
def test_a_video_is_understood_however_its_address_was_copied(typed: str) -> None:
    assert checked(GOOD | {"video": typed}).video == VIDEO


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"video": ""}, ["video"]),
        ({"video": "https://www.youtube.com/@channel"}, ["video"]),
        ({"video": f"https://evil.example/watch?v={VIDEO}"}, ["video"]),
        ({"video": "https://www.youtube.com/watch?v=short"}, ["video"]),
        ({"video": "https://[::1"}, ["video"]),
        ({"key": ""}, ["key"]),
        ({"units_a_day": 10}, ["units_a_day"]),
        ({"units_a_day": True}, ["units_a_day"]),
        ({"service": "192.168.0.1"}, ["service"]),
        ({"hashtags": ["two words"]}, ["hashtags.0"]),
        ({"secret": "x"}, []),
    ],
)
def test_a_wrong_configuration_names_the_fields_and_no_value(
    change: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        checked(GOOD | change)
    assert refused.value.details["fields"] == fields
    assert "AIza-secret" not in f"{refused.value} {refused.value.remedy} {refused.value.details}"


def test_the_key_is_a_secret_of_the_form_and_in_no_repr() -> None:
    kinds = {one.name: one.kind for one in fields_of("youtube")}
    assert (kinds["key"], kinds["video"], kinds["units_a_day"]) == ("secret", "text", "number")
    assert "AIza-secret" not in repr(checked(GOOD))


SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)  # 5 in the morning in California
WINTER = datetime(2026, 12, 1, 12, tzinfo=UTC)  # 4 in the morning there


@pytest.mark.parametrize(("now", "hours"), [(SUMMER, 19), (WINTER, 20)])
def test_units_are_full_again_at_midnight_in_california(now: datetime, hours: int) -> None:
    quota = Quota(10_000, "YouTube")
    quota.use(4_000, now)
    assert quota.left(now) == 6_000
    assert quota.renews_at(now) == now + timedelta(hours=hours)
    assert quota.left(quota.renews_at(now) - timedelta(seconds=1)) == 6_000
    assert quota.left(quota.renews_at(now)) == 10_000


def test_the_pace_never_uses_up_a_day() -> None:
    quota, now = Quota(10_000, "YouTube"), datetime(2026, 7, 1, 7, tzinfo=UTC)
    end, looks = quota.renews_at(now), 0
    while now < end:
        assert quota.left(now) >= 5
        quota.use(5, now)
        looks += 1
        wait = quota.pace(now, 4 * 3600)
        assert wait < 1_200
        now += timedelta(seconds=max(wait, 2))
    assert 1_900 < looks < 2_000


def test_the_first_hours_are_fast() -> None:
    quota = Quota(10_000, "YouTube")
    assert quota.pace(SUMMER, 4 * 3600) == pytest.approx(7.2)
    quota.use(5_000, SUMMER)
    assert quota.pace(SUMMER, 4 * 3600) == pytest.approx(14.4)
    shortly_before = quota.renews_at(SUMMER) - timedelta(minutes=10)
    assert quota.pace(shortly_before, 4 * 3600) == pytest.approx(0.6)


def test_units_that_somebody_else_used_are_gone_until_they_renew() -> None:
    quota = Quota(10_000, "YouTube")
    quota.spent(SUMMER)
    assert quota.left(SUMMER) == 0
    assert quota.pace(SUMMER, 3600) == 0.0
    assert quota.left(SUMMER + timedelta(hours=20)) == 10_000


def test_the_budget_is_told_when_it_moves_by_a_hundredth() -> None:
    quota = Quota(10_000, "YouTube")
    (first,) = quota.news(SUMMER)
    assert (first.where, first.what, first.left, first.most) == ("YouTube", "units", 10_000, 10_000)
    assert first.renews_at == SUMMER + timedelta(hours=19)
    quota.use(95, SUMMER)
    assert quota.news(SUMMER) == []
    quota.use(5, SUMMER)
    assert [one.left for one in quota.news(SUMMER)] == [9_900]
    assert [one.left for one in quota.news(SUMMER + timedelta(days=1))] == [10_000]


def test_what_was_used_outlives_a_restart() -> None:
    quota = Quota(10_000, "YouTube")
    quota.use(4_000, SUMMER)
    again = Quota(10_000, "YouTube", quota.as_saved())
    assert (again.left(SUMMER), again.left(SUMMER + timedelta(days=1))) == (6_000, 10_000)
    for strange in (None, 7, [], ["x", 1], ["2026-07-01", "many"], ["2026-07-01", -5], [7, 7]):
        assert Quota(10_000, "YouTube", strange).left(SUMMER) == 10_000


def resource(**snippet: Any) -> dict[str, Any]:
    """A message as YouTube gives it."""
    said = {"type": "textMessageEvent", "publishedAt": "2026-05-04T09:00:00.123Z"}
    said |= {"textMessageDetails": {"messageText": "hello #SMSummit https://example.org/a."}} | snippet
    author = {
        "channelId": "UCada",
        "displayName": "@ada",
        "profileImageUrl": "https://yt3.ggpht.com/ada=s88",
        "isChatModerator": False,
    }
    return {"id": "LCC.1", "snippet": said, "authorDetails": author}


def post_of(given: dict[str, Any]) -> Post:
    """The post that a message becomes."""
    (item,) = attempt("", items_of, given, VIDEO)
    assert isinstance(item, Arrived)
    return item.post


def test_a_message_becomes_a_post_field_by_field() -> None:
    found = post_of(resource())
    assert (found.network, found.key) == ("youtube", "LCC.1")
    assert found.text == "hello #SMSummit https://example.org/a."
    assert (found.hashtags, [link.url for link in found.links]) == (
        ("SMSummit",),
        ["https://example.org/a"],
    )
    assert found.created_at == datetime(2026, 5, 4, 9, 0, 0, 123_000, tzinfo=UTC)
    assert found.url == f"https://www.youtube.com/watch?v={VIDEO}"
    author = found.author
    assert (author.key, author.handle, author.name) == ("UCada", "ada", "")
    assert author.url == "https://www.youtube.com/channel/UCada"
    assert author.avatar == "https://yt3.ggpht.com/ada=s88"


def test_a_name_that_is_no_handle_stays_a_name() -> None:
    given = resource()
    given["authorDetails"]["displayName"] = "Ada Lovelace"
    assert (post_of(given).author.handle, post_of(given).author.name) == ("", "Ada Lovelace")


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"textMessageDetails": None, "displayMessage": "shown"}, "shown"),
        ({"type": "superChatEvent", "superChatDetails": {"userComment": "thanks"}}, "thanks"),
        ({"type": "superChatEvent", "superChatDetails": {"amountDisplayString": "$5"}}, None),
        ({"type": "superStickerEvent", "superStickerDetails": {}}, None),
        (
            {"type": "memberMilestoneChatEvent", "memberMilestoneChatDetails": {"userComment": "2 years"}},
            "2 years",
        ),
        ({"type": "newSponsorEvent", "newSponsorDetails": {}}, None),
        ({"type": "pollEvent"}, None),
        ({"type": "inventedEvent", "displayMessage": "x"}, None),
        ({"type": 7}, None),
    ],
)
def test_what_somebody_wrote_and_no_sum(snippet: dict[str, Any], words: str | None) -> None:
    assert words_of(resource(**snippet)) == words


@pytest.mark.parametrize(
    "given",
    [
        resource(publishedAt=None),
        resource(publishedAt="yesterday"),
        resource(publishedAt="2026-05-04T09:00:00"),
        resource(textMessageDetails={"messageText": "x" * 30_000}),
        resource() | {"id": ""},
        resource() | {"id": 7},
        resource() | {"authorDetails": None},
        resource() | {"authorDetails": {"displayName": "@ada"}},
        resource() | {"authorDetails": {"channelId": "UC", "displayName": 7}},
    ],
)
def test_what_cannot_be_used_is_dropped(given: dict[str, Any]) -> None:
    assert attempt("x", items_of, given, VIDEO) == [Dropped("unusable_post", "x")]


def test_a_date_in_the_future_is_now() -> None:
    before = utc_now()
    assert before <= post_of(resource(publishedAt="2999-01-01T00:00:00Z")).created_at <= utc_now()
