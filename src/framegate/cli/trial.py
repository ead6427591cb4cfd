"""`framegate try`: generate from a shell, with a progress bar."""

from __future__ import annotations

import mimetypes
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from framegate.cli.client import Answered, Client
from framegate.cli.running import Data, settings_for

SUFFIXES = {
    "video/mp4": ".mp4",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
}


def add(app: typer.Typer) -> None:
    app.command("try")(try_)


def try_(  # noqa: PLR0913 - a command's options
    prompt: str,
    model: Annotated[str, typer.Option(help="A public model name.")] = "gen4_turbo",
    image: Annotated[Path | None, typer.Option(help="A first frame.", exists=True)] = None,
    seconds: Annotated[float | None, typer.Option(help="Length of a video.")] = None,
    size: Annotated[str | None, typer.Option(help="Width x height, such as 1280x720.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the result.")] = None,
    url: Annotated[str, typer.Option(help="The gateway.", envvar="FRAMEGATE_URL")] = "http://127.0.0.1:8787",
    key: Annotated[
        str | None, typer.Option(help="Your key; default: $FRAMEGATE_KEY, else the data folder's first-key.")
    ] = None,
    data: Data = None,
) -> None:
    """Generate from a shell, with a progress bar."""
    client = Client(url, key or os.environ.get("FRAMEGATE_KEY") or first_key(data))
    body: dict[str, Any] = {"model": model, "prompt": prompt, "seconds": seconds, "size": size}
    try:
        if image is not None:
            slot = client.call("POST", "/v1/uploads", {"filename": image.name})
            client.upload(slot["put_url"], image, mimetypes.guess_type(image.name)[0] or "image/jpeg")
            client.call("POST", f"/v1/uploads/{slot['id']}/complete", {})
            body["inputs"] = [{"role": "first_frame", "url": slot["url"]}]
        task = client.call("POST", "/v1/tasks", {k: v for k, v in body.items() if v is not None})
        task = follow(client, task)
        if task["status"] != "succeeded":
            failure: dict[str, Any] = task.get("failure") or {}
            sys.exit(f"framegate: {task['status']}: {failure.get('message', '')}")
        for place, artifact in enumerate(task["artifacts"]):
            path = destination(output, task["id"], place, artifact["media_type"])
            size_ = client.download(artifact["url"], path)
            print(f"{path}  {size_ / 1e6:.1f} MB  charged ${task['cost']['charged']}")
    except Answered as error:
        sys.exit(f"framegate: {error}")


def follow(client: Client, task: Any) -> Any:  # noqa: ANN401 - the native task object
    """Poll until the end, with a bar."""
    from rich.progress import Progress  # noqa: PLC0415 - start-up time counts

    with Progress() as progress:
        bar = progress.add_task(f"{task['model']}", total=1.0)
        for task in client.poll(f"/v1/tasks/{task['id']}"):  # noqa: B020, PLR1704 - the newest is what counts
            progress.update(
                bar, completed=task["progress"] or 0.0, description=f"{task['model']} {task['status']}"
            )
            if task["status"] in {"succeeded", "failed", "cancelled", "expired"}:
                return task
    raise Answered("the task vanished")


def destination(output: Path | None, task_id: str, place: int, media_type: str) -> Path:
    """Where the n-th result goes."""
    suffix = SUFFIXES.get(media_type, mimetypes.guess_extension(media_type) or ".bin")
    if output is None:
        return Path(f"{task_id}{'-' + str(place + 1) if place else ''}{suffix}")
    return output if not place else output.with_stem(f"{output.stem}-{place + 1}")


def first_key(data: Path | None) -> str:
    path = settings_for(data).data / "first-key"
    if not path.exists():
        sys.exit(
            "framegate: no key: give --key, set FRAMEGATE_KEY, or run beside the data folder of `framegate serve`"
        )
    return path.read_text().strip()
