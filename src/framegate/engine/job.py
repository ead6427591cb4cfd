"""A task as the engine holds it: the public facts, and what is needed to see it through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from framegate.core.money import Quote
from framegate.core.task import Artifact, Failure, Handle, Output, Spec, State, Task
from framegate.routing import Candidate


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was promised when the task was made, and stays promised whatever the configuration says later."""

    on_cancel: str = "charge_if_billed"
    on_moderated: str = "charge_if_billed"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `tasks`, typed. Times are Unix milliseconds, money nano-dollars.

    `attempt` counts the attempts so far; attempt n goes to candidate n modulo their number. `due_at` is when a worker
    must look at the task next (None: never again), `fence` the token of the lease under which it may be changed.
    `failure` of a task that still lives is the reason why it waits.
    """

    id: str
    public_id: str
    dialect: str
    account_id: str
    key_id: str
    model: str
    state: State
    spec: Spec
    quote: Quote
    candidates: tuple[Candidate, ...]
    terms: Terms = Terms()
    attempt: int = 0
    upstream: str = ""
    handle: Handle | None = None
    held: int = 0
    charged: int | None = None
    cost: int | None = None
    progress: float | None = None
    outputs: tuple[Output, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    failure: Failure | None = None
    usage: dict[str, int] = {}
    due_at: int | None = None
    lease_until: int = 0
    fence: int = 0
    polls: int = 0
    misses: int = 0
    cancel_at: int | None = None
    unknown_since: int | None = None
    sent_at: int | None = None
    deadline_at: int = 0
    created_at: int = 0
    updated_at: int = 0
    finished_at: int | None = None
    sandbox: bool = False
    late: bool = False
    callback_url: str | None = None
    family: str = ""
    external_id: str | None = None

    @property
    def candidate(self) -> Candidate:
        return self.candidates[self.attempt % len(self.candidates)]

    def task(self) -> Task:
        """The public view, without links."""
        return Task(
            id=self.id,
            public_id=self.public_id,
            dialect=self.dialect,
            account_id=self.account_id,
            spec=self.spec,
            state=self.state,
            created_at=self.created_at,
            updated_at=self.updated_at,
            quote=self.quote,
            upstream=self.upstream,
            sandbox=self.sandbox,
            held=self.held,
            charged=self.charged,
            progress=self.progress,
            finished_at=self.finished_at,
            artifacts=self.artifacts,
            failure=self.failure if self.state.final else None,
            adapted=self.candidate.adapted,
            late=self.late,
        )


DOCUMENTS: dict[str, Any] = {
    "spec": Spec,
    "quote": Quote,
    "candidates": tuple[Candidate, ...],
    "terms": Terms,
    "handle": Handle | None,
    "outputs": tuple[Output, ...],
    "artifacts": tuple[Artifact, ...],
    "failure": Failure | None,
    "usage": dict[str, int],
}
DECODERS = {name: msgspec.json.Decoder(kind).decode for name, kind in DOCUMENTS.items()}
STATES = {state.value: state for state in State}
encode = msgspec.json.Encoder().encode
NULL = "null"


def text(value: object) -> str:
    """A document as it is stored."""
    return encode(value).decode()


def from_row(row: Mapping[str, Any]) -> Job:
    """Read a row of `tasks`."""
    read = DECODERS
    return Job(
        id=row["id"],
        public_id=row["public_id"],
        dialect=row["dialect"],
        account_id=row["account_id"],
        key_id=row["key_id"],
        model=row["model"],
        state=STATES[row["state"]],
        spec=read["spec"](row["spec"]),
        quote=read["quote"](row["quote"]),
        candidates=read["candidates"](row["candidates"]),
        terms=read["terms"](row["terms"]),
        attempt=row["attempt"],
        upstream=row["upstream"],
        handle=read["handle"](row["handle"] or NULL),
        held=row["held"],
        charged=row["charged"],
        cost=row["cost"],
        progress=row["progress"],
        outputs=read["outputs"](row["outputs"] or "[]"),
        artifacts=read["artifacts"](row["artifacts"] or "[]"),
        failure=read["failure"](row["failure"] or NULL),
        usage=read["usage"](row["usage"] or "{}"),
        due_at=row["due_at"],
        lease_until=row["lease_until"],
        fence=row["fence"],
        polls=row["polls"],
        misses=row["misses"],
        cancel_at=row["cancel_at"],
        unknown_since=row["unknown_since"],
        sent_at=row["sent_at"],
        deadline_at=row["deadline_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        finished_at=row["finished_at"],
        sandbox=bool(row["sandbox"]),
        late=bool(row["late"]),
        callback_url=row["callback_url"],
        family=row["family"],
        external_id=row["external_id"],
    )


def saved(job: Job) -> dict[str, Any]:
    """The parameters of `save_task`: every column that may change. A row that is leased is not due before that ends."""
    return {
        "id": job.id,
        "fence": job.fence,
        "state": job.state.value,
        "attempt": job.attempt,
        "upstream": job.upstream,
        "handle": text(job.handle) if job.handle is not None else None,
        "held": job.held,
        "charged": job.charged,
        "cost": job.cost,
        "progress": job.progress,
        "outputs": text(job.outputs) if job.outputs else None,
        "artifacts": text(job.artifacts) if job.artifacts else "[]",
        "failure": text(job.failure) if job.failure else None,
        "usage": text(job.usage) if job.usage else None,
        "due_at": job.due_at and max(job.due_at, job.lease_until),
        "lease_until": job.lease_until,
        "polls": job.polls,
        "misses": job.misses,
        "cancel_at": job.cancel_at,
        "unknown_since": job.unknown_since,
        "sent_at": job.sent_at,
        "updated_at": job.updated_at,
        "finished_at": job.finished_at,
        "late": int(job.late),
    }


def created(job: Job) -> dict[str, Any]:
    """The parameters of `insert_task`: every column."""
    return {
        **saved(job),
        "public_id": job.public_id,
        "dialect": job.dialect,
        "account_id": job.account_id,
        "key_id": job.key_id,
        "model": job.model,
        "spec": text(job.spec),
        "quote": text(job.quote),
        "candidates": text(job.candidates),
        "terms": text(job.terms),
        "deadline_at": job.deadline_at,
        "created_at": job.created_at,
        "sandbox": int(job.sandbox),
        "callback_url": job.callback_url,
        "family": job.family,
        "external_id": job.external_id,
    }
