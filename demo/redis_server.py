"""The embedded Redis as a program: `python -m demo.redis_server DESCRIPTOR` serves on a socket that already listens."""

import os
import signal
import socket
import sys
from types import FrameType
from typing import Any

from fakeredis import TcpFakeServer
from fakeredis._clients._tcp_server import TCPFakeRequestHandler
from redis import ResponseError


class Handler(TCPFakeRequestHandler):
    """One connection; a refused command is answered and the connection stays, as with the real one."""

    def setup(self) -> None:
        super().setup()
        read = self.current_client.read_response

        def read_or_refuse() -> Any:
            try:
                return read()
            except ResponseError as refusal:
                return refusal

        self.current_client.read_response = read_or_refuse


def serve(descriptor: int) -> None:
    """Serve an empty Redis until a signal ends the process."""
    server = TcpFakeServer(("127.0.0.1", 0), bind_and_activate=False)
    server.RequestHandlerClass = Handler
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.server_address = server.socket.getsockname()
    signal.signal(signal.SIGTERM, end_at_once)
    server.serve_forever()


def end_at_once(number: int, frame: FrameType | None) -> None:
    os._exit(0)  # its threads wait for their clients and would never end


if __name__ == "__main__":
    serve(int(sys.argv[1]))
