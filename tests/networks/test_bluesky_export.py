"""The repository that a real PDS gives its users under *Export my data*."""

from __future__ import annotations

from pathlib import Path

from tests.networks.test_bluesky import Account, Pds, pds
from tests.world.hosts import image
from wall.feeds.archive import read_archive
from wall.feeds.base import Arrived, Checkpoint

__all__ = ["pds"]


async def test_every_post_that_is_there_is_read_and_no_other(pds: Pds, tmp_path: Path) -> None:
    ada = await Account.made(pds.http, "exporting")
    await ada.call_oneself("Ada L.")
    uris = [await ada.post(f"post {number}", langs=["en"]) for number in range(40)]
    blob = await ada.upload(image("PNG"))
    embed = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": "A chart"}]}
    uris.append(await ada.post("with a picture", embed=embed))
    await ada.delete(uris.pop(7))
    said = await pds.http.get("com.atproto.sync.getRepo", params={"did": ada.did})
    path = tmp_path / "repo.car"
    path.write_bytes(said.raise_for_status().content)
    items = [item for item in read_archive(path) if not isinstance(item, Checkpoint)]
    posts = [item.post for item in items if isinstance(item, Arrived)]
    assert len(posts) == len(items)
    assert [post.key for post in posts] == uris
    assert {(post.author.key, post.author.name) for post in posts} == {(ada.did, "Ada L.")}
    assert posts[0].text == "post 0"
    assert posts[-1].media[0].alt == "A chart"
    assert blob["ref"]["$link"] in posts[-1].media[0].url
