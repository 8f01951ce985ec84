"""One post stands for the same post on another network: what follows, within the same transaction.

What is decided of the post that stands counts for both. When it goes, the other one stands by itself; what
either asks of screens holds for both, and where it could be feigned who posted them, nothing that takes the
one off the walls reaches the other (docs/decisions/0032). Which are twins is `wall.twins`' to say.
"""

from __future__ import annotations

from typing import Any

from wall.entries import kinds
from wall.entries.twin_kinds import PostTwinned, PostUntwinned, UntwinnedWhy
from wall.intake import quoting
from wall.intake.settling import Moved, settle
from wall.journal import Tx
from wall.model import PostState, Reason, StoredPost
from wall.store import contributions, joining, posts, twins
from wall.store.twins import STANDING, Covered
from wall.twinned import SURE, TwinWhy
from wall.twins import by_itself, fits, is_copy, marked, words_of
from wall.wishes import BARS, bar_of, wish_of

_ALONE: dict[str, Any] = {"twin_of": None, "twin_state": None, "twin_why": None}


def cover(tx: Tx, standing: StoredPost, twin: StoredPost, why: TwinWhy) -> Moved:
    """Let one post stand for another from now on."""
    tx.append(
        PostTwinned(stands=standing.id, twin=twin.id, why=why), ("post", standing.id), ("post", twin.id)
    )
    mine = {"twin_of": standing.id, "twin_state": twin.state.value, "twin_why": why}
    seen = twin.shown if twin.shown <= tx.event.seq else 0
    moved = settle(tx, twin, PostState.TWIN, shown=seen, **mine)
    quoting.follow(tx, twin.post.network, {twin.post.key: standing.state})
    remark(tx, standing.id)
    return moved


def uncover(tx: Tx, one: Covered, standing: StoredPost, why: UntwinnedWhy) -> Moved:
    """Let a post stand by itself again. The caller lets the other one know (`remark`)."""
    twin, sure = one.stored, one.why in SURE
    state, reasons = one.state, twin.reasons
    if sure or is_still(twin, standing, one.why):
        state, reasons = by_itself(state, reasons, standing, strangers=why == "moderator", sure=sure)
    if state is PostState.APPROVED and (bar := bar_of(twin)):
        state, reasons = PostState.HIDDEN, (Reason(code=bar),)
    data = PostUntwinned(stood=standing.id, twin=twin.id, why=why, state=state, reasons=reasons)
    seq = tx.append(data, ("post", standing.id), ("post", twin.id))
    shown = twin.shown or (seq if state is PostState.APPROVED else 0)
    return settle(tx, twin, state, reasons=reasons, shown=shown, **_ALONE)


def released(tx: Tx, standing_id: str) -> None:
    """A post was taken off the walls, or is about to be purged: what it stands for stands by itself where
    it could be feigned that one person posted both. Whoever decided saw one account, and not whose words
    the other one's are."""
    standing = posts.by_ids(tx.conn, tx.event.id, {standing_id})[standing_id]
    if standing.state is PostState.APPROVED:
        standing = standing.model_copy(update={"state": PostState.HIDDEN})
    unsure = [one for one in twins.covered(tx.conn, standing_id) if one.why not in SURE]
    for one in unsure:
        uncover(tx, one, standing, "refused")
    if unsure:
        remark(tx, standing_id)


def may_stand(standing: StoredPost, why: TwinWhy) -> bool:
    """Whether a post may stand for another one in the state that it is in: where it could be feigned who
    they are, only what is shown does."""
    return standing.state in STANDING and (why in SURE or standing.state is PostState.APPROVED)


def left(tx: Tx, gone: StoredPost, why: UntwinnedWhy) -> None:
    """A post was withdrawn or lost; `gone` is as it was. What it stood for stands by itself now, the first
    that came for the others; what stood for it no longer shows it."""
    if gone.state is PostState.TWIN and gone.twin_of:
        remark(tx, gone.twin_of)
        return
    rest = twins.covered(tx.conn, gone.id)
    if not rest:
        return
    heir = rest[0]
    uncover(tx, heir, gone, why)
    twins.hand_over(tx.conn, gone.id, heir.stored.id)
    if why == "unavailable":  # it may be found again, and is the twin then
        kept = {"twin_of": heir.stored.id, "twin_state": gone.state.value, "twin_why": heir.why}
        posts.save(tx.conn, gone.id, twins=(), **kept)
    _take_home(tx, gone.id, heir.stored.id)
    remark(tx, heir.stored.id)


def rejoined(tx: Tx, post_id: str) -> Moved | None:
    """A post was found again, and is back where it was: if another one stood for it, or took its place
    meanwhile, and still says the same, that one stands for it. None: it stands by itself."""
    one = twins.of(tx.conn, post_id)
    if one is None or one.stored.twin_of is None:
        return None
    standing = posts.by_ids(tx.conn, tx.event.id, {one.stored.twin_of}).get(one.stored.twin_of)
    there = standing and may_stand(standing, one.why) and has_room(standing, one.stored)
    if standing and there and is_still(one.stored, standing, one.why):
        return cover(tx, standing, one.stored, one.why)
    posts.save(tx.conn, post_id, **_ALONE)
    return None


def edited(tx: Tx, post_id: str) -> None:
    """A post was written anew: whatever no longer says the same stands by itself again."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
    if stored.state is PostState.TWIN and (one := twins.of(tx.conn, post_id)):
        standing = posts.by_ids(tx.conn, tx.event.id, {stored.twin_of or ""})[stored.twin_of or ""]
        _unless_still(tx, one, standing)
        remark(tx, standing.id)
    elif stored.twins:
        for one in twins.covered(tx.conn, post_id):
            _unless_still(tx, one, stored)
            quoting.follow(tx, one.stored.post.network, {one.stored.post.key: stored.state})
        remark(tx, post_id)


def copy_of(tx: Tx, stored: StoredPost) -> StoredPost | None:
    """A post that is one with this one because a bridge made it of this one; None where there is none."""
    if not stored.twins and not stored.twin_of:
        return None
    standing = stored.twin_of or stored.id
    there = posts.by_ids(tx.conn, tx.event.id, {standing, *(one.id for one in stored.twins)})
    there |= {one.stored.id: one.stored for one in twins.covered(tx.conn, standing)}
    one = (PostState.TWIN, *STANDING)
    return next((it for it in there.values() if it.state in one and is_copy(it.post, stored.post)), None)


def remark(tx: Tx, standing_id: str) -> None:
    """Let a post show what it stands for now, and mind what that asks of screens. In a command that
    appended an entry."""
    standing = posts.by_ids(tx.conn, tx.event.id, {standing_id}).get(standing_id)
    if standing is None:
        return
    marks = tuple(marked(one.stored, one.why) for one in twins.covered(tx.conn, standing_id))
    if marks == standing.twins:
        return
    posts.save(tx.conn, standing_id, twins=marks)
    tx.touch(("post", standing_id))
    _mind_wishes(tx, standing.model_copy(update={"twins": marks}))


def remark_of(tx: Tx, post_id: str) -> None:
    """What is asked of screens changed for a post: the one that stands for it minds that, and it minds what
    is asked of those that it stands for."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is not None and stored.state is PostState.TWIN and stored.twin_of:
        remark(tx, stored.twin_of)
    elif stored is not None and stored.twins:
        _mind_wishes(tx, stored)


def decided(tx: Tx, stored: StoredPost) -> PostState:
    """Where moderation has a post, or the one that stands for it."""
    if stored.state is not PostState.TWIN or stored.twin_of is None:
        return stored.state
    standing = posts.by_ids(tx.conn, tx.event.id, {stored.twin_of}).get(stored.twin_of)
    return standing.state if standing else stored.state


def is_still(one: StoredPost, other: StoredPost, why: TwinWhy) -> bool:
    """Whether what two twins say now still is the same. Where it could be feigned who they are, no wish is
    carried from one to the other."""
    if why not in SURE and wish_of(one.post) != wish_of(other.post):
        return False
    return fits(words_of(one.post), words_of(other.post), whole=why not in SURE)


def has_room(standing: StoredPost, twin: StoredPost) -> bool:
    """Whether a post may stand for this one too: of each network there is one."""
    taken = {standing.post.network, *(one.network for one in standing.twins)}
    return twin.id != standing.id and not twin.twins and twin.post.network not in taken


def _unless_still(tx: Tx, one: Covered, standing: StoredPost) -> None:
    """Let a post stand by itself unless both still say the same, and the other one may still stand."""
    if not (is_still(one.stored, standing, one.why) and may_stand(standing, one.why)):
        uncover(tx, one, standing, "edited")


def _mind_wishes(tx: Tx, standing: StoredPost) -> None:
    """Take a post off every screen if it stands for one that nobody may show; put it back when that is
    over."""
    bar, touched = bar_of(standing), ("post", standing.id)
    if bar and standing.state is PostState.APPROVED:
        reason = Reason(code=bar)
        tx.append(kinds.PostHidden(reason=reason), touched)
        settle(tx, standing, PostState.HIDDEN, reasons=(reason,))
    elif not bar and standing.state is PostState.HIDDEN and _is_for_a_wish(standing):
        seq = tx.append(kinds.PostApproved(), touched)
        settle(tx, standing, PostState.APPROVED, reasons=(), shown=standing.shown or seq)


def _is_for_a_wish(stored: StoredPost) -> bool:
    return len(stored.reasons) == 1 and stored.reasons[0].code in BARS


def _take_home(tx: Tx, gone: str, heir: str) -> None:
    """What was made of a post's words goes on with the one that says the same: its point, with its tags."""
    homes = contributions.of_posts(tx.conn, {gone, heir})
    if gone in homes and heir not in homes:
        joining.append(tx.conn, {homes[gone]: [heir]})
