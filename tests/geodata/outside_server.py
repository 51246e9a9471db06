"""A stand-in for the three services on this machine: answers in the shapes they document."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ANSWERS = Path(__file__).parent / "outside_answers"


@dataclass
class Stub:
    """What it answers next, and what it was asked."""

    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """(path, query parameters) of each request."""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    """(status, body), used up one by one; the last stays."""
    delay_s: float = 0.0
    location: str = ""
    """Sent as the ``Location`` header where it is set."""

    def will_answer(self, *names: str) -> None:
        """Files of ``outside_answers``, one for each request."""
        self.answers = [(200, (ANSWERS / f"{name}.json").read_bytes()) for name in names]


@contextmanager
def stub_server() -> Iterator[Stub]:
    """The stub on a free port of 127.0.0.1, stopped at the end."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            stub.asked.append((parts.path, query))
            status, body = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
            time.sleep(stub.delay_s)
            try:
                self.send_response(status)
                if stub.location:
                    self.send_header("Location", stub.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # who asked has left, as after a time-out
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
