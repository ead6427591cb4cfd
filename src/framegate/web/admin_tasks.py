"""Tasks at the operator's door: their stories, and decisions about sends whose outcome is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from framegate.engine import unknown as sends
from framegate.engine.admin import Admin
from framegate.engine.story import Story, tell
from framegate.web.admin import AdminRoute


class NewDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`decision`: adopt (with the `handle`, such as {"id": …}), refused, resend or write_off."""

    decision: sends.Decision
    handle: dict[str, str] | None = None


class UnknownSend(msgspec.Struct, frozen=True, kw_only=True):
    """A send whose outcome is not known; `since` in Unix milliseconds."""

    id: str
    state: str
    upstream: str
    model: str
    since: int | None
    because: str


def task_routes(admin: Admin, notices: sends.Notify, wake: Callable[[str], None]) -> tuple[AdminRoute, ...]:
    """The lines of the table; `wake` tells the workers that a task of an upstream changed."""
    store = admin.store

    async def redeliver(path: Mapping[str, str], _: None) -> dict[str, Any]:
        await admin.redeliver(path["id"])
        return {"redelivered": path["id"]}

    async def secret(path: Mapping[str, str], _: None) -> dict[str, Any]:
        return {"secrets": await admin.notice_secrets(path["id"])}

    async def rotate(path: Mapping[str, str], _: None) -> dict[str, Any]:
        return {"secrets": await admin.notice_secrets(path["id"], rotate=True)}

    async def listed(_: Mapping[str, str], __: None) -> list[UnknownSend]:
        return [
            UnknownSend(
                id=job.id,
                state=job.state.value,
                upstream=job.upstream,
                model=job.model,
                since=job.unknown_since,
                because=job.failure.message if job.failure else "",
            )
            for job in await sends.unknown(store)
        ]

    async def decide(path: Mapping[str, str], body: NewDecision) -> dict[str, Any]:
        job = await sends.decide(store, notices, path["id"], body.decision, body.handle)
        wake(job.upstream)
        return {"id": job.id, "state": job.state.value}

    return (
        AdminRoute("POST /admin/v1/notices/{id}/redeliver", "Send a notice again", redeliver),
        AdminRoute(
            "GET /admin/v1/accounts/{id}/notice-secret", "What an account's notices are signed with", secret
        ),
        AdminRoute(
            "POST /admin/v1/accounts/{id}/notice-secret/rotate",
            "Make a new signing secret; the old one signs too for a day",
            rotate,
        ),
        AdminRoute(
            "GET /admin/v1/tasks/unknown", "List sends of unknown outcome", listed, answer=list[UnknownSend]
        ),
        AdminRoute(
            "POST /admin/v1/tasks/{id}/decision",
            "Decide about a send of unknown outcome",
            decide,
            NewDecision,
        ),
        AdminRoute(
            "GET /admin/v1/tasks/{id}",
            "Tell a task's whole story",
            lambda p, _: tell(store, p["id"]),
            answer=Story,
        ),
    )
