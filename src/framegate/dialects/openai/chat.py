"""Chat completions whose model makes a video, a picture or sound: the "openai format" of many resellers.

| what | path | source |
|---|---|---|
| make, and stay with it | POST /v1/chat/completions | openai-openapi f85dbe2; the text: resellers, 2023 to 2026 |

It serves every kind of task, whatever its upstream. The JSON: `chat_shapes.py`. What it means: `chat_decode.py` and
`chat_encode.py`.
"""

from __future__ import annotations

from framegate.core.dialect import Converse, Dialect, bearer
from framegate.core.wire import Json
from framegate.dialects.openai.chat_decode import decode, streams
from framegate.dialects.openai.chat_encode import encode, encode_trouble, pieces
from framegate.dialects.openai.chat_shapes import Completion, NewChat

REQUEST: dict[str, Json] = {
    "model": "sora-2",
    "messages": [{"role": "user", "content": "a calico cat playing a piano on stage"}],
    "stream": False,
}
RESPONSE: dict[str, Json] = {
    "id": "chatcmpl-task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
    "object": "chat.completion",
    "created": 1759000000,
    "model": "sora-2",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "> task_01K8ZQ3V6T9M2B4C5D6E7F8G9H\n\n[▶ video 1](https://gateway.example/….mp4?_jwt=…)",
                "refusal": None,
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
}

DIALECT = Dialect(
    name="openai-chat",
    docs="https://platform.openai.com/docs/api-reference/chat",
    identify=bearer,
    routes=(
        Converse(
            path="POST /v1/chat/completions",
            summary="Make a video, a picture or sound in a conversation",
            notes="The last user message is the prompt; the answer ends in links. With `stream` it tells of progress.",
            body=NewChat,
            answer=Completion,
            decode=decode,
            streams=streams,
            pieces=pieces,
            encode=encode,
            examples={"request": REQUEST, "response": RESPONSE},
        ),
    ),
    encode_trouble=encode_trouble,
    public_id="task",
)
