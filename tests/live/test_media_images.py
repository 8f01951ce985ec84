"""Opening images that nobody vouches for."""

from __future__ import annotations

import io
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image, PngImagePlugin

from tests.live.media_world import HERE, World, near, opened, world_at
from tests.support.waiting import PATIENCE
from tests.world.hosts import animation, image, png_bomb
from wall.media import Images, NoPicture, Source


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with world_at(tmp_path) as world:
        yield world


RED, BLUE = (254, 0, 0), (0, 0, 254)


@pytest.mark.parametrize(
    ("image_format", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "L"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("GIF", "P"),
        ("WEBP", "RGBA"),
        ("AVIF", "RGB"),
    ],
)
async def test_images_of_every_kind_become_small_webps(world: World, image_format: str, mode: str) -> None:
    world.hosts.pictures["/a"] = image(image_format, (1600, 800), mode)
    picture = await world.picture(f"{HERE}/a")
    assert picture.size == (1280, 640)
    if mode not in {"L", "1", "LA"}:
        assert near(picture, (100, 300), RED)
        assert near(picture, (1200, 300), BLUE)
    assert (await world.picture(f"{HERE}/a", kind="avatar")).size == (192, 96)


async def test_a_small_image_is_not_blown_up(world: World) -> None:
    world.hosts.pictures["/a"] = image(size=(3, 2))
    assert (await world.picture(f"{HERE}/a")).size == (3, 2)


async def test_transparency_stays(world: World) -> None:
    see_through = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    out = io.BytesIO()
    see_through.save(out, "PNG")
    world.hosts.pictures["/a"] = out.getvalue()
    assert (await world.picture(f"{HERE}/a")).getpixel((5, 5))[3] == 0  # type: ignore[index]


async def test_greys_of_sixteen_bits_keep_their_range(world: World) -> None:
    film = Image.new("I;16", (64, 64))
    film.putdata([1000 * (place % 64) for place in range(64 * 64)])
    out = io.BytesIO()
    film.save(out, "PNG")
    world.hosts.pictures["/x-ray.png"] = out.getvalue()
    row = [(await world.picture(f"{HERE}/x-ray.png")).convert("L").getpixel((x, 9)) for x in (0, 32, 63)]
    assert row[0] < 20  # type: ignore[operator]
    assert 100 < row[1] < 150  # type: ignore[operator]
    assert row[2] > 230  # type: ignore[operator]


async def test_an_image_is_turned_as_it_says_and_tells_nothing_else(world: World) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera of Jane Doe"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    world.hosts.pictures["/a"] = image("JPEG", (80, 40), exif=exif, comment=b"at home")
    answer = await world.proxy.picture(Source("image", (f"{HERE}/a",)))
    picture = opened(answer.data)
    assert picture.size == (40, 80)
    assert near(picture, (20, 10), RED)
    assert near(picture, (20, 70), BLUE)
    assert b"Jane" not in answer.data
    assert b"home" not in answer.data


async def test_text_in_a_png_is_dropped(world: World) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("Author", "Jane Doe", zip=True)
    world.hosts.pictures["/a"] = image(pnginfo=about)
    await world.picture(f"{HERE}/a")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("b.png", b"<!doctype html><script>alert(1)</script>"),
        ("c.png", b""),
        ("d.png", b"\x89PNG"),
        ("e.png", b"%PDF-1.7 \x89PNG\r\n\x1a\n"),
        ("f.ico", b"\0\0\1\0\1\0\x10\x10"),
        ("g.bmp", b"BM" + bytes(60)),
        ("h.tif", b"II*\0" + bytes(60)),
        ("i.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n" + bytes(60)),
        ("j.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60)),
        ("k.mp4", b"\0\0\0\x18ftypmp42" + bytes(60)),
        ("l.html", b"\xef\xbb\xbf<html>" + bytes(5_000_000)),
    ],
)
async def test_what_is_no_image_is_refused_whatever_it_says(world: World, name: str, body: bytes) -> None:
    world.hosts.pictures[f"/{name}"] = body
    assert await world.refusal(f"{HERE}/{name}") == "not_an_image"


@pytest.mark.parametrize(
    "damaged",
    [
        image()[:60],
        image("JPEG", (600, 600))[:2_000],
        image("GIF")[:40],
        image("WEBP", (200, 200))[:100],
        image("AVIF")[:200],
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
        b"\xff\xd8\xff" + b"<script>" * 50,
        b"GIF89a" + b"<script>alert(1)</script>" * 9,
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(99),
        b"\0\0\0\x1cftypavif" + bytes(99),
    ],
)
async def test_a_broken_image_is_no_picture_and_stops_no_other(world: World, damaged: bytes) -> None:
    world.hosts.pictures |= {"/bad": damaged, "/good": image()}
    assert await world.refusal(f"{HERE}/bad") == "broken_image"
    assert (await world.picture(f"{HERE}/good")).size == (40, 30)


async def test_an_image_that_says_it_is_another_kind_is_taken_for_what_it_is(world: World) -> None:
    world.hosts.pictures["/really-a-jpeg.png"] = image("JPEG")
    assert (await world.picture(f"{HERE}/really-a-jpeg.png")).size == (40, 30)


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (4_473, 4_473), (20_000_001, 1)])
async def test_an_image_of_more_than_twenty_megapixels_is_not_decoded(
    world: World, width: int, height: int
) -> None:
    world.hosts.pictures["/bomb.png"] = png_bomb(width, height)
    started = time.monotonic()
    assert await world.refusal(f"{HERE}/bomb.png") == "too_many_pixels"
    assert time.monotonic() - started < 30


async def test_an_image_of_just_twenty_megapixels_is_shown(world: World) -> None:
    world.hosts.pictures["/a.png"] = png_bomb(5_000, 4_000)
    assert (await world.picture(f"{HERE}/a.png")).size == (1280, 1024)


async def test_of_an_animation_the_first_frame_is_shown(world: World) -> None:
    world.hosts.pictures["/a.gif"] = animation(40)
    picture = await world.picture(f"{HERE}/a.gif")
    assert getattr(picture, "n_frames", 1) == 1
    assert near(picture, (30, 20), RED)


async def test_a_worker_that_hangs_or_dies_is_replaced(tmp_path: Path) -> None:
    images = Images(seconds=0.001)
    big = png_bomb(5_000, 4_000)
    with pytest.raises(NoPicture, match="broken_image"):
        await images.convert(big, "image")
    images._pool._seconds = PATIENCE
    assert opened(await images.convert(image(), "image")).size == (40, 30)
    images._pool._free[0]._process.kill()
    with pytest.raises(NoPicture, match="broken_image"):
        await images.convert(image(), "image")
    assert opened(await images.convert(image(), "image")).size == (40, 30)
    await images.close()
