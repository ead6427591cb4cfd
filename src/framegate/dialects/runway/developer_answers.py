"""What Runway's developer API answers (PyPI `runwayml` 5.24.0, types)."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType


class Credits(Struct):
    """An amount of money: a credit is 0.01 USD."""

    credits: float


class Created(Struct, rename="camel"):
    """The answer to a create request."""

    id: str
    estimated_cost: Credits


class TaskObject(Struct, rename="camel", kw_only=True):
    """A task."""

    id: str
    status: Annotated[str, Meta(description="PENDING, RUNNING, SUCCEEDED, FAILED or CANCELLED")]
    created_at: str
    estimated_cost: Credits | UnsetType = UNSET
    cost: Credits | UnsetType = UNSET
    progress: Annotated[float | UnsetType, Meta(description="0 to 1, while RUNNING")] = UNSET
    output: Annotated[list[str] | UnsetType, Meta(description="Signed links")] = UNSET
    failure: str | UnsetType = UNSET
    failure_code: str | UnsetType = UNSET


class UploadSlot(Struct, rename="camel"):
    """Where to post the file to, as the part `file` of a form that holds `fields` too."""

    upload_url: str
    fields: dict[str, str]
    runway_uri: str


class Limits(Struct, rename="camel"):
    """Of a model; null means no limit."""

    max_concurrent_generations: int | None
    max_daily_generations: int | None


class Tier(Struct, rename="camel"):
    """The account's limits: the gateway has none of these kinds."""

    max_monthly_credit_spend: int
    models: dict[str, Limits]


class Count(Struct, rename="camel"):
    """Of a model, today."""

    daily_generations: int


class Used(Struct):
    """By model."""

    models: dict[str, Count]


class Organization(Struct, rename="camel"):
    """The account."""

    credit_balance: int
    tier: Tier
    usage: Used


class Spent(Struct):
    """Credits that went to a model."""

    model: str
    amount: int


class Day(Struct, rename="camel"):
    """What a day cost."""

    date: str
    used_credits: list[Spent]


class Usage(Struct):
    """What the days cost."""

    results: list[Day]
    models: list[str]
