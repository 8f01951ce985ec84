"""The servers that fan-out is compared with: how each is got, started, and told to send a burst."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.support.http import Client
from bench.support.installs import (
    SOURCES,
    LeftOut,
    compiled,
    from_debian,
    from_npm,
    from_pypi,
    gorilla,
    needed,
)
from tests.support.children import ends_with_parent
from tests.support.ports import free_port
from tests.support.processes import ROOT, clean_environment
from tests.support.waiting import eventually

MESSAGE_BYTES = 1024
FLOOR = "C, epoll, joined"
HUB = "Backchannel, hub alone"
_STARTS_WITHIN = 30.0

Send = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Launch:
    """How one server is started. `message_bytes` is a message's payload as its sockets get it."""

    command: list[str]
    port: int
    path: str = "/live"
    greeting: str = ""
    message_bytes: int = MESSAGE_BYTES
    environment: Mapping[str, str] = field(default_factory=dict)
    ways: Callable[[int], contextlib.AbstractAsyncContextManager[Send]] | None = None
    """How to tell it by its port; None: a line on its standard input."""


@dataclass(frozen=True)
class Peer:
    """A server to compare with. `launch` installs it, given a folder and a port; raises LeftOut."""

    name: str
    launch: Callable[[Path, int], Launch]
    quick: bool = False
    at_most: int = sys.maxsize
    """Sockets. More would take too long."""


@dataclass(frozen=True)
class Running:
    """A peer that was started."""

    pid: int
    launch: Launch
    send: Send


@contextlib.asynccontextmanager
async def running(peer: Peer, folder: Path) -> AsyncIterator[Running]:
    """Start a peer; it ends with the block. Raises LeftOut with the last line that it said."""
    launch = await asyncio.to_thread(peer.launch, folder, free_port())
    log = folder / f"{launch.port}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *launch.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env=clean_environment() | dict(launch.environment),
            preexec_fn=ends_with_parent(9),
        )
    try:
        await _listening(process, launch.port, log)
        async with (launch.ways or _by_line(process))(launch.port) as send:
            yield Running(process.pid, launch, send)
    finally:
        await _end(process)


async def _listening(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    async def answers() -> bool:
        if process.returncode is not None:
            raise LeftOut(f"it ended with {process.returncode}: {_last_line(log)}")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    try:
        await eventually(answers, _STARTS_WITHIN, "its port")
    except AssertionError:
        raise LeftOut(f"it did not listen within {_STARTS_WITHIN:.0f} s") from None


def _last_line(log: Path) -> str:
    said = log.read_text(errors="replace").strip().splitlines()
    return said[-1][:120] if said else "it said nothing"


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
    await process.wait()


def _by_line(
    process: asyncio.subprocess.Process,
) -> Callable[[int], contextlib.AbstractAsyncContextManager[Send]]:
    async def send(burst: int) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{burst}\n".encode())

    @contextlib.asynccontextmanager
    async def way(_port: int) -> AsyncIterator[Send]:
        yield send

    return way


@contextlib.asynccontextmanager
async def _by_get(port: int) -> AsyncIterator[Send]:
    client = Client(port)

    async def send(burst: int) -> None:
        await client.get(f"/burst/{burst}")

    yield send
    await client.close()


@contextlib.asynccontextmanager
async def _by_post(port: int) -> AsyncIterator[Send]:
    client = Client(port)

    async def send(burst: int) -> None:
        await client.post_bytes("/burst", str(burst).encode(), "text/plain")

    yield send
    await client.close()


@contextlib.asynccontextmanager
async def _published(port: int) -> AsyncIterator[Send]:
    """Each message is a POST of its own, as nchan has it; all over one connection, not waiting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: {MESSAGE_BYTES}\r\n"
    request = f"{head}Content-Type: text/plain\r\n\r\n".encode() + b"x" * MESSAGE_BYTES
    reading = asyncio.create_task(_read_all(reader))

    async def send(burst: int) -> None:
        writer.write(request * burst)

    yield send
    reading.cancel()
    writer.close()


@contextlib.asynccontextmanager
async def _nats(port: int) -> AsyncIterator[Send]:
    """NATS by its own protocol over TCP, at a port beside that of its websockets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b'CONNECT {"verbose":false}\r\n')
    reading = asyncio.create_task(_read_all(reader))

    async def send(burst: int) -> None:
        writer.write((f"PUB live {MESSAGE_BYTES}\r\n".encode() + b"x" * MESSAGE_BYTES + b"\r\n") * burst)

    yield send
    reading.cancel()
    writer.close()


async def _read_all(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 16):
        pass


def _floor(how: str) -> Callable[[Path, int], Launch]:
    return lambda _folder, port: Launch([str(compiled("floor")), str(port), how], port)


def _python(module: str, *packages: str, **options: object) -> Callable[[Path, int], Launch]:
    def launch(_folder: Path, port: int) -> Launch:
        environment = {"PYTHONPATH": str(from_pypi(*packages))} if packages else {}
        command = [sys.executable, "-m", f"bench.peers.{module}", str(port)]
        return Launch(command, port, environment=environment, **options)  # type: ignore[arg-type]

    return launch


def _node(_folder: Path, port: int) -> Launch:
    environment = {"NODE_PATH": str(from_npm("ws"))}
    return Launch([needed("node"), str(SOURCES / "node_ws.cjs"), str(port)], port, environment=environment)


def _go(_folder: Path, port: int) -> Launch:
    return Launch([str(gorilla()), str(port)], port, environment={"GOMAXPROCS": "1"})


_IN_A_ROOM_OF_ITS_OWN = 'mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/nginx && exec "$@"'
"""With nchan, nginx insists on a folder below /var/lib, whatever its configuration says."""

_NGINX = """
load_module {root}/usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off; worker_processes 1; worker_rlimit_nofile {files}; pid {folder}/nginx.pid; user root;
events {{ worker_connections {connections}; }}
http {{
  access_log off; keepalive_requests 1000000; nchan_shared_memory_size 512M;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi; uwsgi_temp_path {folder}/uwsgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /publish {{ nchan_publisher; nchan_channel_id live; nchan_message_buffer_length 1000; }}
    location = /live {{
      nchan_subscriber websocket; nchan_channel_id live; nchan_subscriber_first_message newest;
    }}
  }}
}}
"""


def _nginx(folder: Path, port: int) -> Launch:
    root = from_debian("nginx", "libnginx-mod-nchan")
    here = folder / "nginx"
    here.mkdir(exist_ok=True)
    config = here / "nginx.conf"
    values = {"root": root, "folder": here, "port": port, "files": 20_000, "connections": 16_384}
    config.write_text(_NGINX.format(**values), encoding="ascii")
    apart = [needed("unshare"), "--map-root-user", "--mount", "sh", "-c", _IN_A_ROOM_OF_ITS_OWN, "sh"]
    program = [str(root / "usr/sbin/nginx"), "-p", str(here), "-c", str(config)]
    return Launch([*apart, *program], port, ways=_published)


_NATS = """
listen: "127.0.0.1:{own}"
ping_interval: "1h"
write_deadline: "60s"
websocket {{ listen: "127.0.0.1:{port}", no_tls: true, compression: false }}
"""


def _nats_server(folder: Path, port: int) -> Launch:
    root = from_debian("nats-server")
    config = folder / "nats.conf"
    own = free_port()
    config.write_text(_NATS.format(own=own, port=port), encoding="ascii")
    program = next((path for path in root.glob("usr/*bin/nats-server")), None)
    if program is None:
        raise LeftOut("Debian's package holds no nats-server")
    greeting = 'CONNECT {"verbose":false,"protocol":1}\r\nSUB live 1\r\n'
    framing = len(f"MSG live 1 {MESSAGE_BYTES}\r\n\r\n")
    return Launch(
        [str(program), "-c", str(config)],
        port,
        "/",
        greeting,
        MESSAGE_BYTES + framing,
        {"GOMAXPROCS": "1"},
        lambda _port: _nats(own),
    )


PEERS = (
    Peer(FLOOR, _floor("joined"), quick=True),
    Peer("C, epoll, a send per message", _floor("each"), quick=True),
    Peer(HUB, _python("hub_alone"), quick=True),
    Peer("socketify (uWebSockets)", _python("socketify_publish", "socketify", ways=_by_get)),
    Peer("node ws", _node),
    Peer("nginx with nchan", _nginx),
    Peer("Go, gorilla", _go),
    Peer("NATS over websocket", _nats_server),
    Peer("websockets.broadcast, uvloop", _python("broadcast"), quick=True),
    Peer("FastAPI, loop of send_text", _python("send_text"), quick=True),
    Peer("Django Channels", _python("channels_group", "channels", "daphne", ways=_by_post), at_most=1_000),
)
