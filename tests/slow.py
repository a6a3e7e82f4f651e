"""A long way to PostgreSQL: a relay that passes on every byte, later."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


@contextmanager
def far_away(server: Path, folder: Path, *, seconds: float) -> Iterator[None]:
    """A socket in `folder` through which the server in `server` answers so many seconds later."""
    relay = Relay(server / SOCKET, folder / SOCKET, seconds)
    thread = threading.Thread(target=asyncio.run, args=[relay.run()])
    thread.start()
    relay.is_up.wait(10)
    try:
        yield
    finally:
        relay.stop()
        thread.join(10)


class Relay:
    """Half of the delay on the way there, half on the way back."""

    def __init__(self, server: Path, door: Path, seconds: float) -> None:
        self.server, self.door, self.delay = server, door, seconds / 2
        self.is_up = threading.Event()

    async def run(self) -> None:
        """Until it is stopped; what is under way then is dropped."""
        self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        listening = await asyncio.start_unix_server(self.serve, self.door, backlog=500)
        self.is_up.set()
        await self.stopping.wait()
        listening.close()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            there, back = await asyncio.open_unix_connection(self.server)
            await asyncio.gather(self.carry(reader, back), self.carry(there, writer))

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Each part is written so long after it was read, in its turn, while the next is read already."""
        parts: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        writing = asyncio.create_task(self.write(parts, target))
        while part := await source.read(65536):
            parts.put_nowait((self.loop.time() + self.delay, part))
        parts.put_nowait((self.loop.time() + self.delay, b""))
        await writing

    async def write(self, parts: "asyncio.Queue[tuple[float, bytes]]", target: asyncio.StreamWriter) -> None:
        while True:
            due, part = await parts.get()
            await asyncio.sleep(max(0, due - self.loop.time()))
            if not part:
                break
            target.write(part)
            await target.drain()
        target.close()
