"""The stored lessons keep the contract, and each rule of the contract can fail."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.lessons.lesson_contract import RULES, SHARE_FILE, Stored, fallen_share, share
from tools import lessons

ROOT = Path(__file__).resolve().parents[2]
LESSONS = lessons.find(ROOT)
BUILT = [lesson for lesson in LESSONS if lesson.notebook.exists()]
each_lesson = pytest.mark.parametrize("lesson", BUILT, ids=lambda lesson: lesson.name)


def test_there_are_lessons():
    assert [lesson.name for lesson in LESSONS if lesson.name.startswith("00_")]


@each_lesson
@pytest.mark.parametrize("name", RULES)
def test_contract(lesson, name):
    assert not list(RULES[name](Stored(lesson.notebook)))


def test_twins_and_notebooks_in_step():
    assert not [line for lesson in LESSONS for line in lessons.differences(lesson)]


@each_lesson
def test_share_of_compared_cells_does_not_fall(lesson):
    file = ROOT / SHARE_FILE
    recorded = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    assert not list(fallen_share(Stored(lesson.notebook), recorded))


# A lesson that keeps every rule, and for every rule ways to break it

OPENING = """# Lesson 04: Tame the zig-zag

| | |
|---|---|
| Minutes | 60 |
| What you need | [The ravine](#The-ravine-of-w_1) |
| What you will be able to do | say why it swings |
"""
CAPTION = "Momentum needs 87 steps."
PNG = "iVBORw0KGgo="


def good_notebook() -> nbformat.NotebookNode:
    """Seven cells that keep every rule."""
    picture = new_output("display_data", {"image/png": PNG, "text/plain": CAPTION})
    below = new_output(
        "display_data", {"text/markdown": f"*{CAPTION}*", "text/plain": "<Markdown>"}
    )
    cells = [
        new_markdown_cell(OPENING),
        new_code_cell("import math"),
        new_markdown_cell("## The ravine of `w_1`\n\nPredict: $n!$ deep? They said “just wait!”."),
        new_code_cell("for _ in range(2):\n    print(math.pi)", outputs=[stdout("3.14\n3.14\n")]),
        new_code_cell("draw()", outputs=[picture, below]),
        new_markdown_cell("### References\n\n" + "A long list of titles! " * 30),
        new_markdown_cell("## Licence\n\nText and images CC BY 4.0, code BSD-3-Clause."),
    ]
    for number, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = number
    cells[2].metadata.tags, cells[3].metadata.tags = ["predicts-C07"], ["shows-C07"]
    return new_notebook(cells=cells)


def stdout(text: str, name: str = "stdout") -> nbformat.NotebookNode:
    return new_output("stream", name=name, text=text)


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
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
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
        lambda nb: nb.cells[4].outputs[0].data.pop("text/plain"),
        lambda nb: nb.cells[4].outputs.pop(),
        lambda nb: nb.cells[4].outputs.reverse(),
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


# The tool that builds the notebooks

TWIN = """# %% [markdown]
# # Lesson 04: Tame the zig-zag

# %%
import sys

# %% tags=["nbval-ignore-output"] reason="the version differs"
print(sys.version_info[:1])

# %%
2 + 2
"""


@pytest.fixture
def tree(tmp_path):
    """A tree with one twin and no notebook."""
    folder = tmp_path / "notebooks" / "src"
    folder.mkdir(parents=True)
    (folder / "04_sample.py").write_text(TWIN, encoding="utf-8")
    return tmp_path


def build(tree: Path, *arguments: str) -> int:
    return lessons.main(["--root", str(tree), *arguments])


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_build_twice_gives_the_same_bytes(tree, capsys):
    [lesson] = lessons.find(tree)
    assert build(tree) == 0
    first = lesson.notebook.read_bytes()
    assert build(tree, "04", "--workers", "1") == 0
    assert lesson.notebook.read_bytes() == first
    assert "3 code cells" in capsys.readouterr().out
    nb = nbformat.read(lesson.notebook, as_version=4)
    assert nb.cells[3].outputs[0].data == {"text/plain": "4"}
    assert nb.metadata == {"kernelspec": lessons.KERNELSPEC, "language_info": {"name": "python"}}
    assert not list(RULES["executed_in_order"](Stored(lesson.notebook)))
    assert build(tree, "--check") == 0


def test_fresh_notebook_does_not_depend_on_chance(tree):
    [lesson] = lessons.find(tree)
    build(tree, "--only-sync")
    first = lesson.notebook.read_bytes()
    lesson.notebook.unlink()
    build(tree, "--only-sync")
    assert lesson.notebook.read_bytes() == first


def test_normal_form_drops_widgets_and_timing():
    nb = good_notebook()
    nb.cells[4].outputs[0].data.update(WIDGET)
    nb.cells[3].metadata.update(execution={"iopub.execute_input": "2020"}, tags=["a"])
    nb.metadata.update(widgets={}, language_info={"name": "python", "version": "3.99"})
    text = lessons.normalised(nb)
    assert not [word for word in ("widget", "iopub", "3.99") if word in text]
    assert '"a"' in text and CAPTION in text and text.endswith("}\n")


def test_edit_keeps_cell_ids_and_drops_stale_outputs(tree):
    [lesson] = lessons.find(tree)
    build(tree, "--only-sync")
    nb = nbformat.read(lesson.notebook, as_version=4)
    nb.cells[3].outputs = [stdout("4")]
    nbformat.write(nb, lesson.notebook)
    before = [cell.id for cell in nb.cells]
    edit(lesson.twin, "2 + 2", "2 + 3")
    edit(lesson.twin, "# %%\nimport sys", "# %%\n1 + 1\n\n# %%\nimport sys")
    assert build(tree, "--check") == 1
    assert build(tree, "--only-sync", "--from-twin") == 0
    nb = nbformat.read(lesson.notebook, as_version=4)
    after = [cell.id for cell in nb.cells]
    assert after[:1] + after[2:] == before and after[1] not in before
    assert not nb.cells[4].outputs
    assert build(tree, "--check") == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing", "NameError: name 'nothing' is not defined"),
        ("print('careful', file=sys.stderr)", "wrote to stderr: careful"),
        ("sys.exit('enough')", "SystemExit"),
    ],
)
def test_failing_cell_leaves_the_notebook(tree, capsys, source, said):
    [lesson] = lessons.find(tree)
    build(tree, "--only-sync")
    before = lesson.notebook.read_bytes()
    edit(lesson.twin, "2 + 2", source)
    assert build(tree, "--from-twin") == 1
    assert lesson.notebook.read_bytes() == before
    message = capsys.readouterr().err
    assert said in message
    assert f"04_sample, code cell 3 (line 10 of the twin: {source})" in message
    assert "Traceback" not in message


def test_endless_cell_is_stopped(tree, capsys, monkeypatch):
    monkeypatch.setattr(lessons, "CELL_SECONDS", 1)
    edit(lessons.find(tree)[0].twin, "2 + 2", "while True: pass")
    begin = time.monotonic()
    assert build(tree) == 1
    assert time.monotonic() - begin < 25
    assert "code cell 3" in (said := capsys.readouterr().err) and "running after 1 s" in said


def test_check_sees_other_tags(tree, capsys):
    build(tree, "--only-sync")
    edit(lessons.find(tree)[0].twin, "the version differs", "the version is not the point")
    assert build(tree, "--check") == 1
    assert "cell 3 has other tags or reasons" in capsys.readouterr().out


def test_edited_notebook_is_not_overwritten(tree, capsys):
    [lesson] = lessons.find(tree)
    build(tree, "--only-sync")
    edit(lesson.notebook, "2 + 2", "2 + 5")
    later = lesson.twin.stat().st_mtime + 60
    lessons.os.utime(lesson.notebook, (later, later))
    assert build(tree) == 1
    assert "--from-notebook 04_sample" in capsys.readouterr().err
    assert build(tree, "--from-notebook", "04") == 0
    assert lesson.twin.read_text(encoding="utf-8") == TWIN.replace("2 + 2", "2 + 5")
    assert build(tree, "--check") == 0


def test_unknown_lesson(tree, capsys):
    assert build(tree, "05") == 1
    assert "no lesson called '05'" in capsys.readouterr().err


def test_broken_notebook_file(tree, capsys):
    lessons.find(tree)[0].notebook.write_text("{", encoding="utf-8")
    assert build(tree, "--only-sync") == 1
    assert "cannot be read as a notebook" in capsys.readouterr().err
