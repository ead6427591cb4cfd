"""`/openapi.json` from the route tables: nothing is described twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, get_origin

import msgspec

from framegate.core.dialect import (
    Account,
    Converse,
    Delete,
    Described,
    Dialect,
    Download,
    Fixed,
    List,
    Name,
    Problem,
    Receive,
    Route,
    Submit,
    Upload,
    Watch,
)
from framegate.web.admin_examples import EXAMPLES

if TYPE_CHECKING:
    from framegate.web.admin import AdminRoute

VARIABLE = re.compile(r"\{(\w+)\}")
ADMIN_PROBLEMS = (
    Problem.UNAUTHENTICATED,
    Problem.NOT_FOUND,
    Problem.CONFLICT,
    Problem.TOO_LARGE,
    Problem.UNSUPPORTED_MEDIA,
    Problem.INVALID,
    Problem.MALFORMED,
    Problem.UNAVAILABLE,
)
REF = "#/components/schemas/{name}"


def document(dialects: Mapping[str, Dialect], admin: Iterable[AdminRoute], public_url: str) -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    admin = list(admin)
    types = _types(dialects, admin)
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    named = dict(zip(map(str, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for dialect in dialects.values():
        for route in dialect.routes:
            method, _, path = route.path.partition(" ")
            paths.setdefault(path, {})[method.lower()] = _operation(route, dialect, path, named)
    for line in admin:
        method, _, path = line.path.partition(" ")
        paths.setdefault(path, {})[method.lower()] = _admin_operation(line, path, named)
    for path, (summary, description, problems) in OPEN_PATHS.items():
        paths[path] = {"get": _plain(path, summary, description) | {"operationId": named_by(f"GET {path}")}}
        paths[path]["get"]["responses"] |= _refusals(problems)
        if Problem.UNAUTHENTICATED not in problems:
            paths[path]["get"]["security"] = []
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Framegate",
            "version": version("framegate"),
            "description": "One door to generative video, images and sound, in the format clients already speak.",
        },
        "servers": [{"url": public_url}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A customer's key."},
                "admin": {"type": "http", "scheme": "bearer", "description": "The operator's token."},
            },
        },
    }


WITH_KEY = (Problem.UNAUTHENTICATED, Problem.FORBIDDEN, Problem.UNAVAILABLE)
OPEN_PATHS: dict[str, tuple[str, str, tuple[Problem, ...]]] = {
    "/health": ("Whether the gateway is ready", "", (Problem.UNAVAILABLE,)),
    "/api/prices": (
        "What everything costs",
        "Each row with its unit, dimensions and a worked example; `as` is the name that it is written under.",
        (),
    ),
    "/v1/models": ("The models you may use", "In Claude's form when `anthropic-version` is sent.", WITH_KEY),
    "/v1/models/{id}": ("One of the models you may use", "", (*WITH_KEY, Problem.NOT_FOUND)),
}


def _types(dialects: Mapping[str, Dialect], admin: list[AdminRoute]) -> list[Any]:
    found: dict[str, Any] = {}
    for dialect in dialects.values():
        for route in dialect.routes:
            kinds = [route.answer, body_of(route)]
            found |= {str(kind): kind for kind in kinds if kind is not None}
    for line in admin:
        found |= {
            str(kind): kind
            for kind in (line.body, line.answer, line.shape)
            if kind is not None and kind is not dict
        }
    return list(found.values())


def body_of(route: Route) -> type[Any] | None:
    """The type of the JSON that a route takes, if it takes any."""
    return route.body if isinstance(route, Submit | Upload | Name | Converse | List | Account) else None


def _operation(route: Route, dialect: Dialect, path: str, named: Mapping[str, Any]) -> dict[str, Any]:
    operation = _plain(path, route.summary, route.notes)
    operation["tags"] = [dialect.name]
    operation["operationId"] = named_by(route.path)
    if (body := body_of(route)) is not None:
        content: dict[str, Any] = {"schema": named[str(body)]}
        if "request" in route.examples:
            content["example"] = route.examples["request"]
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if isinstance(route, Receive):
        file = {"type": "object", "properties": {route.part: {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": file}}}
    if isinstance(route, Submit | Converse):
        operation["parameters"] += [
            _header("Idempotency-Key", "The same key and request give the same task."),
            _header("Prefer", "`wait=N` answers when the task is done, or after N seconds (60 at most)."),
        ]
    if isinstance(route, List | Download | Fixed):
        operation["parameters"] += _queried(route.query)
    operation["responses"] = _responses(route, named)
    return operation


def _responses(route: Described, named: Mapping[str, Any]) -> dict[str, Any]:
    refusals = _refusals(problem for problem in Problem if problem is not Problem.INTERNAL)
    if isinstance(route, Delete) and route.answer is None:
        return {"204": {"description": "Deleted"}} | refusals
    if isinstance(route, Watch):
        event = {name: {"type": "string"} for name in ("id", "event", "data")}
        good: dict[str, Any] = {"text/event-stream": {"schema": {"type": "object", "properties": event}}}
    elif isinstance(route, Download):
        good = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    else:
        good = {"application/json": {"schema": named[str(route.answer)] if route.answer else {}}}
        if "response" in route.examples:
            good["application/json"]["example"] = route.examples["response"]
    return {"2XX": {"description": "Done", "content": good}} | refusals


def _refusals(problems: Iterable[Problem]) -> dict[str, Any]:
    return {str(problem.status): {"description": problem.title} for problem in problems}


def _admin_operation(line: AdminRoute, path: str, named: Mapping[str, Any]) -> dict[str, Any]:
    operation = _plain(path, line.summary, "")
    operation["tags"] = ["admin"]
    operation["operationId"] = named_by(line.path)
    operation["security"] = [{"admin": []}]
    operation["parameters"] += _queried(line.query or {})
    if line.body is not None:
        asked: Any = named[str(line.shape or line.body)]
        content = {"schema": asked, "example": EXAMPLES[line.path]}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    schema: Any = named[str(line.answer)] if line.answer is not None else {}
    if (
        get_origin(line.answer) is list
    ):  # the door puts lists into an object, so that more can stand beside them
        schema = {"type": "object", "properties": {"data": schema}, "required": ["data"]}
    operation["responses"] = {
        "2XX": {"description": "Done", "content": {"application/json": {"schema": schema}}}
    } | _refusals(ADMIN_PROBLEMS)
    return operation


def named_by(line: str) -> str:
    """An operation's id: its method and path in one word."""
    return re.sub(r"\W+", "_", line.lower()).strip("_")


def _plain(path: str, summary: str, description: str) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in VARIABLE.findall(path)
    ]
    described = {"description": description} if description else {}
    return {
        "tags": ["gateway"],
        "summary": summary,
        **described,
        "parameters": parameters,
        "responses": {"2XX": {"description": "Done"}},
    }


def _queried(query: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": description}
        for name, description in query.items()
    ]


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": description}
