"""Copies for teachers: every exercise filled in and passed, nothing written where learners look."""

import ast
import asyncio
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from course_utils.exercises import exercises
from course_utils.exercises.answers import DiscussionExercise
from course_utils.exercises.lessons import LESSONS
from course_utils.exercises.session import SESSION
from tools import solutions
from tools.find import notebooks

ROOT = solutions.ROOT
PATHS = {path.stem[:2]: path for path in notebooks(ROOT)}
BUILT = [number for number in LESSONS if number in PATHS]


@pytest.fixture(autouse=True)
def own_jupyter(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    SESSION.forget()
    yield
    SESSION.forget()


def checks(source):
    return [node for node in ast.walk(ast.parse(source)) if solutions.is_check(node)]


def code(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("name", ["", "ada"])
@pytest.mark.parametrize("number", BUILT)
def test_every_exercise_of_every_lesson_is_filled(number, name):
    nb, keys = solutions.copy(PATHS[number], name)
    assert sorted(keys) == sorted(e.key for e in LESSONS[number])
    nbformat.validate(nb)
    for cell in code(nb):
        for call in checks(cell.source):
            assert not [n for n in ast.walk(call) if isinstance(n, ast.Constant) and n.value is ...]
            assert not cell.outputs and cell.execution_count is None
        stubs = [n for n in ast.parse(cell.source).body if isinstance(n, ast.FunctionDef)]
        for stub in stubs if checks(cell.source) else []:
            last = stub.body[-1]
            assert not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant))


@pytest.mark.parametrize("name", ["", "ada"])
@pytest.mark.parametrize("number", BUILT)
def test_the_filled_cells_pass_their_checks(number, name, here):
    nb, keys = solutions.copy(PATHS[number], name)
    space = {}
    for cell in code(nb):
        body = ast.parse(cell.source).body
        if body and all(isinstance(n, ast.Import | ast.ImportFrom | ast.Try) for n in body):
            exec(cell.source, space)
    passed = []
    SESSION.name = name
    for cell in code(nb):
        calls = checks(cell.source)
        if not calls:
            continue
        tree = ast.parse(cell.source)
        kept = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
        exec(compile(ast.Module(kept, []), "<cell>", "exec"), space)
        for call in calls:
            answer = eval(compile(ast.Expression(call), "<cell>", "eval"), space)
            assert answer.verdict in ("right", "noted"), (call.args[0].value, answer)
            passed.append(call.args[0].value)
    rest = sorted(set(keys) - set(passed))
    assert all(isinstance(exercises()[k], DiscussionExercise) for k in rest)


# One lesson with a kernel of its own, for a learner with a name; the cells of all pass above.
@pytest.mark.parametrize(("number", "name"), [("01", "Ada")])
def test_a_copy_runs_from_the_top_and_passes_every_check(number, name, tmp_path, monkeypatch):
    assert solutions.main([number, "--to", str(tmp_path / "copies"), "--name", name]) == 0
    (path,) = (tmp_path / "copies").glob("*.ipynb")
    nb = nbformat.read(path, as_version=4)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    client = NotebookClient(nb, kernel_name="python3", timeout=60)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(client.async_execute())
    said = [
        output.data["text/plain"]
        for cell in code(nb)
        if checks(cell.source)
        for output in cell.outputs
    ]
    assert len(said) == sum(not isinstance(e, DiscussionExercise) for e in LESSONS[number])
    assert all(text.startswith("✔ Right.") for text in said), said


def test_a_cell_is_changed_where_it_asks_and_nowhere_else():
    asked = 'äöü = "…"  # é\nprint(äöü)\ncheck("flip threshold", ...)'
    wanted = 'äöü = "…"  # é\nprint(äöü)\ncheck("flip threshold", "1/lambda1")'
    assert solutions.filled(asked) == (wanted, ["flip threshold"])
    for other in ('check("no such exercise", ...)', "check(1)", "def f(:", "predict(...)", ""):
        assert solutions.filled(other) == (other, [])


def test_images_come_along_and_cells_have_fresh_ids():
    nb, _ = solutions.copy(PATHS["00"])
    (shown,) = [cell for cell in nb.cells if "](attachment:" in cell.source]
    name = re.search(r"\]\(attachment:(zig_zag[^)]*)\)", shown.source)[1]
    assert "image/svg+xml" in shown.attachments[name]
    assert len({cell.id for cell in nb.cells}) == len(nb.cells)
    assert solutions.NOTE in nb.cells[1].source
    assert "predict(" in "".join(cell.source for cell in code(nb))


def test_a_copy_for_a_learner_begins_with_the_name():
    nb, _ = solutions.copy(PATHS["01"], "ada")
    assert "seed('ada')" in code(nb)[1].source
    assert "seed(" not in "".join(c.source for c in code(solutions.copy(PATHS["01"])[0]))


@pytest.mark.parametrize("place", [".", "notebooks", "solutions", "build/copies", ".venv/x"])
def test_nothing_is_written_inside_the_course(place, capsys):
    assert solutions.main(["01", "--to", str(ROOT / place)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "outside" in said
    assert not (ROOT / place / "01_the_ravine.ipynb").exists() or place == "notebooks"


def test_nothing_is_written_inside_another_copy_of_the_course(tmp_path, capsys):
    (tmp_path / "clone" / "course_utils").mkdir(parents=True)
    shutil.copy(ROOT / "course.py", tmp_path / "clone")
    assert solutions.main(["01", "--to", str(tmp_path / "clone" / "my copies")]) == 1
    assert "outside" in capsys.readouterr().err
    assert not (tmp_path / "clone" / "my copies").exists()


def test_a_link_does_not_lead_around_the_refusal(tmp_path, capsys):
    (tmp_path / "link").symlink_to(ROOT / "notebooks")
    assert solutions.main(["01", "--to", str(tmp_path / "link")]) == 1
    assert "outside" in capsys.readouterr().err


def test_what_lies_there_is_not_overwritten(tmp_path, capsys):
    assert solutions.main(["00", "--to", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "00_start_here.ipynb" in said and "--folder" in said
    notes = tmp_path / "00_start_here.ipynb"
    notes.write_text("my notes", encoding="utf-8")
    assert solutions.main(["--to", str(tmp_path)]) == 1
    assert "00_start_here.ipynb lies in" in capsys.readouterr().err
    assert notes.read_text(encoding="utf-8") == "my notes"
    assert len(list(tmp_path.glob("*.ipynb"))) == 1


def test_an_unknown_lesson_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        solutions.main(["00"])
    assert "required: --to: python3 course.py solutions --help" in capsys.readouterr().err
    assert solutions.main(["77", "--to", str(tmp_path)]) == 2
    assert "no lesson called '77'" in capsys.readouterr().err


def test_a_relative_folder_is_taken_from_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)  # where course.py runs the tool
    assert solutions.main(["--cwd", str(tmp_path), "00", "--to", "copies"]) == 0
    assert (tmp_path / "copies" / "00_start_here.ipynb").exists()
