"""The five questions: what is made of the answers, and what is said of those that cannot be used."""

from __future__ import annotations

from datetime import date

import pytest

from wall.feeds import forms
from wall.model import Mode
from wall.routes.first_run_form import Answers, planned, slug_of

GOOD = {
    "name": "Our summit",
    "starts_on": "2026-05-04",
    "ends_on": "",
    "zone": "America/Toronto",
    "languages": "en fr, de es ar",
    "hashtags": "#OurSummit26 Santé26",
    "rooms": "Hall A\n\n  Hall   B ",
    "mode": "known",
    "use.mastodon": "1",
    "mastodon.instances.0.host": "mastodon.social",
}


def test_the_answers_make_an_event_its_rooms_and_its_feeds() -> None:
    plan, wrong = planned(Answers.read(GOOD), "our-summit")
    assert wrong == {}
    assert plan is not None
    assert plan.event.hashtags == ("OurSummit26", "Santé26")
    assert plan.event.languages == ("en", "fr", "de", "es", "ar")
    assert plan.event.mode is Mode.KNOWN
    assert plan.event.starts_on == plan.event.ends_on == date(2026, 5, 4)
    assert plan.rooms == ("Hall A", "Hall B")
    ((network, config),) = plan.feeds
    assert network == "mastodon"
    assert [one["host"] for one in config["instances"]] == ["mastodon.social"]
    assert list(config["hashtags"]) == ["oursummit26", "santé26"]


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("name", "", {"name": "name"}),
        ("starts_on", "tomorrow", {"starts_on": "starts_on", "ends_on": "ends_on"}),
        ("ends_on", "2026-05-01", {"ends_on": "ends_before"}),
        ("zone", "Toronto", {"zone": "zone"}),
        ("languages", "english", {"languages": "languages"}),
        ("hashtags", "", {"hashtags": "hashtags_none"}),
        ("hashtags", "🎉", {"hashtags": "hashtags_plain"}),
        ("rooms", "A\na", {"rooms": "rooms_twice"}),
        ("rooms", "\n".join(f"Room {number}" for number in range(21)), {"rooms": "rooms"}),
        ("mode", "anarchy", {"mode": "mode"}),
        ("mastodon.instances.0.host", "not a host!", {"mastodon.instances.0.host": "network"}),
    ],
)
def test_what_cannot_be_used_is_named_field_by_field(field: str, value: str, wrong: dict[str, str]) -> None:
    answers = Answers.read({**GOOD, field: value})
    plan, found = planned(answers, "our-summit")
    assert plan is None
    assert wrong.items() <= found.items()
    assert not {name for name in found if name not in wrong} - {"use.mastodon"}


def test_an_emoji_in_a_hashtag_is_left_to_the_wall_and_its_plain_part_is_searched() -> None:
    plan, _ = planned(Answers.read({**GOOD, "hashtags": "Summit🎉26"}), "s")
    assert plan is not None
    assert plan.event.hashtags == ("Summit🎉26",)
    assert list(plan.feeds[0][1]["hashtags"]) == ["summit26"]


def test_short_names_are_made_from_names_and_nobody_else_has_them() -> None:
    assert slug_of("Médecine & Réseaux 2026", [], frozenset()) == "medecine-reseaux-2026"
    assert slug_of("قمة", ["Qimma26"], frozenset()) == "qimma26"
    assert slug_of("قمة", ["قمة"], frozenset({"event"})) == "event-2"
    assert slug_of("Demo", [], frozenset()) == "demo-event"
    assert slug_of("Day", [], frozenset({"day", "day-2"})) == "day-3"


def test_every_network_but_recordings_is_offered_with_its_own_fields() -> None:
    assert "replay" not in forms.offered()
    assert "mastodon" in forms.offered()
    names = {one.name: one for one in forms.fields_of("mastodon")}
    assert names["instances.0.host"].required
    assert names["instances.0.host"].value == "mastodon.social"
    assert names["instances.0.token"].kind == "secret"
    assert not names["instances.1.host"].required
    assert names["hashtags"].kind == "list"
    assert names["poll_seconds"].kind == "number"


def test_what_is_typed_is_what_the_network_checks_and_a_secret_is_never_shown() -> None:
    typed = {
        "instances.0.host": "a.example",
        "instances.2.host": "c.example",
        "instances.2.token": "hush",
        "hashtags": "one, two",
        "poll_seconds": "",
    }
    config = forms.typed_config("mastodon", typed)
    assert config == {
        "instances": [{"host": "a.example"}, {"host": "c.example", "token": "hush"}],
        "hashtags": ["one", "two"],
    }
    assert forms.wrong_names("mastodon", typed, ["instances.1.host"]) == {"instances.2.host"}
    assert forms.in_words(config) == {"instances": "a.example, c.example", "hashtags": "one, two"}


def test_the_questions_name_the_networks_that_need_hashtags_alone() -> None:
    assert forms.ready() == ("bluesky", "mastodon")
    assert set(forms.ready()) < set(forms.offered())
