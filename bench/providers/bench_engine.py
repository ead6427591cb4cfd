"""The wire format of the upstream in `bench.engine`: as little as a provider can do."""

from __future__ import annotations

from framegate.core.money import UNIT, Facts
from framegate.core.provider import Exchange, Offer, Provider
from framegate.core.task import Handle, Kind, Order, Output, Report, Role, State
from framegate.core.wire import Request, Response, get, post

STATES = {"running": State.RUNNING, "succeeded": State.SUCCEEDED}


def encode_submit(order: Order) -> Request:
    return post("/tasks", {"id": order.task_id, "model": order.model, "prompt": order.spec.prompt})


def decode_submit(_order: Order, response: Response) -> Report:
    return Report(state=State.RUNNING, handle={"id": response.json().at("id").text()})


def encode_poll(handle: Handle) -> Request:
    return get(f"/tasks/{handle['id']}")


def decode_poll(_handle: Handle, response: Response) -> Report:
    task = response.json()
    state = STATES[task.at("state").text()]
    done = state is State.SUCCEEDED
    outputs = (Output(id="0", kind=Kind.IMAGE, url=task.at("url").text()),) if done else ()
    return Report(state=state, outputs=outputs)


PROVIDER = Provider(
    name="bench",
    docs="/docs",
    base_url="local://bench",
    hosts=(),
    sign=lambda request, _credential, _now: request,
    facts=lambda order: Facts({"image": order.spec.count * UNIT}, {}),
    submit=Exchange(encode_submit, decode_submit),
    poll=Exchange(encode_poll, decode_poll),
    offers=(Offer(model="*", kind=Kind.IMAGE, roles=tuple(Role)),),
    dedupes=True,  # an order that comes again under its id is the same one
    local=True,
)
