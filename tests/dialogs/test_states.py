"""The drawing of an application's states says what the machine does, no more and no less."""

import re

from bot.dialogs.states import ANY, page
from bot.domain.application import STATES, possible
from bot.proof import draw_flows
from tests.conftest import ROOT


def arrows():
    """(state, deed) -> state of the drawing, the frame's arrows given to whoever is inside."""
    drawing = page().partition("```mermaid\n")[2].partition("```")[0]
    frame = drawing.partition(f"state {ANY} {{\n")[2].partition("  }\n")[0]
    inside = re.findall(r"^ +(\w+)$", frame, re.M)
    found = {}
    for start, to, deed in re.findall(r"(\w+) --> (\w+): (\w+)", drawing):
        for state in inside if start == ANY else [start]:
            found[state, deed] = to
    return found


def test_the_drawing_is_the_machine():
    machine = {(state, deed): to for state in STATES for deed, to in possible(state).items()}
    assert arrows() == machine


def test_a_drawing_that_is_not_the_machine_any_more_is_found(tmp_path):
    draw_flows(tmp_path, check=False)
    assert draw_flows(tmp_path, check=True) == []
    (tmp_path / "docs" / "application.md").write_text("old", encoding="utf-8")
    assert draw_flows(tmp_path, check=True) == [
        "docs/application.md is stale: run `weldmate flows draw`"
    ]
    assert (ROOT / "docs" / "application.md").read_text(encoding="utf-8") == page()
