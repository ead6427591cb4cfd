"""A task in the native form: the status words are the program's own, amounts are decimal strings of USD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from framegate.core.dialect import Page, Slot, Trouble
from framegate.core.money import format_usd
from framegate.core.task import Artifact, Cause, Failure, Role, State, Task
from framegate.core.times import rfc3339
from framegate.core.wire import Json, Request, Response, answer, post
from framegate.dialects.native.tasks_shapes import (
    ArtifactObject,
    Cost,
    FailureObject,
    TaskObject,
    TaskPage,
    UploadObject,
)

ROLES = frozenset(Role) - {Role.AUDIO}
"""Roles that a refusal may name as its field; `audio` is one of the words of a task, too."""
UNSAID = {State.FAILED: "The task failed", State.EXPIRED: "The task was not finished in time"}


def shown(task: Task) -> TaskObject:
    progress = 1.0 if task.state is State.SUCCEEDED else min(max(task.progress or 0.0, 0.0), 1.0)
    return TaskObject(
        id=task.public_id,
        status=task.state,
        model=task.spec.model,
        prompt=task.spec.prompt,
        progress=progress,
        created_at=rfc3339(task.created_at),
        finished_at=rfc3339(task.finished_at) if task.finished_at is not None else None,
        artifacts=[artifact_of(item) for item in task.artifacts],
        cost=Cost(
            estimated=format_usd(task.quote.total),
            held=format_usd(task.held if task.charged is None else 0),
            charged=format_usd(task.charged) if task.charged is not None else None,
        ),
        failure=failure_of(task),
        adapted=list(task.adapted),
        sandbox=task.sandbox,
        upstream=task.upstream,
        late=True if task.late else msgspec.UNSET,
    )


def artifact_of(item: Artifact) -> ArtifactObject:
    return ArtifactObject(
        item.id, item.kind, item.url, item.media_type, item.seconds, item.width, item.height
    )


def failure_of(task: Task) -> FailureObject | None:
    if task.state not in UNSAID:
        return None
    cause = Cause.EXPIRED if task.state is State.EXPIRED else Cause.BROKEN
    failure = task.failure or Failure(cause, UNSAID[task.state])
    return FailureObject(failure.cause.value, failure.message)


def encode(task: Task) -> Response:
    return respond(shown(task))


def encode_created(task: Task) -> Response:
    return respond(shown(task), 201, {"location": f"/v1/tasks/{task.public_id}"})


def encode_page(page: Page) -> Response:
    return respond(TaskPage([shown(task) for task in page.tasks], page.next))


def encode_event(task: Task) -> tuple[str, Json]:
    """`update` while the task goes on, `done` once it has ended; the data is the task."""
    return "done" if task.state.final else "update", cast("Json", msgspec.to_builtins(shown(task)))


def encode_notice(task: Task) -> Request:
    """The callback: `{type, timestamp, data}` as Standard Webhooks has it, such as `task.succeeded`."""
    body = {"type": f"task.{task.state}", "timestamp": rfc3339(task.updated_at), "data": shown(task)}
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(body)))


def encode_slot(slot: Slot) -> Response:
    return respond(UploadObject(slot.id, slot.put_url, slot.url), 201)


def encode_uploaded(slot: Slot) -> Response:
    return respond(UploadObject(slot.id, slot.put_url, slot.url))


def encode_trouble(trouble: Trouble) -> Response:
    """RFC 9457, with our `code` and the `field` that is wrong (null if none is)."""
    problem = trouble.problem
    document: dict[str, Json] = {
        **trouble.extra,
        "type": f"urn:framegate:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": trouble.message,
        "code": problem.code,
        "field": field_of(trouble),
    }
    return answer(problem.status, document, {"content-type": "application/problem+json"})


def field_of(trouble: Trouble) -> str | None:
    """A medium is one of the `inputs`; which one is known once they are taken in."""
    if trouble.place is not None:
        return f"inputs[{trouble.place}].url"
    return "inputs" if trouble.field in ROLES else trouble.field


def respond(value: msgspec.Struct, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    headers = {"content-type": "application/json", **(headers or {})}
    return Response(status=status, headers=headers, body=msgspec.json.encode(value))
