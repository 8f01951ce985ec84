"""Pictures from outside, fetched by the server and never by a browser.

`MediaProxy` gives small WebPs: the address is looked at where the connection is made
(`addresses`, `fetch`), decoding is done in a process apart (`images`, `worker`), and the result is
kept for a day (`cache`), as long as a post has it (`keeping`). Pages name pictures by their post
(`sources`).
"""

from wall.media.addresses import AddressRules, Network
from wall.media.cache import Cache
from wall.media.fetch import Fetcher, FetchLimits
from wall.media.images import Images, Kind
from wall.media.keeping import Keeping
from wall.media.problems import NoPicture
from wall.media.proxy import MediaProxy, Picture
from wall.media.sources import AVATAR, Source, addresses, source_of

__all__ = [
    "AVATAR",
    "AddressRules",
    "Cache",
    "FetchLimits",
    "Fetcher",
    "Images",
    "Keeping",
    "Kind",
    "MediaProxy",
    "Network",
    "NoPicture",
    "Picture",
    "Source",
    "addresses",
    "source_of",
]
