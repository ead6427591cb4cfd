"""The JSON of the native tasks API, both ways: the same for every kind of model."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from framegate.core.task import Action, Kind, Role, State


def words(*values: str, description: str) -> Meta:
    """A text of a few allowed words: the schema lists them, `decode` refuses others in better words than a schema's."""
    return Meta(description=description, extra_json_schema={"enum": list(values)})


class NewInput(Struct):
    """A picture, video or sound to start from."""

    role: Annotated[str, words(*Role, description="What it is for")]
    url: Annotated[str, Meta(description="An http(s) URL, a data URI, or `upload:<id>`")]
    name: (
        Annotated[str, Meta(description="What the prompt calls a character: at most 80 characters")] | None
    ) = None


class NewTask(Struct, kw_only=True):
    """The body of the create request. Only `model` and something to start from are required."""

    model: Annotated[str, Meta(description="The public name of a model: see /v1/models")]
    kind: (
        Annotated[str, words(*Kind, description="What to make; told by the model's name if left out")] | None
    ) = None
    prompt: str | None = None
    negative_prompt: str | None = None
    seconds: Annotated[float, Meta(description="More than 0; at most 60, songs and speech 600")] | None = None
    aspect: Annotated[str, Meta(description="The shape, such as 16:9")] | None = None
    size: Annotated[str, Meta(description="Width x height in pixels, such as 1280x720")] | None = None
    resolution: Annotated[str, Meta(description="The short side, such as 720p")] | None = None
    seed: Annotated[int, Meta(description="0 to 9223372036854775807; random if left out")] | None = None
    count: Annotated[int, Meta(description="How many results: 1 to 10; 1 if left out")] | None = None
    fps: Annotated[int, Meta(description="Pictures a second: 1 to 120")] | None = None
    audio: Annotated[bool, Meta(description="With sound, or without")] | None = None
    watermark: Annotated[bool, Meta(description="With the vendor's mark, or without")] | None = None
    quality: Annotated[str, Meta(description="The vendor's word, such as pro or high")] | None = None
    guidance: Annotated[float, Meta(description="How closely to follow the prompt")] | None = None
    camera: Annotated[str, Meta(description="A move of the camera, such as zoom in")] | None = None
    loop: Annotated[bool, Meta(description="Whether the end leads back to the beginning")] | None = None
    voice: Annotated[str, Meta(description="The name of who speaks, of the vendor's voices")] | None = None
    language: Annotated[str, Meta(description="A language's code, such as fr")] | None = None
    format: Annotated[str, Meta(description="The file's ending, such as mp3 or wav")] | None = None
    inputs: list[NewInput] | None = None
    parent: Annotated[str, Meta(description="The id of a finished task to continue")] | None = None
    action: (
        Annotated[
            str, words(*Action, description="What to do; told by the parent and the inputs if left out")
        ]
        | None
    ) = None
    callback_url: Annotated[str, Meta(description="Where to post the task when it ends")] | None = None
    extra: Annotated[dict[str, Any], Meta(description="The upstream vendor's own words")] | None = None


class NewUpload(Struct):
    """A file that will be uploaded."""

    filename: Annotated[str, Meta(description="With its ending, such as photo.jpg")]


class ArtifactObject(Struct):
    """A finished file at a signed link of ours. What does not apply is null: a song has no width."""

    id: str
    kind: Kind
    url: str
    media_type: str
    seconds: float | None
    width: int | None
    height: int | None


class Cost(Struct):
    """Decimal strings of USD. `held` is what is set aside now; `charged` is null until the task has been settled."""

    estimated: str
    held: str
    charged: str | None


class FailureObject(Struct):
    """`code` is one of invalid, moderated, busy, unauthorized, credit, broken, lost, expired."""

    code: str
    message: str


class TaskObject(Struct):
    """A task of any dialect. Times are RFC 3339; `progress` is 0 to 1; `adapted` says what was changed and why."""

    id: str
    status: State
    model: str
    prompt: str
    progress: float
    created_at: str
    finished_at: str | None
    artifacts: list[ArtifactObject]
    cost: Cost
    failure: FailureObject | None
    adapted: list[str]
    sandbox: bool
    upstream: str
    late: bool | UnsetType = UNSET


class TaskPage(Struct):
    """Newest first. `next` is the `after` of the page that follows, or null."""

    data: list[TaskObject]
    next: str | None


class UploadObject(Struct):
    """PUT the bytes to `put_url`; then `url` stands for them in `inputs`."""

    id: str
    put_url: str
    url: str
