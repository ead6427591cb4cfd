"""The JSON of `/v1/chat/completions` where the model makes videos, pictures or sound.

Source of the names: openai/openai-openapi at f85dbe2 (2026-08-21), CreateChatCompletionRequest and its answers. The
fields about the medium are ours: resellers of this format document none.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Ignored = Annotated[Any, Meta(description="Accepted, without effect: it is about text")]


class ImageUrl(Struct, kw_only=True):
    """Where a picture is; `detail` has no effect."""

    url: Annotated[str, Meta(description="A URL or a data URL")]
    detail: str | None = None


class ContentPart(Struct, kw_only=True):
    """A piece of a message: `{type: "text", text}` or `{type: "image_url", image_url}`."""

    type: str
    text: str | None = None
    image_url: str | ImageUrl | None = None


class Message(Struct, kw_only=True):
    """A turn of the conversation. Only the last one of the role `user` is read."""

    role: str
    content: Any = None
    name: Annotated[str, Meta(description="Without effect")] | None = None


class StreamOptions(Struct, kw_only=True):
    """How to stream."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class NewChat(Struct, kw_only=True):
    """The body of a conversation about a medium that is to be made."""

    model: Annotated[str, Meta(description="A model that makes videos, pictures or sound: see /v1/models")]
    messages: Annotated[list[Message], Meta(description="The last user message is the prompt")]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Meta(description="How many to make, 1 to 10; all are named in one answer")] | None = (
        None
    )
    seed: Annotated[int, Meta(description="0 to 9223372036854775807")] | None = None
    seconds: (
        Annotated[str | float, Meta(description="Ours: the length, a number or a text of one")] | None
    ) = None
    size: Annotated[str, Meta(description="Ours: width x height, such as 1280x720")] | None = None
    aspect_ratio: Annotated[str, Meta(description="Ours: a shape, such as 16:9")] | None = None
    resolution: Annotated[str, Meta(description="Ours: such as 720p")] | None = None
    negative_prompt: Annotated[str, Meta(description="Ours: what to leave out")] | None = None
    temperature: Ignored = None
    top_p: Ignored = None
    max_tokens: Ignored = None
    max_completion_tokens: Ignored = None
    presence_penalty: Ignored = None
    frequency_penalty: Ignored = None
    logit_bias: Ignored = None
    stop: Ignored = None
    user: Ignored = None
    safety_identifier: Ignored = None
    prompt_cache_key: Ignored = None
    metadata: Ignored = None
    store: Ignored = None
    service_tier: Ignored = None
    reasoning_effort: Ignored = None
    verbosity: Ignored = None
    response_format: Annotated[Any, Meta(description='Only {"type": "text"}')] = None
    modalities: Annotated[Any, Meta(description='Only ["text"]: the answer is a text with links')] = None
    logprobs: Annotated[bool, Meta(description="Only false")] | None = None


class Usage(Struct, kw_only=True):
    """A medium has no tokens: always zero."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Answer(Struct, kw_only=True):
    """What the assistant says: the task's id, and on lines of their own the links."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(Struct, kw_only=True):
    """The one answer."""

    index: int = 0
    message: Answer
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(Struct, kw_only=True):
    """The whole answer. `id` ends in the task's id; `created` is in Unix seconds."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class Delta(Struct, kw_only=True, omit_defaults=True):
    """What is new."""

    role: Literal["assistant"] | UnsetType = UNSET
    content: str | UnsetType = UNSET


class ChunkChoice(Struct, kw_only=True):
    """The one answer, a piece of it."""

    index: int = 0
    delta: Delta
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class Chunk(Struct, kw_only=True):
    """One event of a stream. `usage` is there if it was asked for: null, and at last the zeros."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | UnsetType | None = UNSET
