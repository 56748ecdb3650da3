"""A real server on this machine that speaks the protocol of chat completions, and fails on command.

What it answers comes from a table of sentences; faults are given one for each request, and after
the last of them it answers well. Everything it was asked is kept.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-7f3a9c0d1e"


def event(event_type: str, source: Any, target: Any, trigger: str, **over: Any) -> dict[str, Any]:
    """An event as a model gives it."""
    return {
        "event_type": event_type,
        "mode": None,
        "source": [source] if isinstance(source, str) else source,
        "target": [target] if isinstance(target, str) else target,
        "trigger": trigger,
        "status": "done",
        "domain": "political",
        "attribution": None,
    } | over


@dataclass
class Reply:
    """One reply; ``body`` may be broken on purpose."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


Fault = Callable[[dict[str, Any]], Reply | None]


def error(status: int, message: str = "no", **headers: str) -> Fault:
    """A reply with an error; header names are written with underscores."""
    body = json.dumps({"error": {"message": message, "code": None}}).encode()
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return lambda _asked: Reply(status, body, named)


def says(content: Any, finish: str = "stop", **message: Any) -> Fault:
    """A reply in which the model says these words."""
    return lambda _asked: Reply(200, completion(content, finish, **message))


def completion(content: Any, finish: str = "stop", usage: bool = True, **message: Any) -> bytes:
    said = {"role": "assistant", "content": content} | message
    out: dict[str, Any] = {"choices": [{"index": 0, "message": said, "finish_reason": finish}]}
    if usage:
        out["usage"] = {"prompt_tokens": 1000, "completion_tokens": 100}
    return json.dumps(out).encode()


def sentences_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The sentences a request asks about."""
    return list(json.loads(body["messages"][1]["content"])["sentences"])


class ChatServer:
    """The server; ``asked`` holds body and headers of each request in order."""

    def __init__(self, table: dict[str, list[dict[str, Any]]], faults: Sequence[Fault]) -> None:
        self.table = table
        self.faults = list(faults)
        self.always: Fault | None = None
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.times: list[float] = []
        self.lock = threading.Lock()
        self.under_way = self.most_under_way = 0
        self.url = ""

    @property
    def sentences(self) -> list[str]:
        """Every sentence that was asked about, as often as it was."""
        return [s["text"] for body in self.asked for s in sentences_of(body)]

    def reply(self, body: dict[str, Any]) -> Reply:
        with self.lock:
            fault = self.faults.pop(0) if self.faults else self.always
        made = fault(body) if fault else None
        if made is not None:
            return made
        answers = [
            {"sentence": s["sentence"], "events": self.table.get(s["text"], [])}
            for s in sentences_of(body)
        ]
        return Reply(200, completion(json.dumps({"answers": answers})))


@contextmanager
def serving(
    table: dict[str, list[dict[str, Any]]], *faults: Fault, key: str | None = KEY
) -> Iterator[ChatServer]:
    """Serve until the block ends; with a key, requests without it are refused."""
    server = ChatServer(table, faults)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            with server.lock:
                server.asked.append(json.loads(raw))
                server.headers.append({k.lower(): v for k, v in self.headers.items()})
                server.paths.append(self.path)
                server.times.append(time.monotonic())
                server.under_way += 1
                server.most_under_way = max(server.most_under_way, server.under_way)
            try:
                if key and self.headers.get("authorization") != f"Bearer {key}":
                    told = f"Incorrect API key: {self.headers.get('authorization')}"
                    self._send(Reply(401, json.dumps({"error": {"message": told}}).encode()))
                else:
                    self._send(server.reply(json.loads(raw)))
            finally:
                with server.lock:
                    server.under_way -= 1

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.delay)
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "content-length" not in {k.lower() for k in reply.headers}:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:  # the client has gone
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
