"""The files of paths that `python -m tools.libraries` begins; no library is needed for that."""

import json

import pytest

from course_utils.libraries import read
from course_utils.libraries.names import COUNTERPARTS
from course_utils.optimizers import ADAM, AVERAGED_MOMENTUM, LION
from tests.reference import paths
from tools import libraries

FILES = [row.file for row in paths.ROWS]
# Files of one rule, whose settings go by the rule's own names.
OWN = [row for row in paths.ROWS if FILES.count(row.file) == 1
       and row.settings is paths.same_settings and COUNTERPARTS.get(row.rule)]  # fmt: skip


@pytest.fixture(autouse=True)
def without_libraries(monkeypatch):
    monkeypatch.setattr(libraries, "versions", lambda: {"numpy": "2"})


@pytest.mark.parametrize("row", OWN, ids=lambda row: row.file)
def test_a_file_begun_anew_asks_the_libraries_for_the_same_steps(row):
    stored = paths.read(row.file)
    kept = [case for case in stored["cases"] if case["mode"] != "batch"]
    found = libraries.new_file(row.rule, row.file)["cases"]
    assert len(found) == len(kept) > 3
    for mine, theirs in zip(found, kept, strict=True):
        assert mine["hyper"] == theirs["hyper"] and mine["start"] == theirs["start"]
        both = mine["peers"].keys() & theirs["peers"].keys()
        assert both
        for library in both:
            one, other = (read(case["peers"][library]["call"]) for case in (mine, theirs))
            assert (one.rule, dict(one.settings)) == (other.rule, dict(other.settings))
            assert mine["peers"][library]["path"] == []


def test_one_setting_may_have_another_name_there(tmp_path, monkeypatch):
    text = json.dumps(paths.read("nesterov")).replace('"beta"', '"mu"')
    (tmp_path / "other.json").write_text(text, "utf-8")
    monkeypatch.setattr(libraries, "HERE", tmp_path)
    found = libraries.new_file(AVERAGED_MOMENTUM, "other")
    assert found["equations"].startswith("v <- ") and found["rule"] == "averaged_momentum"
    assert all(case["hyper"].keys() == {"lr", "beta"} for case in found["cases"])


def test_a_file_with_other_settings_is_refused():
    with pytest.raises(LookupError, match="gd.json has lr; take a file that has"):
        libraries.new_file(ADAM, "gd")


def test_a_new_file_is_written_once_and_says_what_comes_next(tmp_path, monkeypatch, capsys):
    (tmp_path / "adamw.json").write_text(json.dumps(paths.read("adamw")), "utf-8")
    monkeypatch.setattr(libraries, "HERE", tmp_path)
    assert libraries.write_new("lion", "adamw") == "lion"
    assert 'Row("lion", optimizers.' in capsys.readouterr().out
    written = json.loads((tmp_path / "lion.json").read_text("utf-8"))
    assert {*written["cases"][0]["peers"]} == {"optax", "keras"}
    assert set(written["cases"][0]["hyper"]) == set(LION.hyper)
    for words, said in (
        (("lion", "adamw"), "already exists: remake"),
        (("tiger", "adamw"), "No rule has a kernel called tiger"),
        (("adam", "nothing"), "nothing.json"),
    ):
        with pytest.raises(SystemExit, match=said):
            libraries.write_new(*words)
    with pytest.raises(SystemExit, match="no file .*tiger.json"):
        libraries.write_stored(["tiger"])


def test_new_and_like_go_together(capsys):
    with pytest.raises(SystemExit):
        libraries.main(["--new", "lion"])
    assert "--new and --like go together" in capsys.readouterr().err.lower()
