"""Forgetting: what was asked and what was made go, the movements of money stay.

A receipt says what went. The rows go at once; files go with a later sweep, once nothing else refers to them.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable

import msgspec

from framegate.core.dialect import Problem, Trouble
from framegate.core.task import Spec
from framegate.engine.filing import unreferred
from framegate.engine.job import Job, from_row, text
from framegate.engine.steps import event
from framegate.store import Row, Step, Store, Unmet, step

BATCH = 50
MANY = 1_000_000


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was erased, and when (Unix milliseconds).

    `files` and `bytes` count stored files that lost this reference; one that others refer to stays. `waiting` are tasks
    still under way: they are asked to end, and their content goes then. `entries` of the ledger stay, without content.
    `digest` is the SHA-256 of the lines `task ID`, `artifact ID`, `media ID`, `key ID` and `file SHA256`, sorted, each
    with a newline: who knows what there was can prove that it is what went.
    """

    what: str
    id: str
    name: str
    at: int
    tasks: int
    artifacts: int
    media: int
    keys: int
    files: int
    bytes: int
    entries: int
    waiting: tuple[str, ...]
    digest: str


class Tally:
    """What goes, as the lines of a receipt."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self.files: dict[str, int] = {}

    def count(self, word: str) -> int:
        return sum(line.startswith(f"{word} ") for line in self.lines)

    async def owner(self, store: Store, word: str, owner: str) -> None:
        """An artifact or a medium, with the files that it refers to."""
        self.lines.add(f"{word} {owner}")
        for row in await store.rows("refs_of", owner=owner):
            self.lines.add(f"file {row['sha256']}")
            self.files[row["sha256"]] = row["size"]

    def receipt(self, what: str, row: Row, at: int, entries: int, waiting: Iterable[str] = ()) -> Receipt:
        return Receipt(
            what=what,
            id=row["id"],
            name=row["name"] if what == "account" else row["public_id"],
            at=at,
            tasks=self.count("task"),
            artifacts=self.count("artifact"),
            media=self.count("media"),
            keys=self.count("key"),
            files=len(self.files),
            bytes=sum(self.files.values()),
            entries=entries,
            waiting=tuple(waiting),
            digest=hashlib.sha256("".join(f"{line}\n" for line in sorted(self.lines)).encode()).hexdigest(),
        )


def erase(job: Job, at: int) -> tuple[Step, ...]:
    """The rows that forget a finished task: also what its client was told, and what was said to upstreams."""
    bare = Spec(kind=job.spec.kind, model=job.spec.model, action=job.spec.action)
    candidates = tuple(msgspec.structs.replace(way, spec=bare, adapted=()) for way in job.candidates)
    failure = msgspec.structs.replace(job.failure, message="(erased)") if job.failure else None
    inputs = {item.media for item in job.spec.inputs if item.media}
    return (
        step(
            "erase_task",
            id=job.id,
            account_id=job.account_id,
            spec=text(bare),
            candidates=text(candidates),
            failure=text(failure) if failure else None,
            at=at,
        ),
        *(row for artifact in job.artifacts for row in unreferred(artifact.id, at)),
        step("erase_artifacts", None, task_id=job.id, at=at),
        step("forget_uses", None, task_id=job.id),
        *(row for media_id in sorted(inputs) for row in _input(job.account_id, media_id, at)),
        step("erase_deliveries", None, task_id=job.id),
        step("erase_notices", None, task_id=job.id),
        step("erase_calls", None, task_id=job.id),
        step("blank_attempts", None, task_id=job.id),
        step("blank_events", None, task_id=job.id),
        event(job.id, at, "erased"),
    )


def _input(account_id: str, media_id: str, at: int) -> tuple[Step, ...]:
    return (
        step("loosen_files", None, owner=media_id, at=at),
        step("erase_input", None, id=media_id, account_id=account_id),
        step("unrefer_gone", None, owner=media_id),
    )


def expire_artifact(artifact_id: str, at: int) -> tuple[Step, ...]:
    """A result is no longer kept; its task goes on telling what it was."""
    return (*unreferred(artifact_id, at), step("expire_artifact", id=artifact_id, at=at))


def expire_media(media_id: str, before: int, at: int) -> tuple[Step, ...]:
    """An input medium goes, unless it was used after `before` or a task at work needs it."""
    return (
        step("expire_media", id=media_id, before=before),
        *unreferred(media_id, at),
        step("forget_users", None, media_id=media_id),
    )


async def erase_task(store: Store, any_id: str) -> Receipt:
    """Forget a finished task, by any id of ours. Raises `Trouble` NOT_FOUND, or CONFLICT while it runs."""
    row = await store.row("task_any", any_id=any_id)
    if row is None or row["erased_at"] is not None:
        raise Trouble(Problem.NOT_FOUND, f"there is no task {any_id[:80]!r} to erase")
    job = from_row(row)
    if not job.state.final:
        raise Trouble(Problem.CONFLICT, f"the task is {job.state.value}; cancel it, or wait for its end")
    tally, at = Tally(), await store.now()
    await _task(store, tally, job, at)
    return tally.receipt("task", row, at, len(await store.rows("entries_of_task", task_id=job.id)))


async def erase_account(store: Store, id_or_name: str) -> Receipt:
    """Forget all of an account's content and end its keys; the account stays, paused, with its money's movements.

    Raises `Trouble` NOT_FOUND. What is still under way is asked to end, and forgotten by a later sweep.
    """
    row = await store.row("account_by_id", id=id_or_name) or await store.row(
        "account_by_name", name=id_or_name
    )
    if row is None:
        raise Trouble(Problem.NOT_FOUND, f"there is no account {id_or_name[:80]!r}")
    tally, at, whose = Tally(), await store.now(), {"account_id": row["id"]}
    tally.lines |= {f"key {key['id']}" for key in await store.rows("list_keys", **whose)}
    await store.write(
        step("erase_account", id=row["id"], at=at),
        step("delete_keys_of", None, **whose),
        step("forget_keys_of", None, **whose),
    )
    waiting = [from_row(found) for found in await store.rows("under_way", **whose, limit=MANY)]
    for job in waiting:
        await store.write(step("ask_cancel", None, id=job.id, **whose, at=at))
    while found := await store.rows("tasks_made_before", **whose, before=at, limit=BATCH):
        for task in found:
            await _task(store, tally, from_row(task), at)
    while found := await store.rows("media_before", **whose, before=at, limit=BATCH):
        for medium in found:
            await tally.owner(store, "media", medium["id"])
            with contextlib.suppress(Unmet):  # used again meanwhile, by a task that is under way
                await store.write(*expire_media(medium["id"], at, at))
    entries = await store.row("count_entries", **whose)
    return tally.receipt("account", row, at, entries["n"] if entries else 0, (job.id for job in waiting))


async def _task(store: Store, tally: Tally, job: Job, at: int) -> None:
    """One task, counted. One that somebody else erases at this moment is gone as well."""
    tally.lines.add(f"task {job.id}")
    owners = [("artifact", row["id"]) for row in await store.rows("artifacts_of", task_id=job.id)]
    for item in job.spec.inputs:
        medium = await store.row("media_by_id", id=item.media, account_id=job.account_id)
        if medium is not None and not medium["upload"]:
            owners.append(("media", item.media))
    for word, owner in owners:
        await tally.owner(store, word, owner)
    with contextlib.suppress(Unmet):
        await store.write(*erase(job, at))
