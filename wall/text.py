"""Text from outside: HTML to plain text with links, hashtags, addresses that are safe to open. Pure.

Nothing here raises on hostile text, and all of it is linear in the length of what it is given. That
is why HTML is read with regular expressions and not with `html.parser`: of 60,000 characters of
`<p/` Python 3.11 makes forty seconds of work.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from wall.model import Author, Emoji, Link, LinkCard, Media, Post, Quote, fold_hashtag

URL_LIMIT = 2_000
"""Longest address that is kept, in code points; the model's `Url` has the same limit."""

HASHTAG_LIMIT = 100
"""Longest hashtag that is found in a text, in code points."""

SEARCHED_LETTERS = 64
"""Longest word that search tells apart, in code points. PostgreSQL leaves out words of over 2 KB."""

SEARCHED_WORDS = 3_000
"""Most different words of one post that search knows. PostgreSQL indexes 1 MB for a row at most."""

_WORD = re.compile(r"[^\W_]+")
_UNHEARD = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Categories of accents, vowel signs and invisible joiners: they part no word and tell none apart."""

_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?>[^<>"']+|"[^"<]*"|'[^'<]*')*+)>|<[!?/][^<>]*>""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])([a-zA-Z-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.ASCII
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LINE_END = re.compile(r"\r\n?")
_BLOCKS = frozenset(
    ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table"]
)
_ROWS = frozenset(["li", "tr", "dt", "dd"])
_SILENT = frozenset(["script", "style", "template", "head", "title"])

_URL = re.compile(r"https?://(\[[0-9a-f:.]+\]|[\w.-]+)(?::([0-9]{1,5}))?(?:[/?#](.*))?", re.IGNORECASE)
_NAMED_HOST = re.compile(r"[\w-][\w.-]*")
_UNSAFE = re.compile(
    "[\x00-\x20\x7f-\xa0\\\\\u061c\u115f\u1160\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff"
    "\ud800-\udfff\ufff9-\ufffd]"
)

_HASH = re.compile(r"(?<![\w&/#＃])[#＃]([^\s#＃]+)")
_ASCII_HASHTAG = re.compile(r"\w+", re.ASCII)
_JOINERS = "\u200c\u200d\u00b7\u30fb"
"""Inside a hashtag as networks read it: zero-width joiners (Persian, emoji), Catalan and kana dots."""

_EMOJI_CODE = re.compile(r":(?=([A-Za-z0-9_]{2,64}):)")


def from_html(html: str) -> tuple[str, tuple[Link, ...]]:
    """Plain text and links of a post's HTML, as Mastodon and its relatives send it.

    A paragraph ends in a blank line, `<br>` in a line end; spans of class `invisible` are dropped
    and an ellipsis follows spans of class `ellipsis`, as the network itself shows them. An image is
    its alt text. Scripts and styles are dropped. An `href` becomes a link where `safe_url` allows it.
    """
    if "<" not in html and "&" not in html:
        return _SPACE.sub(" ", html).strip(" "), ()
    page = _Page()
    html, end = _without_comments(html), 0
    for match in _TAG.finditer(html):
        page.say(unescape(html[end : match.start()]))
        if match[2]:
            page.tag(match[2].lower(), closing=bool(match[1]), attributes=match[3])
        end = match.end()
    page.say(unescape(html[end:]))
    return page.finished()


def find_hashtags(text: str) -> tuple[str, ...]:
    """The hashtags in a text as they are written, without `#`, each once, in order.

    A hashtag has at least one letter, is not part of a word or an address, and may hold combining
    marks: `#हिन्दी` is one hashtag.
    """
    if "#" not in text and "＃" not in text:
        return ()
    found: dict[str, str] = {}
    for match in _HASH.finditer(text):
        tag = _hashtag_at_start(match[1])
        if tag and not tag.replace("_", "").isdigit():
            found.setdefault(fold_hashtag(tag), tag)
    return tuple(found.values())


def find_emoji_codes(text: str) -> set[str]:
    """What stands between colons in a text and may be the code of a custom emoji."""
    return {match[1] for match in _EMOJI_CODE.finditer(text)}


def safe_url(url: object) -> str | None:
    """The address unchanged if a reader may open it, else None.

    Safe is: absolute http or https, a host, no credentials, no white space, no control or invisible
    characters, no backslashes, at most `URL_LIMIT` code points.
    """
    if not isinstance(url, str) or len(url) > URL_LIMIT or _UNSAFE.search(url):
        return None
    match = _URL.fullmatch(url)
    if match is None or (match[2] and int(match[2]) > 65_535):
        return None
    return url if match[1].startswith("[") or _is_host(match[1]) else None


def drop_bad_links(post: Post) -> Post:
    """The post without links and addresses that must not be shown; itself where all are good.

    Kept are links inside the text that overlap no earlier one. Links, media, custom emoji, the post's
    own and its author's address and avatar, media previews, link cards and what a quote leads to are
    kept only where `safe_url` allows them.
    """
    author = post.author
    parts = (post.links, post.media, post.emoji, post.url, author.url, author.avatar, post.quote)
    if not any(parts) and post.link_card is None:
        return post
    good = {
        "links": _good_links(post),
        "media": _good_media(post.media),
        "emoji": _good_emoji(post.emoji),
        "url": safe_url(post.url),
        "author": _good_author(author),
        "link_card": _good_link_card(post.link_card),
        "quote": _good_quote(post.quote),
    }
    if all(getattr(post, name) == value for name, value in good.items()):
        return post
    return post.model_copy(update=good)


def has_ink(text: str) -> bool:
    """Whether anything of a text can be seen: control characters, spaces and lone accents cannot.

    `ui/src/text.ts` says the same.
    """
    return any(unicodedata.category(char)[0] not in "CZM" for char in text)


def search_words(post: Post) -> str:
    """What a search finds this post by: the words of its text, its author's name and handle, and its
    hashtags, folded, each once.

    Empty where the author asked not to be found by search.
    """
    if post.noindex:
        return ""
    polled = [option.text for option in post.poll.options] if post.poll else []
    said = (post.text, *polled, post.author.name, post.author.handle, *post.hashtags)
    words = folded_words("\n".join(said))
    return " ".join(list(dict.fromkeys(words))[:SEARCHED_WORDS])


def folded_words(text: str) -> list[str]:
    """Words in the form in which a search compares them: letters and digits, without case, accents
    or width. Databases fold and split in ways of their own, so nothing of it is left to them.

    A word is cut at `SEARCHED_LETTERS`, the same way when it is stored and when it is typed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(char for char in text if unicodedata.category(char) not in _UNHEARD)
    return [word[:SEARCHED_LETTERS] for word in _WORD.findall(text.lower())]


class _Page:
    """Plain text as it grows: white space collapses, line ends wait for the next word."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.breaks = 0
        self.space = False
        self.silent = ""
        self.preformatted = False
        self.spans: list[str] = []
        self.invisible = 0
        self.links: list[Link] = []
        self.href: str | None = None
        self.link_start: int | None = None

    def finished(self) -> tuple[str, tuple[Link, ...]]:
        """Text and links, once all is read."""
        self._end_link()
        return "".join(self.parts), tuple(self.links)

    def say(self, data: str) -> None:
        """Add text as a browser would show it."""
        if not data or self.silent or self.invisible:
            return
        if self.preformatted:
            self._write(_LINE_END.sub("\n", data))
            return
        data = _SPACE.sub(" ", data)
        words = data.strip(" ")
        self.space = self.space or data[0] == " "
        if words:
            self._write(words)
            self.space = data[-1] == " "

    def tag(self, name: str, *, closing: bool, attributes: str) -> None:
        """Take one tag."""
        if self.silent or name in _SILENT:
            self._silence(name, closing=closing)
        elif name in _BLOCKS:
            self._block(name, closing=closing)
        elif name == "br":
            self._break(self.breaks + 1)
        elif name in _ROWS and not closing:
            self._row(name)
        elif name == "a":
            self._anchor(None if closing else _attributes(attributes).get("href", ""))
        elif name == "span":
            self._span(None if closing else _attributes(attributes).get("class", ""))
        elif name == "img":
            self.say(_attributes(attributes).get("alt", ""))

    def _write(self, words: str) -> None:
        if self.parts and (self.breaks or self.space):
            self.parts.append("\n" * self.breaks or " ")
            self.length += self.breaks or 1
        self.breaks, self.space = 0, False
        if self.href is not None and self.link_start is None:
            self.link_start = self.length
        self.parts.append(words)
        self.length += len(words)

    def _break(self, breaks: int) -> None:
        self.breaks, self.space = breaks, False

    def _block(self, name: str, *, closing: bool) -> None:
        self._break(max(self.breaks, 2))
        self.spans.clear()
        self.invisible = 0
        if name == "pre":
            self.preformatted = not closing

    def _silence(self, name: str, *, closing: bool) -> None:
        if not self.silent and not closing:
            self.silent = name
        elif self.silent == name and closing:
            self.silent = ""

    def _row(self, name: str) -> None:
        self._break(max(self.breaks, 1))
        if name == "li":
            self.say("• ")

    def _anchor(self, href: str | None) -> None:
        self._end_link()
        self.href = safe_url(href)

    def _end_link(self) -> None:
        if self.href is not None and self.link_start is not None:
            self.links.append(Link(start=self.link_start, end=self.length, url=self.href))
        self.href = self.link_start = None

    def _span(self, classes: str | None) -> None:
        if classes is not None:
            self.spans.append(classes)
            self.invisible += "invisible" in classes.split()
            return
        ended = (self.spans.pop() if self.spans else "").split()
        self.invisible -= "invisible" in ended
        if "ellipsis" in ended:
            self.say("…")


def _without_comments(html: str) -> str:
    if "<!--" not in html:
        return html
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        kept.append(html[at:start])
        at = end + 3
    return "".join([*kept, html[at:]])


def _attributes(source: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(source)
    }


def _hashtag_at_start(text: str) -> str:
    text = text[:HASHTAG_LIMIT]
    if text.isascii():
        match = _ASCII_HASHTAG.match(text)
        return match[0] if match else ""
    end = 0
    while end < len(text) and _in_hashtag(text[end]):
        end += 1
    return text[:end].rstrip(_JOINERS)


def _in_hashtag(char: str) -> bool:
    return char.isalnum() or char == "_" or char in _JOINERS or unicodedata.category(char)[0] == "M"


def _is_host(host: str) -> bool:
    """Whether browsers would read a plain host here. Compatibility forms (`．`, `℀`) are looked through."""
    plain = host if host.isascii() else unicodedata.normalize("NFKC", host)
    return _NAMED_HOST.fullmatch(plain) is not None and ".." not in plain


def _good_link_card(link: LinkCard | None) -> LinkCard | None:
    if link is None or not safe_url(link.url):
        return None
    return link if link.image is None or safe_url(link.image) else link.model_copy(update={"image": None})


def _good_quote(quote: Quote | None) -> Quote | None:
    if quote is None:
        return None
    good = {
        "links": _good_links(quote),
        "url": safe_url(quote.url),
        "author": _good_author(quote.author),
    }
    return quote.model_copy(update=good)


def _good_links(post: Post | Quote) -> tuple[Link, ...]:
    kept: list[Link] = []
    end, length = 0, len(post.text)
    for link in sorted(post.links, key=lambda link: link.start):
        if end <= link.start < link.end <= length and safe_url(link.url):
            kept.append(link)
            end = link.end
    return post.links if len(kept) == len(post.links) else tuple(kept)


def _good_media(media: tuple[Media, ...]) -> tuple[Media, ...]:
    kept = [item for item in media if safe_url(item.url)]
    return tuple(
        item.model_copy(update={"preview": safe_url(item.preview)}) if item.preview else item
        for item in kept
    )


def _good_emoji(emoji: tuple[Emoji, ...]) -> tuple[Emoji, ...]:
    return tuple(one for one in emoji if safe_url(one.url))


def _good_author(author: Author) -> Author:
    url, avatar = safe_url(author.url), safe_url(author.avatar)
    if url == author.url and avatar == author.avatar:
        return author
    return author.model_copy(update={"url": url, "avatar": avatar})
