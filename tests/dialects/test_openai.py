"""What goes wrong, in OpenAI's words; and the fields of ours that have other names there."""

from __future__ import annotations

import pytest

from framegate.core.dialect import Call, Problem, Trouble
from framegate.dialects import load
from framegate.dialects.openai import chat_decode
from framegate.dialects.openai.chat_shapes import NewChat

VIDEOS, CHAT = (load()[name] for name in ("openai-videos", "openai-chat"))
SAID = {
    Problem.UNAUTHENTICATED: (401, "invalid_request_error", "invalid_api_key"),
    Problem.FORBIDDEN: (403, "permission_error", "forbidden"),
    Problem.OUT_OF_CREDIT: (429, "insufficient_quota", "insufficient_quota"),
    Problem.NOT_FOUND: (404, "invalid_request_error", "not_found"),
    Problem.METHOD_NOT_ALLOWED: (405, "invalid_request_error", "method_not_allowed"),
    Problem.CONFLICT: (409, "invalid_request_error", "conflict"),
    Problem.TOO_LARGE: (413, "invalid_request_error", "too_large"),
    Problem.UNSUPPORTED_MEDIA: (415, "invalid_request_error", "unsupported_media"),
    Problem.MALFORMED: (400, "invalid_request_error", "malformed"),
    Problem.INVALID: (400, "invalid_request_error", "invalid_value"),
    Problem.BUSY: (429, "requests", "rate_limit_exceeded"),
    Problem.UNAVAILABLE: (503, "server_error", "service_unavailable"),
    Problem.INTERNAL: (500, "server_error", "server_error"),
}


@pytest.mark.parametrize("problem", Problem)
def test_each_trouble_has_a_status_a_type_and_a_code(problem: Problem) -> None:
    for dialect in (VIDEOS, CHAT):
        response = dialect.encode_trouble(Trouble(problem, "so it is", field="size"))
        error = response.json().at("error")
        said = (response.status, error.at("type").value, error.at("code").value)
        assert (SAID[problem], "so it is", "size") == (
            said,
            error.at("message").value,
            error.at("param").value,
        )


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("prompt: is required", "missing_required_parameter"),
        ("prompt: is not a field here", "unknown_parameter"),
        ("seed: must be a whole number or null, not a text", "invalid_type"),
        ("seed must be a whole number", "invalid_value"),
    ],
)
def test_the_code_says_what_is_wrong_with_a_field(message: str, code: str) -> None:
    error = VIDEOS.encode_trouble(Trouble(Problem.INVALID, message, field="x")).json().at("error")
    assert code == error.at("code").value


@pytest.mark.parametrize(
    ("ours", "videos", "chat"),
    [
        ("first_frame", "input_reference", "messages"),
        ("reference", "reference", "messages"),
        ("parent", "video", "parent"),
        ("audio", "generate_sound", "audio"),
        ("guidance", "guidance_scale", "guidance"),
        ("prompt", "prompt", "messages"),
        ("count", "count", "n"),
        ("aspect", "aspect", "aspect_ratio"),
        ("seconds", "seconds", "seconds"),
    ],
)
def test_a_refusal_in_our_words_is_told_in_the_clients(ours: str, videos: str, chat: str) -> None:
    trouble = Trouble(Problem.INVALID, "no", field=ours)
    found = [dialect.encode_trouble(trouble).json().at("error", "param").value for dialect in (VIDEOS, CHAT)]
    assert [videos, chat] == found


def test_a_model_that_is_not_known_is_told_by_each_path_as_openai_does() -> None:
    trouble = Trouble(Problem.INVALID, "there is no model 'gpt-4o'", field="model")
    answers = [dialect.encode_trouble(trouble) for dialect in (VIDEOS, CHAT)]
    assert [(400, "invalid_value"), (404, "model_not_found")] == [
        (answer.status, answer.json().at("error", "code").value) for answer in answers
    ]


@pytest.mark.parametrize(("stream", "streams"), [(True, True), (False, False), (None, False)])
def test_a_conversation_streams_when_it_says_so(stream: bool | None, *, streams: bool) -> None:
    body = NewChat(model="sora-2", messages=[], stream=stream)
    assert streams is chat_decode.streams(Call(body=body))
