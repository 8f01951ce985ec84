"""What the first bytes of a file say that it is."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.support.lettering import woff2
from wall.sniffing import is_plain_webp, is_svg, is_woff2, webp_size


def webp(size: tuple[int, int], **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(
        str(more.pop("mode", "RGB")), size, "#ff880080" if more.pop("clear", False) else "#ff8800"
    ).save(out, "WEBP", **more)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
        b"<!-- a drawing --><svg/>",
        b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'>",
    ],
)
def test_drawings_are_known_however_they_begin(data: bytes) -> None:
    assert is_svg(data)
    assert not is_svg(b"\x89PNG\r\n\x1a\n" + data)


def test_a_font_is_known_by_its_head_and_its_length() -> None:
    font = woff2()
    assert is_woff2(font)
    assert not is_woff2(font + b"more")
    assert not is_woff2(font[:-1])
    assert not is_woff2(b"wOFF" + font[4:])
    assert not is_woff2(font[:4] + b"ttcf" + font[8:])
    assert not is_woff2(b"")


@pytest.mark.parametrize("more", [{}, {"lossless": True}, {"mode": "RGBA", "clear": True}])
@pytest.mark.parametrize("size", [(1, 1), (300, 100), (1280, 7)])
def test_the_size_of_a_webp_is_read_from_its_head(size: tuple[int, int], more: dict[str, object]) -> None:
    assert webp_size(webp(size, **more)) == size
    assert is_plain_webp(webp(size, **more))


def test_what_says_more_than_a_picture_is_not_plain() -> None:
    assert not is_plain_webp(webp((9, 9), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"))
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=50)
    assert not is_plain_webp(out.getvalue())
    assert not is_plain_webp(b"RIFF")
    assert webp_size(b"\x89PNG\r\n\x1a\n" + b"\0" * 40) is None
