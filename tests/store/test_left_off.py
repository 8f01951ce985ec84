"""People who are left off the walls: at once, everywhere, for good, and back again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.summit import GRAVES, MORNING, OPEN_RULES, Summit, post
from wall.entries import PUBLIC, Scope
from wall.errors import NotFound, Refused
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import leaving, moves
from wall.intake.policy import set_rules
from wall.journal import Consequence, Tx
from wall.model import Author, Mode, Post, PostState, Quote, Reason, Role
from wall.screens import control
from wall.store import Store, walls, wishes
from wall.wishes import Named, named

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
    return ask_by(summit, sought(summit))


def sought(summit: Summit, who: Named | None = NAMED) -> leaving.Sought:
    assert who
    with summit.store.reading() as conn:
        return leaving.seek(conn, summit.event_id, who)


def ask_by(summit: Summit, found: leaving.Sought) -> dict[str, Any]:
    return summit.do(lambda tx: leaving.leave_named_off(tx, found, GRAVES.person)).result


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


@pytest.mark.parametrize("way", ["hidden", "lost"])
def test_putting_back_keeps_words_unseen_whose_original_may_not_be_seen(summit: Summit, way: str) -> None:
    away, again = MOVED[way]
    summit.arrive(said("1"), quoting("q", "1", ADA))
    summit.do(lambda tx: away(tx, stored(summit, "1")))
    ask(summit)
    summit.arrive(quoting("r", "1", ADA))
    back(summit, "1")
    assert quoted(summit, "q") is None
    assert quoted(summit, "r") is None
    summit.do(lambda tx: again(tx, stored(summit, "1")))
    assert quoted(summit, "q") == quoted(summit, "r") == "Words of another"


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.PRE])
def test_quoted_words_that_no_rule_has_judged_do_not_come_up_by_themselves(
    summit: Summit, mode: Mode
) -> None:
    listed = ("another",) if mode is Mode.AUTO else ()
    strict = OPEN_RULES.model_copy(update={"mode": mode, "words": listed})
    summit.arrive(said("1"), quoting("q", "1", ADA))
    ask(summit)
    summit.arrive(quoting("r", "9", ADA))
    summit.do(lambda tx: set_rules(tx, strict, 1))
    back(summit, "1")
    assert shown(summit) == {"Said 1", "Said q"}, "what was judged with its quote stays"
    now = stored(summit, "r")
    assert now.state is PostState.HELD
    assert now.reasons[0].code == ("word" if mode is Mode.AUTO else "awaits_approval")
    summit.do(lambda tx: moves.approve(tx, now.id, now.version))
    assert quoted(summit, "r") == "Words of another"


def test_who_asked_before_their_first_post_stays_off_under_another_handle(summit: Summit) -> None:
    ask(summit)
    summit.arrive(said("1"))
    renamed = ADA.model_copy(update={"handle": "eva@b.example", "url": "https://b.example/@eva"})
    summit.admit(Edited(said("1", renamed, edited_at=MORNING)))
    summit.arrive(said("2", renamed), said("3", BEN))
    assert shown(summit) == {"Said 3"}
    assert stored(summit, "1").left_off == stored(summit, "2").left_off is not None
    back(summit, "2")
    summit.arrive(said("4"), said("5", renamed))
    assert {"Said 4", "Said 5"} <= shown(summit)


def test_an_edit_leaves_off_who_was_left_off_by_a_name_that_is_not_theirs_any_more(summit: Summit) -> None:
    ask(summit)
    summit.arrive(said("1"))
    key = GRAVES.person(summit.event_id, f"mastodon#{ADA.key}")
    with summit.store.writing() as conn:
        conn.exec_driver_sql(f"DELETE FROM opt_out_name WHERE digest = '{key}'")
    renamed = Author(key=ADA.key, handle="eva@b.example", url="https://b.example/@eva")
    summit.admit(Edited(said("1", renamed, edited_at=MORNING)))
    assert not shown(summit)
    summit.arrive(said("2", renamed))
    assert not shown(summit), "the edit told the opt-out their key"


def test_asking_again_under_another_handle_is_the_same_opt_out(summit: Summit) -> None:
    first = ask(summit)["opt_out"]
    summit.arrive(said("1"))
    renamed = Author(key=ADA.key, handle="eva@b.example", url="https://b.example/@eva")
    summit.arrive(said("2", renamed))
    assert ask_by(summit, sought(summit, named("mastodon", "eva@b.example")))["opt_out"] == first
    back(summit, "1")
    summit.arrive(said("3", renamed), said("4"))
    assert {"Said 3", "Said 4"} <= shown(summit)


def test_a_did_or_the_address_of_an_account_finds_the_posts_of_its_handle(summit: Summit) -> None:
    sky = Author(key="did:plc:abc", handle="ada.example")
    misskey = Author(
        key="https://c.example/users/9xyz", handle="ada@c.example", url="https://c.example/@ada"
    )
    summit.arrive(post("1", "On Bluesky", network="bluesky", author=sky), said("2", misskey), said("3"))
    for network, given in (
        ("bluesky", "https://bsky.app/profile/did:plc:abc"),
        ("mastodon", "https://c.example/users/9xyz"),
    ):
        assert ask_by(summit, sought(summit, named(network, given)))["posts"] == 1
    assert shown(summit) == {"Said 3"}


def test_what_comes_while_somebody_is_looked_for_goes_too(summit: Summit) -> None:
    summit.arrive(said("3", BEN))
    found = sought(summit)
    summit.arrive(said("1"))
    assert ask_by(summit, found)["posts"] == 1
    assert shown(summit) == {"Said 3"}


@pytest.mark.parametrize("handle", ["ada", "@Ada", "ada@b.example", "ADA@web.example", 'a"d%_\\a'])
def test_a_handle_is_found_however_their_server_writes_it(summit: Summit, handle: str) -> None:
    author = Author(key="https://b.example/users/1", handle=handle, url="https://b.example/@ada")
    local = handle.lstrip("@").partition("@")[0]
    who = Named("mastodon", f"{local.casefold()}@b.example")
    summit.arrive(said("1", author), said("2", Author(key="n", handle="nobody@b.example")), said("3", BEN))
    assert ask_by(summit, sought(summit, who))["posts"] == 1
    assert shown(summit) == {"Said 2", "Said 3"}


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
