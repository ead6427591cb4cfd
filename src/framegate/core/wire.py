"""HTTP as values: what is sent and what came back, with no socket in sight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, cast

import msgspec

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | Embed | None"
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class Malformed(Exception):
    """The other side broke its own format."""


class Blob(msgspec.Struct, frozen=True):
    """Bytes that lie on disk: media too large to hold in memory. `size` in bytes, `sha256` in hex."""

    path: str
    size: int
    sha256: str
    media_type: str


class Small(msgspec.Struct, frozen=True):
    """A file so small that it stays in memory on its way, and is kept with the rows about it. `sha256` in hex."""

    content: bytes
    sha256: str
    media_type: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


File = Blob | Small


class Embed(msgspec.Struct, frozen=True):
    """A media file's place inside a JSON body; `transport` writes the text while sending, in pieces.

    `base64`: the bare base64 text. `data_uri`: `data:<media type>;base64,<text>`.
    """

    blob: Blob
    form: Literal["base64", "data_uri"]


class Part(msgspec.Struct, frozen=True):
    """One part of a multipart/form-data body."""

    name: str
    content: str | bytes | Blob
    filename: str | None = None
    media_type: str | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request. `url` is a path (resolved against the upstream's base URL) or absolute.

    Header names are lower case. At most one of `json`, `parts` and `content` is set.
    """

    method: Method
    url: str
    headers: Mapping[str, str] = {}
    json: Json = None
    parts: tuple[Part, ...] = ()
    content: bytes | Blob | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer. Header names are lower case; a large body lies in a file as a `Blob`."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes | Blob = b""

    def json(self) -> Record:
        """The body read as JSON. Raises `Malformed` if it is not."""
        if isinstance(self.body, Blob):
            raise Malformed("expected JSON, got a file")
        try:
            return Record(cast("Json", msgspec.json.decode(self.body)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"expected JSON: {error}") from None

    def text(self, limit: int = 500) -> str:
        """The first `limit` characters of the body, for messages."""
        return (
            "(a file)"
            if isinstance(self.body, Blob)
            else self.body[: limit * 4].decode(errors="replace")[:limit]
        )


class Record:
    """A JSON value read defensively: a miss is `Malformed` or the default, never a `KeyError`."""

    __slots__ = ("value",)

    def __init__(self, value: Json) -> None:
        self.value = value

    def at(self, *path: str | int) -> Record:
        """The value at a path of keys and indexes; a missing step gives a `Record` of None."""
        value = self.value
        for key in path:
            if isinstance(key, str) and isinstance(value, Mapping):
                value = cast("Mapping[str, Json]", value).get(key)
            elif isinstance(key, int) and isinstance(value, list) and -len(value) <= key < len(value):
                value = value[key]
            else:
                return Record(None)
        return Record(value)

    def text(self) -> str:
        """A non-empty string. Raises `Malformed` otherwise."""
        if not isinstance(self.value, str) or not self.value:
            raise Malformed("expected text")
        return self.value

    def text_or(self, default: str) -> str:
        return self.value if isinstance(self.value, str) else default

    def name(self) -> str:
        """An identifier that may come as a string or an integer. Raises `Malformed` otherwise."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text()

    def number_or(self, default: float) -> float:
        """A finite number, or a string that holds one; else the default."""
        value = self.value
        if isinstance(value, bool):
            return default
        if isinstance(value, str) and value.isascii():
            try:
                value = float(value)
            except ValueError:
                return default
        if isinstance(value, (int, float)) and abs(value) < 1e18:
            return float(value)
        return default

    def number(self) -> float | None:
        """Like `number_or`, with None for a miss."""
        got = self.number_or(float("nan"))
        return None if got != got else got  # noqa: PLR0124 - NaN is the one value unequal to itself

    def items(self) -> tuple[Record, ...]:
        """The elements of a list; anything else is empty."""
        return tuple(Record(v) for v in self.value) if isinstance(self.value, list) else ()

    def fields(self) -> Iterator[tuple[str, Record]]:
        """The members of an object; anything else is empty."""
        if isinstance(self.value, Mapping):
            for key, value in cast("Mapping[str, Json]", self.value).items():
                yield key, Record(value)


def get(url: str, headers: Mapping[str, str] | None = None) -> Request:
    return Request(method="GET", url=url, headers=headers or {})


def post(url: str, json: Json = None, headers: Mapping[str, str] | None = None) -> Request:
    return Request(method="POST", url=url, json=json, headers=headers or {})


def answer(status: int, value: Json, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer to a client."""
    return Response(
        status=status,
        headers={"content-type": "application/json", **(headers or {})},
        body=msgspec.json.encode(value),
    )


def present(fields: Mapping[str, Json]) -> dict[str, Json]:
    """The fields that have a value: vendors treat an explicit null as an error more often than not."""
    return {name: value for name, value in fields.items() if value is not None}
