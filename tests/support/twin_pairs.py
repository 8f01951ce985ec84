"""Labelled pairs of posts: made up, in eleven languages, of one person or of two.

`tests/golden/twins/pairs.tsv` has them, one a line; the people in them are here.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tests.support.summit import MORNING
from wall.model import Author, Post
from wall.twins import Told

PAIRS = Path(__file__).resolve().parents[1] / "golden" / "twins" / "pairs.tsv"
_NETWORKS = {"m": "mastodon", "b": "bluesky", "x": "x", "w": "web"}


class Labelled(NamedTuple):
    """Two posts, and whether one person posted both; `kind` says what makes it hard, `told` what a
    moderator had said of the two accounts."""

    same: bool
    kind: str
    one: Post
    other: Post
    told: Told | None


def labelled() -> list[Labelled]:
    """Every pair of the table."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_labelled(number, row) for number, row in enumerate(rows)]


def _labelled(number: int, row: dict[str, str]) -> Labelled:
    one = _post(row["one"], f"{number}-1", row["text of one"], 0)
    other = _post(row["other"], f"{number}-2", row["text of the other"], float(row["minutes"]))
    if row["kind"] == "origin":
        one = one.model_copy(update={"key": f"https://bsky.brid.gy/convert/ap/{other.key}"})
    told: dict[str, Told] = {"told": "same", "moderator": "apart"}
    return Labelled(row["label"] == "same", row["kind"], one, other, told.get(row["kind"]))


def _post(who: str, key: str, text: str, minutes: float) -> Post:
    who = who.rstrip("+")
    return Post(
        network=_NETWORKS[who.rpartition(".")[2]],
        key=f"at://{key}" if who.endswith(".b") else key,
        author=PEOPLE[who],
        text=text.replace("\\n", "\n").replace("\\\\", "\\"),
        created_at=MORNING + timedelta(minutes=minutes),
        noindex=who == "feigned.x",
    )


def _m(handle: str, name: str, *also: str, bot: bool = False) -> Author:
    """Somebody on the fediverse, at `name@server`."""
    local, host = handle.split("@")
    url = f"https://{host}/@{local}"
    return Author(
        key=f"https://{host}/users/{local}", handle=handle, name=name, url=url, also=also, bot=bot
    )


def _b(handle: str, name: str, *also: str, did: str = "", bot: bool = False) -> Author:
    """Somebody on Bluesky."""
    return Author(key=f"did:plc:{did or handle}", handle=handle, name=name, also=also, bot=bot)


def _x(handle: str, name: str, *also: str, bot: bool = False) -> Author:
    """Somebody on X."""
    return Author(key=f"x{handle}", handle=handle, name=name, also=also, bot=bot)


PEOPLE: dict[str, Author] = {
    # bridged, both ways
    "ada.m": _m("ada@a.example", "Ada Okoro"),
    "ada.b": _b("ada.a.example.ap.brid.gy", "Ada Okoro"),
    "bo.b": _b("bo.bsky.social", "Bo Lindqvist"),
    "bo.m": _m("bo.bsky.social@bsky.brid.gy", "Bo Lindqvist"),
    "kofi.m": _m("kofi_m@med.social", "Kofi"),
    "kofi.b": _b("kofi-m.med.social.ap.brid.gy", "Kofi"),
    # one's own site is the handle, and the profile's link to it was checked
    "chloe.m": _m("chloe@chloe.example", "Chloé Martin", "=site:chloe-martin.example"),
    "chloe.b": _b("chloe-martin.example", "Chloé"),
    "lars.m": _m("lars@uni.example", "Lars B.", "=site:lars.example"),
    "lars.b": _b("lars.example", "L. Brandt"),
    "wei.m": _m("wei@a.example", "伟", "=site:wei.example"),
    "wei.b": _b("wei.example", "Wei Zhang"),
    # each profile names the other
    "dara.m": _m("dara@med.social", "Dara", "bluesky:darawrites.bsky.social"),
    "dara.b": _b("darawrites.bsky.social", "Dara writes", "mastodon:dara@med.social"),
    "sofia.m": _m("sofia@med.example", "Sofía R.", "bluesky:sofiarios.bsky.social"),
    "sofia.b": _b("sofiarios.bsky.social", "Sofía Ríos", "mastodon:sofia@med.example"),
    "kenji.m": _m("kenji@a.example", "健司", "bluesky:kenjimd.bsky.social"),
    "kenji.b": _b("kenjimd.bsky.social", "Kenji", "mastodon:kenji@a.example"),
    # the handle is one's own server, or one's name on it
    "emre.m": _m("emre@uni.example", "Emre"),
    "emre.b": _b("emre.uni.example", "Emre Demir"),
    "nadia.m": _m("nadia@nadia.example", "Надя"),
    "nadia.b": _b("nadia.example", "Nadia"),
    # the same name and the same handle
    "fatima.m": _m("fatima_alzahra_md@med.social", "Fatima Al-Zahra"),
    "fatima.x": _x("Fatima_AlZahra_MD", "Fatima Al-Zahra 🩺"),
    "ravi.m": _m("ravi_teaches@med.social", "Ravi Nair (he/him)"),
    "ravi.x": _x("raviteaches", "Ravi Nair"),
    # one profile names the other, and name or handle is the same
    "giulia.m": _m("giulia@med.social", "Giulia Conti", "bluesky:giuliac.bsky.social"),
    "giulia.b": _b("giuliac.bsky.social", "Giulia Conti"),
    "thandi.m": _m("thandi@med.social", "Thandi N."),
    "thandi.b": _b("thandi.bsky.social", "Thandiwe Nkosi", "mastodon:thandi@med.social"),
    # a moderator said so, and said not so
    "told.m": _m("corridor@a.example", "Mira"),
    "told.b": _b("mirasays.bsky.social", "M."),
    "apart.m": _m("ines_almeida@a.example", "Ines Almeida"),
    "apart.b": _b("inesalmeida.bsky.social", "Ines Almeida"),
    # one person, and nothing says so
    "quiet.m": _m("qq@a.example", "Q"),
    "quiet.b": _b("someone.bsky.social", "Somebody quiet"),
    "pat.m": _m("pat@med.social", "Pat Morgan"),
    "pat.x": _x("morganpatricia", "Pat Morgan"),
    # two people
    "hans.m": _m("hans@uni.example", "Hans Weber"),
    "hans2.b": _b("weberhans.bsky.social", "Hans Weber"),
    "hanna.b": _b("hanna.bsky.social", "Hanna Lind"),
    "anna1.m": _m("anna@med.social", "Anna"),
    "anna2.b": _b("anna.bsky.social", "Anna"),
    "kim1.m": _m("kimlee@med.social", "Kim Lee"),
    "kim2.x": _x("kimlee", "Kimberly Leeson"),
    "ada2.m": _m("ada@b.example", "Ada Okoro"),
    "office1.m": _m("press@uni.example", "University press office"),
    "office2.x": _x("faculty_news", "Faculty news"),
    "office3.b": _b("press.bsky.social", "Press office"),
    "bot.m": _m("summitbot@a.example", "Summit bot", bot=True),
    "bot.x": _x("summitbot", "Summit bot", bot=True),
    "newsbot.b": _b("summitbot.bsky.social", "Summit bot", bot=True),
    "liar.m": _m("liar@a.example", "Not Bo", "bluesky:bo.bsky.social", "site:bo.bsky.social"),
    "fake.m": _m("bo.bsky.social@brid.example", "Bo Lindqvist"),
    "fake.b": _b("ada.a.example.ap.brid.gy.fake.example", "Ada Okoro"),
    "member.m": _m("member@a.example", "A member"),
    "owner.b": _b("a.example", "The owner of the server"),
    "instance.b": _b("a.example", "The owner of the server"),
    "feigned.x": _x("Fatima_AlZahra_MD", "Fatima Al-Zahra", bot=False),
    "web.w": Author(key="participant:1", handle="", name="Ada Okoro"),
}
