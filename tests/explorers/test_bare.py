"""An explorer is imported and drawn where there is only NumPy, contourpy and SymPy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.explorers import Landscapes
from tests.explorers.every import OWN

ROOT = Path(__file__).resolve().parents[2]
BLOCKED = ("matplotlib", "sklearn", "scipy", "pandas", "threadpoolctl", "ipywidgets", "anywidget",
           "traitlets", "IPython", "ipykernel", "comm")  # fmt: skip
PROGRAM = """
import json, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} is blocked")

sys.meta_path.insert(0, Blocked())
import course_utils.explorers as explorers

for name in {names!r}:
    explorer = getattr(explorers, name)()
    svg = explorer.picture(explorer.state()).svg(1)
    print(json.dumps([name, svg.count("<path"), explorer.caption()]))
"""


def drawn(*names, blocked=BLOCKED):
    """What a fresh interpreter without the blocked modules draws and says."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(blocked=set(blocked), names=names)],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=100,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_every_explorer_is_drawn_without_a_widget_or_matplotlib():
    kinds = [kind for kind in OWN if kind is not Landscapes]
    for kind, (name, shapes, caption) in zip(
        kinds, drawn(*(kind.__name__ for kind in kinds)), strict=True
    ):
        assert name == kind.__name__ and shapes > 3
        assert caption == kind().caption()


def test_landscapes_need_scikit_learn_for_the_digits_alone():
    """They are imported without it; the digits themselves come with it."""
    with pytest.raises(AssertionError, match="The digits come with scikit-learn"):
        drawn("Landscapes")
    [[name, shapes, _]] = drawn(
        "Landscapes", blocked=set(BLOCKED) - {"sklearn", "scipy", "threadpoolctl"}
    )
    assert name == "Landscapes" and shapes > 3


def test_a_widget_is_made_when_it_is_first_asked_for():
    explorer = OWN[0]()
    assert "board" not in vars(explorer)
    explorer.set(step=1)
    assert explorer.caption() and "board" not in vars(explorer)
    assert explorer.box is explorer.box and "board" in vars(explorer)
