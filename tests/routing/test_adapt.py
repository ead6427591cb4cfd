"""What an offer cannot express is adapted by a named rule, or refused; never dropped in silence."""

from __future__ import annotations

import pytest

from framegate.core.provider import Offer
from framegate.core.task import Action, Input, Kind, Role, Spec
from framegate.routing import Refusal, adapt

FILM = (Input(Role.VIDEO, "", media="med_0"),)
OFFER = Offer(
    model="m",
    kind=Kind.VIDEO,
    seconds=(5, 10),
    sizes=("1280:720", "720:1280", "960:960"),
    roles=(Role.FIRST_FRAME,),
)


def spec(**more: object) -> Spec:
    return Spec(kind=Kind.VIDEO, model="p", **more)  # type: ignore[arg-type]


def test_what_fits_is_left_alone():
    asked = spec(prompt="x", seconds=5)
    assert adapt(asked, OFFER, "adapt", same_vendor=False) == (asked, ())


@pytest.mark.parametrize(
    ("asked", "field", "becomes", "note"),
    [
        (spec(seconds=6), "seconds", 5, "seconds 6 became 5, the nearest that m has"),
        (spec(seconds=30), "seconds", 10, "seconds 30 became 10, the nearest that m has"),
        (spec(size="1000x1000"), "size", "960:960", "size 1000x1000 became 960:960, the nearest that m has"),
        (spec(count=3), "count", 1, "count 3 became 1, the most that m makes at once"),
        (spec(seed=7), "seed", None, "seed was left out: m has no such option"),
        (
            spec(negative_prompt="no"),
            "negative_prompt",
            "",
            "negative_prompt was left out: m has no such option",
        ),
    ],
)
def test_each_rule_adapts_and_says_so(asked: Spec, field: str, becomes: object, note: str):
    fitted, notes = adapt(asked, OFFER, "adapt", same_vendor=False)
    assert (getattr(fitted, field), notes) == (becomes, (note,))


LIMITED = Offer(model="m", kind=Kind.VIDEO, longest=300, expresses=("format",), formats=("mp3", "wav"))


@pytest.mark.parametrize(
    ("asked", "field", "becomes", "notes"),
    [
        (spec(seconds=301), "seconds", 300, ("seconds 301 became 300, the nearest that m has",)),
        (spec(seconds=300), "seconds", 300, ()),
        (spec(), "seconds", None, ()),
        (spec(format="aiff"), "format", None, ("format aiff was left out: m makes mp3, wav",)),
        (spec(format="wav"), "format", "wav", ()),
    ],
)
def test_a_length_left_open_has_an_end_and_a_format_is_one_that_is_made(
    asked: Spec, field: str, becomes: object, notes: tuple[str, ...]
):
    fitted, said = adapt(asked, LIMITED, "adapt", same_vendor=False)
    assert (becomes, notes) == (getattr(fitted, field), said)
    if notes:
        with pytest.raises(Refusal) as refusal:
            adapt(asked, LIMITED, "strict", same_vendor=False)
        assert field == refusal.value.field


def test_a_strict_route_refuses_what_another_adapts():
    with pytest.raises(Refusal) as refusal:
        adapt(spec(seconds=6), OFFER, "strict", same_vendor=False)
    assert refusal.value.field == "seconds"


def test_a_camera_move_becomes_words():
    fitted, notes = adapt(spec(prompt="a fox.", camera="zoom in"), OFFER, "adapt", same_vendor=False)
    assert (fitted.prompt, fitted.camera) == ("a fox. Camera: zoom in.", None)
    assert notes == ("camera 'zoom in' was put into the prompt",)


def test_shapes_match_without_a_note():
    fitted, notes = adapt(spec(aspect="9:16", resolution="720p"), OFFER, "strict", same_vendor=False)
    assert (fitted.size, notes) == ("720:1280", ())


@pytest.mark.parametrize("policy", ["adapt", "strict"])
def test_media_are_never_left_out(policy: str):
    asked = spec(inputs=(Input(Role.LAST_FRAME, "https://x/a.png"),))
    with pytest.raises(Refusal, match="takes no last_frame; it takes first_frame"):
        adapt(asked, OFFER, policy, same_vendor=False)  # type: ignore[arg-type]


def test_a_missing_needed_input_is_refused():
    with pytest.raises(Refusal, match="needs a first_frame"):
        adapt(
            spec(), Offer(model="m", kind=Kind.VIDEO, needs=(Role.FIRST_FRAME,)), "adapt", same_vendor=False
        )


@pytest.mark.parametrize(("same", "kept"), [(True, {"a": 1}), (False, {})])
def test_a_vendors_own_words_travel_only_to_that_vendor_and_only_the_allowed(
    same: bool, kept: dict[str, int]
):
    offer = Offer(model="m", kind=Kind.VIDEO, extras=("a",))
    fitted, notes = adapt(spec(extra={"a": 1, "model": "dear"}), offer, "adapt", same_vendor=same)
    assert fitted.extra == kept
    assert "model" in notes[0]


def offer(**more: object) -> Offer:
    return Offer(model="m", kind=Kind.VIDEO, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "columns", "fitted", "notes"),
    [
        (  # a smaller picture than was asked for is said, though it has the same shape
            {"aspect": "16:9", "resolution": "1080p"},
            {"sizes": ("1280x720",)},
            {"size": "1280x720"},
            ("size 1920x1080 became 1280x720, the nearest that m has",),
        ),
        (  # where there are shapes and resolutions, a size is said by these
            {"size": "1920x1088"},
            {"aspects": ("16:9", "1:1"), "resolutions": ("720p", "1080p")},
            {"size": None, "aspect": "16:9", "resolution": "1080p"},
            (),
        ),
        (
            {"size": "832x480"},
            {"aspects": ("1:1",), "resolutions": ("720p",)},
            {"size": None, "aspect": "1:1", "resolution": "720p"},
            (
                "aspect 832x480 became 1:1, the nearest that m has",
                "size 832x480 became 720p, the nearest that m has",
            ),
        ),
        (
            {"seconds": 8.0, "aspect": "16:9", "resolution": "720p"},
            {"lacks": ("seconds", "aspect", "resolution")},
            {"seconds": None, "aspect": None, "resolution": None},
            (
                "seconds 8 was left out: m has no such option",
                "the shape 16:9 was left out: m has no such option",
                "resolution was left out: m has no such option",
            ),
        ),
    ],
)
def test_a_shape_that_is_not_there_is_told(
    asked: dict[str, object], columns: dict[str, object], fitted: dict[str, object], notes: tuple[str, ...]
):
    got, told = adapt(spec(**asked), offer(**columns), "adapt", same_vendor=False)
    assert (fitted, notes) == ({name: getattr(got, name) for name in fitted}, told)


@pytest.mark.parametrize(
    ("asked", "columns", "message"),
    [
        ({"action": Action.EXTEND, "parent": "task_1"}, {}, "m cannot extend an earlier task"),
        (
            {"action": Action.UPSCALE, "parent": "task_1"},
            {"continues": (Action.EXTEND,)},
            "m cannot upscale an earlier task",
        ),
        (
            {"action": Action.EXTEND, "inputs": FILM},
            {"roles": (Role.VIDEO,)},
            "m cannot extend what it is given",
        ),
    ],
)
@pytest.mark.parametrize("policy", ["adapt", "strict"])
def test_what_cannot_be_continued_is_refused(
    policy: str, asked: dict[str, object], columns: dict[str, object], message: str
):
    with pytest.raises(Refusal, match=message):
        adapt(spec(**asked), offer(**columns), policy, same_vendor=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        (
            {"action": Action.EXTEND, "parent": "t"},
            {"continues": (Action.EXTEND,), "needs": (Role.FIRST_FRAME,)},
        ),
        ({"action": Action.EXTEND, "inputs": FILM}, {"roles": (Role.VIDEO,), "actions": (Action.EXTEND,)}),
        ({"action": Action.EDIT, "inputs": FILM, "parent": "t"}, {"roles": (Role.VIDEO,)}),
    ],
)
def test_what_can_be_continued_is_taken(asked: dict[str, object], columns: dict[str, object]):
    assert (spec(**asked), ()) == adapt(spec(**asked), offer(**columns), "strict", same_vendor=False)


def test_a_task_that_cannot_be_led_up_to_goes_as_its_pictures():
    """The engine fills the inputs in: of the parent the last picture, of the sequel the first."""
    both = (Role.FIRST_FRAME, Role.LAST_FRAME)
    offer = Offer(model="m", kind=Kind.VIDEO, roles=both)
    last = Input(Role.LAST_FRAME, "")
    for asked, inputs, note in (
        (
            spec(action=Action.EXTEND, parent="a", sequel="b"),
            (Input(Role.FIRST_FRAME, ""), last),
            (
                "the last picture of the task to go on from, and the first picture of the task to lead up to, were "
                "given in its place"
            ),
        ),
        (
            spec(action=Action.EXTEND, sequel="b", inputs=(Input(Role.FIRST_FRAME, "x"),)),
            (Input(Role.FIRST_FRAME, "x"), last),
            "the first picture of the task to lead up to was given in its place",
        ),
    ):
        fitted, notes = adapt(asked, offer, "adapt", same_vendor=False)
        assert (spec(inputs=inputs), (note,)) == (fitted, notes)
        with pytest.raises(Refusal, match="the route is strict") as refusal:
            adapt(asked, offer, "strict", same_vendor=False)
        assert "sequel" == refusal.value.field


def test_a_task_that_can_be_led_up_to_goes_as_it_is():
    offer = Offer(model="m", kind=Kind.VIDEO, continues=(Action.EXTEND,), joins=True)
    asked = spec(action=Action.EXTEND, sequel="b")
    assert (asked, ()) == adapt(asked, offer, "strict", same_vendor=False)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (spec(action=Action.EXTEND, parent="a", sequel="b"), "last_frame"),
        (spec(action=Action.VARY, parent="a", sequel="b"), "sequel"),
    ],
)
def test_what_cannot_lead_up_to_anything_refuses_it(asked: Spec, field: str):
    with pytest.raises(Refusal) as refusal:
        adapt(asked, OFFER, "adapt", same_vendor=False)
    assert field == refusal.value.field


def test_of_a_size_the_resolution_stays_where_only_the_shape_is_asked_for():
    shaped = Offer(model="m", kind=Kind.VIDEO, aspects=("16:9", "9:16"))
    adapted, notes = adapt(spec(size="1280x720"), shaped, "adapt", same_vendor=False)
    assert (None, "16:9", "720p", ()) == (adapted.size, adapted.aspect, adapted.resolution, notes)
