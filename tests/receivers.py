"""Receivers of webhooks: real HTTP servers on loopback that answer as they are told."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A receiver. Shape: `hangs` until `go_on` is set; `drips` a byte now and then, for ever."""

    url: str = ""
    port: int = 0
    status: int = 200
    answer: bytes = b"thanks"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drips: bool = False
    received: list[Received] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> list[str]:
        """The `webhook-id` of every request, in order."""
        return [one.headers["webhook-id"] for one in self.received]


@contextmanager
def receiver(**how: object) -> Iterator[Receiver]:
    """A receiver at a port of its own."""
    told = Receiver(**how)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            told.received.append(Received(named, body))
            if told.hangs:
                told.go_on.wait(30)
            try:
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                while told.drips and not told.go_on.wait(0.05):
                    self.wfile.write(b".")
                    self.wfile.flush()
                self.wfile.write(told.answer)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_address[1]
    told.url = f"http://127.0.0.1:{told.port}/hooks"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.go_on.set()
        server.shutdown()
        server.server_close()
