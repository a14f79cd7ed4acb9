"""Every misconception is predicted before its demonstration, and the table says where."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import lessons, misconceptions

ROOT = misconceptions.ROOT
PLACES = misconceptions.places(ROOT)
BELIEFS = misconceptions.MISCONCEPTIONS


def test_the_table_is_up_to_date():
    text = (ROOT / misconceptions.TABLE).read_text(encoding="utf-8")
    assert text == misconceptions.table(ROOT), "run python -m tools.misconceptions"


def test_all_have_words_and_a_lesson():
    assert list(BELIEFS) == [f"C{n:02}" for n in range(1, 35)]
    for belief in BELIEFS.values():
        assert belief.says.endswith((".", "?")) and belief.true.endswith(".")
        assert "!" not in belief.says + belief.true and "|" not in belief.says + belief.true
        assert 0 <= int(belief.lesson) <= 14


def test_no_lesson_leaves_out_what_it_has_to_treat():
    assert misconceptions.missing(ROOT) == []


def test_marks_name_known_beliefs():
    assert {place.belief for place in PLACES} <= set(BELIEFS)


@pytest.mark.parametrize("name", BELIEFS)
def test_the_prediction_comes_before_its_demonstration(name):
    for lesson in {place.lesson for place in PLACES if place.belief == name}:
        kinds = [p.kind for p in PLACES if (p.lesson, p.belief) == (lesson, name)]
        assert kinds[0] == "predicts" and "shows" in kinds


def test_the_table_links_to_headings_that_exist():
    for place in PLACES:
        twin = (ROOT / "notebooks" / "src" / f"{place.lesson}.py").read_text(encoding="utf-8")
        assert f"# {place.section}\n" in twin


def test_the_lessons_up_to_adam_treat_what_belongs_to_them():
    own = {name for name, belief in BELIEFS.items() if belief.lesson <= "07"}
    treated = {place.belief for place in PLACES if place.lesson[:2] <= "07"}
    assert own <= treated and len(own) == 23


@pytest.fixture
def tree(tmp_path):
    """A lesson 01 that treats C01 and forgets C02."""
    cells = [
        new_markdown_cell("# 01 · Title\n\n## A | section"),
        new_code_cell("predict()", metadata={"tags": ["predicts-C01"]}),
        new_code_cell("1", metadata={"tags": ["shows-C01", "nbval-ignore-output"]}),
    ]
    path = tmp_path / "notebooks" / "01_short.ipynb"
    path.parent.mkdir()
    nbformat.write(new_notebook(cells=cells), path)
    return tmp_path


def test_a_forgotten_belief_is_found(tree):
    assert misconceptions.missing(tree) == [
        "lesson 01 has no cell that predicts C02",
        "lesson 01 has no cell that shows C02",
    ]


def test_the_table_follows_the_lessons(tree, capsys):
    assert misconceptions.main(["--root", str(tree), "--check"]) == 1
    assert misconceptions.main(["--root", str(tree)]) == 0
    assert misconceptions.main(["--root", str(tree), "--check"]) == 0
    assert "shows C02" in capsys.readouterr().out
    path = tree / "notebooks" / "01_short.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells.insert(1, new_code_cell("0"))
    nbformat.write(nb, path)
    assert misconceptions.main(["--root", str(tree), "--check"]) == 1
    lessons.renew_misconceptions(tree)
    assert misconceptions.main(["--root", str(tree), "--check"]) == 0
    assert "| 01 | [2] [A" in (tree / misconceptions.TABLE).read_text(encoding="utf-8")


def test_a_tree_without_a_table_gets_none(tree):
    lessons.renew_misconceptions(tree)
    assert not (tree / misconceptions.TABLE).exists()
