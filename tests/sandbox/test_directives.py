"""Directives are read from a prompt, and a wrong one is said to be wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.local.sandbox.directives import CAUSES, KNOWN, BadDirective, Directives, parse


@pytest.mark.parametrize(
    ("prompt", "clean", "asked"),
    [
        ("a  fox\n at dawn ", "a  fox\n at dawn ", Directives()),
        ("[sandbox:fail]", "", Directives(fail="internal")),
        ("a fox [sandbox:fail=internal] runs", "a fox runs", Directives(fail="internal")),
        ("a fox [SANDBOX: Fail = Invalid ]", "a fox", Directives(fail="invalid")),
        ("[sandbox:moderate]x", "x", Directives(moderate="input")),
        ("x[sandbox:moderate=output]", "x", Directives(moderate="output")),
        ("a [sandbox:delay=2.5][sandbox:fail=busy] b", "a b", Directives(delay=2.5, fail="busy")),
        ("a [sandbox:queue=3s] b", "a b", Directives(queue=3.0)),
        ("[sandbox:size=50MB]", "", Directives(size=50.0)),
        ("[sandbox:flaky=2] [sandbox:late=1]", "", Directives(flaky=2, late=1.0)),
        ("[sandbox:rate_limit][sandbox:drop]", "", Directives(rate_limit=True, drop=True)),
        (
            "[sandbox:lost][sandbox:garbage][sandbox:stall]",
            "",
            Directives(lost=True, garbage=True, stall=True),
        ),
        ("[a fox] sandbox:fail [b]", "[a fox] sandbox:fail [b]", Directives()),
    ],
)
def test_directives_are_read_and_taken_out(prompt: str, clean: str, asked: Directives):
    assert parse(prompt) == (clean, asked)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("[sandbox:explode]", f"[sandbox:explode] is not known; known are {', '.join(KNOWN)}"),
        ("[sandbox:]", f"[sandbox:] is not known; known are {', '.join(KNOWN)}"),
        (
            "[sandbox:fail=soon]",
            f"[sandbox:fail=soon]: the value must be one of {', '.join(CAUSES)}",
        ),
        ("[sandbox:moderate=no]", "[sandbox:moderate=no]: the value must be one of input, output"),
        ("[sandbox:delay]", "[sandbox:delay=]: the value must be a number from 0 to 86400"),
        ("[sandbox:delay=-1]", "[sandbox:delay=-1]: the value must be a number from 0 to 86400"),
        ("[sandbox:delay=nan]", "[sandbox:delay=nan]: the value must be a number from 0 to 86400"),
        ("[sandbox:delay=inf]", "[sandbox:delay=inf]: the value must be a number from 0 to 86400"),
        ("[sandbox:delay=٣]", "[sandbox:delay=٣]: the value must be a number from 0 to 86400"),
        ("[sandbox:flaky=1.5]", "[sandbox:flaky=1.5]: the value must be a number from 0 to 1000"),
        ("[sandbox:size=5000]", "[sandbox:size=5000]: the value must be a number from 0 to 1000"),
        ("[sandbox:stall=1]", "[sandbox:stall] takes no value"),
        ("[sandbox:fail][sandbox:fail=busy]", "[sandbox:fail] stands twice in the prompt"),
        ("a fox [sandbox:fail", "'[sandbox:fail' has no closing bracket"),
    ],
)
def test_a_wrong_directive_is_said_to_be_wrong(prompt: str, message: str):
    with pytest.raises(BadDirective) as refused:
        parse(prompt)
    assert message == str(refused.value)


@given(st.lists(st.sampled_from(["[sandbox:", "]", "=", "delay", "fail", "1", " ", "[", "x"]), max_size=12))
def test_reading_is_total_and_leaves_no_directive(pieces: list[str]):
    try:
        clean, _ = parse("".join(pieces))
    except BadDirective:
        return
    assert "[sandbox:" not in clean.replace(" ", "")
