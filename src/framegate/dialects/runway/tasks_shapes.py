"""The JSON of `/runway/v2/tasks`, both ways, with the vendor's names.

Only `taskType` and `options` are required in a request: the page prints every field of its example as required. Option
sets: the page of 2024-11-04 (gen3a_turbo); the clients of 2024 (gen2, europa, gen3a, extension, video to video).
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

Seed = Annotated[int, Meta(description="0 to 9223372036854775807; random if left out")]
Seconds = Annotated[float, Meta(description="Length of the video: more than 0, at most 60")]
Link = Annotated[str, Meta(description="A URL, a data URI, or the `url` of an upload")]
Model = Annotated[str, Meta(description="gen3a_turbo, gen3a, europa, gen2, or any other model's name")]
Hook = Annotated[str, Meta(description="A URL; the answer of a query is posted there when the task ends")]


class Gen2Options(Struct, kw_only=True):
    """The inner options of taskType `gen2`."""

    mode: str | None = None
    seed: Seed | None = None
    text_prompt: str | None = None
    image_prompt: Link | None = None
    init_image: Link | None = None
    init_video: Link | None = None
    width: int | None = None
    height: int | None = None
    watermark: bool | None = None
    interpolate: bool | None = None
    upscale: bool | None = None
    motion_score: float | None = None
    use_motion_score: bool | None = None
    use_motion_vectors: bool | None = None


class Options(
    Struct,
    kw_only=True,
    rename={
        "explore_mode": "exploreMode",
        "asset_group_name": "assetGroupName",
        "gen2_options": "gen2Options",
    },
):
    """All option sets in one. Options that are not named here are kept and echoed."""

    name: str | None = None
    seconds: Seconds | None = None
    text_prompt: str | None = None
    seed: Seed | None = None
    explore_mode: bool | None = None
    watermark: bool | None = None
    enhance_prompt: bool | None = None
    init_image: Link | None = None
    resolution: str | None = None
    image_as_end_frame: bool | None = None
    asset_group_name: str | None = None
    width: int | None = None
    height: int | None = None
    extended_from_task_id: str | None = None
    init_video: Link | None = None
    video_prompt: Link | None = None
    structure_transformation: float | None = None
    gen2_options: Gen2Options | None = None


class NewTask(Struct, kw_only=True, rename={"task_type": "taskType", "as_team_id": "asTeamId"}):
    """The body of the create request."""

    task_type: Model
    options: Options
    internal: bool | None = None
    as_team_id: int | str | None = None
    notify_hook: Hook | None = None


class NewUpload(Struct, rename="camel"):
    """Opens an upload. A file is taken in one part; `type` is DATASET or DATASET_PREVIEW and changes nothing."""

    filename: Annotated[str, Meta(description="With its ending, such as photo.jpg")]
    number_of_parts: int = 1
    type: str = "DATASET"


class Size(Struct):
    """Pixels."""

    width: int
    height: int


class Metadata(Struct, rename="camel"):
    """`duration` in seconds. Null where a picture has none."""

    frame_rate: int | float | None
    duration: float | None
    dimensions: list[int] | None
    size: Size | None


class ArtifactObject(Struct, rename="camel"):
    """One finished file. `fileSize` is a string of digits; `userId` a number that stands for the account."""

    id: str
    created_at: str
    updated_at: str
    user_id: int
    created_by: int
    task_id: str
    parent_asset_group_id: str
    filename: str
    url: str
    file_size: str
    is_directory: bool
    preview_urls: list[str]
    private: bool
    private_in_team: bool
    deleted: bool
    reported: bool
    metadata: Metadata
    favorite: bool


class ErrorObject(Struct, rename={"error_message": "errorMessage"}):
    """Why a task failed. `reason` is what clients act on; any of the texts may be empty."""

    error_message: str
    reason: str
    message: str
    moderation_category: str
    tally_asimov: bool


class TaskObject(Struct, rename="camel"):
    """`progressRatio` is null, or a string that holds a number from 0 to 1."""

    id: str
    name: str
    image: str | None
    created_at: str
    updated_at: str
    task_type: str
    options: dict[str, Any]
    status: str
    error: ErrorObject | None
    progress_text: str | None
    progress_ratio: str | None
    estimated_time_to_start_seconds: int | None
    artifacts: list[ArtifactObject]
    shared_asset: None


class TaskAnswer(Struct):
    """What create, show and cancel answer."""

    task: TaskObject
    server_id: str


class UploadAnswer(Struct, rename="camel"):
    """PUT the file to `uploadUrls[0]` with these headers."""

    id: str
    upload_urls: list[str]
    upload_headers: dict[str, str]


class UploadedAnswer(Struct):
    """The link to put into `init_image`."""

    url: str
