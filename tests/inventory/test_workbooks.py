"""The workbooks of a class are marked, and hostile files between them change no mark."""

import csv
import io
import json
import os
import shutil
import zipfile
from types import SimpleNamespace

import pytest

from course_utils.exercises import check, exercises, predict, progress
from course_utils.exercises.session import SESSION
from course_utils.inventory import files
from course_utils.inventory.__main__ import main
from course_utils.inventory.marks import cell, gradebook, marks
from course_utils.inventory.workbooks import _hit, shelve


def ascent(w, g, v, *, lr, beta):
    v[:] = beta * v + lr * g
    w[:] = w + v


def forgets(w, g, v, *, lr, beta):
    v[:] = -lr * g
    w[:] = w + v


def momentum(w, g, v, *, lr, beta):
    v[:] = beta * v - lr * g
    w[:] = w + v


# For each exercise its answers: the state that is to be found, and the answer.
ANSWERS = {
    "momentum": [("right", momentum), ("not yet", ascent), ("not yet", forgets), ("open", ...)],
    "gain ratio": [("right", "(1+beta)/(1-beta)"), ("not yet", "(1-beta)/(1+beta)"), ("open", ...)],
    "best rate": [("right", "2/(lambda1+lambda2)"), ("not yet", "1/lambda1"), ("not yet", "1")],
    "fair comparison": [("noted", "Each tuned on its own grid, over ten seeds."), ("open", ...)],
}
NAMES = [f"learner {n:02}" for n in range(30)]


def source(key):
    return f'# my answer\ncheck("{key}", mine)'


def code(text, *outputs):
    return {"cell_type": "code", "source": text.splitlines(True), "outputs": list(outputs)}


def result(said):
    return {"output_type": "execute_result", "data": {"text/plain": repr(said).splitlines(True)}}


def book(*cells):
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Thirty workbooks as their owners' checks made them, and what is to be found in each.

    Every third is a zip file, every fifth lacks its record, every seventh is a page whose checks
    were not run again after the last change.
    """
    place, wanted = tmp_path_factory.mktemp("class"), {}
    with pytest.MonkeyPatch.context() as patch:
        for number, name in enumerate(NAMES):
            folder = place / name / "workbook"
            folder.mkdir(parents=True)
            patch.setenv(progress.PLACE, str(folder / progress.FILE))
            SESSION.forget()
            cells, wanted[name] = [{"cell_type": "markdown", "source": "My lesson"}], {}
            for at, (key, answers) in enumerate(ANSWERS.items()):
                state, answer = answers[(number // (at + 1)) % len(answers)]
                said = check(key, answer)
                assert said.verdict == {"open": "unanswered"}.get(state, state), (key, answer)
                cells.append(code(source(key), *([] if number % 7 == 6 else [result(said)])))
                lost = number % 7 == 6 and (number % 5 == 4 or state == "noted")
                wanted[name][key] = ("open", "") if lost else (state, said.idea)
            if number % 5 == 4:
                (folder / progress.FILE).unlink(missing_ok=True)
            elif number % 2:
                predict("04 gain ratio").lock("19 times")
                predict("00 patience").lock(10)
            (folder / "04_momentum.ipynb").write_text(book(*cells), "utf-8")
            (folder / "INDEX.md").write_text("# Index", "utf-8")
            if number % 3 == 2:
                with zipfile.ZipFile(place / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
                    for file in sorted(folder.iterdir()):
                        packed.write(file, f"workbook/{file.name}")
                        file.unlink()
                folder.rmdir()
                folder.parent.rmdir()
    SESSION.forget()
    return place, wanted


def test_thirty_workbooks_are_marked_as_their_checks_said(planted):
    place, wanted = planted
    shelf = shelve([place])
    assert shelf.remarks == [] and list(shelf.workbooks) == NAMES
    for name, work in shelf.workbooks.items():
        found = {key: mark.state for key, mark in work.marks.items()}
        assert found == {key: state for key, (state, _) in wanted[name].items()}, name
        for key, (state, idea) in wanted[name].items():
            if work.recorded and idea:
                assert work.marks[key].idea == idea, (name, key)
            # Without a name for it, what was said below the cell stands for the idea.
            if state == "not yet" and work.page[key].state == state:
                assert work.marks[key].idea, (name, key)
            elif state != "not yet":
                assert work.marks[key].idea == ""


def test_the_table_counts_what_went_wrong(planted, capsys):
    place, wanted = planted
    assert main([str(place)]) == 0
    shown = capsys.readouterr().out
    rows = {" ".join(line.split()) for line in shown.splitlines()}
    for key in ANSWERS:
        states = [each[key][0] for each in wanted.values()]
        numbers = " ".join(str(states.count(x)) for x in ("right", "noted", "not yet", "open"))
        row = f"{exercises()[key].section.lesson[:2]} {key} {numbers}"
        assert any(each == row or each.startswith(f"{row} ") for each in rows), (row, shown)
    predicted = sum(bool(work.predictions) for work in shelve([place]).workbooks.values())
    assert predicted == sum(number % 2 and number % 5 != 4 for number in range(30))
    assert shown.count("1 of 2") == predicted
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_the_gradebook_has_a_line_for_each_learner(planted, tmp_path, capsys):
    place, wanted = planted
    file = tmp_path / "marks.csv"
    assert main([str(place), "--csv", str(file)]) == 0
    assert f"marks to {file}" in capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row["learner"] for row in rows] == NAMES
    for row in rows:
        states = [state for state, _ in wanted[row["learner"]].values()]
        assert int(row["right"]) == states.count("right")
        assert int(row["written"]) == states.count("noted")
        assert int(row["tried"]) == len(states) - states.count("open")
        state = wanted[row["learner"]]["momentum"][0]
        assert row["04 momentum"].startswith("" if state == "open" else state)
    assert list(tmp_path.iterdir()) == [file]


def zipped(path, contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)


def hostile(place):
    """Put files between the workbooks that may not count, and return how each is to be named."""
    named = {}

    def put(name, content, words):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        named[name] = words

    put("cut/04_momentum.ipynb", '{"cells": [{"cell_type": "code", "sou', "is broken")
    put("deep/04_momentum.ipynb", '{"cells":' + "[" * 100_000, "is broken")
    put("wide/04_momentum.ipynb", b" " * 10_000_001, "is too large")
    put("none/04_momentum.ipynb", "", "is empty")
    put("other/my essay.ipynb", book(code("print(1)")), "is not a hand-in")
    put("list/04_momentum.ipynb", "[1, 2]", "is not a notebook")
    put("nothing/04_momentum.ipynb", '{"cells": null}', "is broken")
    put("bytes/04_momentum.ipynb", b"\xff\xfe\x00\x81", "is not a notebook")
    put("number/04_momentum.ipynb", '{"cells": [' + "9" * 5000 + "]}", "is broken")
    put("long/my_progress.jsonl", b'{"exercise": "' + b"x" * 2_000_000, "is too large")
    put(
        "nan/my_progress.jsonl", '{"exercise": "momentum", "solved": NaN}\nNaN\n', "is not a record"
    )
    nested = '{"exercise": ' + "[" * 100_000
    put("nested/my_progress.jsonl", nested, "is not a record")
    lines = [{"exercise": key, "solved": True} for key in (["momentum"], "no such", None, 1e400)]
    lines += [
        {"prediction": "04 gain ratio", "said": said, "truth": 9} for said in ("9**9", [], True)
    ]
    lines += [{"prediction": "00 patience", "said": "9**9**9**9", "truth": 44}]
    put("types/my_progress.jsonl", "\n".join(map(json.dumps, lines)), "is not a record")
    put("locked.zip", b"PK\x03\x04\x00\x00", "is a broken zip file")
    zipped(place / "bomb.zip", {"workbook/04_momentum.ipynb": bytes(60_000_000)})
    named["bomb.zip/workbook/04_momentum.ipynb"] = "is too large"
    zipped(place / "many.zip", {f"{n}/note.txt": b"" for n in range(files.WHOLE[0] + 1)})
    named["many.zip"] = "holds more than a class hands in"
    inner = io.BytesIO()
    zipped(inner, {f"{n}/my.jsonl": b"" for n in range(files.PART[0] + 1)})
    zipped(place / "nested.zip", {"inner.zip": inner.getvalue()})
    named["nested.zip/inner.zip"] = "holds more than a class hands in"
    for link, target in (("link/my_progress.jsonl", NAMES[0]), ("link/04_momentum.ipynb", "cut")):
        (place / link).parent.mkdir(exist_ok=True)
        (place / link).symlink_to(place / target / "workbook" / link.split("/")[1])
        named[link] = "is a link"
    (place / "loop").symlink_to(place, target_is_directory=True)
    named["loop"] = "is a link to a folder"
    os.mkfifo(place / "cut" / "my_progress.jsonl")
    named["cut/my_progress.jsonl"] = "is not a file"
    return named


def test_hostile_files_are_named_and_change_no_mark(planted, tmp_path, capsys):
    place, _ = planted
    together = tmp_path / "together"
    shutil.copytree(place, together)
    before = marks(shelve([together]))
    named = hostile(together)
    shelf = shelve([together])
    assert marks(shelf) == before
    found = set(shelf.remarks)
    for name, words in named.items():
        assert any(remark.startswith(f"{name} {words}") for remark in found), (name, found)
    strange = [r for r in found if not any(r.startswith(f"{name} ") for name in named)]
    assert all(r.startswith("nested.zip/inner.zip/") and "is empty" in r for r in strange)
    assert main([str(together)]) == 0
    assert before in capsys.readouterr().out


def test_what_a_workbook_holds_cannot_paint_the_terminal_or_be_computed(tmp_path):
    idea = "\x1b[2J\u202e\ud800\n=1+1" + "x" * 999
    line = {"exercise": "momentum", "solved": False, "idea": idea}
    name = "=HYPERLINK(1)\x1b[31m"
    (tmp_path / name).mkdir()
    (tmp_path / name / progress.FILE).write_text(json.dumps(line))
    said = "✘ Not yet. \x1b[2J" + "y" * 10_000
    strange = [
        7,
        {"cell_type": "code"},
        {"cell_type": "code", "source": 7, "outputs": 7},
        code(source("gain ratio"), 7, {"data": 7}, {"data": {"text/plain": {"a": 1}}}),
        code(source("best rate"), {"data": {"text/plain": [said, None]}}),
        code(source("no such exercise"), result(check("best rate", "2/(lambda1+lambda2)"))),
    ]
    (tmp_path / name / "04_momentum.ipynb").write_text(book(*strange))
    (tmp_path / "@ada").mkdir()
    (tmp_path / "@ada" / progress.FILE).write_text('{"exercise": "momentum", "solved": true}')
    shelf = shelve([tmp_path])
    shown, (_, *rows) = marks(shelf), csv.reader(io.StringIO(gradebook(shelf)))
    assert shown.isprintable() or set(c for c in shown if not c.isprintable()) == {"\n"}
    assert all(len(line) <= 100 for line in shown.splitlines()) and len(rows) == 2
    assert [row[0] for row in rows] == ["'=HYPERLINK(1)?[31m", "'@ada"]
    assert shelf.workbooks["=HYPERLINK(1)?[31m"].marks["gain ratio"].state == "open"
    shown.encode()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "＝1", "\t=1", "|x", "%x"])
def test_a_cell_that_a_spreadsheet_would_compute_is_a_text(text):
    assert cell(text) == f"'{text}" and cell("momentum") == "momentum"


def test_a_list_of_files_that_is_too_long_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_LIST", 1000)
    zipped(tmp_path / "list.zip", {f"{n}.ipynb": b"" for n in range(100)})
    assert shelve([tmp_path]).remarks == [
        "list.zip lists more files than a class hands in, so it is not read."
    ]


def test_a_copied_record_and_a_page_that_knows_more_than_its_record_are_named(tmp_path):
    for name in ("ada", "bo"):
        (tmp_path / name).mkdir()
        line = '{"exercise": "momentum", "solved": true}'
        (tmp_path / name / progress.FILE).write_text(line)
    right = result(check("best rate", "2/(lambda1+lambda2)"))
    (tmp_path / "bo" / "01_the_ravine.ipynb").write_text(book(code(source("best rate"), right)))
    shelf = shelve([tmp_path])
    assert shelf.remarks == [
        "bo/my_progress.jsonl is the same record as ada/my_progress.jsonl: both are counted.",
        "bo: the record does not show these right answers on the page: best rate.",
    ]
    assert shelf.workbooks["bo"].marks["best rate"].state == "right"


OWNERS = {
    "folders": ({"a/workbook/01_x.ipynb": "a", "b/02_y.ipynb": "b"}, ["a", "b"]),
    "groups": ({"g/a/01_x.ipynb": "a", "h/a/01_x.ipynb": "b"}, ["g/a", "h/a"]),
    "names of files": ({"ada_01_x.ipynb": "a", "bo 02_y.ipynb": "b"}, ["ada", "bo"]),
    "loose files": ({"ada.ipynb": "a", "bo.ipynb": "b"}, ["ada", "bo"]),
    "one workbook": ({"01_x.ipynb": "a", "02_y.ipynb": "b"}, ["class"]),
    "one learner": ({"ada/01_x.ipynb": "a", "ada/02_y.ipynb": "b"}, ["ada"]),
}


@pytest.mark.parametrize("way", OWNERS)
def test_learners_are_called_by_what_lies_around_their_files(tmp_path, way):
    names, wanted = OWNERS[way]
    for name, said in names.items():
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(book(code(source("best rate"), result(said))))
    assert list(shelve([tmp_path / "class"]).workbooks) == wanted
    packed = {f"class/{name}": (tmp_path / "class" / name).read_bytes() for name in names}
    zipped(tmp_path / "all.zip", packed)
    if way != "loose files":  # inside a folder a name of its own is a lesson's, not a learner's
        assert list(shelve([tmp_path / "all.zip"]).workbooks) == wanted


def test_the_gradebook_is_written_whole_or_not_at_all(planted, tmp_path):
    place, _ = planted
    assert "does not end in .csv" in main([str(place), "--csv", str(tmp_path / "x.ipynb")])
    (tmp_path / "x.csv").mkdir()
    assert "cannot be written" in main([str(place), "--csv", str(tmp_path / "x.csv")])
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_a_text_where_a_number_is_asked_for_is_not_read():
    read = []
    asked = SimpleNamespace(
        options=(), read=lambda x, **_: read.append(x) or x, hit=lambda one, other: one == other
    )
    assert [_hit(asked, said, 2.0) for said in ("9**9**9", True, "2")] == [None] * 3 and not read
    assert _hit(asked, 2.0, 2.0) is True and read == [2.0, 2.0]
