"""The tool that builds the notebooks from their twins, and runs them."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from course_utils.exercises.predictions import predictions
from tests.lessons.good_lesson import CAPTION, WIDGET, good_notebook, stdout
from tests.lessons.lesson_contract import RULES, Stored
from tools import baseline, lessons, readable

ROOT = Path(__file__).resolve().parents[2]

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


def test_what_is_folded_stays_folded_and_what_a_reader_folded_does_not(tree):
    [lesson] = lessons.find(tree)
    edit(lesson.twin, "# %%\n2 + 2", '# %% jupyter={"source_hidden": true}\n2 + 2')
    edit(lesson.twin, "# %% [markdown]", "# %% [markdown] jp-MarkdownHeadingCollapsed=true")
    build(tree, "--only-sync")
    nb = nbformat.read(lesson.notebook, as_version=4)
    assert nb.cells[0].metadata == {"jp-MarkdownHeadingCollapsed": True}
    assert nb.cells[3].metadata == {"jupyter": {"source_hidden": True}}
    text = lesson.notebook.read_bytes()
    nb.cells[3].metadata.jupyter.outputs_hidden = True
    nb.cells[1].metadata.jupyter = {"outputs_hidden": True}
    assert lessons.normalised(nb).encode() == text
    build(tree, "--from-notebook", "04")
    assert build(tree, "--check") == 0 and lesson.notebook.read_bytes() == text


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
    assert build(tree) == 1
    assert "--from-notebook 04_sample" in capsys.readouterr().err
    assert build(tree, "--from-notebook", "04") == 0
    assert lesson.twin.read_text(encoding="utf-8") == TWIN.replace("2 + 2", "2 + 5")
    assert build(tree, "--check") == 0


def git(tree: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
    return subprocess.run(
        ["git", *who, *words], cwd=tree, capture_output=True, encoding="utf-8", check=True,
        timeout=60,
    ).stdout  # fmt: skip


@pytest.fixture
def cloned(tree):
    """A clone: both are committed and in step, and nothing was built here."""
    build(tree, "--only-sync")
    git(tree, "init", "-q")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "x")
    (tree / baseline.RECORD).unlink()
    return tree


def saved_in_jupyterlab(lesson, old="", new=""):
    """JupyterLab saves a notebook that is open, with what it knows of the kernel."""
    nb = nbformat.read(lesson.notebook, as_version=4)
    nb.metadata.language_info.version = "3.99"
    for cell in nb.cells:
        cell.source = cell.source.replace(old, new)
    nbformat.write(nb, lesson.notebook)
    later = time.time() + 60
    os.utime(lesson.notebook, (later, later))


def test_a_twin_edited_while_jupyterlab_saves_the_notebook_is_not_lost(cloned, capsys):
    [lesson] = lessons.find(cloned)
    edit(lesson.twin, "2 + 2", "2 + 3")
    saved_in_jupyterlab(lesson)
    text = lesson.twin.read_bytes()
    assert build(cloned, "--from-notebook", "04") == 1 and lesson.twin.read_bytes() == text
    assert "build it from its twin" in capsys.readouterr().err
    for times in range(2):  # the second edit comes after a build that is not committed
        assert build(cloned, "--only-sync", "04") == 0
        assert build(cloned, "--check") == 0 and f"2 + {3 + times}" in lesson.notebook.read_text()
        saved_in_jupyterlab(lesson)
        edit(lesson.twin, f"2 + {3 + times}", f"2 + {4 + times}")


def test_two_edits_lose_neither(cloned, capsys):
    [lesson] = lessons.find(cloned)
    edit(lesson.twin, "import sys", "import sys  # the twin's")
    saved_in_jupyterlab(lesson, "2 + 2", "2 + 5")
    both = lesson.twin.read_bytes(), lesson.notebook.read_bytes()
    for words in (["04"], ["--from-notebook", "04"], ["--only-sync"]):
        assert build(cloned, *words) == 1
        assert "were both edited" in capsys.readouterr().err
        assert (lesson.twin.read_bytes(), lesson.notebook.read_bytes()) == both
    assert build(cloned, "--only-sync", "--from-twin") == 0
    assert "kept as build/04_sample.ipynb" in capsys.readouterr().out
    assert (cloned / "build" / "04_sample.ipynb").read_bytes() == both[1]


def test_a_committed_twin_gives_way_to_an_edited_notebook(cloned):
    [lesson] = lessons.find(cloned)
    edit(lesson.twin, "import sys", "import sys  # the twin's")
    git(cloned, "commit", "-qam", "y")
    saved_in_jupyterlab(lesson, "2 + 2", "2 + 5")
    assert build(cloned, "--from-notebook", "04") == 0
    assert "2 + 5" in lesson.twin.read_text("utf-8") and build(cloned, "--only-sync") == 0


def test_without_git_and_without_a_build_nothing_is_guessed(tree):
    [lesson] = lessons.find(tree)
    build(tree, "--only-sync")
    (tree / baseline.RECORD).unlink()
    edit(lesson.twin, "2 + 2", "2 + 3")
    assert build(tree, "--only-sync") == 1 and build(tree, "--from-notebook", "04") == 1
    assert build(tree, "--only-sync", "--from-twin") == 0
    edit(lesson.twin, "2 + 3", "2 + 4")
    assert build(tree, "--only-sync") == 0


def test_the_twin_of_an_unchanged_notebook_is_as_it_was(tmp_path):
    for lesson in lessons.find(ROOT):
        if lessons.differences(lesson):  # tests/lessons say which are out of step
            continue
        other = lessons.Lesson(tmp_path, lesson.name)
        lessons.write(other.notebook, lesson.notebook.read_text("utf-8"))
        lessons.write_twin(other)
        assert other.twin.read_text("utf-8") == lesson.twin.read_text("utf-8"), lesson.name


def test_a_build_says_what_moved(tree, capsys):
    [lesson] = lessons.find(tree)
    build(tree)
    edit(lesson.twin, "2 + 2", "2 + 5")
    capsys.readouterr()
    assert build(tree) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"    code cell 3: {line}" for line in ("- 4", "+ 7")
    ]


def test_captions_and_pictures_that_changed_are_told():
    before = good_notebook()
    after = copy.deepcopy(before)
    told = list(readable.changes(before, after))
    assert told == []
    [shown] = [
        output.data for cell in after.cells for output in cell.get("outputs", [])
        if "<img" in output.get("data", {}).get("text/html", "")
    ][:1]  # fmt: skip
    shown["text/html"] = shown["text/html"].replace("base64,", "base64,AAAA")
    shown["text/plain"] = "Another caption."
    told = list(readable.changes(before, after))
    assert any(line.endswith("+ Another caption.") for line in told)
    assert len([line for line in told if "[picture " in line]) == 2


def test_git_diff_shows_words_in_place_of_pictures(cloned):
    [lesson] = lessons.find(cloned)
    program = f'"{sys.executable}" "{ROOT / "tools" / "readable.py"}"'.replace("\\", "/")
    git(cloned, "config", "diff.notebook.textconv", program)
    (cloned / ".gitattributes").write_text((ROOT / ".gitattributes").read_text("utf-8"), "utf-8")
    edit(lesson.twin, "2 + 2", "2 + 5")
    build(cloned)
    shown = git(cloned, "diff", "--", str(lesson.notebook))
    assert "-2 + 2" in shown and "+2 + 5" in shown and "+  > 7" in shown and '"source"' not in shown


def test_unknown_lesson(tree, capsys):
    assert build(tree, "05") == 2
    assert "no lesson called '05'" in capsys.readouterr().err


def test_broken_notebook_file(tree, capsys):
    lessons.find(tree)[0].notebook.write_text("{", encoding="utf-8")
    assert build(tree, "--only-sync") == 1
    assert "cannot be read as a notebook" in capsys.readouterr().err


def test_what_a_lesson_measures_for_its_predictions_is_kept_beside_it_and_not_in_it(tree, capsys):
    path = tree / lessons.MEASURED
    path.parent.mkdir(parents=True)
    other = {"08 inputs": {"about": [], "truth": "higher"}}
    path.write_text(json.dumps({**other, "13 gone": {"about": [], "truth": "?"}}), "utf-8")
    [lesson] = lessons.find(tree)
    ask = 'from course_utils.exercises import predict\n\n_, found = 1, "{}"\n\n\n'
    ask += 'predict("13 same rate", about=["A", "B"], measured=lambda: found)\n'
    question = predictions()["13 same rate"]
    cells = f"\n# %%\n{ask.format(question.options[0])}"
    lesson.twin.write_text(TWIN + cells, "utf-8")
    lesson = lesson.twin.rename(lesson.twin.with_stem("13_sample")) and lessons.find(tree)[0]
    for _ in range(2):
        assert build(tree) == 0
        mine = {"about": ["A", "B"], "truth": question.options[0]}
        assert json.loads(path.read_text("utf-8")) == {**other, "13 same rate": mine}
    stored = lesson.notebook.read_text("utf-8")
    assert "it is" not in stored and "not locked in yet" in stored
    edit(lesson.twin, question.options[0], "nothing of the kind")
    assert build(tree) == 1
    assert "it came out as nothing of the kind, which no answer foresees" in capsys.readouterr().err
    assert json.loads(path.read_text("utf-8")) == {**other, "13 same rate": mine}
