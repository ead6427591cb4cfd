"""Characters: short videos of somebody, kept under a name, who can then be called into other videos.

| what | path | source |
|---|---|---|
| create | POST /v1/videos/characters, a form: `name` and the file `video` | openai-openapi f85dbe2; openai 3.54.0 |
| show | GET /v1/videos/characters/{id} | the same |
| use | `characters` of a create: `[{"id": "char_…"}]`, two at most | OpenAI's guide to videos, 2026-08 |

A prompt calls a character by its name. Here a character is an upload of the account, kept for as long as uploads are.
"""

from __future__ import annotations

from typing import cast

import msgspec

from framegate.core.checks import check_id
from framegate.core.dialect import Call, Naming, Slot, invalid
from framegate.core.task import Input, Role
from framegate.core.wire import Json, Response
from framegate.dialects.openai.trouble import check_fields
from framegate.dialects.openai.videos_shapes import Character, CharacterReference, NewCharacter

PREFIX = "char_"
NAME = 80
"""Characters that a name may have."""
MOST = 2
"""Characters that one video may have: as many as Sora takes."""
EXAMPLE: dict[str, Json] = {
    "id": "char_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "name": "Mimi",
    "created_at": 1759000000,
}


def decode_character(call: Call) -> Naming:
    """Who is to be kept, and the upload that shows them. Raises `Trouble` in the client's words."""
    body: NewCharacter = call.body
    check_fields(call.raw, NewCharacter.__struct_encode_fields__)
    name = body.name.strip()
    if not 0 < len(name) <= NAME or not name.isprintable():
        raise invalid("name", f"name must have 1 to {NAME} printable characters")
    if not body.video.startswith("upload:"):
        raise invalid("video", "video must be a file of the form, or the name of an upload (upload:med_…)")
    return Naming(name, check_id(body.video.removeprefix("upload:"), "video"))


def encode_character(slot: Slot) -> Response:
    shown = Character(id=slot.id, name=slot.filename, created_at=slot.created_at // 1000)
    headers = {"content-type": "application/json"}
    return Response(status=200, headers=headers, body=msgspec.json.encode(shown))


def cast_of(given: list[CharacterReference] | None, raw: Json) -> tuple[Input, ...]:
    """The characters of a request. Raises `Trouble`."""
    characters = given or []
    if len(characters) > MOST:
        raise invalid("characters", f"characters may hold at most {MOST}; there are {len(characters)}")
    for place, item in enumerate(cast("list[dict[str, Json]]", raw or [])):  # as `given` was read from it
        check_fields(item, CharacterReference.__struct_encode_fields__, f"characters[{place}]")
    return tuple(
        Input(Role.CHARACTER, f"upload:{id_of(item.id, f'characters[{place}].id')}")
        for place, item in enumerate(characters)
    )


def id_of(text: str, field: str) -> str:
    if not text.startswith(PREFIX):
        message = f"{field} must be the id of a character (POST /v1/videos/characters), such as char_01K8…"
        raise invalid(field, message)
    return check_id(text, field)
