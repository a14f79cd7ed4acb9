"""Assignments for nbgrader: each exercise with its solution marked and a cell that grades it."""

import ast
import builtins
import re
import symtable

import nbformat
import pytest

from course_utils.exercises import exercises
from course_utils.exercises.session import SESSION
from tools import nbgrader
from tools.find import notebooks

PATHS = {path.stem[:2]: path for path in notebooks(nbgrader.ROOT)}


def about(nb):
    """Metadata and source of the cells that nbgrader knows."""
    cells = [cell for cell in nb.cells if "nbgrader" in cell.metadata]
    return [(cell.metadata["nbgrader"], cell.source) for cell in cells]


def cleared(source):
    """A cell as nbgrader gives it to learners, by its manual: a stub for what is marked."""
    stub = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
    region = rf"(?ms)^( *){nbgrader.BEGIN}\n.*?{nbgrader.END}$"
    return re.sub(region, stub, source)


def points(nb, change=lambda source: source):
    """The points of the graded cells, with each cell changed before it is run."""
    SESSION.forget()
    found, names = {}, {}
    exec(nbgrader.SETUP, names)
    for data, source in about(nb):
        try:
            exec(source if data["locked"] else change(source), names)
        except Exception as error:
            found[data["grade_id"]] = str(error)
        else:
            found[data["grade_id"]] = data.get("points", 0)
    return {name: each for name, each in found.items() if name.startswith("test-")}


@pytest.mark.parametrize("number", PATHS)
def test_every_exercise_has_an_answer_and_a_grade(number):
    nb, keys = nbgrader.assignment(PATHS[number], 2)
    nbformat.validate(nb)
    lesson = nbformat.read(PATHS[number], as_version=4)
    asked = [re.findall(r'(?m)^check\("(.+?)"', c.source) for c in lesson.cells]
    assert keys == [key for found in asked for key in found if key in exercises()]
    grades = [data["grade_id"] for data, _ in about(nb)]
    assert len(grades) == len(set(grades)) and all(re.fullmatch(r"[\w-]+", x) for x in grades)
    answers = [(data, source) for data, source in about(nb) if data["solution"]]
    assert len(answers) == len(keys) == sum(data["grade"] for data, _ in about(nb))
    for key, (data, source) in zip(keys, answers, strict=True):
        given = cleared(source)
        ast.parse(given)
        assert nbgrader.BEGIN not in given and "NotImplementedError" in given
        solution = exercises()[key].solution
        if not solution.startswith("def "):
            assert solution not in given.replace("...", ""), (key, given)
        assert data.get("points") == (2 if data["grade"] else None)
    assert all(data["points"] == 2 for data, _ in about(nb) if data["locked"])


@pytest.mark.parametrize("number", PATHS)
def test_no_cell_uses_what_the_lesson_alone_defines(number):
    nb, _ = nbgrader.assignment(PATHS[number])
    known = set(dir(builtins))
    for cell in nb.cells:
        if cell.cell_type == "code":
            tables = [symtable.symtable(cell.source, "cell", "exec")]
            known |= {s.get_name() for s in tables[0].get_symbols() if s.is_assigned()}
            known |= {s.get_name() for s in tables[0].get_symbols() if s.is_imported()}
            for table in tables:
                tables += table.get_children()
                outer = {s.get_name() for s in table.get_symbols() if s.is_global()}
                assert outer <= known, cell.source


def test_right_answers_have_their_points_and_wrong_ones_are_told_why():
    nb, keys = nbgrader.assignment(PATHS["04"])
    assert points(nb) == {f"test-{nbgrader.grade_id(key)}": 1 for key in keys}

    def wrong(source):
        if "def my_momentum" in source:
            return source.replace("v -= lr", "v += lr")
        return source.replace('"(1 + beta)/(1 - beta)"', '"(1 - beta)/(1 + beta)"')

    found = points(nb, wrong)
    failed = {name for name, each in found.items() if each != 1}
    assert failed == {"test-momentum", "test-gain-ratio"}
    assert all("Not yet." in found[name] for name in failed)
    found = points(nb, cleared)
    assert len(found) == len(keys) and 1 not in found.values()


def test_a_check_of_that_name_in_the_notebook_gives_no_points():
    nb, keys = nbgrader.assignment(PATHS["04"])
    forged = "def check(*answer, **more): return True\nmy_gain_ratio = 1"
    found = points(nb, lambda source: forged if "my_gain_ratio" in source else source)
    assert found["test-gain-ratio"] != 1 and len(keys) > 1


def test_it_is_written_where_nbgrader_looks_and_over_nothing(tmp_path, capsys):
    words = ["4", "5", "--to", str(tmp_path), "--points", "2.5"]
    assert nbgrader.main(words) == 0
    said = capsys.readouterr().out
    assert "nbgrader generate_assignment 04_momentum" in said
    for number in ("04", "05"):
        name = PATHS[number].stem
        nb = nbformat.read(tmp_path / "source" / name / f"{name}.ipynb", as_version=4)
        assert {data["points"] for data, _ in about(nb) if data["grade"]} == {2.5}
    assert nbgrader.main(words) == 1 and "already exists" in capsys.readouterr().err
    inside = ["4", "--to", str(nbgrader.ROOT / "notebooks" / "x")]
    assert nbgrader.main(inside) == 1 and "lies inside" in capsys.readouterr().err
    assert nbgrader.main(["99", "--to", str(tmp_path)]) == 2
    with pytest.raises(SystemExit):
        nbgrader.main(["4", "--to", str(tmp_path / "new"), "--points", "nan"])
    assert not (tmp_path / "new").exists()
