"""How a feed is, from what its run hears."""

from __future__ import annotations

import pytest

from wall.errors import FeedFatal, StoreUnavailable
from wall.feeds.base import Trouble
from wall.intake.health import MUCH_GONE, Health, Standing, code_of
from wall.model import FeedState

RUNNING, RETRYING = FeedState.RUNNING, FeedState.RETRYING
AWAY = ("unreachable", "It cannot be reached", 2.0)
WELL = Standing(RUNNING)


def began(*places: str) -> Health:
    """The health of a feed that never ran before."""
    health = Health(FeedState.WAITING)
    health.began(places)
    return health


def test_a_feed_that_starts_is_running() -> None:
    assert began().now() == WELL
    assert began("a.example").now() == WELL


@pytest.mark.parametrize("state", [FeedState.STOPPED, FeedState.DONE])
def test_one_that_is_run_again_is_running_at_once(state: FeedState) -> None:
    assert Health(state, "The token was refused.").now() == WELL


def test_some_places_in_trouble_are_named_and_all_of_them_are_a_retry() -> None:
    health = began("a.example", "b.example")
    health.heard(Trouble("a.example", *AWAY))
    named = "a.example: It cannot be reached. It is tried again by itself."
    assert health.now() == Standing(RUNNING, "unreachable", named)
    health.heard(Trouble("b.example", "tls", "Its certificate cannot be verified", 400.0))
    standing = health.now()
    assert (standing.state, standing.code) == (RETRYING, "unreachable")
    assert standing.problem == (
        f"{named} b.example: Its certificate cannot be verified. "
        "It is tried again by itself, within 7 minutes."
    )
    health.heard(Trouble("a.example", None))
    assert (health.now().state, health.now().code) == (RUNNING, "tls")
    health.heard(Trouble("b.example", None))
    assert health.now() == WELL


def test_one_way_to_a_place_is_not_the_place() -> None:
    health = began("a.example")
    health.heard(Trouble("a.example stream", "stream_refused", "So it is polled", 300.0))
    assert (health.now().state, health.now().code) == (RUNNING, "stream_refused")
    health.heard(Trouble("a.example", *AWAY))
    assert health.now().state is RETRYING
    assert "stream" not in (health.now().problem or "")
    health.heard(Trouble("a.example", None))
    assert "a.example stream: So it is polled." in (health.now().problem or "")


def test_what_an_organiser_must_change_promises_no_retry() -> None:
    health = began("a.example", "b.example")
    health.heard(Trouble("a.example", "token_refused", "Its token was revoked: make another."))
    assert health.now() == Standing(
        RUNNING, "token_refused", "a.example: Its token was revoked: make another."
    )


def test_the_end_of_what_was_never_said_changes_nothing() -> None:
    health = began("a.example")
    health.heard(Trouble("a.example", None))
    assert health.now() == WELL


def test_much_gone_is_said_beside_troubles_until_a_recheck_says_otherwise() -> None:
    health = began("a.example", "b.example")
    health.heard(Trouble("a.example", *AWAY))
    health.rechecked(much_gone=True)
    assert (health.now().state, health.now().code) == (RUNNING, "much_gone")
    assert (health.now().problem or "").startswith("a.example: It cannot")
    assert (health.now().problem or "").endswith(MUCH_GONE)
    health.rechecked(much_gone=False)
    assert health.now().code == "unreachable"


def test_a_failure_holds_over_tries_until_the_source_works() -> None:
    health = began("a.example")
    health.failed(StoreUnavailable("The database does not answer."), 1.0)
    failed = health.now()
    assert (failed.state, failed.code) == (RETRYING, "store_unavailable")
    health.began(("a.example",))
    assert health.now() == failed
    health.works()
    assert health.now() == WELL


def test_a_trouble_is_newer_than_what_was_stored() -> None:
    health = Health(RETRYING, "Whatever it was.")
    health.began(("a.example", "b.example"))
    assert (health.now().state, health.now().problem) == (RETRYING, "Whatever it was.")
    health.heard(Trouble("b.example", *AWAY))
    assert health.now().state is RUNNING
    assert (health.now().problem or "").startswith("b.example")


def test_a_source_that_is_opened_again_begins_without_troubles() -> None:
    health = began("a.example")
    health.heard(Trouble("a.example", *AWAY))
    health.failed(OSError("x"), 1.0)
    health.began(("a.example",))
    health.works()
    assert health.now() == WELL


def test_a_fatal_problem_stops_it_in_words_with_what_to_do() -> None:
    health = began("a.example")
    health.failed(FeedFatal("There is no file.", remedy="Put it there.", problem="no_file"), None)
    assert health.now() == Standing(FeedState.STOPPED, "no_file", "There is no file. Put it there.")
    health.failed(FeedFatal("Its token is wrong: make one.", remedy="Make one."), None)
    assert health.now().problem == "Its token is wrong: make one."


def test_a_fault_of_the_program_is_named_and_not_quoted() -> None:
    health = began()
    health.failed(ZeroDivisionError("Jane Doe wrote this"), None)
    stopped = Standing(FeedState.STOPPED, "ZeroDivisionError", "Stopped by ZeroDivisionError.")
    assert health.now() == stopped
    health = began()
    health.failed(OSError("Jane Doe wrote this"), 1.0)
    assert health.now().problem == "It failed with OSError. It is tried again by itself."


def test_a_source_without_more_is_done_whatever_was_wrong() -> None:
    health = began("a.example")
    health.heard(Trouble("a.example", *AWAY))
    health.ended()
    assert health.now() == Standing(FeedState.DONE)


def test_codes_are_the_feeds_own_where_it_gives_one() -> None:
    assert code_of(FeedFatal("No.", problem="token_refused")) == "token_refused"
    assert code_of(FeedFatal("No.")) == "feed_fatal"
    assert code_of(KeyError("secret")) == "KeyError"
