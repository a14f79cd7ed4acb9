"""What stands alike in every lesson: what to do where nothing is installed, and the way on."""

from __future__ import annotations

import re

import pytest

from tools.find import notebooks
from tools.lessons import ROOT, Lesson, read_twin
from tools.release import address

HELD = tuple(path.stem[:2] for path in notebooks(ROOT))
NOT_INSTALLED = (
    f"Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+{address(ROOT)}` first, "
    "then restart the kernel."
)
LOOK_UP = "Look up: [index of terms and questions](INDEX.md)."
ROW = re.compile(r"^\| \[(\d\d) ([^\]]+)\]\(notebooks/(\w+)\.ipynb\)", re.M)
README = (ROOT / "README.md").read_text("utf-8")
LINKS = {number: f"[{number}, {name}]({stem}.ipynb)" for number, name, stem in ROW.findall(README)}
held = pytest.mark.parametrize("number", HELD)


def texts(number: str) -> list[str]:
    (path,) = notebooks(ROOT, [number])
    cells = read_twin(Lesson(ROOT, path.stem)).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def way_on(number: str) -> str:
    """The last line but the licences: the lesson before, the next one, the index."""
    numbers = list(LINKS)
    at = numbers.index(number)
    before = [f"Before: {LINKS[each]}." for each in numbers[:at][-1:]]
    after = [f"Next: {LINKS[each]}." for each in numbers[at + 1 :][:1]]
    return " ".join([*before, *after, LOOK_UP])


def test_every_lesson_has_a_row_in_the_readme():
    assert list(LINKS) == [path.stem[:2] for path in notebooks(ROOT)]


@held
def test_the_table_is_followed_by_what_to_do_where_nothing_is_installed(number):
    top = texts(number)[:2]
    (table,) = [text for text in top if "**You will be able to**" in text]
    assert (
        table.partition("**You will be able to**")[2].partition("\n")[2].strip().split("\n\n")[0]
        == NOT_INSTALLED
    )


@held
def test_the_last_cell_leads_on(number):
    *_, line, licences = texts(number)[-1].split("\n\n")
    assert line.split("\n")[-1] == way_on(number)
    assert licences.startswith("Text and images")


def test_the_guide_gives_the_same_line_and_the_hub_the_same_address():
    guide = (ROOT / "docs" / "ELSEWHERE.md").read_text("utf-8")
    (line,) = re.findall(r"^%pip install git\S+$", guide, re.M)
    assert f"`{line}`" in NOT_INSTALLED
    assert f"git clone {address(ROOT)} " in (ROOT / "hub" / "README.md").read_text("utf-8")
