"""Serves the application on the loopback, HTTP/1.1 with kept connections, one thread for each."""

import io
import signal
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from .app import make_app
from .deliveries import Courier
from .due import run_due
from .errors import DropConnection
from .start import make_world

TICK = 0.25


class Server(ThreadingHTTPServer):
    """One running stand-in: the listening socket, the courier and the ticker."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, config):
        super().__init__(("127.0.0.1", config.port), Handler)
        config.public_url = config.public_url or self.address
        self.world = make_world(config)
        self.app = make_app(self.world)
        self.courier = Courier(self.world)
        self.ended = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def run(self) -> None:
        """Serves until ``shutdown``."""
        self.courier.start()
        threading.Thread(target=self._tick, daemon=True, name="ticker").start()
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self.ended.set()
            self.courier.stop()
            self.server_close()

    def _tick(self):
        while not self.ended.wait(TICK):
            run_due(self.world)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    """Carries one connection's requests to the WSGI application."""

    protocol_version = "HTTP/1.1"
    server_version = "stripe_standin"
    wbufsize = -1  # status, headers and body leave in one write
    timeout = 120

    def setup(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def answer(self):
        try:
            body = b"".join(self.server.app(self._environ(), self._start))
        except DropConnection:
            self.close_connection = True
            return
        except Exception:
            traceback.print_exc()
            self.close_connection = True
            body = b"The stand-in failed; its terminal says why."
            self._start("500 Internal Server Error", [("Content-Length", str(len(body)))])
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = do_PATCH = answer

    def log_message(self, format, *values):
        """Says nothing: the exchange log is the record."""

    def _start(self, status, headers):
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _environ(self):
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        environ = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(path),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.rfile.read(length)),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ


def serve(config) -> None:
    """Runs until SIGTERM or SIGINT; the first line on stdout is the address."""
    server = Server(config)

    def end(*_):
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    sys.stdout.write(f"listening on {server.address}\n")
    sys.stdout.flush()
    server.run()
