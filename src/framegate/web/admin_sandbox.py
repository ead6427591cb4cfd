"""The sandbox at the operator's door: what the next tasks do, for tests of clients. Not beside a real upstream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from framegate.core.dialect import Problem, Trouble, invalid
from framegate.web.admin import AdminRoute


class NewMisbehaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`directives` as in a prompt, without the brackets: `fail=internal`, `delay=3`. The next `times` tasks do so."""

    directives: list[str]
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


def sandbox_routes(
    ask: Callable[[Sequence[str], int], int], forget: Callable[[], None], real: Callable[[], bool]
) -> tuple[AdminRoute, ...]:
    """The lines of the table. `ask` raises `ValueError` for a directive that is not known."""

    async def direct(_: Mapping[str, str], body: NewMisbehaviour) -> dict[str, Any]:
        if real():
            raise Trouble(
                Problem.CONFLICT, "a real upstream is configured: the sandbox misbehaves where it is alone"
            )
        try:
            return {"waiting": ask(body.directives, body.times)}
        except ValueError as error:
            raise invalid("directives", str(error)) from None

    async def clear(_: Mapping[str, str], __: None) -> dict[str, Any]:
        forget()
        return {"waiting": 0}

    return (
        AdminRoute(
            "POST /admin/v1/sandbox/next", "Tell the sandbox to fail the next tasks", direct, NewMisbehaviour
        ),
        AdminRoute("DELETE /admin/v1/sandbox/next", "Let the sandbox behave again", clear),
    )
