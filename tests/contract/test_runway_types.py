"""What we say to Runway, held against the vendor's own SDK: each model's field names, required fields, listed values.

The types of `runwayml` are the contract. They are typed dictionaries, one a model, whose aliases are the wire's names.
"""

from __future__ import annotations

import importlib
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from runwayml._utils import PropertyInfo

from contract.provider_laws import SAID, order_of
from framegate.core.provider import Offer
from framegate.core.task import Action
from framegate.providers.runway import PROVIDER

MODULES = {
    f"/v1/{name}": f"runwayml.types.{name}_create_params"
    for name in (
        *("image_to_video", "text_to_video", "video_to_video", "text_to_image", "image_upscale"),
        *("character_performance", "video_upscale", "video_to_hdr"),
        *("video_to_audio", "sound_effect", "text_to_speech"),
        *("speech_to_speech", "voice_dubbing", "voice_isolation"),
    )
}
OFFERS = [offer for offer in PROVIDER.offers if offer.model != "*"]
each_offer = pytest.mark.parametrize(
    "offer", OFFERS, ids=[f"{o.kind}/{o.model}/{'+'.join(o.needs)}" for o in OFFERS]
)


class Field(msgspec.Struct):
    """A field of a request: its type, and whether it must be there."""

    type: Any
    required: bool


@cache
def fields_of(path: str, model: str) -> dict[str, Field]:
    """The fields of the model's typed dictionary, by their names on the wire. Raises `LookupError`."""
    module = importlib.import_module(MODULES[path])
    for candidate in vars(module).values():
        if not isinstance(candidate, type) or "model" not in getattr(candidate, "__annotations__", {}):
            continue
        hints = get_type_hints(candidate, include_extras=True)
        if model not in values(hints["model"]):
            continue
        return dict(field(name, hint) for name, hint in hints.items())
    raise LookupError(f"{path} has no {model}")


def field(name: str, hint: Any) -> tuple[str, Field]:
    """A field's name on the wire, its type and whether it is required."""
    required, alias = False, name
    while get_origin(hint) in {Annotated, Required, NotRequired}:
        if get_origin(hint) is Annotated:
            notes = [note for note in hint.__metadata__ if isinstance(note, PropertyInfo)]
            alias = next((note.alias for note in notes if note.alias), alias)
        required = required or get_origin(hint) is Required
        hint = get_args(hint)[0]
    return alias, Field(hint, required)


def values(hint: Any) -> tuple[Any, ...]:
    """The values that a type lists, wherever they stand in it."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(value for part in get_args(hint) for value in values(part))


def literal_only(hint: Any) -> bool:
    """Whether a type lists all the values that there are."""
    if get_origin(hint) in {Union, UnionType}:
        return all(literal_only(part) for part in get_args(hint))
    return get_origin(hint) is Literal


def said(offer: Offer, **changes: Any) -> dict[str, Any]:
    """The path and the body for an order of this offer."""
    request = PROVIDER.submit.encode(order_of(offer, **changes))
    return {"path": request.url, **msgspec.to_builtins(request.json)}


def shapes(offer: Offer) -> list[dict[str, Any]]:
    """Each size, shape and resolution that the offer lists, one at a time."""
    found: list[dict[str, Any]] = [{"size": size} for size in offer.sizes]
    found += [{"aspect": aspect} for aspect in offer.aspects]
    found += [{"resolution": resolution} for resolution in offer.resolutions]
    return found or [{}]


@each_offer
def test_every_field_is_one_that_the_model_has(offer: Offer):
    for roles in {offer.roles, offer.needs}:
        optional = {name: SAID[name][0] for name in offer.expresses}
        body = said(offer, roles=roles, **optional)
        known = fields_of(body.pop("path"), offer.model)
        assert sorted(body.keys() - known.keys()) == []


@each_offer
def test_every_field_that_the_model_wants_is_there(offer: Offer):
    fps = {"fps": 60} if "fps" in offer.expresses else {}
    body = said(offer, roles=offer.needs, seconds=5.0, **fps)
    wanted = {name for name, field in fields_of(body.pop("path"), offer.model).items() if field.required}
    assert sorted(wanted - body.keys()) == []


@each_offer
def test_every_size_and_shape_is_one_that_the_model_lists(offer: Offer):
    for shape in shapes(offer):
        body = said(offer, **{"size": None, "aspect": None, "resolution": None, **shape})
        known = fields_of(body.pop("path"), offer.model)
        for name in {"ratio", "resolution", "targetAspectRatio"} & body.keys():
            assert body[name] in values(known[name].type), f"{name} {body[name]!r} for {shape}"


@each_offer
def test_every_length_is_one_that_the_model_lists(offer: Offer):
    for seconds in offer.seconds:
        body = said(offer, seconds=seconds)
        known = fields_of(body.pop("path"), offer.model)
        if "duration" in body and literal_only(known["duration"].type):
            assert body["duration"] in values(known["duration"].type)


@each_offer
def test_every_extra_is_a_field_of_the_model(offer: Offer):
    path = said(offer)["path"]
    assert sorted(set(offer.extras) - fields_of(path, offer.model).keys()) == []


@each_offer
def test_what_the_model_has_is_offered(offer: Offer):
    """A field of the model that nobody can say is a feature lost."""
    known = fields_of(said(offer)["path"], offer.model)
    optional = {name: SAID[name][0] for name in offer.expresses}
    sayable = {"seconds": 5.0, "negative_prompt": "rain", "count": offer.count, **optional}
    bodies = [
        said(offer, roles=roles, action=action, **{**sayable, **shape})
        for roles in (offer.roles, offer.needs)
        for action in (Action.GENERATE, Action.EXTEND)
        for shape in shapes(offer)[:1]
    ]
    reached = {name for body in bodies for name in body} | set(offer.extras)
    left_out = LEFT_OUT.get("*", set()) | LEFT_OUT.get(offer.model, set())
    assert sorted(known.keys() - reached - left_out) == []


LEFT_OUT = {
    "*": {"referenceVideos"},  # beside the one that is edited: the canonical spec has one video
    "aleph2": {"ratio"},  # a second word for its targetAspectRatio
    "seedance2_5": {"draftTaskId"},  # names a task by the upstream's id, which our customers do not know
}
