"""What pages fetch to run Python: whole, pinned, the same each time; and the site without it."""

import gzip
import hashlib
import inspect
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from course_utils import explorers, surfaces
from course_utils.explorers.headless import packed, unpacked
from tests.tools.test_lite import wheel
from tools.lite import parts
from tools.publish import __main__ as command
from tools.publish import bytecode, python
from tools.publish.bytecode import LIBRARY, PACKAGES
from tools.publish.python import (
    CORE,
    COURSE,
    DATA,
    EVERY,
    FOLDER,
    FORMULAS,
    LICENCES,
    NEEDLESS,
    ROOMS,
    Parts,
    course,
    write_python,
)
from tools.publish.share import Where
from tools.publish.site import knobs_page

PURE = "cloudpickle", "joblib", "mpmath", "sympy", "threadpoolctl"


@pytest.fixture
def found(monkeypatch, tmp_path):
    """Parts with the names of the real ones, and a line each; no Node."""
    monkeypatch.setattr(python, "bytecode", lambda folder, packages, key: {})
    monkeypatch.setattr(python.licences, "text", lambda wheels: "\n".join(w.name for w in wheels))
    pyodide, wheels = tmp_path / "pyodide", tmp_path / "wheels"
    pyodide.mkdir()
    wheels.mkdir()
    for name in parts.pinned_files():
        (pyodide / name).write_text(name)
    for name in EVERY:
        with zipfile.ZipFile(
            pyodide / parts.PYODIDE["packages"][name]["file_name"], "w"
        ) as archive:
            for inside in ("__init__.py", "__init__.pyi", "tests/test_all.py"):
                archive.writestr(f"{name}/{inside}", "")
    for name in PURE:
        needs = ["mpmath"] if name == "sympy" else ()
        files = [f"{name}/__init__.py", f"{name}/tests/test_all.py"]
        wheel(wheels, name=name, needs=needs, files=files)
    return Parts(pyodide, wheels)


def test_the_licences_of_all_that_is_fetched_lie_beside_it(found, tmp_path):
    write_python(tmp_path, found)
    told = (tmp_path / LICENCES).read_text("utf-8").splitlines()
    link = f'<a href="{LICENCES}">'
    assert [link in knobs_page(Where(licences=name)) for name in (LICENCES, "")] == [True, False]
    names = {name.partition("-")[0].replace("_", "-") for name in told}
    assert names == {*EVERY, *FORMULAS, *DATA} and len(told) == len(names)


def test_all_that_is_listed_is_there_and_nothing_that_is_needed_is_missing(found, tmp_path):
    assert write_python(tmp_path, found) <= 2, "the course alone is heavier than it should be"
    folder = tmp_path / FOLDER
    listed = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"]
    assert set(listed) == {*EVERY, *FORMULAS, *DATA, *ROOMS, COURSE}
    for name, one in listed.items():
        assert set(one["depends"]) <= set(listed), f"{name} needs what is not there"
        data = (folder / one["file_name"]).read_bytes()
        if one["file_name"].endswith(".zip"):
            assert hashlib.sha256(data).hexdigest() == one["sha256"]
        else:
            assert one["sha256"] == parts.PYODIDE["packages"][name]["sha256"]
    assert set(listed[COURSE]["depends"]) == set(EVERY), "every page would fetch SymPy"
    files = {"worker.mjs", f"{CORE}.packed", *parts.PYODIDE["files"]} - {CORE}
    assert all((folder / name).exists() for name in files) and not (folder / CORE).exists()
    assert gzip.decompress((folder / f"{CORE}.packed").read_bytes()) == CORE.encode()


def test_the_script_that_keeps_files_changes_when_one_of_them_does(found, tmp_path):
    kept = []
    for name, text in (("one", "core"), ("other", "core"), ("third", "another core")):
        (found.pyodide / CORE).write_text(text)
        (tmp_path / name).mkdir()
        write_python(tmp_path / name, found)
        kept.append((tmp_path / name / "offline.js").read_text("utf-8"))
    assert kept[0] == kept[1] != kept[2] and "VERSION" not in kept[0]


def test_a_package_that_the_pages_do_not_fetch_is_named(found, tmp_path):
    wheel(found.wheels, name="joblib", needs=["absent"])
    with pytest.raises(parts.PartError, match="joblib needs absent, which the pages do not fetch"):
        write_python(tmp_path, found)


def test_nothing_is_left_out_that_numpy_names():
    """SciPy, and with it the digits of lesson 12, imports all that NumPy names."""
    rooms = [name for name in np.__all__ if inspect.ismodule(getattr(np, name))]
    assert {"linalg", "random", "f2py"} <= set(rooms)
    assert not [n for n in rooms if any(part in f"numpy/{n}/__init__.py" for part in NEEDLESS)]


def test_the_course_comes_whole_and_others_without_their_tests(found, tmp_path):
    write_python(tmp_path, found)
    names = {
        path.name: zipfile.ZipFile(path).namelist() for path in (tmp_path / FOLDER).glob("*.zip")
        if zipfile.is_zipfile(path)
    }  # fmt: skip
    course = names[f"{COURSE}.zip"]
    assert {"course_utils/__init__.py", "course_utils/explorers/headless.py"} <= set(course)
    assert not [name for name in course if "__pycache__" in name or "/networks/" in name]
    assert "course_utils/exercises/__init__.py" in names["course-checks.zip"]
    for package in ("sympy", "numpy"):
        (inside,) = (inside for name, inside in names.items() if name.startswith(package))
        assert f"{package}/__init__.py" in inside
        assert not [name for name in inside if "/tests/" in name or name.endswith(".pyi")]


def test_the_same_sources_give_the_same_bytes(found, tmp_path):
    seen = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_python(tmp_path / name, found)
        written = sorted((tmp_path / name / FOLDER).iterdir())
        seen.append([(path.name, path.read_bytes()) for path in written])
    assert seen[0] == seen[1]


@pytest.fixture
def compiled(monkeypatch, found, tmp_path):
    """The folder as it is where Node wrote bytecode: of one module of each kind."""
    made = {LIBRARY + "os.py": b"os", PACKAGES + "numpy/__init__.py": b"numpy"}
    made[PACKAGES + "course_utils/optimizers/adam.py"] = b"adam"
    made[PACKAGES + "course_utils/svg/panel.py"] = b"panel"
    monkeypatch.setattr(python, "bytecode", lambda folder, packages, key: made)
    with zipfile.ZipFile(found.pyodide / python.LIBRARY_FILE, "w") as archive:
        archive.writestr("os.py", "")
        archive.writestr("rare.py", "")
    write_python(tmp_path, found)
    return tmp_path / FOLDER


def test_bytecode_takes_the_place_of_sources_that_nobody_reads(compiled):
    def inside(start):
        (path,) = compiled.glob(f"{start}*.zip")
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    assert inside("python_stdlib") == {"os.pyc": b"os", "rare.py": b""}
    assert inside("numpy")["numpy/__init__.pyc"] == b"numpy"
    assert "numpy/__init__.py" not in inside("numpy")
    course = inside("course-utils")
    assert course["course_utils/svg/panel.pyc"] == b"panel"
    assert "course_utils/svg/panel.py" not in course
    assert course["course_utils/optimizers/__pycache__/adam.cpython-314.pyc"] == b"adam"
    assert b"adam" in course["course_utils/optimizers/adam.py"]
    listed = json.loads((compiled / "pyodide-lock.json").read_text("utf-8"))["packages"]
    data = (compiled / "course-utils.zip").read_bytes()
    assert listed[COURSE]["sha256"] == hashlib.sha256(data).hexdigest()


def test_without_node_the_sources_stay_and_a_line_says_what_it_costs(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bytecode, "node", lambda: None)
    assert bytecode.bytecode(tmp_path, ("numpy",), "a key") == {}
    assert "Node.js was not found" in capsys.readouterr().err
    monkeypatch.setattr(bytecode, "node", lambda: sys.executable)
    monkeypatch.setattr(parts, "BUILD", tmp_path)
    assert bytecode.bytecode(tmp_path, ("numpy",), "a key") == {}
    assert "Node.js could not run it (" in capsys.readouterr().err


@pytest.fixture
def written(monkeypatch, tmp_path):
    """What the command would write: the arguments, not the site."""
    asked = []
    monkeypatch.setattr(command, "write_site", lambda to, python, *rest: asked.append(python))
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


DRAWN = """
import json, sys

for name in {hidden}:
    sys.modules[name] = None
sys.path.insert(0, {folder!r})
from course_utils import explorers
from course_utils.explorers.headless import packed, unpacked

print(json.dumps([
    unpacked(packed(getattr(explorers, name)())).answer('{{"step": 3}}')
    for name in {names}
]))
"""
# What the page's Python has not when an explorer is drawn first.
HIDDEN = "sympy", "mpmath", "scipy", "sklearn", "matplotlib", "ipywidgets", "anywidget", "IPython"
TRAINS = "Landscapes", "Edge"


@pytest.mark.timeout(120)
def test_an_explorer_draws_the_same_with_numpy_and_contourpy_alone(tmp_path):
    names = [name for name in explorers.__all__ if name[0].isupper() and name not in TRAINS]
    for path, data in course():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    program = DRAWN.format(hidden=HIDDEN, folder=str(tmp_path), names=names)
    drawn = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=tmp_path)
    assert not drawn.returncode, drawn.stderr.decode()[-2000:]
    for name, answer in zip(names, json.loads(drawn.stdout), strict=True):
        here = json.loads(unpacked(packed(getattr(explorers, name)())).answer('{"step": 3}'))
        there = json.loads(answer)
        assert {**there, "kept": ""} == {**here, "kept": ""}, f"{name} is another one in a page"


def test_every_formula_of_the_course_is_stored_for_the_pages():
    own = [
        one for one in vars(surfaces).values()
        if inspect.isfunction(one) and one.__module__ == surfaces.__name__
        and one.__annotations__.get("return", "").endswith(("Surface", "Curve", "Curve]"))
    ]  # fmt: skip
    made = [one() for one in own if one.__name__ not in ("noisy", "_walled")]
    made = [kept for one in made for kept in (one if isinstance(one, tuple) else (one,))]
    assert len(made) > 10
    assert {one.given for one in made} < set(surfaces.written())
