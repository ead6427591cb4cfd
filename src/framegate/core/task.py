"""The canonical task: what was asked, what became of it, what it produced. Times are Unix milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from framegate.core.money import Quote
from framegate.core.wire import Blob

Handle = dict[str, str]
"""The provider's own note for finding an attempt again; opaque to all others."""


class Kind(StrEnum):
    """What is made."""

    IMAGE = "image"
    VIDEO = "video"
    MUSIC = "music"
    SPEECH = "speech"
    SOUND = "sound"


class Action(StrEnum):
    """What is done: something new, or something with the outputs of a finished task."""

    GENERATE = "generate"
    EXTEND = "extend"
    EDIT = "edit"
    UPSCALE = "upscale"
    VARY = "vary"


class Role(StrEnum):
    """What an input is for."""

    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    REFERENCE = "reference"
    VIDEO = "video"
    AUDIO = "audio"
    MASK = "mask"
    CHARACTER = "character"  # a film of somebody who is to appear


class State(StrEnum):
    """queued → sending → running → storing → succeeded | failed | cancelled | expired."""

    QUEUED = "queued"
    SENDING = "sending"
    RUNNING = "running"
    STORING = "storing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        return self in FINAL


FINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED})


class Cause(StrEnum):
    """Why an attempt or a task failed, in the words that money and routing depend on."""

    INVALID = "invalid"  # the provider says the request itself is wrong: another upstream may still take it
    MODERATED = "moderated"  # refused or withheld by the provider's safety rules
    BUSY = "busy"  # rate or concurrency limit: later, or elsewhere
    UNAUTHORIZED = "unauthorized"  # our credential is wrong, expired or not allowed
    CREDIT = "credit"  # our account at the provider is empty
    BROKEN = "broken"  # the provider failed
    LOST = "lost"  # the provider no longer knows the task, or its result can no longer be fetched
    EXPIRED = "expired"  # our deadline passed


class Failure(msgspec.Struct, frozen=True):
    """`code` is the provider's own word if it has one; `message` is fit to be shown to the customer."""

    cause: Cause
    message: str
    code: str = ""


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """A medium that the client gave. `url` is an http(s) URL, a data URI, bare base64 or `upload:<id>` as it came in;
    after intake it is empty or the original http(s) URL, and `media` names our stored copy. `name` is what a character
    is called in the prompt.
    """

    role: Role
    url: str
    media: str = ""
    sha256: str = ""
    media_type: str = ""
    name: str = ""


class Spec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked, in canonical words. A field belongs here when two providers use it.

    `parent` is a finished task that this one goes on from, `sequel` one whose beginning it leads up to. An empty
    `model` is the parent's, or else the sequel's. `external_id` is the client's own name for the task, good for one
    task of an account in a dialect; `family` is the dialect's own group of tasks, for its lists. `seconds` of output,
    `size` as "WxH" pixels, `resolution` as "720p", `aspect` as "16:9", `count` of outputs. `voice` is the name of who
    speaks, `language` a code such as "fr", `format` the file's ending. `extra` holds the vendor's own words: they
    travel only to a provider of the same vendor (`vendor`), and only those on the offer's allow-list. `memo` is the
    dialect's own note for answering in its form; nobody else reads it.
    """

    kind: Kind
    model: str
    action: Action = Action.GENERATE
    prompt: str = ""
    negative_prompt: str = ""
    seconds: float | None = None
    aspect: str | None = None
    size: str | None = None
    resolution: str | None = None
    fps: int | None = None
    seed: int | None = None
    count: int = 1
    audio: bool | None = None
    watermark: bool | None = None
    quality: str | None = None
    guidance: float | None = None
    camera: str | None = None
    loop: bool | None = None
    voice: str | None = None
    language: str | None = None
    format: str | None = None
    inputs: tuple[Input, ...] = ()
    parent: str | None = None
    sequel: str | None = None
    callback_url: str | None = None
    external_id: str = ""
    family: str = ""
    vendor: str = ""
    extra: dict[str, Any] = {}
    memo: dict[str, Any] = {}

    def input(self, role: Role) -> Input | None:
        return next((item for item in self.inputs if item.role is role), None)


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input made ready for one upstream: `blob` is our checked copy, `url` a public signed link to it; or, after an
    upload, whatever names it there. `name` is a character's.
    """

    role: Role
    blob: Blob
    url: str
    name: str = ""


class Output(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A result still at the upstream: at `url`, or already here as `blob` (vendors that answer with bytes).

    `signed`: the fetch needs our credential, which goes only to the upstream's own hosts. `provisional` outputs are
    shown while the task runs and never charged.
    """

    id: str
    kind: Kind
    url: str = ""
    signed: bool = False
    blob: Blob | None = None
    failure: Failure | None = None
    provisional: bool = False


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an upstream last said about an attempt. `progress` is 0 to 1.

    `usage` counts what the provider billed, in millionths of a unit ("credit", "second" …). `state` is QUEUED, RUNNING,
    SUCCEEDED, FAILED or CANCELLED; `failure` stands exactly when it is FAILED.
    """

    state: State
    handle: Handle | None = None
    progress: float | None = None
    outputs: tuple[Output, ...] = ()
    usage: dict[str, int] = {}
    failure: Failure | None = None
    retry_after: float | None = None  # seconds


class Parent(msgspec.Struct, frozen=True):
    """The task that this one continues or leads up to, at the same upstream. `media` are its results as we keep them,
    in their order: films in the role VIDEO, pictures as REFERENCE, sounds as AUDIO; none are left once they were
    deleted.
    """

    handle: Handle
    spec: Spec
    media: tuple[Media, ...] = ()


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A spec made ready for one upstream: what a provider's submit sees."""

    spec: Spec
    model: str
    task_id: str
    callback_url: str | None = None
    parent: Parent | None = None
    sequel: Parent | None = None
    media: tuple[Media, ...] = ()

    def first(self, role: Role) -> Media | None:
        return next((item for item in self.media if item.role is role), None)

    def all(self, role: Role) -> tuple[Media, ...]:
        return tuple(item for item in self.media if item.role is role)


class Artifact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A result stored with us. `url`, `poster_url` and `preview_urls` are signed links, filled in when it is shown."""

    id: str
    kind: Kind
    media_type: str
    size: int
    sha256: str
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    poster: str = ""
    previews: tuple[str, ...] = ()
    url: str = ""
    poster_url: str = ""
    preview_urls: tuple[str, ...] = ()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """The durable record of a spec and of what became of it.

    `public_id` is the id in the dialect it was made in. `upstream` is what customers see as `server_id`. `charged` and
    `held` are nano-dollars. `adapted` says in words what was changed for the upstream.
    """

    id: str
    public_id: str
    dialect: str
    account_id: str
    spec: Spec
    state: State
    created_at: int
    updated_at: int
    quote: Quote
    upstream: str = ""
    sandbox: bool = False
    held: int = 0
    charged: int | None = None
    progress: float | None = None
    finished_at: int | None = None
    artifacts: tuple[Artifact, ...] = ()
    failure: Failure | None = None
    adapted: tuple[str, ...] = ()
    input_urls: Mapping[str, str] = {}  # media id → signed link, filled in when shown
    late: bool = False

    def input_url(self, role: Role) -> str | None:
        """The signed link that replaces what the client gave for `role`."""
        found = self.spec.input(role)
        return self.input_urls.get(found.media) if found else None
