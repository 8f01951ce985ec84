"""People who are left off the walls: at once, everywhere, for good, and back again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.summit import GRAVES, MORNING, Summit, post
from wall.entries import PUBLIC, Scope
from wall.errors import NotFound, Refused
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import leaving, moves
from wall.journal import Consequence, Tx
from wall.model import Author, Post, PostState, Quote, Reason, Role
from wall.screens import control
from wall.store import Store, walls, wishes
from wall.wishes import named

DESK = Scope(frozenset({Role.MODERATOR}), "m")
CHAIR = Scope(frozenset({Role.CHAIR}), "c")
ADA = Author(key="https://b.example/users/ada", handle="ada@b.example", url="https://b.example/@ada")
BEN = Author(key="https://b.example/users/ben", handle="ben@b.example", url="https://b.example/@ben")
NAMED = named("mastodon", "@Ada@b.example")


def said(key: str, author: Author = ADA, **more: Any) -> Post:
    return post(key, f"Said {key}", network="mastodon", author=author, **more)


def quoting(key: str, original: str, author: Author, **more: Any) -> Post:
    quote = Quote(key=original, author=author, text="Words of another")
    return said(key, BEN, quote=quote, quote_of=original, **more)


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


def stored(summit: Summit, key: str) -> Any:
    return summit.stored(key, "mastodon")


def shown(summit: Summit, scope: Scope = PUBLIC) -> set[str]:
    posts = (value for (kind, _), value in summit.held(scope).subjects.items() if kind == "post")
    return {value["text"] for value in posts}


def ask(summit: Summit) -> dict[str, Any]:
    assert NAMED
    return summit.do(lambda tx: leaving.leave_named_off(tx, NAMED, GRAVES.person)).result


def by_staff(summit: Summit, key: str) -> dict[str, Any]:
    post_id = stored(summit, key).id
    return summit.do(lambda tx: leaving.leave_author_off(tx, post_id, GRAVES.person)).result


def back(summit: Summit, key: str) -> dict[str, Any]:
    post_id = stored(summit, key).id
    return summit.do(lambda tx: leaving.put_author_back(tx, post_id, GRAVES.person)).result


@pytest.mark.parametrize("how", ["they ask", "the staff do it"])
def test_everything_of_theirs_leaves_in_one_transaction_and_later_posts_never_appear(
    summit: Summit, how: str
) -> None:
    summit.arrive(said("1"), said("2"), said("3", BEN))
    reader = summit.held(PUBLIC)
    done = ask(summit) if how == "they ask" else by_staff(summit, "1")
    frame = summit.frame(PUBLIC, reader.seq)
    assert {change["op"] for change in frame["changes"] if change["type"] == "post"} == {"drop"}
    reader.apply(frame)
    assert done["posts"] == 2
    assert shown(summit) == {"Said 3"}
    assert summit.event.shown == 1
    summit.arrive(said("4"), said("5", Author(key="elsewhere", handle="@ADA@B.example")))
    summit.admit(Edited(said("1", edited_at=MORNING)), Arrived(said("2", edited_at=MORNING)))
    assert shown(summit) == {"Said 3"}
    assert stored(summit, "4").reasons == (Reason(code="left_off"),)


def said_again(summit: Summit, key: str) -> Reason:
    (reason,) = stored(summit, key).reasons
    return reason


def test_who_has_not_posted_yet_can_ask_beforehand(summit: Summit) -> None:
    assert ask(summit)["posts"] == 0
    summit.arrive(said("1"))
    assert stored(summit, "1").state is PostState.REJECTED
    assert said_again(summit, "1").code == "left_off"


def test_asking_twice_is_one_opt_out(summit: Summit) -> None:
    summit.arrive(said("1"))
    first = ask(summit)
    assert ask(summit)["opt_out"] == first["opt_out"] == by_staff(summit, "1")["opt_out"]
    assert len([one for one in summit.held(DESK).subjects if one[0] == "opt_out"]) == 1


def test_nobody_can_approve_what_is_left_off_or_move_it_into_a_room(summit: Summit) -> None:
    summit.arrive(said("1"))
    by_staff(summit, "1")
    now = stored(summit, "1")
    with pytest.raises(Refused, match="left off the walls") as refused:
        summit.do(lambda tx: moves.approve(tx, now.id, now.version))
    assert refused.value.details["bar"] == "left_off"


@pytest.mark.parametrize("flag", ["noindex", "signed_in_only", "limited", "taken_down"])
def test_what_a_network_says_against_showing_is_kept_from_every_screen_and_readable_at_the_desk(
    summit: Summit, flag: str
) -> None:
    flags: dict[str, dict[str, Any]] = {
        "noindex": {"noindex": True},
        "signed_in_only": {"labels": ("!no-unauthenticated",)},
        "limited": {"author": ADA.model_copy(update={"limited": True})},
        "taken_down": {"author": ADA.model_copy(update={"suspended": True})},
    }
    summit.admit(Arrived(Post.model_validate(said("1").model_dump() | flags[flag])))
    now = stored(summit, "1")
    assert (now.state, now.reasons) == (PostState.REJECTED, (Reason(code=flag),))
    held = summit.held(DESK).subjects["post", now.id]
    assert (held["bar"], held["text"]) == (flag, "Said 1")
    assert not shown(summit)
    assert not shown(summit, CHAIR)
    with pytest.raises(Refused):
        summit.do(lambda tx: moves.approve(tx, now.id, now.version))


def test_a_shown_post_goes_when_its_author_turns_the_wish_on_even_without_an_edit(summit: Summit) -> None:
    summit.arrive(said("1"))
    assert shown(summit) == {"Said 1"}
    summit.arrive(said("1", noindex=True))
    assert not shown(summit)
    assert stored(summit, "1").state is PostState.REJECTED
    summit.admit(Edited(said("1", edited_at=MORNING)))
    assert not shown(summit), "another server, which does not know of the wish, takes nothing back"
    summit.arrive(said("2"))
    assert shown(summit) == {"Said 2"}


def test_putting_back_gives_everything_its_place_again_and_judges_nothing_by_itself(summit: Summit) -> None:
    summit.arrive(said("1"), said("2"), said("3", BEN))
    hidden = stored(summit, "2")
    summit.do(lambda tx: moves.hide(tx, hidden.id, hidden.version, Reason(code="off_topic")))
    before = summit.held(PUBLIC).subjects
    ask(summit)
    summit.arrive(said("4"))
    assert back(summit, "1")["posts"] == 3
    now = summit.held(PUBLIC).subjects
    ids = [key for key in before if key[0] == "post"]
    assert {key: before[key]["order"] for key in ids} == {key: now[key]["order"] for key in ids}
    assert stored(summit, "2").reasons == (Reason(code="off_topic"),)
    assert stored(summit, "4").state is PostState.HELD
    assert not [key for key in summit.held(DESK).subjects if key[0] == "opt_out"]
    summit.arrive(said("5"))
    assert stored(summit, "5").state is PostState.APPROVED
    with pytest.raises(NotFound):
        back(summit, "1")


def test_a_post_that_comes_back_at_its_source_stays_off(summit: Summit) -> None:
    summit.arrive(said("1"))
    summit.do(lambda tx: moves.lost(tx, stored(summit, "1")))
    ask(summit)
    summit.do(lambda tx: moves.found(tx, stored(summit, "1")))
    assert stored(summit, "1").state is PostState.HIDDEN
    assert not shown(summit)
    back(summit, "1")
    assert shown(summit) == {"Said 1"}


def test_a_pin_does_not_keep_what_is_left_off(summit: Summit) -> None:
    summit.arrive(said("1"))
    summit.do(lambda tx: control.pin(tx, stored(summit, "1").id))
    ask(summit)
    with summit.store.reading() as conn:
        assert walls.pins(conn, summit.event_id)
    assert not [key for key in summit.held(PUBLIC).subjects if key[0] == "pin"]


def test_the_list_keeps_no_name_and_the_journal_neither(summit: Summit) -> None:
    ask(summit)
    summit.arrive(said("1", BEN))
    by_staff(summit, "1")
    with summit.store.reading() as conn:
        known = wishes.names(conn, summit.event_id)
        raw = conn.exec_driver_sql("SELECT body FROM entry").scalars().all()
    assert len(known) >= 2
    assert all(len(digest) == 64 for digest in known)
    assert not any(name in line for line in raw for name in ("ada@b", "ben@b", "users/ben"))


def test_another_event_is_not_touched(summit: Summit) -> None:
    other = Summit(summit.store)
    summit.arrive(said("1"))
    other.arrive(said("1"))
    ask(summit)
    assert not shown(summit)
    assert shown(other) == {"Said 1"}


def test_quoted_words_go_with_their_author_and_come_back_with_them(summit: Summit) -> None:
    summit.arrive(quoting("q", "1", ADA), quoting("r", "2", BEN))
    assert quoted(summit, "q") == "Words of another"
    ask(summit)
    assert quoted(summit, "q") is None
    assert quoted(summit, "r") == "Words of another"
    summit.arrive(quoting("s", "9", ADA), said("1"))
    assert quoted(summit, "s") is None
    back(summit, "1")
    assert quoted(summit, "q") == quoted(summit, "s") == "Words of another"


def quoted(summit: Summit, key: str, scope: Scope = PUBLIC) -> str | None:
    value = summit.held(scope).subjects["post", stored(summit, key).id]["quote"]
    return value["text"] if value else None


def _hide(tx: Tx, one: Any) -> object:
    return moves.hide(tx, one.id, one.version, Reason(code="off_topic"))


MOVED = {
    "hidden": (_hide, lambda tx, one: moves.approve(tx, one.id, one.version)),
    "lost": (lambda tx, one: vars(moves.lost(tx, one)), lambda tx, one: vars(moves.found(tx, one))),
}


@pytest.mark.parametrize("way", MOVED)
def test_quoted_words_follow_their_original_off_the_walls_and_back(summit: Summit, way: str) -> None:
    away, again = MOVED[way]
    summit.arrive(said("1"), quoting("q", "1", ADA))
    reader = summit.held(PUBLIC)
    summit.do(lambda tx: away(tx, stored(summit, "1")))
    assert quoted(summit, "q") is None
    reader.apply(summit.frame(PUBLIC, reader.seq))
    assert reader.subjects == summit.held(PUBLIC).subjects
    summit.do(lambda tx: again(tx, stored(summit, "1")))
    assert quoted(summit, "q") == "Words of another"


def test_withdrawn_words_are_purged_from_every_quote_of_them(summit: Summit) -> None:
    summit.arrive(said("1"), quoting("q", "1", ADA))
    summit.admit(Withdrawn("mastodon", "1"), Edited(quoting("q", "1", ADA, edited_at=MORNING)))
    assert quoted(summit, "q", DESK) is None
    with summit.store.reading() as conn:
        rows = conn.exec_driver_sql("SELECT content FROM post").scalars().all()
    assert not any("Words of another" in row for row in rows if '"quote":{' in row)


def test_a_quote_that_comes_after_its_original_was_turned_down_is_not_shown(summit: Summit) -> None:
    summit.arrive(said("1"))
    summit.do(lambda tx: _hide(tx, stored(summit, "1")))
    summit.arrive(quoting("q", "1", ADA))
    assert quoted(summit, "q") is None
    summit.admit(Withdrawn("mastodon", "2"))
    summit.arrive(quoting("r", "2", ADA))
    assert stored(summit, "r").post.quote is None


def test_what_was_on_a_floor_leaves_it_when_its_author_is_left_off(store: Store) -> None:
    left: list[str] = []

    def gone(_tx: Tx, ids: Any) -> None:
        left.extend(ids)

    consequences: tuple[Consequence, ...] = (gone,)
    summit = Summit(store, consequences=consequences)
    summit.arrive(said("1"), said("2", BEN))
    ask(summit)
    assert left == [stored(summit, "1").id]
