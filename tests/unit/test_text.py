"""Text from outside."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.model import Author, Emoji, Link, Media, Post
from wall.text import (
    SEARCHED_LETTERS,
    SEARCHED_WORDS,
    drop_bad_links,
    find_emoji_codes,
    find_hashtags,
    folded_words,
    from_html,
    has_ink,
    safe_url,
    search_words,
)


def post(**changes: Any) -> Post:
    fields: dict[str, Any] = {
        "network": "x",
        "key": "1",
        "author": Author(key="7", handle="ada", name="Ada"),
        "text": "see this and that",
        "created_at": datetime(2026, 5, 12, tzinfo=UTC),
    }
    return Post(**fields | changes)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<br>two<br/>three<BR></p><p>four</p>", "one\ntwo\nthree\n\nfour"),
        ("<p>a<br><br>b</p>", "a\n\nb"),
        ("<p> a \n  b\t</p>\n<p> c</p>", "a b\n\nc"),
        ("a <b>b</b><i>c</i> d", "a bc d"),
        ("&lt;b&gt; &amp;amp; &eacute; &#x1F600; &nbsp;x", "<b> &amp; é 😀 \xa0x"),
        ("1 < 2 and 3 > 2, <3", "1 < 2 and 3 > 2, <3"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("<blockquote><p>a</p></blockquote>b", "a\n\nb"),
        ("<pre>a  b\r\n  c</pre>d", "a  b\n  c\n\nd"),
        ("a<script>alert(1)<p>x</script>b<style>p{}</style>c", "abc"),
        ("a<!-- b --><!---->c<!DOCTYPE x>d<?php e>", "acd"),
        ('hi <img class="emoji" alt=":owl:" src="https://a.example/o.png"> there', "hi :owl: there"),
        ('a<span class="invisible">b<span>c</span>d</span>e', "ae"),
        ('a<span class="ellipsis">b</span>c', "ab…c"),
        ('<p>a<span class="invisible">b</p><p>c</p>', "a\n\nc"),
        ("</p></span></a>x", "x"),
        ("&#0;&#xd800;&#x110000;x", "\ufffd\ufffd\ufffdx"),
    ],
)
def test_html_becomes_plain_text(html: str, text: str) -> None:
    assert from_html(html)[0] == text


def test_an_address_is_shown_as_the_network_shortens_it() -> None:
    html = (
        '<p>Read <a href="https://e.example/a/long/way?x=1&amp;y=2" rel="nofollow">'
        '<span class="invisible">https://</span>'
        '<span class="ellipsis">e.example/a/lo</span><span class="invisible">ng/way?x=1&amp;y=2</span></a> '
        "now</p>"
    )
    text, links = from_html(html)
    assert text == "Read e.example/a/lo… now"
    assert links == (Link(start=5, end=20, url="https://e.example/a/long/way?x=1&y=2"),)


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_links_keep_their_place(quote: str) -> None:
    html = f"<p>🩺 é </p><p> <a class='x' href={quote}https://e.example/{quote}> two words </a>!</p>"
    text, (link,) = from_html(html)
    assert text == "🩺 é\n\ntwo words !"
    assert text[link.start : link.end] == "two words"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "/local",
        "//e.example",
        "java\nscript:x",
        "https://u:p@e.example",
        "",
    ],
)
def test_links_that_are_not_safe_are_only_text(href: str) -> None:
    assert from_html(f'<a href="{href}">x</a>') == ("x", ())


def test_a_link_without_text_or_end_is_no_trouble() -> None:
    assert from_html('<a href="https://e.example"></a>x') == ("x", ())
    one, two = from_html('<a href="https://e.example/1">x<a href="https://e.example/2">y')[1]
    assert (one.start, one.end, two.start, two.end) == (0, 1, 1, 2)


@given(st.text(alphabet=st.sampled_from(list("<>/!-?&;#\"'= apbrspn\r\n\u2028[]")), max_size=80))
def test_html_never_raises_and_links_are_in_range(html: str) -> None:
    text, links = from_html(html)
    assert "\r" not in text
    assert all(0 <= link.start < link.end <= len(text) for link in links)


@pytest.mark.parametrize(
    "part",
    [
        "<a ",
        "<p/<p/",
        "<!--",
        '<a href="',
        "</a ",
        "<![CDATA[",
        "<",
        "&",
        "<a =",
        "<a b='<",
        "<script>",
        "&#",
        "#",
        "#a",
        "<span class=x>",
    ],
)
def test_hostile_html_takes_no_longer_than_its_length(part: str) -> None:
    html = part * (200_000 // len(part))
    started = time.process_time()
    from_html(html)
    from_html(f"<a {html}>")
    find_hashtags(html)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("no tags here", ()),
        ("#SMSummit and #smsummit, #MedEd.", ("SMSummit", "MedEd")),
        ("(#a) #b_c/#d #e-f", ("a", "b_c", "e")),
        ("#1 #2024 #_ #2024ok", ("_", "2024ok")),
        ("a#b https://e.example/#frag https://e.example/x#y &#39;", ()),
        ("##x # #", ()),
        ("#हिन्दी #مؤتمر_2024 ＃全角 #éa·b·", ("हिन्दी", "مؤتمر_2024", "全角", "éa·b")),
        ("#می‌خواهم", ("می‌خواهم",)),
        ("#👍 #a👍", ("a",)),
    ],
)
def test_hashtags_are_found_as_they_are_written(text: str, tags: tuple[str, ...]) -> None:
    assert find_hashtags(text) == tags


@pytest.mark.parametrize(
    "url",
    [
        "https://e.example",
        "http://e.example:8080/a/@b?c=d#e",
        "HTTPS://E.EXAMPLE/",
        "https://münchen.example/ä",
        "https://xn--mnchen-3ya.example",
        "http://127.0.0.1/x",
        "https://[2001:db8::1]:443/",
        "https://e.example/" + "x" * 1_982,
    ],
)
def test_addresses_that_may_be_opened(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "e.example",
        "//e.example",
        "/path",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://e.example",
        "https:e.example",
        "https:///e.example",
        "https://",
        "https://.",
        "https://:80",
        "https://e..example",
        "https://u@e.example",
        "https://u:p@e.example",
        "https://good.example\\@evil.example",
        "https://e.example/a b",
        "https://e.example/\n",
        " https://e.example",
        "https://e.example\x00",
        "https://e.example/\u202egpj.exe",
        "https://e.example/\u2028",
        "https://e\u200b.example",
        "https://a℀b.example",
        "https://e%40evil.example",
        "https://e.example:99999",
        "https://e.example:x",
        "https://[::1",
        "https://e.example/\ud800",
        "https://e.example/" + "x" * 1_983,
    ],
)
def test_addresses_that_must_not_be_opened(url: object) -> None:
    assert safe_url(url) is None


def test_a_good_post_is_returned_as_it_is() -> None:
    plain = post()
    rich = post(
        url="https://e.example/1",
        links=(
            Link(start=0, end=3, url="https://e.example"),
            Link(start=4, end=8, url="https://e.example"),
        ),
        media=(Media(kind="image", url="https://e.example/1.png", preview="https://e.example/2.png"),),
        emoji=(Emoji(code="owl", url="https://e.example/owl.png"),),
        author=Author(
            key="7", handle="ada", url="https://e.example/@ada", avatar="https://e.example/a.png"
        ),
    )
    assert drop_bad_links(plain) is plain
    assert drop_bad_links(rich) is rich


def test_links_out_of_range_overlapping_or_unsafe_are_dropped() -> None:
    def link(start: int, end: int, url: str = "https://e.example") -> Link:
        return Link(start=start, end=end, url=url)

    bad = (
        link(9, 12),
        link(-1, 2),
        link(0, 4),
        link(2, 5),
        link(5, 5),
        link(6, 5),
        link(13, 99),
        link(5, 8, "x:y"),
    )
    assert drop_bad_links(post(links=bad)).links == (link(0, 4), link(9, 12))


def test_addresses_beside_the_text_are_dropped_when_unsafe() -> None:
    media = (
        Media(kind="image", url="https://e.example/1.png", preview="javascript:x"),
        Media(kind="image", url="data:x"),
    )
    author = Author(key="7", handle="ada", url="javascript:x", avatar="https://e.example/a.png")
    emoji = (Emoji(code="owl", url="file:///owl"), Emoji(code="cat", url="https://e.example/c.png"))
    cleaned = drop_bad_links(post(url="javascript:x", media=media, author=author, emoji=emoji))
    assert (cleaned.url, cleaned.author.url, cleaned.author.avatar) == (
        None,
        None,
        "https://e.example/a.png",
    )
    assert cleaned.media == (Media(kind="image", url="https://e.example/1.png"),)
    assert cleaned.emoji == emoji[1:]
    assert drop_bad_links(post(emoji=emoji[:1])).emoji == ()


def test_codes_of_custom_emoji_are_found() -> None:
    assert find_emoji_codes("Hi :owl: at 10:30:owl::Cat: :a: :" + "b" * 65 + ":") == {"owl", "30", "Cat"}
    assert find_emoji_codes("none") == set()


def test_search_finds_text_name_handle_and_hashtags() -> None:
    assert search_words(post(hashtags=("SMSummit",))) == "see this and that ada smsummit"


def test_search_does_not_find_who_asked_not_to_be_found() -> None:
    assert search_words(post(noindex=True)) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Le CAFÉ, le cafe\u0301", ["le", "cafe", "le", "cafe"]),
        ("and/or talk.Really snake_case", ["and", "or", "talk", "really", "snake", "case"]),
        ("“Straße” ＦＵＬＬ Ⅷ x²", ["strasse", "full", "viii", "x2"]),
        ("ΙΑΤΡΙΚΉΣ ιατρικής", ["ιατρικησ", "ιατρικησ"]),
        ("inter\u00adnational می\u200cخواهم", ["international", "میخواهم"]),
        ("line\u2028break\u00a0here 👩🏽‍⚕️ \ud800", ["line", "break", "here"]),
        ("İstanbul", ["istanbul"]),
        ("", []),
    ],
)
def test_words_are_folded_for_search(text: str, words: list[str]) -> None:
    assert folded_words(text) == words


@given(st.text(st.characters(codec=None, categories=None), max_size=60))
def test_folded_words_are_plain_and_fold_to_themselves(text: str) -> None:
    for word in folded_words(text):
        assert word.isalnum()
        assert folded_words(word) == [word]


def test_search_knows_only_so_much_of_a_post() -> None:
    endless = post(text="x" * 20_000, hashtags=tuple(f"tag{number}" for number in range(10_000)))
    words = search_words(endless).split()
    assert len(words) == SEARCHED_WORDS
    assert words[0] == "x" * SEARCHED_LETTERS


@pytest.mark.parametrize("name", ["", "  ", "\u0007\u202e\u200b\u2066", "\u0301", "\u3000"])
def test_a_name_of_control_characters_spaces_and_lone_accents_cannot_be_seen(name: str) -> None:
    assert not has_ink(name)
    assert has_ink(f"{name}a")
