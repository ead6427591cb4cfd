"""A conversation in our words: the last user message is what to make.

| their word | ours | source |
|---|---|---|
| the last user message's texts | prompt | resellers of Sora, Suno and Midjourney in this format, 2023 to 2026 |
| its image_url parts; else links to pictures in its text | first_frame, then references | the same |
| n, seed | count, seed | openai-openapi f85dbe2 |
| seconds, size, aspect_ratio, resolution, negative_prompt | the same | ours |
| all other messages | not read | resellers drop them, too |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from framegate.core.checks import (
    SECONDS,
    SONG_SECONDS,
    check_aspect,
    check_link,
    check_model,
    check_prompt,
    check_resolution,
    check_seconds,
    check_seed,
    check_size,
)
from framegate.core.dialect import Call, invalid
from framegate.core.kinds import kind_of
from framegate.core.task import Input, Kind, Role, Spec
from framegate.dialects.openai.chat_shapes import ContentPart, ImageUrl, Message, NewChat, StreamOptions
from framegate.dialects.openai.trouble import check_fields, wrong

COUNT = 10
PICTURES = 16
ROLES = ("system", "developer", "user", "assistant", "tool", "function")
LINK = re.compile(r"https?://[^\s<>()\"']+\.(?:png|jpe?g|webp)(?:\?[^\s<>()\"']*)?", re.IGNORECASE)
"""A link to a picture in a text."""


def decode(call: Call) -> Spec:
    """The spec of a conversation. Raises `Trouble` that names the field."""
    body: NewChat = call.body
    check_fields(cast("Mapping[str, Any]", call.raw), NewChat.__struct_encode_fields__)
    if body.stream_options is not None:
        check_fields(call.raw["stream_options"], StreamOptions.__struct_encode_fields__, "stream_options")
    check_text_alone(body)
    model = check_model(body.model, "model")
    kind = kind_of(model)
    if body.n is not None and not 1 <= body.n <= COUNT:
        raise invalid("n", f"n must be from 1 to {COUNT}")
    prompt, pictures = asked(body.messages, call.raw["messages"])
    return Spec(
        kind=kind,
        model=model,
        prompt=prompt,
        negative_prompt=check_prompt(body.negative_prompt or "", "negative_prompt"),
        seconds=seconds_of(body.seconds, kind),
        size=check_size(body.size, "size") if body.size else None,
        aspect=check_aspect(body.aspect_ratio, "aspect_ratio") if body.aspect_ratio else None,
        resolution=check_resolution(body.resolution, "resolution") if body.resolution else None,
        seed=check_seed(body.seed, "seed"),
        count=body.n or 1,
        inputs=inputs_of(kind, pictures),
    )


def streams(call: Call) -> bool:
    body: NewChat = call.body
    return body.stream is True


def check_text_alone(body: NewChat) -> None:
    """Refuses what would change the form of the answer: there is one form, a text with links."""
    if body.stream_options is not None and not body.stream:
        raise invalid("stream_options", "stream_options is only allowed when stream is true")
    if body.response_format not in (None, {"type": "text"}):
        raise invalid("response_format", 'response_format must be {"type": "text"} here, or be left out')
    if body.modalities not in (None, ["text"]):
        raise invalid("modalities", 'modalities must be ["text"] here: the answer is a text with links')
    if body.logprobs:
        raise invalid("logprobs", "logprobs must be false here: no words are drawn")


def asked(messages: list[Message], raw: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401 - JSON
    """The prompt and the pictures of the last user message."""
    for place, message in enumerate(messages):
        if message.role not in ROLES:
            field = f"messages[{place}].role"
            raise invalid(field, f"{field} must be one of {', '.join(ROLES)}")
    last = next((n for n in reversed(range(len(messages))) if messages[n].role == "user"), None)
    if last is None:
        raise invalid("messages", "messages must have one of the role user: its text is the prompt")
    check_fields(raw[last], Message.__struct_encode_fields__, f"messages[{last}]")
    field = f"messages[{last}].content"
    text, pictures = read(messages[last].content, field)
    if not pictures:
        pictures = tuple(dict.fromkeys(LINK.findall(text)))
        text = " ".join(LINK.sub(" ", text).split()) if pictures else text
    if not text.strip() and not pictures:
        raise invalid(field, f"{field} is empty: say what to make")
    if len(pictures) > PICTURES:
        raise invalid(field, f"{field} may hold at most {PICTURES} pictures")
    return check_prompt(text.strip(), field), pictures


def read(content: Any, field: str) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401 - JSON
    """The texts and the pictures of a content, which is a text or a list of parts."""
    if content is None or isinstance(content, str):
        return content or "", ()
    if not isinstance(content, list):
        raise wrong(field, f"Invalid type for '{field}': expected a text or a list of parts", "invalid_type")
    texts: list[str] = []
    pictures: list[str] = []
    for place, raw in enumerate(cast("list[Any]", content)):
        at = f"{field}[{place}]"
        part = part_of(raw, at)
        if part.type == "text":
            texts.append(part.text or "")
        else:
            pictures.append(picture_of(part.image_url, at))
    return "\n".join(texts), tuple(pictures)


def part_of(raw: Any, at: str) -> ContentPart:  # noqa: ANN401 - JSON
    try:
        part = msgspec.convert(raw, ContentPart)
    except msgspec.ValidationError:
        right = '{"type": "text", "text": "…"} or {"type": "image_url", "image_url": {"url": "…"}}'
        raise wrong(at, f"Invalid value for '{at}': expected {right}", "invalid_type") from None
    if part.type not in {"text", "image_url"}:
        field = f"{at}.type"
        raise invalid(field, f"{field} must be text or image_url here, not {part.type[:40]!r}")
    check_fields(cast("Mapping[str, Any]", raw), ContentPart.__struct_encode_fields__, at)
    if isinstance(part.image_url, ImageUrl):
        check_fields(raw["image_url"], ImageUrl.__struct_encode_fields__, f"{at}.image_url")
    return part


def picture_of(given: str | ImageUrl | None, at: str) -> str:
    """Where a picture is; some clients send the link itself in place of an object."""
    url = given.url if isinstance(given, ImageUrl) else given or ""
    field = f"{at}.image_url.url"
    if not url:
        raise invalid(field, f"{field} must be a URL or a data URL")
    return url if url.startswith(("data:", "upload:")) else check_link(url, field)


def inputs_of(kind: Kind, pictures: tuple[str, ...]) -> tuple[Input, ...]:
    """A video begins with the first picture; all others, and those for a picture, are references."""
    start = Role.FIRST_FRAME if kind is Kind.VIDEO else Role.REFERENCE
    return tuple(Input(Role.REFERENCE if place else start, url) for place, url in enumerate(pictures))


def seconds_of(value: str | float | None, kind: Kind) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        raise invalid("seconds", "seconds must be a number, such as 8") from None
    return check_seconds(number, "seconds", SONG_SECONDS if kind in (Kind.MUSIC, Kind.SPEECH) else SECONDS)
