"""What pages fetch to run Python: whole, pinned, the same each time; and the site without it."""

import hashlib
import json
import zipfile

import pytest

from tests.tools.test_lite import wheel
from tools.lite import parts
from tools.publish import __main__ as command
from tools.publish.python import COURSE, DATA, EVERY, FOLDER, Parts, write_python

PURE = "cloudpickle", "joblib", "mpmath", "sympy", "threadpoolctl"


@pytest.fixture
def found(tmp_path):
    """Parts with the names of the real ones, and a line each."""
    pyodide, wheels = tmp_path / "pyodide", tmp_path / "wheels"
    pyodide.mkdir()
    wheels.mkdir()
    for name in parts.pinned_files():
        (pyodide / name).write_text(name)
    for name in PURE:
        needs = ["mpmath"] if name == "sympy" else ()
        files = [f"{name}/__init__.py", f"{name}/tests/test_all.py"]
        wheel(wheels, name=name, needs=needs, files=files)
    return Parts(pyodide, wheels)


def test_all_that_is_listed_is_there_and_nothing_that_is_needed_is_missing(found, tmp_path):
    assert write_python(tmp_path, found) <= 2, "the course alone is heavier than it should be"
    folder = tmp_path / FOLDER
    listed = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"]
    assert set(listed) == {*EVERY, *DATA, COURSE}
    for name, one in listed.items():
        assert set(one["depends"]) <= set(listed), f"{name} needs what is not there"
        data = (folder / one["file_name"]).read_bytes()
        if name in (*PURE, COURSE):
            assert hashlib.sha256(data).hexdigest() == one["sha256"]
        else:
            assert one["sha256"] == parts.PYODIDE["packages"][name]["sha256"]
    assert set(listed[COURSE]["depends"]) == set(EVERY), "every page would fetch scikit-learn"
    assert all((folder / name).exists() for name in ("worker.mjs", *parts.PYODIDE["files"]))


def test_a_package_that_the_pages_do_not_fetch_is_named(found, tmp_path):
    wheel(found.wheels, name="joblib", needs=["absent"])
    with pytest.raises(parts.PartError, match="joblib needs absent, which the pages do not fetch"):
        write_python(tmp_path, found)


def test_the_course_comes_whole_and_others_without_their_tests(found, tmp_path):
    write_python(tmp_path, found)
    names = {
        path.name: zipfile.ZipFile(path).namelist() for path in (tmp_path / FOLDER).glob("*.zip")
        if zipfile.is_zipfile(path)
    }  # fmt: skip
    course = names[f"{COURSE}.zip"]
    assert {"course_utils/__init__.py", "course_utils/explorers/headless.py"} <= set(course)
    assert not [name for name in course if "__pycache__" in name]
    (sympy,) = (inside for name, inside in names.items() if name.startswith("sympy"))
    assert "sympy/__init__.py" in sympy and "sympy/tests/test_all.py" not in sympy


def test_the_same_sources_give_the_same_bytes(found, tmp_path):
    seen = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_python(tmp_path / name, found)
        written = sorted((tmp_path / name / FOLDER).iterdir())
        seen.append([(path.name, path.read_bytes()) for path in written])
    assert seen[0] == seen[1]


@pytest.fixture
def written(monkeypatch, tmp_path):
    """What the command would write: the arguments, not the site."""
    asked = []
    monkeypatch.setattr(command, "write_site", lambda to, python: asked.append(python))
    return asked


def test_without_a_network_the_site_is_written_without_python_and_says_so(
    written, monkeypatch, capsys, tmp_path
):
    def fail(release):
        raise parts.PartError("The package index cannot be reached.")

    monkeypatch.setattr(command, "fetched", fail)
    assert command.main(["site", "--to", str(tmp_path / "site")]) == 0
    assert written == [None]
    said = capsys.readouterr().err
    assert "cannot be reached" in said and "written without Python" in said


def test_still_asks_for_no_python(written, monkeypatch, tmp_path):
    monkeypatch.setattr(command, "fetched", lambda release: pytest.fail("it was fetched"))
    assert command.main(["site", "--still", "--to", str(tmp_path / "site")]) == 0
    assert written == [None]
