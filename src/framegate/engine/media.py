"""Input media and links: what clients give is fetched, checked and stored before any money moves."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec

from framegate.access import Caller
from framegate.artifacts.intake import Intake, named, wanted
from framegate.artifacts.links import BadLink, Links
from framegate.core.dialect import Naming, Problem, Slot, Trouble, invalid
from framegate.core.task import Artifact, Input, Media, Role, Spec, Task
from framegate.core.wire import Blob
from framegate.engine.filing import Filed, discard, referred, unreferred
from framegate.engine.ids import new_id
from framegate.engine.job import Job
from framegate.store import Step, Store, Unmet, step

LARGEST_UPLOAD = 1_000_000_000
"""Bytes that one upload may have."""
ENDINGS = {"jpeg": "jpg", "mpeg": "mp3", "quicktime": "mov", "x-wav": "wav", "octet-stream": "bin"}
MADE = defaultdict(lambda: Role.REFERENCE, {"video": Role.VIDEO, "audio": Role.AUDIO})
"""What a result is for the task that goes on from it, by its type."""
CHARACTER = "char_"
"""How the id of a character begins: an upload whose `filename` is its name."""
ROOMY = 0.5
"""Seconds for which a look at the disk is good: what can come in meanwhile is far less than the margin."""


def ending(media_type: str) -> str:
    """How the name of such a file ends: `"image/jpeg"` → `"jpg"`."""
    plain = media_type.partition(";")[0]
    kind = "m4a" if plain == "audio/mp4" else plain.rpartition("/")[2]
    return ENDINGS.get(kind, kind) or "bin"


def no_room(error: OSError) -> Trouble:
    """What a client is told when its file could not be stored: nothing was held for it."""
    short = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    message = "the gateway is short of disk space" if short else "the gateway could not store the file"
    return Trouble(Problem.UNAVAILABLE, f"{message}; try again later", retry_after=300 if short else 10)


Still = Callable[[Blob, Literal["first", "last", "sheet"]], Awaitable[Blob | None]]
"""A film's first or last picture as a file; None for what cannot be read."""


class MediaDesk:
    """Takes in what clients give, and hands out signed links to what we keep."""

    def __init__(  # noqa: PLR0913 - wired once
        self,
        *,
        store: Store,
        shelf: Filed,
        intake: Intake,
        links: Links,
        public_url: str,
        reachable: bool,
        min_free: int,
        still: Still,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._intake = intake
        self._links = links
        self._public_url = public_url.rstrip("/")
        self._reachable = reachable
        self._min_free = min_free
        self._still = still
        self._roomy = 0.0

    def room(self) -> None:
        """Raises `Trouble` UNAVAILABLE when the disk is too short for new media: before any hold."""
        now = time.monotonic()
        if now < self._roomy:
            return
        if self._shelf.free_bytes() < self._min_free:
            raise Trouble(
                Problem.UNAVAILABLE,
                "the gateway is short of disk space; try again later",
                retry_after=300,
            )
        self._roomy = now + ROOMY

    async def take(
        self, caller: Caller, spec: Spec, frames: Mapping[Role, Job] | None = None
    ) -> tuple[Spec, tuple[Step, ...]]:
        """The spec with its inputs stored, and the rows that name them. `frames` are the finished tasks whose pictures
        are given in a role. Raises `Trouble`.
        """
        if not spec.inputs:
            return spec, ()
        now = await self._store.now()
        inputs: list[Input] = []
        steps: list[Step] = []
        owned: list[tuple[str, tuple[str]]] = []
        for place, item in enumerate(spec.inputs):
            try:
                if item.url.startswith("upload:"):
                    found = await self._uploaded(caller, item)
                    inputs.append(found)
                    steps.append(step("touch_media", id=found.media, account_id=caller.account_id, at=now))
                    continue
                shows = (frames or {}).get(item.role) if not item.url else None
                blob = await (self._pictured(shows, item.role) if shows else self._stored(item))
            except Trouble as trouble:
                trouble.place = place
                raise
            media_id = new_id("med", now)
            kept = item.url if item.url.startswith(("http://", "https://")) else ""
            inputs.append(
                msgspec.structs.replace(
                    item,
                    url=kept,
                    media=media_id,
                    sha256=blob.sha256,
                    media_type=blob.media_type,
                )
            )
            steps.append(
                step(
                    "insert_media",
                    id=media_id,
                    account_id=caller.account_id,
                    sha256=blob.sha256,
                    media_type=blob.media_type,
                    size=blob.size,
                    filename="",
                    source=kept[:2000],
                    state="ready",
                    created_at=now,
                    upload=0,
                )
            )
            owned.append((media_id, (blob.sha256,)))
        steps += referred(owned)
        return msgspec.structs.replace(spec, inputs=tuple(inputs)), tuple(steps)

    async def _stored(self, item: Input) -> Blob:
        """An input's file, on the shelf. Raises `Trouble`."""
        try:
            blob = await self._own(item.url, item.role)
            if blob is not None:
                await self._shelf.reserve(blob)
                return blob
            blob = await self._intake.take(item.url, role=item.role)
            await self._put(blob)
        except OSError as error:
            raise no_room(error) from None
        return blob

    async def _pictured(self, job: Job, role: Role) -> Blob:
        """A picture of how a finished task ends, as a first frame, or else of how it begins. Raises `Trouble`."""
        made = next((item for item in await self.made(job) if item.role is not Role.AUDIO), None)
        found = (
            await self._still(made.blob, "last" if role is Role.FIRST_FRAME else "first") if made else None
        )
        if found is None:
            message = f"no picture of the task {job.public_id!r} can be had: its result is no longer kept"
            raise Trouble(Problem.CONFLICT, message, field=role)
        try:
            await self._put(found)
        except OSError as error:
            raise no_room(error) from None
        return found

    async def _put(self, blob: Blob) -> None:
        """Raises `OSError` when there is no room; the file that came in is gone then."""
        try:
            await self._shelf.put(blob)
        except BaseException:
            discard(blob)
            raise

    async def _own(self, url: str, role: Role) -> Blob | None:
        """The file behind one of our own signed links, without fetching it; None for any other URL."""
        if not url.startswith(f"{self._public_url}/v1/"):
            return None
        parts = urlsplit(url)
        bucket, _, name = parts.path.rpartition("/v1/")[2].partition("/")
        try:
            self._links.check(dict(parse_qsl(parts.query)).get("_jwt", ""), bucket, name)
        except BadLink as error:
            raise invalid(role, f"the {named(role)} cannot be used: {error}") from None
        found = await self.file(bucket, name)
        if found is None:
            raise invalid(role, f"the {named(role)} is no longer kept")
        if not found[2].startswith(wanted(role)):
            raise invalid(
                role, f"the {named(role)} must be a file of the kind {wanted(role)}*, not {found[2]}"
            )
        try:
            path = await self._shelf.path(found[0])
        except FileNotFoundError:
            raise invalid(role, f"the {named(role)} is no longer kept") from None
        return Blob(path=str(path), size=found[1], sha256=found[0], media_type=found[2])

    async def _uploaded(self, caller: Caller, item: Input) -> Input:
        media_id = item.url.removeprefix("upload:")
        could_be = media_id.isascii() and media_id.isprintable()  # no other text goes to the database
        row = (
            await self._store.row("media_by_id", id=media_id, account_id=caller.account_id)
            if could_be
            else None
        )
        if row is None or row["state"] != "ready":
            what = "was not filled yet: PUT the bytes first" if row else "does not exist"
            thing = "character" if media_id.startswith(CHARACTER) else "upload"
            raise Trouble(Problem.INVALID, f"the {thing} {media_id[:60]!r} {what}", field=item.role)
        return msgspec.structs.replace(
            item,
            url="",
            media=media_id,
            sha256=row["sha256"],
            media_type=row["media_type"],
            name=row["filename"] if media_id.startswith(CHARACTER) else item.name,
        )

    async def of(self, job: Job) -> tuple[Media, ...]:
        """A job's inputs, ready for an order."""
        found: list[Media] = []
        for item in job.spec.inputs:
            row = await self._store.row("media_by_id", id=item.media, account_id=job.account_id)
            if row is None:
                continue
            path = await self._shelf.path(row["sha256"])
            blob = Blob(
                path=str(path),
                size=row["size"],
                sha256=row["sha256"],
                media_type=row["media_type"],
            )
            url = self._media_url(item.media)
            found.append(Media(role=item.role, blob=blob, url=url, name=item.name))
        return tuple(found)

    async def made(self, job: Job) -> tuple[Media, ...]:
        """A job's results, ready to be gone on from; those that are no longer kept are left out."""
        found: list[Media] = []
        for item in job.artifacts:
            with contextlib.suppress(FileNotFoundError):
                path = await self._shelf.path(item.sha256)
                blob = Blob(str(path), item.size, item.sha256, item.media_type)
                url = self._url("artifacts", f"{item.id}.{ending(item.media_type)}")
                found.append(Media(role=MADE[item.media_type.partition("/")[0]], blob=blob, url=url))
        return tuple(found)

    def linked(self, task: Task) -> Task:
        """The task with signed links to its artifacts and inputs."""
        artifacts = tuple(
            msgspec.structs.replace(
                artifact,
                url=self._url("artifacts", f"{artifact.id}.{ending(artifact.media_type)}"),
                poster_url=self._url("artifacts", f"{artifact.id}.poster") if artifact.poster else "",
                preview_urls=tuple(
                    self._url("artifacts", f"{artifact.id}.{place}")
                    for place in range(len(artifact.previews))
                ),
            )
            for artifact in task.artifacts
        )
        inputs = {item.media: self._media_url(item.media) for item in task.spec.inputs if item.media}
        return (
            msgspec.structs.replace(task, artifacts=artifacts, input_urls=inputs)
            if artifacts or inputs
            else task
        )

    def _media_url(self, media_id: str) -> str:
        return self._url("media", media_id)

    def _url(self, kind: str, name: str) -> str:
        return f"{self._public_url}/v1/{kind}/{name}?_jwt={self._links.sign(kind, name)}"

    def callback(self, task_id: str) -> str | None:
        """Where an upstream may tell us of a task; None while no public URL is set: nobody could reach it."""
        return self._url("callbacks", task_id) if self._reachable else None

    async def file(self, bucket: str, name: str) -> tuple[str, int, str, str] | None:
        """What a checked link leads to: `art_…` and `art_….mp4` are the artifact (clients tell by the ending what to
        show), `art_….poster` is its poster, `art_….2` its third preview.
        """
        thing, _, part = name.partition(".")
        if bucket == "media":
            row = await self._store.row("media_any", id=thing)
            return (row["sha256"], row["size"], row["media_type"], thing) if row and row["sha256"] else None
        row = await self._store.row("artifact_by_id", id=thing)
        if row is None:
            return None
        suffix = ending(row["media_type"])
        if part in {"", suffix}:
            return row["sha256"], row["size"], row["media_type"], f"{thing}.{suffix}"
        artifact = msgspec.json.decode(row["doc"], type=Artifact)
        previews = dict(enumerate(artifact.previews))
        sha256 = (
            artifact.poster if part == "poster" else previews.get(int(part) if part.isdigit() else -1, "")
        )
        if sha256 and sha256 == row["sha256"]:  # a small picture is its own preview
            return sha256, row["size"], row["media_type"], f"{thing}-{part}.{suffix}"
        size = await self._shelf.size(sha256) if sha256 else None
        return (sha256, size, "image/webp", f"{thing}-{part}.webp") if size is not None else None

    async def sheet(self, artifact_id: str) -> bytes | None:
        """Pictures of a film on one JPEG, made when it is asked for and not kept: there is nothing more to erase."""
        row = await self._store.row("artifact_by_id", id=artifact_id)
        if row is None:
            return None
        try:
            path = await self._shelf.path(row["sha256"])
        except FileNotFoundError:
            return None
        blob = await self._still(Blob(str(path), row["size"], row["sha256"], row["media_type"]), "sheet")
        if blob is None:
            return None
        try:
            return await asyncio.to_thread(Path(blob.path).read_bytes)
        finally:
            discard(blob)

    async def open_upload(self, caller: Caller, filename: str) -> Slot:
        """A place to upload one file to; good for a day."""
        now = await self._store.now()
        slot_id = new_id("med", now)
        await self._store.write(
            step(
                "insert_media",
                id=slot_id,
                account_id=caller.account_id,
                sha256=None,
                media_type="",
                size=0,
                filename=filename[:200],
                source="",
                state="open",
                created_at=now,
                upload=1,
            )
        )
        return self._slot(slot_id, filename, now)

    async def receive_upload(self, slot_id: str, chunks: AsyncIterator[bytes], media_type: str) -> None:  # noqa: ARG002
        """Fill a slot whose link was checked; the type is sniffed, whatever `media_type` says. Raises `Trouble`."""
        row = await self._store.row("media_any", id=slot_id)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, "there is no such upload")
        try:
            blob = await self._intake.receive(chunks, limit=LARGEST_UPLOAD)
            if row["state"] == "ready" and row["sha256"] != blob.sha256:
                discard(blob)
                raise Trouble(
                    Problem.CONFLICT, "this upload was filled already; open another one for another file"
                )
            await self._put(blob)
        except OSError as error:
            raise no_room(error) from None
        at = await self._store.now()
        try:
            await self._store.write(
                step(
                    "fill_media",
                    id=slot_id,
                    account_id=row["account_id"],
                    sha256=blob.sha256,
                    media_type=blob.media_type,
                    size=blob.size,
                    at=at,
                ),
                *unreferred(slot_id, at),
                *referred([(slot_id, (blob.sha256,))]),
            )
        except Unmet:
            raise Trouble(Problem.NOT_FOUND, "this upload is no longer kept") from None

    async def finish_upload(self, caller: Caller, slot_id: str) -> Slot:
        row = await self._store.row("media_by_id", id=slot_id, account_id=caller.account_id)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no upload {slot_id[:60]!r}")
        if row["state"] != "ready":
            raise Trouble(
                Problem.CONFLICT,
                "nothing was uploaded yet: PUT the bytes to the upload's URL first",
            )
        return self._slot(slot_id, row["filename"], row["created_at"])

    async def name_upload(self, caller: Caller, naming: Naming) -> Slot:
        """A character of an uploaded video: the same file, kept under an id and a name of its own. Raises `Trouble`."""
        found = await self._uploaded(caller, Input(Role.VIDEO, f"upload:{naming.upload}"))
        if not found.media_type.startswith(wanted(Role.CHARACTER)):
            raise invalid(Role.VIDEO, f"the video must be a file of the kind video/*, not {found.media_type}")
        now = await self._store.now()
        row = await self._store.row("media_by_id", id=found.media, account_id=caller.account_id)
        character = new_id(CHARACTER.removesuffix("_"), now)
        new = {"id": character, "account_id": caller.account_id, "filename": naming.name, "created_at": now}
        file = {"sha256": found.sha256, "media_type": found.media_type, "size": row["size"] if row else 0}
        try:
            await self._store.write(
                step("touch_media", id=found.media, account_id=caller.account_id, at=now),
                step("insert_media", **new, **file, source="", state="ready", upload=1),
                *referred([(character, (found.sha256,))]),
            )
        except Unmet:
            message = "the video was just swept away; send it again"
            raise Trouble(Problem.UNAVAILABLE, message, retry_after=1) from None
        return self._slot(character, naming.name, now)

    def _slot(self, slot_id: str, filename: str, created_at: int) -> Slot:
        put = f"{self._public_url}/v1/uploads/{slot_id}?_jwt={self._links.sign('uploads', slot_id)}"
        link = self._media_url(slot_id)
        return Slot(slot_id, filename, put, f"upload:{slot_id}", link, created_at)
