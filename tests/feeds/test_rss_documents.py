"""RSS, Atom and JSON Feed as sites write them, field by field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.feeds.rss_documents import ATOM, HOME, RSS, atom, json_feed, parsed, post, rss
from wall.feeds.syndication.documents import NotAFeed


class TestRss:
    def test_an_article_is_its_title_and_its_summary(self) -> None:
        found = post(
            rss(
                "<guid>https://blog.example/?p=1</guid><title>Hello &amp;amp; welcome</title>"
                "<link>https://blog.example/hello</link><pubDate>Sun, 22 Nov 2026 10:00:00 +0500</pubDate>"
                "<dc:creator>Ada Lovelace</dc:creator><category>SMSummit</category>"
                "<category>Medical Education</category>"
                "<description>A &lt;b&gt;short&lt;/b&gt; text</description>"
                f"<content:encoded><![CDATA[<p>{'A long text. ' * 300}</p>]]></content:encoded>"
            )
        )
        assert found.key == f"{HOME}#https://blog.example/?p=1"
        assert found.text == "Hello & welcome\n\nA short text"
        assert found.author.name == "Ada Lovelace"
        assert found.author.handle == "blog.example"
        assert found.url == "https://blog.example/hello"
        assert found.hashtags == ("SMSummit", "MedicalEducation")
        assert found.created_at == datetime(2026, 11, 22, 5, tzinfo=UTC)
        assert found.author.key == f"{HOME}#Ada Lovelace"

    def test_a_short_content_goes_before_its_summary(self) -> None:
        content = "<content:encoded>&lt;p&gt;Whole&lt;/p&gt;</content:encoded>"
        assert post(rss(f"<guid>1</guid><description>Cut […]</description>{content}")).text == "Whole"

    @pytest.mark.parametrize(
        ("author", "name"),
        [
            ("ada@blog.example (Ada Lovelace)", "Ada Lovelace"),
            ("Ada &lt;ada@blog.example&gt;", "Ada"),
            ("ada@blog.example", "The blog"),
            ("Ada", "Ada"),
        ],
    )
    def test_an_address_of_mail_is_nobodys_name(self, author: str, name: str) -> None:
        found = post(rss(f"<guid>1</guid><title>x</title><author>{author}</author>"))
        assert found.author.name == name
        assert "@" not in found.author.model_dump_json()

    def test_a_mastodon_hashtag_has_authors_pictures_and_their_descriptions(self) -> None:
        media = (
            '<media:content url="https://f.example/{0}.png" type="image/png" medium="image">'
            '<media:rating scheme="urn:simple">adult</media:rating>{1}</media:content>'
        )
        described = '<media:description type="plain">A slide</media:description>'
        found = post(
            rss(
                '<guid isPermaLink="true">https://m.example/@ada/1</guid><link>https://m.example/@ada/1</link>'
                "<pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate>"
                '<description>&lt;p&gt;Hello &lt;a href="https://m.example/tags/smsummit"&gt;#&lt;span&gt;'
                "smsummit&lt;/span&gt;&lt;/a&gt;&lt;/p&gt;</description>"
                f"{media.format(1, described)}{media.format(2, '')}<category>smsummit</category>"
            ),
            base="https://m.example/tags/smsummit.rss",
        )
        assert found.text == "Hello #smsummit"
        assert (found.author.handle, found.author.key) == ("ada@m.example", "https://m.example/@ada")
        assert [(one.url, one.alt) for one in found.media] == [
            ("https://f.example/1.png", "A slide"),
            ("https://f.example/2.png", ""),
        ]
        assert found.sensitive
        assert [link.url for link in found.links] == ["https://m.example/tags/smsummit"]

    def test_enclosures_are_media(self) -> None:
        item = '<guid>1</guid><title>Episode</title><enclosure url="/1.mp3" type="audio/mpeg" length="3"/>'
        (media,) = post(rss(item)).media
        assert (media.kind, media.url) == ("audio", "https://blog.example/1.mp3")

    @pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
    def test_older_versions_are_read(self, version: str) -> None:
        document = RSS.replace('version="2.0"', f'version="{version}"').format(
            "<item><title>Old</title><link>https://blog.example/1</link></item>"
        )
        assert post(document).text == "Old"

    def test_rss_1_is_read(self) -> None:
        document = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            '<channel rdf:about="x"><title>Journal</title></channel>'
            '<item rdf:about="https://j.example/1"><title>Paper</title><link>https://j.example/1</link>'
            "<dc:date>2026-11-22T09:00:00Z</dc:date></item></rdf:RDF>"
        )
        found = post(document)
        assert (found.text, found.key, found.created_at.hour) == ("Paper", f"{HOME}#https://j.example/1", 9)


class TestAtom:
    def test_an_entry_with_everything(self) -> None:
        found = post(
            atom(
                "<title type='html'>A &amp;lt;b&amp;gt;</title><published>2026-11-22T09:00:00Z</published>"
                "<updated>2026-11-22T10:00:00Z</updated><author><name>Ada</name><uri>https://ada.example/</uri>"
                "<email>ada@ada.example</email></author><category term='x' label='SMSummit'/>"
                "<link rel='alternate' href='1.html'/>"
                "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p><p>Two "
                "<a href='https://x.example/'>link</a></p></div></content>",
                'xml:lang="fr-CA" xml:base="https://blog.example/2026/"',
            )
        )
        assert found.text == "A <b>\n\nOne\n\nTwo link"
        assert found.text[found.links[0].start : found.links[0].end] == "link"
        assert found.url == "https://blog.example/2026/1.html"
        assert (found.author.key, found.author.name) == (f"{HOME}#https://ada.example/", "Ada")
        assert "mail" not in found.model_dump_json()
        assert "ada@" not in found.model_dump_json()
        assert found.hashtags == ("SMSummit",)
        assert found.lang == "fr-CA"
        assert found.created_at == datetime(2026, 11, 22, 9, tzinfo=UTC)
        assert found.edited_at is None

    def test_plain_text_is_no_html(self) -> None:
        assert post(atom("<content type='text'>1 &lt; 2 &amp;amp; 3</content>")).text == "1 < 2 &amp; 3"

    def test_pictures_of_its_html_come_beside_the_words(self) -> None:
        html = (
            '<p>Look <img src="/a.png" alt="A > B" width="40" height="30"> here '
            '<img src="https://s.example/pixel.gif" width="1" height="1">'
            '<img class="emoji" alt="😀" src="https://s.example/1f600.svg"></p>'
        )
        found = post(
            atom(f"<content type='html'>{html.replace('&', '&amp;').replace('<', '&lt;')}</content>")
        )
        assert found.text == "Look here 😀"
        (media,) = found.media
        assert (media.url, media.alt, media.width) == ("https://blog.example/a.png", "A > B", 40)

    def test_deleted_entries_are_told(self) -> None:
        space = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'
        deleted = f'<at:deleted-entry {space} ref="tag:x,2026:1" when="{{}}"/>'
        found = parsed(
            ATOM.format("", deleted.format("2026-11-22T10:00:00Z") + deleted.format("?")).encode(), ""
        )
        assert [one.ref for one in found.deleted] == ["tag:x,2026:1"] * 2
        assert [one.when for one in found.deleted] == [datetime(2026, 11, 22, 10, tzinfo=UTC), None]


class TestJsonFeed:
    def test_an_item_with_everything(self) -> None:
        item = {
            "id": 7,
            "url": "/7",
            "title": "Seven",
            "content_html": "<p>Words</p>",
            "date_published": "2026-11-22T09:00:00-01:00",
            "authors": [
                {"name": "Ada", "url": "https://ada.example/", "avatar": "https://ada.example/a.png"}
            ],
            "tags": ["smsummit", 7],
            "image": "https://blog.example/7.png",
            "attachments": [
                {"url": "https://blog.example/7.mp3", "mime_type": "audio/mpeg", "title": "Aloud"},
                7,
            ],
        }
        found = post(json_feed(item, language="en-CA"))
        assert found.key == f"{HOME}#7"
        assert (found.text, found.url, found.lang) == ("Seven\n\nWords", "https://blog.example/7", "en-CA")
        assert (found.author.name, found.author.avatar) == ("Ada", "https://ada.example/a.png")
        assert [one.kind for one in found.media] == ["image", "audio"]
        assert found.created_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
        assert found.hashtags == ("smsummit",)

    def test_version_1_names_one_author(self) -> None:
        found = post(json_feed({"id": "1", "content_text": "a < b", "author": {"name": "Ada"}}))
        assert (found.text, found.author.name) == ("a < b", "Ada")

    @pytest.mark.parametrize(
        "said", ["{", "[]", "{}", '{"items": 7}', "[" * 100_000, '{"items": [' + "9" * 5_000 + "]}x"]
    )
    def test_other_json_is_no_feed(self, said: str) -> None:
        with pytest.raises(NotAFeed):
            parsed(said.encode(), "application/feed+json")

    def test_a_feed_that_says_it_is_over_is_asked_rarely(self) -> None:
        assert parsed(json_feed(expired=True).encode(), "").pace >= 3_600
