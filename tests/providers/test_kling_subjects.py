"""Kling's picture models go by two names; what depends on the model must not depend on which one was said."""

from __future__ import annotations

from typing import Any

import pytest

from framegate.core.task import Kind, Media, Order, Role, Spec
from framegate.core.wire import Blob
from framegate.providers.kling.legacy import PROVIDER


def order(model: str, subjects: int) -> Order:
    blob = Blob(path="x", size=1, sha256="", media_type="image/png")
    media = tuple(
        Media(role=Role.REFERENCE, blob=blob, url=f"https://x.example/{n}") for n in range(subjects)
    )
    return Order(
        spec=Spec(kind=Kind.IMAGE, model=model, prompt="two cats"), model=model, task_id="", media=media
    )


@pytest.mark.parametrize("model", ["kling-v2", "kling-image-v2", "kling-v2-1", "kling-image-v2-1"])
def test_several_subjects_are_all_sent(model: str) -> None:
    sent: Any = PROVIDER.submit.encode(order(model, 2))
    assert "/v1/images/multi-image2image" == sent.url
    assert 2 == len(sent.json["subject_image_list"])
    assert model.replace("kling-image-", "kling-") == sent.json["model_name"]


@pytest.mark.parametrize("model", ["kling-v2-1", "kling-image-v2-1"])
def test_one_subject_is_a_reference(model: str) -> None:
    assert "/v1/images/generations" == PROVIDER.submit.encode(order(model, 1)).url
