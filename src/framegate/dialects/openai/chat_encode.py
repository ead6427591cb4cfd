"""A task as a conversation: progress while it is made, then links on lines of their own.

| rule | why |
|---|---|
| role and an empty content first, `stop` last, then `[DONE]` | what every client of the format expects |
| a failure is an error object in the stream, never a cheerful `stop` | the SDK raises it |
| a failure without a stream is an HTTP error | the same |
| the task's id is the first thing that is said | a client that lost its stream finds the task at /v1/tasks/{id} |
| tokens are zero | a medium has none; what it costs is on the price page |

The text is resellers' own: `[▶ …](….mp4)` and `![…](….png)`, which chat clients show as players and pictures.
"""

from __future__ import annotations

from typing import cast

import msgspec
from msgspec import UNSET

from framegate.core.dialect import Call, Problem, Trouble
from framegate.core.task import Artifact, Cause, Failure, Kind, State, Task
from framegate.core.wire import Json, Response, answer
from framegate.dialects.openai import trouble as troubles
from framegate.dialects.openai.chat_shapes import (
    Answer,
    Choice,
    Chunk,
    ChunkChoice,
    Completion,
    Delta,
    NewChat,
    Usage,
)

WORDS = {
    State.QUEUED: "queued",
    State.SENDING: "queued",
    State.RUNNING: "in progress",
    State.STORING: "in progress",
}
STEP = 10
"""Percent between two lines about progress."""
FIELDS = {
    "prompt": "messages",
    "first_frame": "messages",
    "reference": "messages",
    "count": "n",
    "aspect": "aspect_ratio",
}
STATUSES = {Cause.INVALID: 400, Cause.MODERATED: 400, Cause.BUSY: 429, Cause.EXPIRED: 504}
TYPES = {400: "invalid_request_error", 429: "requests"}
NO_TEXT = "This gateway has no upstream for text yet, only models that make videos, pictures or sound"
ENDLESS = "The task goes on, longer than a request may wait: see GET /v1/tasks/"
FINAL_HEADERS = {"x-should-retry": "false"}
"""Another try would be another task, or the same failed one."""


def pieces(call: Call, task: Task, last: Task | None) -> tuple[Json | str, ...]:
    """The data of the events that tell how the task stands now, after it stood like `last`."""
    found: list[Json | str] = []
    if last is None:
        found += [chunk(call, task, Delta(role="assistant", content="")), said(call, task, f"> {task.id}\n")]
    line = line_of(task)
    if line and (last is None or line != line_of(last)):
        found.append(said(call, task, f"> {line}\n"))
    if not task.state.final or (last is not None and last.state.final):
        return tuple(found)
    failure = failure_of(task)
    if failure is not None:
        return (*found, error_of(task, failure))
    found += [said(call, task, f"\n{links(task)}\n"), chunk(call, task, Delta(), stop=True)]
    if counts(call):
        found.append(plain(msgspec.structs.replace(bare(task), usage=Usage())))
    return (*found, "[DONE]")


def line_of(task: Task) -> str:
    """One line about progress: `in progress, 40 %`."""
    word = WORDS.get(task.state, "")
    percent = int(min(max(task.progress or 0, 0), 0.99) * 100) // STEP * STEP
    return f"{word}, {percent} %" if percent and word == "in progress" else word


def chunk(call: Call, task: Task, delta: Delta, *, stop: bool = False) -> Json:
    choice = ChunkChoice(delta=delta, finish_reason="stop" if stop else None)
    usage = None if counts(call) else UNSET
    return plain(msgspec.structs.replace(bare(task), choices=[choice], usage=usage))


def said(call: Call, task: Task, text: str) -> Json:
    return chunk(call, task, Delta(content=text))


def bare(task: Task) -> Chunk:
    return Chunk(id=id_of(task), created=task.created_at // 1000, model=task.spec.model, choices=[])


def plain(value: Chunk) -> Json:
    return cast("Json", msgspec.to_builtins(value))


def counts(call: Call) -> bool:
    body: NewChat | None = call.body
    return bool(body and body.stream_options and body.stream_options.include_usage)


def id_of(task: Task) -> str:
    return f"chatcmpl-{task.id}"


def links(task: Task) -> str:
    """Each result on a line of its own."""
    return "\n\n".join(link(item, place + 1) for place, item in enumerate(task.artifacts))


def link(item: Artifact, place: int) -> str:
    if item.kind is Kind.IMAGE:
        return f"![image {place}]({item.url})"
    return f"[▶ {'video' if item.kind is Kind.VIDEO else 'audio'} {place}]({item.url})"


def failure_of(task: Task) -> Failure | None:
    """Why there is nothing to show; None for a task that succeeded or goes on."""
    if task.state is State.SUCCEEDED or not task.state.final:
        return None
    unsaid = {
        State.EXPIRED: Failure(Cause.EXPIRED, "The task was not finished in time"),
        State.CANCELLED: Failure(Cause.BROKEN, "The task was cancelled"),
    }.get(task.state, Failure(Cause.BROKEN, "The task failed"))
    failure = task.failure or unsaid
    return failure if failure.message else Failure(failure.cause, unsaid.message)


def error_of(task: Task, failure: Failure) -> dict[str, Json]:
    """The failure as an error, which names the task."""
    kind = TYPES.get(STATUSES.get(failure.cause, 500), "server_error")
    return troubles.body(f"{failure.message} ({task.id})", kind, None, troubles.code_of(failure.cause))


def encode(_call: Call, task: Task) -> Response:
    """The whole answer; an HTTP error for a task that failed, or that outlasted the longest wait."""
    failure = failure_of(task)
    if failure is not None:
        return answer(STATUSES.get(failure.cause, 500), error_of(task, failure), FINAL_HEADERS)
    if not task.state.final:
        late = troubles.body(f"{ENDLESS}{task.id}", "server_error", None, "timeout")
        return answer(504, late, FINAL_HEADERS)
    completion = Completion(
        id=id_of(task),
        created=task.created_at // 1000,
        model=task.spec.model,
        choices=[Choice(message=Answer(content=f"> {task.id}\n\n{links(task)}"))],
        usage=Usage(),
    )
    return Response(
        status=200, headers={"content-type": "application/json"}, body=msgspec.json.encode(completion)
    )


def encode_trouble(trouble: Trouble) -> Response:
    """A model that is not known here is 404 `model_not_found`, as OpenAI has it."""
    if trouble.problem is Problem.INVALID and trouble.field == "model":
        message = f"{trouble.message}. {NO_TEXT}"
        error = troubles.body(message, "invalid_request_error", "model", "model_not_found")
        return answer(404, error)
    return troubles.encode_trouble(trouble, FIELDS)
