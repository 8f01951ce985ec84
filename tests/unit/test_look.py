"""Colours that people choose, and the style sheet that follows from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wall
from wall.colours import BLACK, WHITE, contrast, mixed, over, readable, reads
from wall.display import Theme
from wall.look import (
    FALLBACK,
    LEAST,
    OURS,
    Colours,
    EventLook,
    FileKind,
    LookFile,
    Slot,
    digest_of,
    palette,
    plain,
    proposed,
    samples,
    stylesheet,
    unreadable,
)

TOKENS = (Path(wall.__file__).parent / "static" / "tokens.css").read_text(encoding="utf-8")
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
chosen = st.builds(Colours, **{name: st.none() | colours for name in Colours.model_fields})
looks = st.builds(EventLook, dark=chosen, light=chosen, contrast=chosen)


def file(kind: FileKind, number: int, width: int = 0, height: int = 0) -> LookFile:
    return LookFile(digest=f"{number:032x}", kind=kind, name="n", size=1, width=width, height=height)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        (BLACK, WHITE, 21.0),
        ("#777777", WHITE, 4.48),
        ("#767676", WHITE, 4.54),
        ("#ff0000", WHITE, 4.0),
        ("#0000ff", BLACK, 2.44),
    ],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@given(colours, colours)
def test_what_is_mixed_lies_between(one: str, other: str) -> None:
    assert mixed(one, other, 0) == one
    assert mixed(one, other, 1) == other


@given(colours)
def test_something_can_be_read_on_every_ground(ground: str) -> None:
    assert contrast(over(ground), ground) >= 4.5
    assert readable(ground, (ground,), 4.5) is not None


@settings(deadline=None)
@given(colours, colours, colours)
def test_the_nearest_colour_that_can_be_read_is_one_that_can(text: str, one: str, other: str) -> None:
    found = readable(text, (one, other), 4.5)
    if found is None:
        assert not reads(BLACK, (one, other), 4.5)
        assert not reads(WHITE, (one, other), 4.5)
    else:
        assert reads(found, (one, other), 4.5)
        assert found == text or not reads(text, (one, other), 4.5)


def test_our_colours_are_those_of_the_tokens() -> None:
    blocks = re.findall(r"color-scheme: (dark|light);\n((?:\s*--[\w-]+: [^;]+;\n)+)", TOKENS)
    found = [dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for _, block in blocks]
    dark, light, by_itself, high = (
        {name: value for name, value in one.items() if not name.startswith(("tint", "on-tint"))}
        for one in found
    )
    assert dark == OURS[Theme.DARK]
    assert light == by_itself == OURS[Theme.LIGHT]
    assert high == OURS[Theme.CONTRAST]
    assert re.sub(r"\s+", " ", re.search(r"--font: ([^;]+);", TOKENS)[1]) == FALLBACK  # type: ignore[index]


def test_our_own_look_can_be_read_and_needs_no_style_sheet() -> None:
    assert unreadable(EventLook()) == []
    assert stylesheet(EventLook(), "/look/x/") == ""
    for theme in Theme:
        for text in ("ink", "accent", "ink-quiet", "link", "well", "trouble", "danger"):
            grounds = [OURS[theme][ground] for ground in ("ground", "surface", "floor")]
            assert reads(OURS[theme][text], grounds, LEAST[theme]), (theme, text)


@settings(max_examples=60, deadline=None)
@given(looks)
def test_what_is_proposed_can_be_read(look: EventLook) -> None:
    better = proposed(look)
    assert unreadable(better) == []
    for theme in Theme:
        if not unreadable(EventLook(**{theme.value: look.of(theme)})):
            assert better.of(theme) == look.of(theme), "what can be read stays as it was chosen"


@settings(max_examples=60, deadline=None)
@given(looks)
def test_all_colours_that_follow_can_be_read(look: EventLook) -> None:
    look = proposed(look)
    for theme in Theme:
        shown = palette(theme, look.of(theme))
        assert shown.keys() == OURS[theme].keys()
        grounds = [shown[ground] for ground in ("ground", "surface", "floor")]
        for text in ("ink", "accent", "ink-quiet", "link", "well", "trouble", "danger"):
            assert reads(shown[text], grounds, LEAST[theme]), (theme, text, shown)
        assert contrast(shown["line"], shown["ground"]) >= 3
        assert contrast(shown["on-accent"], shown["accent"]) >= 4.5


@settings(max_examples=60, deadline=None)
@given(looks)
def test_the_plain_wall_is_dressed_in_colours_that_can_be_read_and_knows_no_custom_property(
    look: EventLook,
) -> None:
    look = proposed(look)
    sheet = plain(look, "/look/x/")
    assert (sheet == "") is look.is_ours
    assert "--" not in sheet
    assert "var(" not in sheet
    for theme in Theme if sheet else ():
        shown = palette(theme, look.of(theme))
        assert f"html.{theme.value}{{background:{shown['ground']};color:{shown['ink']}}}" in sheet
        assert f".{theme.value} .hashtag{{color:{shown['accent']}}}" in sheet
        assert reads(shown["ink-quiet"], (shown["ground"], shown["surface"]), LEAST[theme])


def test_what_cannot_be_read_is_said_with_the_nearest_colour_that_can() -> None:
    (ground, surface) = unreadable(EventLook(dark=Colours(accent="#0066cc")))
    assert (ground.theme, ground.text, ground.on, surface.on) == (Theme.DARK, "accent", "ground", "surface")
    assert ground.ratio == pytest.approx(3.34, abs=0.01)
    assert ground.needed == 4.5
    assert ground.proposal is not None
    assert contrast(ground.proposal, OURS[Theme.DARK]["surface"]) >= 4.5
    assert unreadable(EventLook(contrast=Colours(accent="#0088ff"))), "high contrast needs 7:1"


def test_grounds_too_far_apart_for_any_text_are_said() -> None:
    look = EventLook(contrast=Colours(ground=BLACK, surface=WHITE))
    assert {one.proposal for one in unreadable(look)} == {None}
    assert proposed(look).contrast.ground == BLACK


def test_a_style_sheet_has_every_theme_and_is_known_by_what_is_in_it() -> None:
    files = {
        Slot.LOGO: file(FileKind.WEBP, 1, 300, 100),
        Slot.LOGO_LIGHT: file(FileKind.WEBP, 2, 100, 100),
        Slot.FONT: file(FileKind.WOFF2, 3),
    }
    look = EventLook(dark=Colours(accent="#ff8800"), variable=True, files=files)
    sheet = stylesheet(look, "/look/x/")
    assert ":root{--ground:#0d131f" in sheet
    assert sheet.count("--logo:url") == 4
    assert sheet.count(f"/look/x/{1:032x}.webp") == 2
    assert "--logo-ratio:3.0000" in sheet
    assert "font-weight:100 900" in sheet
    assert f'--font:"Event", {FALLBACK}' in sheet
    other = stylesheet(look.model_copy(update={"variable": False}), "/look/x/")
    assert "font-weight:400" in other
    assert digest_of(other) != digest_of(sheet)
    bold = look.model_copy(update={"files": {**files, Slot.FONT_BOLD: file(FileKind.WOFF2, 4)}})
    assert "font-weight:700" in stylesheet(bold, "/look/x/")
    tried = samples(look, "/look/x/")
    assert [one in tried for one in (".look-dark{", ".look-light{", ".look-contrast{", ":root")] == [
        True
    ] * 3 + [False]
