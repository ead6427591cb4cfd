"""`framegate demo`: the main job, end to end, on an empty folder: the documented request becomes a video."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from framegate.cli.client import Answered, Client

PICTURE = Path(__file__).parent.parent / "data" / "demo.jpg"
PROMPT = "boom fly monkey"


def add(app: typer.Typer) -> None:
    app.command()(demo)


def documented(init_image: str) -> dict[str, Any]:
    """The documented body of POST /runway/v2/tasks, with our own picture in place of the one that is gone."""
    return {
        "taskType": "gen3a_turbo",
        "internal": False,
        "options": {
            "name": "Gen-3 Alpha Turbo 3994113795, boom , Cropped - whZmnSNxhJ",
            "seconds": 10,
            "text_prompt": PROMPT,
            "seed": 3994113795,
            "exploreMode": False,
            "watermark": True,
            "enhance_prompt": True,
            "init_image": init_image,
            "resolution": "720p",
            "image_as_end_frame": False,
            "assetGroupName": "Generative Video",
        },
    }


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the video.")] = Path("out"),
    seconds: Annotated[int, typer.Option(help="Length of the video.")] = 10,
) -> None:
    """Start a gateway on a free port, send the documented Runway request, and watch it become a video."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="framegate-demo-") as folder:
        server, client = start(Path(folder))
        try:
            run(client, out, seconds, Path(folder), began)
        except Answered as error:
            sys.exit(f"framegate demo: {error}\n{tail(Path(folder) / 'log')}")
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()


def start(folder: Path) -> tuple[subprocess.Popen[bytes], Client]:
    """A gateway of its own, with an empty data folder, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = (folder / "log").open("wb")
    began = time.monotonic()
    data = folder / "data"
    server = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "framegate", "serve", "--port", str(port), "--data", str(data)],
        stdout=log,
        stderr=log,
        env={k: v for k, v in os.environ.items() if not k.startswith("FRAMEGATE_")},
    )
    client = Client(f"http://127.0.0.1:{port}", "")
    while not client.healthy():
        if server.poll() is not None or time.monotonic() - began > 30:
            server.kill()
            sys.exit(f"framegate demo: the gateway did not start\n{tail(folder / 'log')}")
        time.sleep(0.05)
    client.key = (data / "first-key").read_text().strip()
    step(f"gateway at {client.url}, empty data folder, no account anywhere", began)
    return server, client


def run(client: Client, out: Path, seconds: int, folder: Path, began: float) -> None:
    """Upload, submit, follow, download, and show the money."""
    started = time.monotonic()
    slot = client.call(
        "POST", "/runway/uploads", {"filename": PICTURE.name, "numberOfParts": 1, "type": "DATASET"}
    )
    client.upload(slot["uploadUrls"][0], PICTURE, "image/jpeg")
    image = client.call(
        "POST", f"/runway/uploads/{slot['id']}/complete", {"parts": [{"PartNumber": 1, "ETag": ""}]}
    )
    step(f"uploaded a picture of our own ({PICTURE.stat().st_size // 1000} kB)", started)

    started = time.monotonic()
    body = documented(image["url"])
    body["options"]["seconds"] = seconds
    created = client.call("POST", "/runway/v2/tasks", body)
    task_id = created["task"]["id"]
    step(
        f"POST /runway/v2/tasks → task {task_id} {created['task']['status']}, server_id {created['server_id']}",
        started,
    )

    held = client.call("GET", f"/v1/tasks/{task_id}")["cost"]["held"]

    started = time.monotonic()
    task = follow(client, task_id)
    if task["status"] != "SUCCEEDED":
        raise Answered(f"the task ended {task['status']}: {task['progressText']}")
    step("rendered", started)

    path = out / "demo.mp4"
    artifact = task["artifacts"][0]
    size = client.download(artifact["url"], path)
    meta = artifact["metadata"]
    native = client.call("GET", f"/v1/tasks/{task_id}")
    print()
    print(f"  {path}")
    wide, high = meta["dimensions"]
    print(f"    {meta['duration']:g} s, {wide}x{high}, {meta['frameRate']:g} frames/s, {size / 1e6:.1f} MB")
    cost = native["cost"]
    print(f"    estimated ${cost['estimated']}, held ${held}, settled ${cost['charged']}")
    print(f"    books: {books(folder / 'data')}")
    print(f"    {time.monotonic() - began:.1f} s from starting the gateway to here")
    print()
    print("  Next:")
    print("    make serve                                   # your own gateway on http://127.0.0.1:8787")
    print('    .venv/bin/framegate try "a quiet ocean at sunset" --model gen4_turbo -o sea.mp4')
    print("    http://127.0.0.1:8787/docs                   # the reference")


def follow(client: Client, task_id: str) -> Any:  # noqa: ANN401 - the Runway task object
    """Poll as a Runway client would, with live progress."""
    from rich.console import Console  # noqa: PLC0415 - start-up time counts
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("  {task.description}"),
        BarColumn(40),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=False)) as progress:
        bar = progress.add_task("PENDING", total=1.0)
        for answer in client.poll(f"/runway/v2/tasks/{task_id}"):
            task = answer["task"]
            progress.update(bar, completed=float(task["progressRatio"] or 0), description=task["status"])
            if task["status"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
                return task
    raise Answered("the task vanished")


def books(data: Path) -> str:
    """What `framegate ledger check` says, run as a program of its own beside the serving gateway."""
    command = [sys.executable, "-m", "framegate", "ledger", "check", "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - our own


def step(text: str, began: float) -> None:
    print(f"  {text}  ({time.monotonic() - began:.1f} s)", flush=True)


def tail(path: Path, lines: int = 20) -> str:
    """The end of a log, for a person who must see why."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
