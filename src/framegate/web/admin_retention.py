"""Erasing at the operator's door: a task's content, or all of an account's, each with a receipt."""

from __future__ import annotations

from framegate.engine import erasing
from framegate.engine.admin import Admin
from framegate.web.admin import AdminRoute


def retention_routes(admin: Admin) -> tuple[AdminRoute, ...]:
    """The lines of the table."""
    store = admin.store
    return (
        AdminRoute(
            "POST /admin/v1/tasks/{id}/erase",
            "Forget a finished task's content; its money's movements stay",
            lambda path, _: erasing.erase_task(store, path["id"]),
            answer=erasing.Receipt,
        ),
        AdminRoute(
            "POST /admin/v1/accounts/{id}/erase",
            "Forget all of an account's content, end its keys and pause it",
            lambda path, _: erasing.erase_account(store, path["id"]),
            answer=erasing.Receipt,
        ),
    )
