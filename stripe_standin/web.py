"""A request and an answer, independent of the server that carries them."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from urllib.parse import parse_qsl


@dataclass
class Request:
    """What was asked; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @cached_property
    def fields(self) -> dict:
        """Query, then the body as JSON or as a plain form."""
        fields = dict(parse_qsl(self.query, keep_blank_values=True))
        if "json" in self.headers.get("content-type", ""):
            return {**fields, **json.loads(self.body or b"{}")}
        return {**fields, **dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))}


@dataclass
class Answer:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def json_answer(value, status=200, **headers) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def redirect(url) -> Answer:
    return Answer(303, b"", {"Location": url})


def read_request(environ) -> Request:
    """The request of a WSGI environment."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    body = environ["wsgi.input"].read(length) if length else b""
    return Request(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), environ.get("QUERY_STRING", ""), headers, body
    )
