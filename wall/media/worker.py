"""The process that opens images, asked over its pipes, with hard limits (`wall.confined`).

Decoders of image formats are where hostile bytes do most harm. So they run here: without the
server's environment, memory, files and sockets, and killed when they take too long. It imports
nothing of Backchannel but those limits, so that it starts quickly.

A request is `REQUEST` (format, side of the box in pixels, most pixels, length) and the image; an
answer is `ANSWER` (a status of `STATUS`, length) and a WebP.
"""

from __future__ import annotations

import contextlib
import io
import struct
import sys
import warnings
from typing import BinaryIO

from PIL import AvifImagePlugin, Image, ImageOps

from wall.confined.limits import ANSWER, allow_time, limit, private_output

REQUEST = struct.Struct(">4sIII")
DONE, TOO_MANY_PIXELS, BROKEN = range(3)

FORMATS = {b"PNG ": "PNG", b"JPEG": "JPEG", b"GIF ": "GIF", b"WEBP": "WEBP", b"AVIF": "AVIF"}
QUALITY, EFFORT = 82, 2


class TooManyPixels(Exception):
    """The image says that it is larger than what is opened."""


def convert(data: bytes, image_format: str, side: int, pixels: int) -> bytes:
    """The first frame of an image as a WebP that fits a square of `side` pixels, without metadata.

    It is turned as its EXIF says. Raises TooManyPixels before anything is decoded, and whatever
    Pillow raises for a broken image.
    """
    with Image.open(io.BytesIO(data), formats=(image_format,)) as image:
        width, height = image.size
        if width * height > pixels:
            raise TooManyPixels
        image.draft("RGB", (side, side))
        small = _plain(image)
        small.thumbnail((side, side), reducing_gap=2.0)
        with contextlib.suppress(Exception):
            # What EXIF holds is as hostile as the rest; without it the picture is only turned wrongly.
            small = ImageOps.exif_transpose(small)
        out = io.BytesIO()
        small.save(out, "WEBP", quality=QUALITY, method=EFFORT, exif=b"", xmp=b"", icc_profile=b"")
        return out.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """Decoded, as RGB or RGBA. Sixteen-bit greys (X-rays) keep their range instead of clipping."""
    image.load()
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"RGB", "RGBA"}:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def limit_decoders() -> None:
    """What the limits of a process do not hold."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # Otherwise it takes a thread, and its memory, for every processor of a large machine.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def _answer(data: bytes, tag: bytes, side: int, pixels: int) -> tuple[int, bytes]:
    # Some formats grow after their header was read; Pillow looks at this when they do.
    Image.MAX_IMAGE_PIXELS = pixels
    try:
        return DONE, convert(data, FORMATS[tag], side, pixels)
    except (TooManyPixels, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_MANY_PIXELS, b""
    except Exception:  # noqa: BLE001 - Pillow raises nearly everything for a broken image
        return BROKEN, b""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side closes."""
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        tag, side, pixels, length = REQUEST.unpack(header)
        data = requests.read(length)
        allow_time()
        status, webp = _answer(data, tag, side, pixels)
        answers.write(ANSWER.pack(status, len(webp)) + webp)
        answers.flush()


def main() -> None:
    """Serve over the pipes this process was started with; a library's prints do not get between."""
    with private_output() as answers:
        Image.init()
        limit()
        limit_decoders()
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
