"""The parallel channel's things as they are stored: tags, contributions, relays, receipts. Pure.

Each axis of DESIGN §6 is a state of its own: moderation is the post's, where a contribution got to is
its relays', and what its authors are owed is their receipts'.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from wall.codebook import Definition, TagCode, TagSet
from wall.model import Frozen, PostState, StoredPost, Time, at_border
from wall.points import SecondLook, Together
from wall.programme import Note
from wall.replies import Question

Wording = Annotated[str, StringConstraints(max_length=1_000), BeforeValidator(at_border)]
"""How a facilitator puts a point, at most 1,000 code points. What its authors said is never edited."""

CLAIM_SECONDS = 600
"""For so long nobody else takes what somebody took from the tray and did nothing about."""

TagName = Annotated[str, StringConstraints(min_length=1, max_length=60), BeforeValidator(at_border)]
TagKey = Annotated[str, StringConstraints(pattern=r"^[0-9]$|^$")]
"""The one key that sets a tag at the desk: a digit, or nothing. Letters belong to commands."""


class Tag(Frozen):
    """One tag of an event's codebook. `colour` is one of the six tints; a retired tag is only read.

    `parent` is the id of the tag above it. `code` says which tag of a preset it is, whatever it is called.
    """

    id: str
    event_id: str
    name: TagName
    key: TagKey
    colour: Annotated[int, Field(ge=0, le=5)]
    position: int
    retired: bool
    version: int
    definition: Definition = ""
    example: Definition = ""
    set: TagSet = TagSet.OWN
    code: TagCode = ""
    parent: str | None = None


THEME_POSTS = 2
"""Posts of a theme that are shown with its name."""


class StoredTheme(Frozen):
    """A theme with what of it may be shown: how many `points`, and the newest posts of THEME_POSTS of them.
    `on_walls`: a scene of its event shows themes; while none does, nobody but the staff hears of any."""

    tag: Tag
    points: int
    posts: tuple[StoredPost, ...]
    on_walls: bool


class RelayState(StrEnum):
    """Where one attempt to bring a contribution into a session is (DESIGN §6)."""

    QUEUED = "queued"
    NEXT = "next"
    ON_FLOOR = "on_floor"
    DISCUSSED = "discussed"
    ANSWERED = "answered"
    DEFERRED = "deferred"
    RETURNED = "returned"
    DROPPED = "dropped"


OPEN = (RelayState.QUEUED, RelayState.NEXT, RelayState.ON_FLOOR)
HEARD = (RelayState.DISCUSSED, RelayState.ANSWERED)
"""The room took it up: its authors are owed a reply."""
PUBLIC_STATES = (RelayState.ON_FLOOR, *HEARD)


TAKEN_BACK = "withdrawn"
"""The detail of a relay that was dropped because it should not have been, or could not stay, raised."""


class Relay(Frozen):
    """One attempt to bring a contribution into one session.

    `rank` orders a queue (smaller is sooner). `detail` is a code: where it was deferred to or why it
    was dropped. `outcome` is what came of it and is public once it was heard; `note` is for the
    chair. `before` is the state that closing it left, so that closing can be taken back. `made_for` is
    the contribution that it was raised for, where that was joined with another one since.
    """

    id: str
    event_id: str
    contribution_id: str
    session_id: str
    state: RelayState
    rank: int
    note: Note
    detail: str
    outcome: Note
    before: RelayState | None
    raised_by: str
    raised_at: Time
    floor_at: Time | None
    closed_at: Time | None
    version: int
    made_for: str | None = None

    @property
    def taken_back(self) -> bool:
        """Whether it was dropped because whoever raised it took that back, or its post left view."""
        return self.state is RelayState.DROPPED and self.detail == TAKEN_BACK


EXAMPLES = 2
"""Posts that say the same as the one on the floor and are shown beside it to the chair."""


class StoredRelay(Frozen):
    """A relay with what it is rendered from: the post that leads its contribution, the ids of its other
    posts that are shown, how many people wrote those that are shown, a facilitator's wording, and
    the first EXAMPLES of its other posts."""

    relay: Relay
    lead: StoredPost
    others: tuple[str, ...]
    voices: int = 1
    wording: str = ""
    examples: tuple[StoredPost, ...] = ()


class ReceiptState(StrEnum):
    """What one author is owed for one contribution; none before the room took it up."""

    OWED = "owed"
    TOLD = "told"
    WAIVED = "waived"


class Receipt(Frozen):
    """What the author of one post is owed and was told; `words` are a facilitator's, for them.

    `lead`: the post that led the point when they were written, whose beginning they may repeat; None before
    that, and for those that are older than this column.
    """

    post_id: str
    event_id: str
    contribution_id: str
    relay_id: str
    state: ReceiptState
    words: Note
    told_at: Time | None
    lead: str | None = None


class Contribution(Frozen):
    """One point made, from one or more posts; the first leads. Without posts, it was joined with another.

    `tags` are ids of tags, in the order in which they were set. `noted`: somebody saw it and there
    is nothing to do. `relay` is the newest attempt to bring it into a session, `owed` and `told`
    count its receipts. `lead` is where moderation has the post that leads it, `shown` whether one of its
    posts was ever shown: who may not see a post hears nothing of what was done with it. `there`: one of
    its posts is, that is neither lost nor taken back. `wording` is a facilitator's, beside what its
    authors said; `worded` counts how often it was written.
    """

    id: str
    event_id: str
    posts: tuple[str, ...]
    lead: PostState
    shown: bool
    tags: tuple[str, ...]
    noted: bool
    relay: Relay | None
    owed: int
    told: int
    version: int
    wording: Wording = ""
    worded: int = 0
    there: bool = True


class Placed(StrEnum):
    """Why a post belongs to a session: the clue that told, the strongest first; or a person said so."""

    HASHTAG = "hashtag"
    REPLY = "reply"
    SPEAKER = "speaker"
    PAGE = "page"
    PROMPT = "prompt"
    TIME = "time"
    PERSON = "person"
    NONE = ""


class Placement(Frozen):
    """Which session a post belongs to, or nobody knows (None); its id is the post's.

    `claimed_by` is the person who took a post that fits no session, at `claimed_at`.
    """

    id: str
    event_id: str
    session_id: str | None
    reason: Placed
    by_hand: bool
    claimed_by: str | None
    claimed_at: Time | None
    version: int


class StoredPlacement(Frozen):
    """A placement with its post: who may not see that hears nothing of it."""

    placement: Placement
    stored: StoredPost


class OwnPoint(Frozen):
    """A post as its own author follows it on a phone: where it got to, what came back, and questions.

    `lead`: the post whose beginning their reply may repeat, where that is another one. `together`: what it
    was joined with; `second`: the second look that its author asked for.
    """

    stored: StoredPost
    relay: Relay | None
    receipt: Receipt | None
    question: Question | None = None
    lead: StoredPost | None = None
    together: Together | None = None
    second: SecondLook | None = None
