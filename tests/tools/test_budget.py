"""What the core of a lesson asks of a learner stays within what a core may ask."""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tools.budget import BUDGET, FURTHER, asked, core
from tools.find import notebooks

LESSONS = {
    path.stem: nbformat.read(path, as_version=4).cells
    for path in notebooks(Path(__file__).resolve().parents[2])
}
CORES = {
    name: core(cells)
    for name, cells in LESSONS.items()
    if any(cell.source.startswith(FURTHER) for cell in cells)
}
FOLDED = {"jupyter": {"source_hidden": True}}


def output(**data):
    return new_output("display_data", {kind.replace("_", "/"): text for kind, text in data.items()})


def test_every_core_keeps_its_budget():
    beyond = {name: asked(cells).beyond(BUDGET) for name, cells in CORES.items()}
    assert not any(beyond.values()), beyond


def test_the_minutes_in_a_lessons_table_are_the_estimate():
    for name, cells in CORES.items():
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        (told,) = re.findall(r"^\| \*\*Minutes\*\* \| (\d+)", text, re.M)
        assert int(told) == asked(cells).minutes, name


def test_what_goes_further_is_not_asked():
    cells = [new_markdown_cell("# A"), new_markdown_cell(FURTHER), new_markdown_cell("b " * 9)]
    assert asked(core(cells)).words == 2 and asked(core(cells[:1])).cells == 1


def test_minutes_count_what_a_learner_does():
    words = new_markdown_cell("word " * 320)
    assert asked([words]).minutes == 2
    assert asked([new_code_cell("a = 1\n\nb = 2\n" * 12)]).minutes == 2
    assert asked([new_code_cell("a = 1\n" * 24, metadata=FOLDED)]).minutes == 0
    assert asked([new_code_cell('predict("01 a")\npredict("01 b")')]).minutes == 3
    assert asked([new_code_cell('check("a", 1)')]).minutes == 3
    assert asked([new_code_cell('def my_a():\n    pass\ncheck("a", my_a)')]).minutes == 6
    explorer = output(text_plain="As it opens: x", **{"image_svg+xml": "<svg/>"})
    assert asked([new_code_cell("e", outputs=[explorer])]).minutes == 8
    figure = output(text_plain="A figure", image_png="")
    assert asked([new_code_cell("e", outputs=[figure] * 5)]).minutes == 2


def test_what_is_beyond_is_named():
    wide, draws = "x = " + "1" * 100, "figure, ax = canvas()"
    told = asked([new_code_cell("\n".join([wide, draws, 'predict("a", truth=1)']))])
    assert told.beyond(BUDGET) == [
        "wide 1, at most 0",
        "drawing 3, at most 0",
        "leaks 1, at most 0",
    ]
    hidden = new_code_cell("\n".join([wide, draws] * 9), metadata=FOLDED)
    assert not asked([hidden]).beyond(BUDGET)


def test_readme_and_teaching_guide_give_the_minutes_of_the_lessons_table():
    root = Path(__file__).resolve().parents[2]
    row = r"^\| \[(\d\d) [^\n]*\| (\d+) \|$"
    readme = dict(re.findall(row, (root / "README.md").read_text("utf-8"), re.M))
    guide = (root / "TEACHING.md").read_text("utf-8")
    assert dict(re.findall(r"^\| \[(\d\d) [^|]*\| (\d+) \|", guide, re.M)) == readme
    for name, cells in CORES.items():
        assert readme[name[:2]] == str(asked(cells).minutes), name


def test_no_line_of_a_lesson_with_a_core_is_wider_than_a_page_and_none_tells_an_answer():
    for name in CORES:
        whole = asked(LESSONS[name])
        assert not whole.wide and not whole.leaks, name
