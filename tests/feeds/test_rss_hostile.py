"""Documents that are written badly, in other charsets, or to do harm."""

from __future__ import annotations

import gzip
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.rss_documents import atom, entries, json_feed, parsed, post, rss
from wall.feeds.syndication.charset import decoded
from wall.feeds.syndication.documents import NotAFeed
from wall.feeds.syndication.survey import surveyed


class TestCharsets:
    @pytest.mark.parametrize(
        ("raw", "kind"),
        [
            ("é".encode(), ""),
            (b"\xef\xbb\xbf" + "é".encode(), "text/xml; charset=iso-8859-1"),
            (b"\xe9", "application/xml; charset=ISO-8859-1"),
            (b"<?xml version='1.0' encoding='iso-8859-1'?>\xe9", ""),
            (b"<?xml version='1.0' encoding='utf-8'?>\xe9", ""),
            ("é".encode("utf-16"), ""),
            ("<?xml version='1.0' encoding='utf-16'?>é".encode("utf-16-le"), "text/xml"),
            (b"\xe9", "text/xml; charset=nonsense"),
            ("é".encode(), "text/xml; charset=punycode"),
        ],
    )
    def test_letters_are_what_was_meant(self, raw: bytes, kind: str) -> None:
        assert decoded(raw, kind).endswith("é")

    @pytest.mark.parametrize(
        "codec", ["punycode", "unicode_escape", "utf-7", "zlib", "rot13", "idna", "../x"]
    )
    def test_a_codec_that_is_no_charset_is_not_used(self, codec: str) -> None:
        assert decoded(rb"a\x41+AGE-", f"text/xml; charset={codec}") == rb"a\x41+AGE-".decode()

    def test_japanese_by_its_own_word(self) -> None:
        raw = (
            "<?xml version='1.0' encoding='Shift_JIS'?>"
            + rss("<guid>1</guid><title>医学</title>").partition("?>")[2]
        )
        assert post(raw.encode("shift_jis")).text == "医学"


class TestHarm:
    @pytest.mark.parametrize(
        "document",
        [
            '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + rss("<title>&b;</title>"),
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("<title>&a;</title>"),
            '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]>' + rss("<title>x</title>"),
            "<!-- <b> --><!DOCTYPE x [<!ENTITY a 'ha'>]>" + rss("<title>&a;</title>"),
        ],
    )
    def test_entities_of_its_own_are_refused(self, document: str) -> None:
        with pytest.raises(NotAFeed, match="entities"):
            parsed(document.replace('<?xml version="1.0"?>', "").encode(), "")

    def test_a_doctype_alone_does_no_harm(self) -> None:
        doctype = (
            '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
        )
        document = rss("<guid>1</guid><title>caf&eacute;</title>").replace("?>", f"?>{doctype}", 1)
        assert post(document).text == "café"

    @pytest.mark.parametrize(
        "document",
        [
            "<rss><channel>" + "<a>" * 200 + "</a>" * 200 + "</channel></rss>",
            "<rss version='2.0'><channel><item>"
            + "<category>x</category>" * 2_001
            + "</item></channel></rss>",
            "<rss version='2.0'><channel>" + "<item/>" * 100_001 + "</channel></rss>",
            "<rss version='2.0'><channel><item><tags>" + "a," * 20_000 + "</tags></item></channel></rss>",
            "<rss version='2.0'><channel><item><tags>"
            + "a," * 20_000
            + "<b></tags></item></channel></rss>",
            "<rss version='2.0'><channel><item>"
            + "<category>x<category>" * 2_001
            + "</item></channel></rss>",
            "<rss version='2.0'><channel>" + "x" * 600_000 + "&undeclared;</channel></rss>",
            f"<rss {' '.join(f'xmlns:a{n}={n!r}' for n in map(str, range(201)))}><channel/></rss>",
            f"<rss {' '.join(f'a{n}={n!r}' for n in map(str, range(20_000)))}><channel/></rss>",
            "<rss><channel>&x;" + "</rss><!-- - -->" * 300 + "x",
            "<!-- - -->" * 400 + "captive portal",
            '{"items": [' + "{}," * 10_000 + "{}]}",
        ],
    )
    def test_what_would_take_for_ever_is_refused_at_once(self, document: str) -> None:
        started = time.process_time()
        with pytest.raises(NotAFeed):
            parsed(document.encode(), "")
        assert time.process_time() - started < 2

    @pytest.mark.parametrize(
        "part", ["<p/", "<", "&a", "<![CDATA[", "<!--", "<a b='", "]]>", "&#x", "<?x", "<!x"]
    )
    def test_an_ill_formed_document_takes_no_square_time(self, part: str) -> None:
        document = (
            f"<rss version='2.0'><channel><item><title>x</title>{part * 10_000}</item></channel></rss>"
        )
        started = time.process_time()
        with suppress(NotAFeed):
            parsed(document.encode(), "")
        assert time.process_time() - started < 5

    def test_what_broke_off_is_no_feed_and_no_edit(self) -> None:
        with pytest.raises(NotAFeed, match="broke off"):
            parsed(rss("<guid>1</guid><title>Words that were cut")[:-40].encode(), "")

    @pytest.mark.parametrize(
        "title",
        ["a &nbsp; b", "a & b", "a <br> b", "a \x0c b", "a \x00 b"],
        ids=["nbsp", "amp", "br", "ff", "nul"],
    )
    def test_usual_mistakes_are_looked_past(self, title: str) -> None:
        found = post(rss(f"<guid>1</guid><title>{title}</title><link>https://blog.example/1</link>"))
        assert found.text.startswith("a")
        assert found.url == "https://blog.example/1"

    @pytest.mark.parametrize(
        "body",
        [
            b"<!DOCTYPE html><html><head></head></html>",
            b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml"/>',
            b"<html>",
            b"",
            b"captive portal",
            b"\x00\xff\xfe",
            b"\x1f\x8b" + bytes(100),
            gzip.compress(b"<rss/>", mtime=0),
            b"<opml version='2.0'><body/></opml>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        ],
    )
    def test_what_is_no_feed_is_named_so(self, body: bytes) -> None:
        with pytest.raises(NotAFeed):
            parsed(body, "text/html")

    def test_scripts_are_words_at_most(self) -> None:
        html = '<script>alert(1)</script><p onclick="x">Hi <a href="javascript:alert(1)">there</a></p>'
        found = post(json_feed({"id": "1", "url": "javascript:alert(1)", "content_html": html}))
        assert (found.text, found.links, found.url) == ("Hi there", (), None)

    @pytest.mark.parametrize("url", ["http://[::1", "https://user:pw@x.example/", "\u202e", 7])
    def test_a_bad_address_costs_nothing_but_itself(self, url: object) -> None:
        item = {
            "id": "1",
            "content_text": "Words",
            "url": url,
            "image": url,
            "authors": [{"name": "A", "url": url}],
        }
        found = post(json_feed(item))
        assert (found.text, found.url, found.media, found.author.url) == ("Words", None, (), None)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("<ttl>30</ttl>", 1_800),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 86_400),
        ("<ttl>soon</ttl>", 0),
        ("<item><ttl>30</ttl></item>", 0),
        ("", 0),
    ],
)
def test_how_rarely_a_feed_wants_to_be_asked(said: str, seconds: float) -> None:
    space = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    assert surveyed(f"<rss {space}><channel>{said}</channel></rss>").pace == seconds


_WHOLE = rss(
    "<guid>1</guid><title>A</title><link>https://x.example/</link><author>a@b.c (A)</author>"
    "<category>c</category><pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate>"
    '<enclosure url="https://x.example/1.png" type="image/png"/>'
    "<description>&lt;p&gt;A &lt;img src='/a.png'&gt;&lt;/p&gt;</description>"
)
_DOCUMENTS = (
    _WHOLE,
    atom(
        "<title type='html'>A</title><updated>2026-11-22T10:00:00Z</updated>"
        "<content type='xhtml'><p>A</p></content>"
    ),
    json_feed(
        {
            "id": "1",
            "content_html": "<p>A</p>",
            "tags": ["a"],
            "attachments": [{"url": "/a", "mime_type": "b"}],
        }
    ),
)
_MARKS = ["<", ">", "&", '"', "</", "]]>", "<![CDATA[", "<!--", "&#0;", "&#xD800;", "null", "{", "[", "-1"]
_PIECES = st.one_of(st.sampled_from(_MARKS), st.text(max_size=5))
_CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), _PIECES), max_size=4)


@given(st.sampled_from(_DOCUMENTS), _CHANGES)
@settings(max_examples=300, deadline=None)
def test_whatever_is_wrong_in_a_document_it_is_read_or_said_to_be_no_feed(
    document: str, changes: list[tuple[float, int, str]]
) -> None:
    for where, length, piece in changes:
        at = int(where * len(document))
        document = document[:at] + piece + document[at + length :]
    with suppress(NotAFeed):
        entries(document.encode("utf-8", "replace"), "c")


@given(st.binary(max_size=200), st.sampled_from(["", "text/xml", "application/feed+json; charset=utf-16"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_no_feed_and_no_fault(body: bytes, kind: str) -> None:
    with suppress(NotAFeed):
        entries(body, kind=kind)
