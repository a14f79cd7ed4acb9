"""The stored lessons keep the contract, and each rule of the contract can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_output

from course_utils import theory
from course_utils.networks import Network, digits
from tests.lessons.good_lesson import CAPTION, HTML, OPENING, PNG, WIDGET, good_notebook, stdout
from tests.lessons.lesson_contract import (
    EXPLAINED,
    NUMBER,
    RULES,
    SHARE_FILE,
    Stored,
    fallen_share,
    plain,
    share,
)
from tools import lessons

ROOT = Path(__file__).resolve().parents[2]
LESSONS = lessons.find(ROOT)
BUILT = [lesson for lesson in LESSONS if lesson.notebook.exists()]
each_lesson = pytest.mark.parametrize("lesson", BUILT, ids=lambda lesson: lesson.name)


def test_there_are_lessons():
    assert [lesson.name for lesson in LESSONS if lesson.name.startswith("00_")]


@each_lesson
def test_contract(lesson):
    notebook = Stored(lesson.notebook)
    broken = {name: list(rule(notebook)) for name, rule in RULES.items()}
    assert {name: said for name, said in broken.items() if said} == {}


def test_twins_and_notebooks_in_step():
    assert not [line for lesson in LESSONS for line in lessons.differences(lesson)]


@each_lesson
def test_share_of_compared_cells_does_not_fall(lesson):
    file = ROOT / SHARE_FILE
    recorded = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    assert not list(fallen_share(Stored(lesson.notebook), recorded))


# Ways to break every rule in the lesson that keeps them all


def result(text: str) -> nbformat.NotebookNode:
    return new_output("execute_result", {"text/plain": text})


def stored(folder: Path, nb: nbformat.NotebookNode, name: str = "04_sample.ipynb") -> Stored:
    nbformat.write(nb, folder / name)
    return Stored(folder / name)


def code(source: str) -> Callable:
    """A fault: the middle code cell has this source."""
    return lambda nb: nb.cells[3].update(source=source)


def words(source: str) -> Callable:
    """A fault: the middle Markdown cell has this source."""
    return lambda nb: nb.cells[2].update(source="## The ravine of `w_1`\n\n" + source)


def title(old: str, new: str) -> Callable:
    """A fault: the first cell says something else."""
    return lambda nb: nb.cells[0].update(source=OPENING.replace(old, new))


def ignored(**metadata) -> Callable:
    """A fault: the middle code cell's output is ignored."""
    return lambda nb: nb.cells[3].metadata.update(tags=["nbval-ignore-output"], **metadata)


def marked(cell: int, *tags: str) -> Callable:
    """A fault: a cell has other marks."""
    return lambda nb: nb.cells[cell].metadata.update(tags=list(tags))


def picture(**data) -> Callable:
    """A fault: the picture has other data."""
    return lambda nb: nb.cells[4].outputs[0].data.update(data)


ADDRESS = "<Figure size 640x480 with 1 Axes>"
ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])
FAULTS = {
    "executed_in_order": [
        lambda nb: nb.cells[3].update(execution_count=None),
        lambda nb: nb.cells[3].update(execution_count=7),
    ],
    "compared_by_nbval": [
        ignored(reason="the time differs between machines"),
        code("# NBVAL_SKIP\nprint(1)"),
        lambda nb: nb.cells[4].update(outputs=[new_output("display_data", {"image/png": PNG})]),
    ],
    "ignored_with_a_reason": [
        ignored(),
        ignored(reason=" "),
        lambda nb: nb.cells[3].metadata.update(tags=["nbval-skip"]),
        lambda nb: nb.cells[3].metadata.update(tags=["raises-exception"]),
        marked(3, "shows-C7"),
        code("print(1)\n# NBVAL_IGNORE_OUTPUT"),
    ],
    "no_error_or_warning": [
        lambda nb: nb.cells[3].outputs.append(ERROR),
        lambda nb: nb.cells[3].outputs.append(stdout("careful", "stderr")),
    ],
    "pictures_have_captions": [
        picture(**{"text/plain": ADDRESS}),
        picture(**{"text/plain": "<course_utils.Figure at 0x7f00aa>"}),
        picture(**{"text/plain": "Explorer(children=(FloatSlider(value=0.1),))"}),
        picture(**{"text/plain": "Momentum needs 88 steps."}),
        picture(**{"image/png": PNG}),
        picture(**{"text/html": HTML.replace(f">{CAPTION}<", "><")}),
        picture(**{"text/html": HTML.replace(f'alt="{CAPTION}"', "")}),
        picture(**{"text/html": HTML.replace(f'alt="{CAPTION}"', 'alt="A picture."')}),
        lambda nb: nb.cells[4].outputs[0].data.pop("text/plain"),
    ],
    "outputs_say_something": [
        lambda nb: nb.cells[3].outputs.append(result("VBox(children=(FloatSlider(value=0.1),))")),
        lambda nb: nb.cells[3].outputs.append(result("<Axes: title={'center': 'loss'}>")),
        lambda nb: nb.cells[3].outputs.append(result("[<Line2D object at 0x7f00aa>]")),
    ],
    "nothing_of_the_day_or_machine": [
        lambda nb: nb.metadata.update(widgets={}),
        lambda nb: nb.cells[3].metadata.update(execution={"iopub.execute_input": "2020"}),
        picture(**WIDGET),
    ],
    "predicted_before_shown": [
        marked(2),
        marked(3),
        marked(3, "shows-C08"),
        marked(2, "predicts-C07", "shows-C07"),
        words("Look."),
        lambda nb: nb.cells.insert(0, nb.cells.pop(3)),
        lambda nb: nb.cells[3].update(outputs=[]),
        lambda nb: nb.cells[1].metadata.update(tags=["predicts-C07"]),
    ],
    "plain_python": [
        code("%matplotlib inline"),
        code("!ls"),
        code("math.pi?"),
        code(""),
        code("get_ipython().run_line_magic('time', '')"),
    ],
    "no_trailing_semicolon": [code("math.pi;"), code("math.pi;  # quiet"), code("1;\n2")],
    "no_use_of_the_history": [code("print(_)"), code("Out[1]"), code("_3 + 1"), code("print(In)")],
    "imports_first": [
        lambda nb: nb.cells[4].update(source="import os"),
        lambda nb: nb.cells[4].update(source="def f():\n    from math import pi\n    return pi"),
    ],
    "short_code": [code("a = 1\n" * 13), code("def f():\n" + "    a = 1\n" * 25)],
    "short_paragraphs": [words("word " * 91), words("- one two three\n" * 31)],
    "plain_words": [
        words("This is simply wrong."),
        words("We *just* look."),
        words("Obviously so."),
        words("What a ravine!"),
        words("| a |\n|---|\n| just so |"),
        words("<details>we just look</details>"),
        words("“What”, we just ask, “is it”?"),
    ],
    "numbers_are_computed": [
        words("Their lengths add up to 777.7."),
        words("It takes 31 steps."),
        words("- One.\n- It takes 31 steps."),
        words("> It takes 1,234 steps."),
        words("It falls to 3e-5, and to 99 %."),
        words("See lesson 04 of 1999, 12 steps and 3.14: 3.15 is wrong."),
    ],
    "headings_in_steps": [
        words("# A second title"),
        words("#### Too deep"),
        title("# Lesson", "Lesson"),
        title("# Lesson", "## Before\n\n# Lesson"),
    ],
    "links_say_where": [
        words("Look [here](https://example.org)."),
        words("See <https://example.org>."),
        words("See [](https://example.org)."),
        words("[https://example.org](https://example.org)"),
    ],
    "links_resolve": [
        words("[the next lesson](05_nothing.ipynb)"),
        words("[the top](#Top)"),
        words("[the ravine](#the-ravine-of-w_1)"),
        words("[a heading elsewhere](04_sample.ipynb#Nowhere)"),
        words("![a picture of it](nothing.png)"),
    ],
    "references_are_links": [
        words("See arXiv:1412.6980 for that."),
        words("See doi:10.1000/182."),
        words("See [arXiv:1412.6980](https://arxiv.org/abs/1412.6981)."),
        words("See [doi:10.1000/182](https://dx.doi.org/10.1000/182)."),
        words("See [the page](http://example.org)."),
        words("See [the page](https://example)."),
        words("## References\n\n- A. Author, *A book*, 1999, page 1800."),
        words("## References\n\n- A. Author, *A book*."),
    ],
    "images_have_alternatives": [
        words("![](04_sample.ipynb)"),
        words('<img src="04_sample.ipynb">'),
        words('<img src="04_sample.ipynb" alt="">'),
    ],
    "opens_with_title_and_table": [
        title("Minutes", "Time"),
        title("What you need", "Before"),
        title("able to", "asked to"),
        title("# Lesson", "## Lesson"),
        lambda nb: nb.cells.reverse(),
    ],
    "number_in_title": [title("04", "14"), title("Lesson 04: ", "")],
    "closes_with_licences": [
        lambda nb: nb.cells.pop(),
        lambda nb: nb.cells[-1].update(source="## Licence\n\nCode BSD-3-Clause."),
    ],
}


@pytest.mark.parametrize("name", RULES)
def test_good_lesson_keeps_the_rule(name, tmp_path):
    assert not list(RULES[name](stored(tmp_path, good_notebook())))


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name in RULES for n in range(len(FAULTS[name]))]
)
def test_rule_can_fail(name, number, tmp_path):
    nb = good_notebook()
    FAULTS[name][number](nb)
    assert list(RULES[name](stored(tmp_path, nb)))


def test_every_rule_has_a_fault():
    assert all(FAULTS[name] for name in RULES)


def test_number_of_another_file(tmp_path):
    lesson = stored(tmp_path, good_notebook(), "05_sample.ipynb")
    assert list(RULES["number_in_title"](lesson))


def test_share_can_fall(tmp_path):
    nb = good_notebook()
    assert share(nb) == (2, 2)
    recorded = {"04_sample": {"compared": 2, "total": 2}}
    assert not list(fallen_share(stored(tmp_path, nb), recorded))
    assert list(fallen_share(stored(tmp_path, nb), {}))
    nb.cells[3].metadata.tags = ["nbval-ignore-output"]
    assert list(fallen_share(stored(tmp_path, nb), recorded))
    nb.cells = [new_code_cell(cell.source) for cell in nb.cells]
    assert list(fallen_share(stored(tmp_path, nb), recorded))


SAID = [(n, word, said) for n, held in EXPLAINED.items() for word, said in held.items()]


@pytest.mark.parametrize(("number", "word", "said"), SAID, ids=[f"{n} {w}" for n, w, _ in SAID])
def test_a_number_that_no_cell_computes_is_computed_here_or_has_a_source(number, word, said):
    (lesson,) = lessons.find(ROOT, [number])
    texts = [page for _, page in Stored(lesson.notebook).own_words]
    prose = " ".join(inline.prose for page in texts for inline in page.inlines)
    assert word in map(plain, NUMBER.findall(prose)), "the lesson says it no more: take it out"
    if isinstance(said, dict):
        assert set(said) == {"from"} and len(said["from"].split()) > 2
        return
    value = eval(said, {"np": np, "theory": theory, "digits": digits, "Network": Network})
    places = len(word.partition(".")[2])
    assert f"{value:.{places}f}" == word
