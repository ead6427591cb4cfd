"""What goes wrong, in OpenAI's form: `{"error": {message, type, param, code}}`, all four always there.

| ours | status | type | code |
|---|---|---|---|
| a field is wrong | 400 | invalid_request_error | invalid_value, invalid_type, unknown_parameter … |
| no or a wrong key | 401 | invalid_request_error | invalid_api_key |
| no money left | 429 | insufficient_quota | insufficient_quota |
| too many requests | 429 | requests | rate_limit_exceeded |

Source: OpenAI's guide to error codes and the classes of its SDK (openai 3.54.0), 2026-08. An SDK sends again what was
answered with 409, 429 or 5xx, unless `x-should-retry: false` forbids it; the web says that wherever it would not help.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from framegate.core.dialect import Problem, Trouble
from framegate.core.task import Cause
from framegate.core.wire import Json, Response, answer

STATUSES = {Problem.INVALID: 400, Problem.OUT_OF_CREDIT: 429}
TYPES = {
    Problem.OUT_OF_CREDIT: "insufficient_quota",
    Problem.FORBIDDEN: "permission_error",
    Problem.BUSY: "requests",
    Problem.UNAVAILABLE: "server_error",
    Problem.INTERNAL: "server_error",
}
CODES = {
    Problem.UNAUTHENTICATED: "invalid_api_key",
    Problem.OUT_OF_CREDIT: "insufficient_quota",
    Problem.INVALID: "invalid_value",
    Problem.BUSY: "rate_limit_exceeded",
    Problem.UNAVAILABLE: "service_unavailable",
    Problem.INTERNAL: "server_error",
}
FAILURES = {
    Cause.INVALID: "invalid_request",
    Cause.MODERATED: "moderation_blocked",
    Cause.BUSY: "rate_limit_exceeded",
    Cause.EXPIRED: "expired",
}
BROKEN = "server_error"
"""What every other failure is called: OpenAI lists no codes, and clients know this one."""
EMPTY: tuple[Json, ...] = (None, [])
"""What clients send for a field that they do not use."""
SENTENCES = (
    (re.compile(r": is required$"), "missing_required_parameter"),
    (re.compile(r": is not a field here$"), "unknown_parameter"),
    (re.compile(r": must be .*, not (a|an|true|null)\b.*$"), "invalid_type"),
)
"""The sentences in which a body that does not fit its type is refused."""


def wrong(field: str, message: str, code: str) -> Trouble:
    """A field is wrong in one of OpenAI's own ways."""
    return Trouble(Problem.INVALID, message, field=field, extra={"code": code})


def check_fields(given: Mapping[str, Json], known: tuple[str, ...], at: str = "") -> None:
    """Refuses a field that nobody would read, unless it says nothing. Raises `Trouble`."""
    unknown = next((name for name, value in given.items() if name not in known and value not in EMPTY), None)
    if unknown is not None:
        path = f"{at}.{unknown[:100]}" if at else unknown[:100]
        message = f"Unknown parameter: '{path}'. Known are: {', '.join(known)}"
        raise wrong(path, message, "unknown_parameter")


def body(message: str, kind: str, param: str | None, code: str | None) -> dict[str, Json]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def encode_trouble(trouble: Trouble, fields: Mapping[str, str]) -> Response:
    """`fields` gives the client's word for a field that is named in ours."""
    problem = trouble.problem
    code = str(trouble.extra.get("code") or CODES.get(problem, problem.code))
    if problem is Problem.INVALID and "code" not in trouble.extra:
        code = next((word for pattern, word in SENTENCES if pattern.search(trouble.message)), code)
    return answer(
        STATUSES.get(problem, problem.status),
        body(
            trouble.message,
            TYPES.get(problem, "invalid_request_error"),
            fields.get(trouble.field, trouble.field) if trouble.field else None,
            code,
        ),
    )


def code_of(cause: Cause) -> str:
    """The code of a task that failed."""
    return FAILURES.get(cause, BROKEN)
