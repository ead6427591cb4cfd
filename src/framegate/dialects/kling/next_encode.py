"""A task in the words of Kling's newer API: what create, query, search and callback say of it."""

from __future__ import annotations

from typing import cast

import msgspec

from framegate.core.dialect import Page
from framegate.core.money import format_usd
from framegate.core.task import Artifact, Kind, State, Task
from framegate.core.wire import Json, Request, Response, post
from framegate.dialects.kling.envelope import (
    GOOD,
    failure_of,
    output_id,
    respond,
    status_of,
    text_of,
    trouble_encoder,
)
from framegate.dialects.kling.next_shapes import (
    Billing,
    Created,
    CreatedAnswer,
    Found,
    Output,
    SearchAnswer,
    TaskObject,
    TasksAnswer,
)

SUCCEEDED = "succeeded"
# Where a refusal in our words (from routing, or from the intake of media) belongs in this client's request.
FIELDS = {
    "seconds": "settings.duration",
    "aspect": "settings.aspect_ratio",
    "size": "settings.aspect_ratio",
    "resolution": "settings.resolution",
    "audio": "settings.audio",
    "watermark": "options.watermark_info",
    "first_frame": "contents",
    "last_frame": "contents",
    "reference": "contents",
    "video": "contents",
    "external_id": "options.external_task_id",
    "after": "cursor",
}
encode_trouble = trouble_encoder(FIELDS)


def encode_created(task: Task) -> Response:
    made = Created(
        id=task.public_id,
        status=status_of(task, SUCCEEDED),
        create_time=task.created_at,
        update_time=task.updated_at,
        external_id=task.spec.external_id,
    )
    return respond(CreatedAnswer(0, GOOD, task.id, made))


def encode_tasks(page: Page) -> Response:
    return respond(TasksAnswer(0, GOOD, "", [shown(task) for task in page.tasks]))


def encode_found(page: Page) -> Response:
    found = [shown(task) for task in page.tasks]
    more = Found(result=found, count=len(found), has_more=page.next is not None, next_cursor=page.next or "")
    return respond(SearchAnswer(0, GOOD, "", more))


def encode_notice(task: Task) -> Request:
    """The callback: the bare task, without an envelope."""
    return post(task.spec.callback_url or "", cast("Json", msgspec.to_builtins(shown(task))))


def shown(task: Task) -> TaskObject:
    failure = failure_of(task)
    done = task.artifacts if task.state is State.SUCCEEDED else ()
    return TaskObject(
        id=task.public_id,
        status=status_of(task, SUCCEEDED),
        message=failure.message if failure else "",
        create_time=task.created_at,
        update_time=task.updated_at,
        external_id=task.spec.external_id,
        outputs=[output_of(task, item, place) for place, item in enumerate(done)],
        billing=billing_of(task),
    )


def output_of(task: Task, item: Artifact, place: int) -> Output:
    name = output_id(task, place)
    match item.kind:
        case Kind.VIDEO:
            return Output("video", name, url=item.url, duration=text_of(item.seconds or task.spec.seconds))
        case Kind.IMAGE:
            return Output("image", name, url=item.url)
        case _:
            return Output("audio", name, mp3_url=item.url, mp3_duration=text_of(item.seconds))


def billing_of(task: Task) -> list[Billing]:
    """Nothing until something was charged."""
    if not task.charged:
        return []
    price = format_usd(task.charged)
    return [
        Billing(
            charge_type="cash",
            cash_type="test_balance" if task.sandbox else "balance",
            amount=price,
            currency="USD",
            package_type="image" if task.spec.kind is Kind.IMAGE else "video",
            list_price=price,
        )
    ]
