"""Pictures like those that people take at a conference, drawn by Pillow: slides, a room, a poster."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw

Size = tuple[int, int]


def slide(size: Size = (1280, 720)) -> bytes:
    """A title and five lines on white."""
    picture = Image.new("RGB", size, "#fdfdfb")
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, 0, width, height // 6), fill="#12355b")
    draw.text(
        (width // 20, height // 20), "What counts as scholarship?", fill="white", font_size=height // 14
    )
    for line in range(5):
        top = height // 4 + line * height // 8
        draw.ellipse((width // 20, top, width // 20 + height // 40, top + height // 40), fill="#d1495b")
        words = f"{line + 1}. A line of what the speaker says"
        draw.text((width // 12, top - height // 60), words, fill="#222", font_size=height // 20)
    return _saved(picture)


def room(size: Size = (1200, 800)) -> bytes:
    """A dark hall with a bright stage and the heads of those who sit in it."""
    width, height = size
    column = Image.new("RGB", (1, height))
    for y in range(height):
        light = int(210 * math.exp(-(((y - height / 3) / (height / 4)) ** 2)))
        column.putpixel((0, y), (30 + light, 22 + int(light * 0.8), 40 + light // 2))
    picture = column.resize(size)
    draw = ImageDraw.Draw(picture)
    for seat in range(40):
        x, y = (seat % 10) * width // 10 + width // 25, height * 2 // 3 + seat // 10 * height // 14
        draw.ellipse((x, y, x + width // 18, y + width // 15), fill=(20, 14, 26))
    return _saved(picture)


def poster(size: Size = (700, 1000)) -> bytes:
    """A poster in three columns, taller than wide."""
    picture = Image.new("RGB", size, "#e9f2ec")
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, 0, width, height // 9), fill="#2e6f57")
    for column in range(3):
        left = width // 20 + column * width // 3
        for line in range(26):
            top = height // 7 + line * height // 32
            draw.rectangle((left, top, left + width // 4, top + 6), fill="#7c9a8e")
    return _saved(picture)


def chart(size: Size = (1600, 500)) -> bytes:
    """A very wide chart of bars."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    width, height = size
    for bar in range(24):
        tall = int(height * (0.2 + 0.7 * abs(math.sin(bar))))
        left = width // 30 + bar * width // 26
        draw.rectangle((left, height - tall, left + width // 40, height), fill="#3a6ea5")
    return _saved(picture)


PHOTOS: dict[str, tuple[Size, Callable[[], bytes]]] = {
    "slide": ((1280, 720), slide),
    "room": ((1200, 800), room),
    "poster": ((700, 1000), poster),
    "chart": ((1600, 500), chart),
}
"""Name → size in pixels, and what draws it."""


def _saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
