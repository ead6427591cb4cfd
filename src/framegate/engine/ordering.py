"""Makes a task's order ready for its upstream: media in place, and what it goes on from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from framegate.core.provider import Provider
from framegate.core.task import Media, Order, Parent, Role
from framegate.engine.job import Job, from_row
from framegate.engine.reach import Reach
from framegate.routing import Upstream
from framegate.store import Store


class Ordering:
    """`media` gives a task's inputs, `made` its results as they are kept; `callback` the URL at which an upstream may
    tell us of a task, None where none can reach us.
    """

    def __init__(
        self,
        store: Store,
        reach: Reach,
        *,
        media: Callable[[Job], Awaitable[tuple[Media, ...]]],
        made: Callable[[Job], Awaitable[tuple[Media, ...]]],
        callback: Callable[[str], str | None],
    ) -> None:
        self._store = store
        self._reach = reach
        self._media = media
        self._made = made
        self._callback = callback

    async def order(self, job: Job, upstream: Upstream, provider: Provider) -> Order:
        """The order for the current candidate: media in place, the parent's handle looked up.

        Media are uploaded to the vendor where it takes uploads and none of our links can reach it, or where it takes
        them in no other way. Raises what `Transport` and decoders raise; nothing was bought then.
        """
        candidate, callback = job.candidate, self._callback(job.id)
        media = await self._media(job)
        if provider.upload is not None:
            goes = provider.uploads or (tuple(Role) if callback is None else ())
            media = tuple(
                [
                    await self._reach.upload(job.id, item, upstream, provider) if item.role in goes else item
                    for item in media
                ]
            )
        return Order(
            spec=candidate.spec,
            model=candidate.model,
            task_id=job.id,
            callback_url=callback,
            parent=await self._earlier(job, candidate.spec.parent),
            sequel=await self._earlier(job, candidate.spec.sequel),
            media=media,
        )

    async def _earlier(self, job: Job, any_id: str | None) -> Parent | None:
        """A finished task of the same account that this one goes on from, or leads up to."""
        found = any_id and await self._store.row("task_of_owner", any_id=any_id, account_id=job.account_id)
        if not found:
            return None
        old = from_row(found)
        return Parent(handle=old.handle or {}, spec=old.spec, media=await self._made(old))


def plain(job: Job) -> bool:
    """Whether an order needs nothing but what the task says: no medium, no other task."""
    return not (job.spec.inputs or job.candidate.spec.parent or job.candidate.spec.sequel)
