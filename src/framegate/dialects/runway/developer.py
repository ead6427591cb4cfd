"""Runway's developer API, as its SDK calls it, below /runwayml.

| what | path | source |
|---|---|---|
| video | POST /v1/image_to_video, /v1/text_to_video, /v1/video_to_video | SDK |
| image | POST /v1/text_to_image | SDK |
| tools | POST /v1/character_performance, /v1/video_upscale, /v1/video_to_hdr, /v1/image_upscale | SDK |
| query | GET /v1/tasks/{id} | SDK |
| cancel, delete | DELETE /v1/tasks/{id} | SDK |
| upload | POST /v1/uploads, then a form to the `uploadUrl` that it names | SDK |
| account | GET /v1/organization, POST /v1/organization/usage | SDK |
| sound | POST /v1/sound_effect, /v1/video_to_audio | SDK |
| speech | POST /v1/text_to_speech, /v1/speech_to_speech, /v1/voice_dubbing, /v1/voice_isolation | SDK |

SDK is PyPI `runwayml` 5.24.0: `RunwayML(base_url="<gateway>/runwayml", api_key="<key>")`. Every request bears
`X-Runway-Version: 2024-11-06`. There are no callbacks, no lists, no ids of the client's own.
The JSON: `developer_shapes.py`, `developer_answers.py`; which model takes what: `developer_videos.py` and others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from framegate.core.dialect import Account, Call, Delete, Dialect, Show, Submit, Upload, bearer
from framegate.core.task import Spec
from framegate.core.wire import Json
from framegate.dialects.runway import developer_examples as example
from framegate.dialects.runway import developer_shapes as body
from framegate.dialects.runway import developer_sound_shapes as heard
from framegate.dialects.runway import developer_sounds_decode as sounds
from framegate.dialects.runway import developer_tools_decode as tools
from framegate.dialects.runway.developer_answers import Created, Organization, TaskObject, UploadSlot, Usage
from framegate.dialects.runway.developer_decode import (
    decode_image_to_video,
    decode_text_to_image,
    decode_text_to_video,
    decode_video_to_video,
)
from framegate.dialects.runway.developer_encode import (
    encode,
    encode_created,
    encode_deleted,
    encode_organization,
    encode_slot,
    encode_trouble,
    encode_usage,
    period_of,
)
from framegate.dialects.runway.developer_requests import check_version

AT = "/runwayml/v1"
Row = tuple[str, str, type[Any], Callable[[Call], Spec], Json]
"""A path, what it makes, its body, what the body means, and an example."""
ROWS: tuple[Row, ...] = (
    (
        "image_to_video",
        "a video from pictures",
        body.ImageToVideo,
        decode_image_to_video,
        example.IMAGE_TO_VIDEO,
    ),
    ("text_to_video", "a video from words", body.TextToVideo, decode_text_to_video, example.TEXT_TO_VIDEO),
    (
        "video_to_video",
        "a video from a video",
        body.VideoToVideo,
        decode_video_to_video,
        example.VIDEO_TO_VIDEO,
    ),
    ("text_to_image", "images", body.TextToImage, decode_text_to_image, example.TEXT_TO_IMAGE),
    (
        "character_performance",
        "a character that acts",
        body.CharacterPerformance,
        tools.decode_character_performance,
        example.PERFORMANCE,
    ),
    (
        "video_upscale",
        "a larger or smoother video",
        body.VideoUpscale,
        tools.decode_video_upscale,
        example.VIDEO_UPSCALE,
    ),
    ("video_to_hdr", "a video in HDR", body.VideoToHdr, tools.decode_video_to_hdr, example.VIDEO_TO_HDR),
    (
        "image_upscale",
        "a larger image",
        body.ImageUpscale,
        tools.decode_image_upscale,
        example.IMAGE_UPSCALE,
    ),
    ("sound_effect", "a sound", heard.SoundEffect, sounds.decode_sound_effect, example.SOUND_EFFECT),
    (
        "video_to_audio",
        "sound for a video",
        heard.VideoToAudio,
        sounds.decode_video_to_audio,
        example.VIDEO_TO_AUDIO,
    ),
    (
        "text_to_speech",
        "speech from words",
        heard.TextToSpeech,
        sounds.decode_text_to_speech,
        example.TEXT_TO_SPEECH,
    ),
    (
        "speech_to_speech",
        "another voice",
        heard.SpeechToSpeech,
        sounds.decode_speech_to_speech,
        example.SPEECH_TO_SPEECH,
    ),
    (
        "voice_dubbing",
        "another language",
        heard.VoiceDubbing,
        sounds.decode_voice_dubbing,
        example.VOICE_DUBBING,
    ),
    (
        "voice_isolation",
        "the voice alone",
        heard.VoiceIsolation,
        sounds.decode_voice_isolation,
        example.VOICE_ISOLATION,
    ),
)
DIALECT = Dialect(
    name="runwayml",
    docs="https://docs.dev.runwayml.com/api",
    identify=bearer,
    check=check_version,
    routes=(
        *(
            Submit(
                path=f"POST {AT}/{path}",
                summary=f"Create: {what}",
                body=shape,
                answer=Created,
                decode=decode,
                encode=encode_created,
                examples={"request": request, "response": example.CREATED},
            )
            for path, what, shape, decode, request in ROWS
        ),
        Show(
            path=f"GET {AT}/tasks/{{id}}",
            summary="Query a task",
            answer=TaskObject,
            encode=encode,
            examples={"response": example.SHOWN},
        ),
        Delete(
            path=f"DELETE {AT}/tasks/{{id}}",
            summary="Cancel or delete a task",
            notes="One that runs is cancelled; either way it can no longer be fetched.",
            encode=encode_deleted,
            aborts=True,
        ),
        Upload(
            path=f"POST {AT}/uploads",
            summary="Open an upload",
            notes="Then post `fields` and the part `file` to `uploadUrl` as a form; `runwayUri` names it for a day.",
            body=body.NewUpload,
            answer=UploadSlot,
            decode=tools.decode_upload,
            encode=encode_slot,
        ),
        Account(
            path=f"GET {AT}/organization",
            summary="Say what is left",
            notes="A credit is 0.01 USD.",
            answer=Organization,
            encode=encode_organization,
        ),
        Account(
            path=f"POST {AT}/organization/usage",
            summary="Say what was spent, by day and model",
            body=body.Period,
            answer=Usage,
            period=period_of,
            encode=encode_usage,
        ),
    ),
    encode_trouble=encode_trouble,
    public_id="uuid",
)
