"""Videos and pictures in a conversation, through OpenAI's own SDK, unmodified."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import av
import httpx
import openai
import pytest
from PIL import Image

from running import Gateway

LAST = re.compile(r"!?\[[^\]]*\]\((https?://[^)\s]+\.(?:mp4|mp3|png|webp)[^)]*)\)")
"""How clients of the format find what was made."""


@pytest.fixture
def client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as found:
        yield found


@pytest.fixture
async def async_client(gateway: Gateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as found:
        yield found


def says(text: Any) -> list[Any]:
    return [{"role": "system", "content": "be brief"}, {"role": "user", "content": text}]


async def fetched(url: str) -> bytes:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(url)).content


def gathered(stream: Any, told: list[str]) -> None:
    told.extend(chunk.choices[0].delta.content or "" for chunk in stream)


def picture() -> str:
    file = io.BytesIO()
    Image.effect_noise((320, 180), 60).convert("RGB").save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def test_a_video_in_one_answer(client: openai.OpenAI, gateway: Gateway) -> None:
    made = client.chat.completions.create(
        model="sora-2",
        messages=says("a paper boat"),
        temperature=0.7,
        max_tokens=500,
        user="someone",
        extra_body={"seconds": "4", "size": "1280x720"},
    )
    [choice] = made.choices
    assert ("stop", "assistant", "sora-2") == (choice.finish_reason, choice.message.role, made.model)
    assert made.usage
    assert (0, 0, 0) == (made.usage.prompt_tokens, made.usage.completion_tokens, made.usage.total_tokens)
    text = choice.message.content or ""
    assert text.splitlines()[-1].startswith("[▶ video 1](http")
    [url] = LAST.findall(text)
    content = httpx.get(url, timeout=30).content
    with av.open(io.BytesIO(content)) as file:
        assert 4 == pytest.approx(float(file.duration or 0) / av.time_base, abs=0.1)
    task = gateway.call("GET", f"/v1/tasks/{made.id.removeprefix('chatcmpl-')}").json
    assert ("succeeded", "a paper boat", "0.4") == (
        task["status"],
        task["prompt"],
        task["cost"]["charged"].rstrip("0"),
    )
    assert f"> {task['id']}" == text.splitlines()[0]


def test_a_stream_tells_of_progress_and_ends_in_a_link(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="sora-2",
        messages=says("a paper boat [sandbox:queue=0.5][sandbox:delay=1]"),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    assert 1 == len({chunk.id for chunk in chunks})
    first, *told, stop, usage = chunks
    assert ("assistant", "", None) == (
        first.choices[0].delta.role,
        first.choices[0].delta.content,
        first.choices[0].finish_reason,
    )
    assert {None} == {chunk.choices[0].finish_reason for chunk in told}
    assert ("stop", None) == (stop.choices[0].finish_reason, stop.choices[0].delta.content)
    assert usage.usage
    assert ([], 0) == (usage.choices, usage.usage.total_tokens)
    lines = "".join(chunk.choices[0].delta.content or "" for chunk in told).splitlines()
    assert lines[0].startswith("> task_")
    assert "> queued" in lines
    assert any(line.startswith("> in progress") for line in lines)
    assert len(lines) - lines.count("") == len({*lines} - {""}), "nothing is said twice"
    [url] = LAST.findall(lines[-1])
    assert b"ftyp" == httpx.get(url, timeout=30).content[4:8]


def test_a_client_that_hangs_up_loses_nothing(client: openai.OpenAI, gateway: Gateway) -> None:
    stream = client.chat.completions.create(
        model="sora-2", messages=says("a paper boat [sandbox:delay=1]"), stream=True
    )
    first = next(iter(stream))
    stream.close()
    assert "succeeded" == gateway.finished(first.id.removeprefix("chatcmpl-"))["status"]


def test_the_streaming_helper_of_the_sdk(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="sora-2", messages=says("a paper boat")) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert "stop" == final.choices[0].finish_reason
    assert 1 == len(LAST.findall(final.choices[0].message.content or ""))


def test_the_bytes_of_a_stream(gateway: Gateway) -> None:
    body = {"model": "sora-2", "messages": says("a paper boat"), "stream": True}
    answer = gateway.call("POST", "/v1/chat/completions", body)
    assert (200, "text/event-stream", "no", "true") == (
        answer.status,
        answer.headers["content-type"],
        answer.headers["x-accel-buffering"],
        answer.headers["x-framegate-sandbox"],
    )
    events = answer.body.decode().split("\n\n")
    assert ["data: [DONE]", ""] == events[-2:]
    assert all(event.startswith(("data: ", ": ")) for event in events[:-1])
    assert "usage" not in answer.body.decode()


async def test_pictures_by_the_asynchronous_client(async_client: openai.AsyncOpenAI) -> None:
    made = await async_client.chat.completions.create(
        model="dall-e-3", messages=says("a red fox"), n=2, extra_body={"size": "256x256"}
    )
    lines = [line for line in (made.choices[0].message.content or "").splitlines() if line]
    assert ["![image 1](", "![image 2]("] == [line[:11] for line in lines[1:]]
    for url in LAST.findall("\n".join(lines)):
        assert b"\x89PNG" == (await fetched(url))[:4]


async def test_a_stream_of_the_asynchronous_client(async_client: openai.AsyncOpenAI) -> None:
    parts = [{"type": "text", "text": "it moves"}, {"type": "image_url", "image_url": {"url": picture()}}]
    stream = await async_client.chat.completions.create(model="sora-2", messages=says(parts), stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    [url] = LAST.findall(text)
    with av.open(io.BytesIO(await fetched(url))) as file:
        frame = next(file.decode(video=0))
        assert 320 / 180 == pytest.approx(frame.width / frame.height, rel=0.05), "the picture gives the shape"


@pytest.mark.parametrize(
    ("directive", "status", "code"),
    [
        ("moderate", 400, "moderation_blocked"),
        ("fail", 500, "server_error"),
        ("fail=busy", 429, "rate_limit_exceeded"),
    ],
)
def test_a_failure_is_an_error(client: openai.OpenAI, directive: str, status: int, code: str) -> None:
    prompt = f"a fox [sandbox:{directive}]"
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model="sora-2", messages=says(prompt))
    assert (status, code) == (caught.value.status_code, caught.value.code)
    assert "false" == caught.value.response.headers["x-should-retry"]
    told: list[str] = []
    stream = client.chat.completions.create(model="sora-2", messages=says(prompt), stream=True)
    with pytest.raises(openai.APIError, match="task_") as midway:
        gathered(stream, told)
    assert code == midway.value.code
    assert told[1].startswith("> task_")


@pytest.mark.parametrize("model", ["gpt-4o", "sora-9", ""])
def test_a_model_that_is_not_here(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.NotFoundError, match="no upstream for text yet") as caught:
        client.chat.completions.create(model=model, messages=says("hello"))
    assert ("model_not_found", "model") == (caught.value.code, caught.value.param)


def test_a_wrong_key(gateway: Gateway) -> None:
    with (
        openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="no-such-key") as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.chat.completions.create(model="sora-2", messages=says("a fox"), stream=True)


TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"tools": [TOOL]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["audio"]}, "modalities"),
        ({"n": 11}, "n"),
        ({"messages": []}, "messages"),
        ({"messages": says("")}, "messages[1].content"),
        ({"messages": says([{"type": "input_audio", "input_audio": {}}])}, "messages[1].content[0].type"),
        ({"messages": [{"role": "user", "content": "https://no-such-host.invalid/a.png go"}]}, "messages"),
        ({"extra_body": {"size": "banana"}}, "size"),
        ({"extra_body": {"seconds": 6000}}, "seconds"),
        ({"extra_body": {"duration": 5}}, "duration"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
    ],
)
def test_what_is_wrong_is_said(client: openai.OpenAI, given: Any, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**{"model": "sora-2", "messages": says("a fox"), **given})
    assert (param, "invalid_request_error") == (caught.value.param, caught.value.type)


def test_every_error_below_the_path_has_openais_form(gateway: Gateway) -> None:
    for method, path in (("GET", "/v1/chat/completions"), ("POST", "/v1/chat/nothing")):
        answer = gateway.call(method, path, {} if method == "POST" else None)
        assert {"message", "type", "param", "code"} == set(answer.json["error"]), path
        assert answer.status in {404, 405}
