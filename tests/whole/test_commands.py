"""What a person gets wrong on the command line is said in one line, without a trace, and changes nothing."""

from __future__ import annotations

import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from running import Gateway, environment


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    given = {f"FRAMEGATE_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "framegate", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(given), timeout=60
    )


def refused(said: subprocess.CompletedProcess[str], words: str) -> None:
    """One line that begins with the program's name."""
    lines = said.stderr.splitlines()
    assert (1, 1) == (said.returncode, len(lines)), said.stderr
    assert lines[0].startswith("framegate: ")
    assert words in lines[0]


def test_serve_says_in_a_line_why_it_cannot(gateway: Gateway, tmp_path: Path) -> None:
    port = gateway.url.rpartition(":")[2]
    empty = ["--data", str(tmp_path / "data")]
    refused(run("serve", "--port", port, *empty), f"port {port} of 127.0.0.1 is in use already")
    refused(run("serve", "--port", "0", "--host", "192.0.2.1", *empty), "cannot listen on 192.0.2.1:0")
    refused(run("serve", "--port", "0", "--data", str(gateway.data)), "another process serves from")
    refused(run("serve", "--port", "0", "--config", "/no/such.toml", *empty), "there is no such file")
    refused(
        run("serve", "--port", "0", *empty, database_url="mysql://x/y"), "FRAMEGATE_DATABASE_URL is wrong"
    )
    refused(
        run("serve", "--port", "0", *empty, database_url="postgresql://nobody@127.0.0.1:1/x"),
        "the database cannot be reached",
    )
    file = tmp_path / "file"
    file.write_text("no folder")
    refused(run("serve", "--port", "0", "--data", str(file)), str(file))
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "framegate.db").write_text("no database, whatever its name says" * 10)
    refused(run("serve", "--port", "0", "--data", str(tmp_path / "odd")), "file is not a database")
    said = run("doctor", "--data", str(tmp_path / "odd"))
    assert (1, "") == (said.returncode, said.stderr)
    assert "bad   the database" in said.stdout, "the rest of what it found is told, too"


@pytest.mark.parametrize(
    "command",
    [
        ("ledger", "check"),
        ("ledger", "entries", "default"),
        ("tasks", "unknown"),
        ("tasks", "explain", "task_1"),
        ("keys", "list"),
        ("accounts", "list"),
        ("sweep",),
        ("config", "export"),
    ],
)
def test_a_misspelt_folder_is_no_gateway_whose_books_balance(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    refused(run(*command, "--data", str(tmp_path / "dta")), "there is no database in")
    assert not (tmp_path / "dta").exists()


def test_the_doctor_can_be_asked_before_the_first_start(tmp_path: Path) -> None:
    said = run("doctor", "--data", str(tmp_path / "data"))
    assert (0, "") == (said.returncode, said.stderr)
    assert "no database in" in said.stdout
    assert not (tmp_path / "data").exists()


def test_accounts_are_listed_by_either_name(gateway: Gateway) -> None:
    assert "default" in gateway.command("accounts", "list").stdout
    assert "default" in gateway.command("accounts").stdout


def test_nothing_unknown_is_said_to_a_person_and_not_to_a_program(gateway: Gateway) -> None:
    said = gateway.command("tasks", "unknown")
    assert (0, "") == (said.returncode, said.stdout)
    assert "no send of unknown outcome" in said.stderr


def test_try_says_where_nobody_answers() -> None:
    refused(run("try", "a boat", "--url", "http://127.0.0.1:9", "--key", "k"), "is `framegate serve` running")


@pytest.mark.parametrize(
    "command",
    [
        ("accounts", "create", "new", "--credit", "-3"),
        ("accounts", "create", "new", "--credit", "much"),
        ("accounts", "create", "new", "--plan", "none-such"),
        ("keys", "create", "--account", "new", "--credit", "-3"),
        ("keys", "create", "--account", "new", "--credit", "200000000"),
    ],
)
def test_an_account_that_cannot_be_had_is_not_left_behind(gateway: Gateway, command: tuple[str, ...]) -> None:
    assert gateway.command(*command).returncode in {1, 2}
    assert "new " not in gateway.command("accounts").stdout


def test_the_version_is_told() -> None:
    said = run("--version")
    assert (0, f"framegate {version('framegate')}\n") == (said.returncode, said.stdout)


def test_what_the_examples_are_given_does_not_stop_a_command(gateway: Gateway) -> None:
    settings = {"url": gateway.url, "pair": "key_1:secret", "key": gateway.key}
    assert 0 == gateway.command("accounts", **settings).returncode


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "above" / "data"
    assert 0 == run("migrate", "--data", str(data)).returncode
    assert 0o700 == stat.S_IMODE(data.stat().st_mode)
    warning = f"warn  {data} can be entered by every user of this machine"
    assert warning not in run("doctor", "--data", str(data)).stdout
    data.chmod(0o755)
    assert 0 == run("migrate", "--data", str(data)).returncode
    assert 0o755 == stat.S_IMODE(data.stat().st_mode), "one that is there is left as it is"
    said = run("doctor", "--data", str(data))
    assert (0, True) == (said.returncode, warning in said.stdout)


@pytest.mark.parametrize("secret", ["master-key", "admin-token"])
def test_the_doctor_sees_a_secret_that_others_can_read(secret: str, tmp_path: Path) -> None:
    (tmp_path / secret).write_text("secret")
    (tmp_path / secret).chmod(0o644)
    said = run("doctor", "--data", str(tmp_path))
    assert (1, True) == (said.returncode, f"{secret} can be read by others: chmod 600 it" in said.stdout)
