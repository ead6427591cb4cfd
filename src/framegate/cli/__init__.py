"""The command `framegate`: each file here is one group of commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from framegate.cli import backup, config, demo, doctor, keys, ledger, retention, serve, tasks, trial
from framegate.cli.plainly import plainly

app = typer.Typer(
    name="framegate",
    help="One door to generative video, images and sound.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
serve.add(app)
demo.add(app)
trial.add(app)
doctor.add(app)
keys.add(app)
ledger.add(app)
tasks.add(app)
config.add(app)
retention.add(app)
backup.add(app)


def tell_version(asked: bool) -> None:
    if asked:
        print(f"framegate {version('framegate')}")
        raise typer.Exit


@app.callback()
def before(
    told: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """One door to generative video, images and sound."""


def main() -> None:
    """Run; what a person did wrong is said in one line, without a trace."""
    with plainly():
        app()
