"""Forms into JSON: fields by name (`video[id]` makes an object, `tags[]` a list), files as uploads, streamed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any, Literal, NamedTuple, cast

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from framegate.core.dialect import Problem, Trouble

Save = Callable[[str, str, AsyncIterator[bytes]], Awaitable[str]]
"""Keeps a file: (its name, its media type, its bytes) → what stands for it in the JSON."""
TEXT_LIMIT = 32_000_000
"""Bytes that all text fields of a form may have together: as many as a JSON body, for data URIs may be inside."""
FIELDS = 200
HEADER = 8_192
"""Bytes of one header of a part."""
NAME = 255
"""Characters of a file's name."""
DEPTH = 20
"""How deep the brackets of a field's name may go."""
KEYS = re.compile(r"\[([^\[\]]*)\]")


class Event(NamedTuple):
    """What the parser saw, in order."""

    what: Literal["begin", "data", "end"]
    data: bytes = b""
    name: str = ""
    filename: str | None = None
    media_type: str = ""


def is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


async def read_form(chunks: AsyncIterator[bytes], content_type: str, save: Save) -> dict[str, Any]:
    """The form as a JSON object. Raises `Trouble` MALFORMED, TOO_LARGE, or what `save` raises, naming the field."""
    fields: list[tuple[str, str]] = []
    size = 0
    events = _events(chunks, content_type)
    async for event in events:
        if len(fields) >= FIELDS:
            raise Trouble(Problem.MALFORMED, f"the form has more than {FIELDS} fields")
        if event.filename is not None:
            try:
                value = await save(event.filename, event.media_type, _rest(events))
            except Trouble as trouble:
                message = f"{event.name}: {trouble.message}"
                raise Trouble(trouble.problem, message, field=event.name) from None
        else:
            raw = bytearray()
            async for piece in _rest(events):
                size += len(piece)
                if size > TEXT_LIMIT:
                    raise Trouble(Problem.TOO_LARGE, f"the form's fields are larger than {TEXT_LIMIT} bytes")
                raw += piece
            value = raw.decode(errors="replace")
        fields.append((event.name, value))
    return fold(fields)


async def one_file(chunks: AsyncIterator[bytes], content_type: str) -> AsyncIterator[bytes]:
    """The bytes of a form's one file. Raises `Trouble` INVALID for another, or for none, before the bytes end."""
    files, inside = 0, False
    async for event in _events(chunks, content_type):
        if event.what == "begin":
            inside = event.filename is not None
            files += inside
            if files > 1:
                raise Trouble(Problem.INVALID, "an upload takes one file")
        elif event.what == "data" and inside:
            yield event.data
    if not files:
        raise Trouble(Problem.INVALID, "send the file as the part `file` of the form", field="file")


def fold(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """`[("video[id]", "a"), ("tags[]", "x"), ("tags[]", "y")]` → `{"video": {"id": "a"}, "tags": ["x", "y"]}`.

    Numbers in brackets are places of a list; `who[][id]` is of its last object, or of a next one when that has an id.
    Raises `Trouble` MALFORMED where names contradict one another.
    """
    root: dict[str, Any] = {}
    for name, value in fields:
        keys = [name.partition("[")[0], *KEYS.findall(name)]
        if len(keys) > DEPTH:
            raise Trouble(Problem.MALFORMED, f"the form names {name[:80]!r}, which is nested too deeply")
        holder: dict[str, Any] = root
        for key, after in pairwise(keys):
            inner = holder.setdefault(key or _place(holder, after), {})
            if not isinstance(inner, dict):
                raise Trouble(
                    Problem.MALFORMED, f"the form names {name[:80]!r} both as a value and as an object"
                )
            holder = cast("dict[str, Any]", inner)
        last = keys[-1] or str(len(holder))
        if last in holder:
            raise Trouble(Problem.MALFORMED, f"the form gives {name[:80]!r} twice")
        holder[last] = value
    return {key: _listed(value) for key, value in root.items()}


def _place(holder: dict[str, Any], key: str) -> str:
    """Which object of a list of them gets the field `key`: the last one, or the next when the last one has it."""
    last: Any = holder.get(str(len(holder) - 1), {})
    return str(len(holder) - (bool(holder) and key not in last))


def _listed(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Objects whose keys are 0, 1, 2 … are lists."""
    if not isinstance(value, dict):
        return value
    pairs = cast("dict[str, Any]", value)
    if list(pairs) == [str(place) for place in range(len(pairs))]:
        return [_listed(item) for item in pairs.values()]
    return {key: _listed(item) for key, item in pairs.items()}


def file_name(raw: bytes) -> str:
    """A file's name as it can be kept: printable, and no longer than one that is given in JSON may be."""
    return "".join(char for char in raw.decode(errors="replace") if char.isprintable())[:NAME]


async def _events(chunks: AsyncIterator[bytes], content_type: str) -> AsyncIterator[Event]:
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise Trouble(Problem.MALFORMED, "the form's content-type names no boundary")
    seen: list[Event] = []
    parser = MultipartParser(boundary, _Listener(seen).callbacks())  # pyright: ignore[reportArgumentType]
    try:
        async for chunk in chunks:
            parser.write(chunk)
            for event in seen:
                yield event
            seen.clear()
        parser.finalize()
    except FormParserError as error:
        raise Trouble(Problem.MALFORMED, f"the form cannot be read: {error}") from None
    for event in seen:
        yield event


async def _rest(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    """The bytes of the part that has begun."""
    async for event in events:
        if event.what == "end":
            return
        yield event.data
    raise Trouble(Problem.MALFORMED, "the form breaks off in the middle of a part")


class _Listener:
    """Turns the parser's callbacks into events."""

    def __init__(self, seen: list[Event]) -> None:
        self._seen = seen
        self._header = b""
        self._value = b""
        self._headers: dict[str, bytes] = {}

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._field,
            "on_header_value": self._text,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin,
            "on_part_data": self._data,
            "on_part_end": lambda: self._seen.append(Event("end")),
        }

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._seen.append(Event("data", data[start:end]))

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._bound()

    def _text(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._bound()

    def _bound(self) -> None:
        if len(self._header) + len(self._value) > HEADER:
            raise FormParserError(f"a header of a part is larger than {HEADER} bytes")

    def _end_header(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = self._value
        self._header = self._value = b""

    def _begin(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        filename = options.get(b"filename")
        self._seen.append(
            Event(
                "begin",
                name=options.get(b"name", b"").decode(errors="replace"),
                filename=file_name(filename) if filename is not None else None,
                media_type=self._headers.get("content-type", b"").decode("latin-1"),
            )
        )
