"""Where a word of ours that was refused stands in a request of `/runway/v2/tasks`."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from framegate.core.dialect import Call
from framegate.dialects.runway.tasks_decode import decode, field_of
from framegate.dialects.runway.tasks_shapes import NewTask


@pytest.mark.parametrize(
    ("options", "word", "field"),
    [
        ({"init_image": "i"}, "first_frame", "options.init_image"),
        ({"init_image": "i", "image_as_end_frame": True}, "last_frame", "options.init_image"),
        ({"init_video": "v"}, "video", "options.init_video"),
        ({"video_prompt": "v"}, "video", "options.video_prompt"),
        ({"gen2Options": {"init_image": "i"}}, "first_frame", "options.gen2Options.init_image"),
        ({"gen2Options": {"image_prompt": "i"}}, "first_frame", "options.gen2Options.image_prompt"),
        (
            {"gen2Options": {"init_image": "i", "image_prompt": "j"}},
            "reference",
            "options.gen2Options.image_prompt",
        ),
        ({"gen2Options": {"text_prompt": "x"}}, "prompt", "options.gen2Options.text_prompt"),
        ({"gen2Options": {"seed": 1}, "text_prompt": "x"}, "seed", "options.gen2Options.seed"),
        (
            {"gen2Options": {"width": 64, "height": 64}, "text_prompt": "x"},
            "size",
            "options.gen2Options.width",
        ),
        ({"gen2Options": {}, "text_prompt": "x"}, "prompt", "prompt"),
        ({"text_prompt": "x"}, "prompt", "prompt"),
        ({"text_prompt": "x"}, "Idempotency-Key", "Idempotency-Key"),
    ],
)
def test_a_refused_word_is_where_it_was_given(options: dict[str, Any], word: str, field: str) -> None:
    raw = {"taskType": "gen2", "options": options}
    call = Call(body=msgspec.convert(raw, NewTask), raw=raw)
    assert field == field_of(call, decode(call), word)
