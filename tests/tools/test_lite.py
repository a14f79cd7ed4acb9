"""The site without installation: its parts are pinned, its list of packages is whole."""

import ast
import hashlib
import json
import re
import tomllib
import zipfile
from math import comb
from xml.etree import ElementTree

import numpy as np
import pytest
from packaging.requirements import Requirement

from tools import solutions
from tools.find import notebooks
from tools.lite import answers, licences, packages, parts, site
from tools.lite.notices import SLOW

LESSONS = [path.stem for path in notebooks(parts.ROOT)]


def wheel(folder, name="toy", version="1.0", needs=(), files=("toy/__init__.py",)):
    path = folder / f"{name}-{version}-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.writestr(file, "")
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n\n")
    return path


# The pins


@pytest.mark.parametrize("name", ["build.lock", "runtime.lock"])
def test_every_pinned_package_has_a_hash_and_no_index_is_named(name):
    text = (parts.HERE / name).read_text("utf-8")
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9-]+==\S+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$", block)
    assert "://" not in text and "index" not in text


def test_the_browser_gets_the_versions_of_the_courses_lock():
    lock = (parts.ROOT / "requirements.lock").read_text("utf-8")
    pinned = parts.pins(parts.PURE, lock)
    assert re.findall(r"^([a-z0-9-]+)==", pinned, re.M) == sorted(parts.PURE)
    assert all(line in lock for line in pinned.splitlines())


def test_a_package_that_the_lock_lost_is_named():
    with pytest.raises(parts.PartError, match="no absent: see tools/lite"):
        parts.pins(["absent", "six"], "six==1 \\\n    --hash=sha256:00\n")


def test_everything_that_the_course_asks_for_is_in_the_browser_at_its_version():
    project = tomllib.loads((parts.ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {need.name: need for need in map(Requirement, project["project"]["dependencies"])}
    del wanted["jupyterlab"]
    for name, need in wanted.items():
        if name not in parts.PURE:
            assert need.specifier.contains(parts.PYODIDE["packages"][name]["version"])


def test_pyodides_packages_need_nothing_that_is_not_there():
    there = {*parts.PYODIDE["packages"], *parts.PURE}
    for entry in parts.PYODIDE["packages"].values():
        assert set(entry["depends"]) <= there
    assert not set(parts.PYODIDE["packages"]) & set(parts.PURE)


# The bytes


@pytest.fixture
def pinned(monkeypatch):
    """One file of a small made-up Pyodide, and what it should hold."""
    data = b"the published bytes"
    digest = hashlib.sha256(data).hexdigest()
    made_up = {"version": "0", "files": {"a.mjs": digest}, "packages": {}}
    monkeypatch.setattr(parts, "PYODIDE", made_up)
    return data


def test_published_bytes_are_taken(pinned, tmp_path):
    parts.take({"a.mjs": lambda: pinned, "other": lambda: b""}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mjs"]
    assert (tmp_path / "a.mjs").read_bytes() == pinned


def test_other_bytes_are_refused(pinned, tmp_path):
    with pytest.raises(parts.PartError, match="a.mjs is not the file of Pyodide 0: refused"):
        parts.take({"a.mjs": lambda: pinned + b" "}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_named(pinned, tmp_path):
    with pytest.raises(parts.PartError, match="a.mjs of Pyodide 0 is not there"):
        parts.take({}, tmp_path)


def test_a_folder_is_filled_once_for_a_key_and_never_by_half(tmp_path):
    folder, made = tmp_path / "parts", []

    def make(to):
        made.append(to)
        (to / "part").write_text("whole")

    def fail(to):
        (to / "part").write_text("half")
        raise parts.PartError("no network")

    for key in ("a", "a", "b"):
        parts.once(folder, key, make)
    assert len(made) == 2
    with pytest.raises(parts.PartError):
        parts.once(folder, "c", fail)
    parts.once(folder, "c", make)
    assert (folder / "part").read_text() == "whole"


# The licences


def licensed(folder, name, lines=(), texts=()):
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        info = f"{name}-1.0.dist-info"
        metadata = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines]
        archive.writestr(f"{info}/METADATA", "\n".join(metadata) + "\n\n")
        for file, words in texts:
            archive.writestr(f"{info}/{file}", words)
    return path


def test_every_package_is_told_with_its_licence_and_its_words(tmp_path):
    wheels = [
        licensed(tmp_path, "b", ["License: BSD"], [("licenses/LICENSE.txt", "Copyright of b")]),
        licensed(tmp_path, "a", ["License-Expression: MIT"], [("COPYING", "Copyright of a")]),
        licensed(tmp_path, "c", ["Classifier: License :: OSI Approved :: zlib"]),
        licensed(tmp_path, "d", ["License: " + 20 * "all of it "], [("NOTICE", "As is")]),
        licensed(tmp_path, "e"),
    ]
    said = licences.text(wheels, "More.", {wheels[-1].name})
    assert (
        "a 1.0: MIT\nb 1.0: BSD\nc 1.0: zlib\nd 1.0: see its text below\ne 1.0: see above" in said
    )
    for words in (
        "Copyright of a",
        "Copyright of b",
        "As is",
        "More.",
        "Mozilla Public License 2.0",
    ):
        assert words in said
    assert parts.PYODIDE["version"] in said and parts.PYODIDE["info"]["python"] in said
    with pytest.raises(parts.PartError, match="e 1.0 says nothing about its licence"):
        licences.text(wheels)


def test_the_first_page_leads_to_the_licences_and_says_where_nothing_is_kept():
    page = site.landing(91)
    assert 'href="licences.txt"' in page
    assert 'id="nothing-kept" hidden' in page and '"serviceWorker" in navigator' in page


# The list of packages


def test_an_entry_says_what_the_wheel_says(tmp_path):
    needs = ["NumPy>=2", 'pywin32; sys_platform == "win32"', 'x; extra == "all"', "psutil"]
    needs.append('Emscripten_Only; sys_platform == "emscripten" and python_version >= "3.14"')
    files = ["toy/__init__.py", "toy/deep/a.py", "single.py", "toy-1.0.data/data/b.py", "c.txt"]
    path = wheel(tmp_path, needs=needs, files=files)
    entry = packages.entry(path)
    assert entry["depends"] == ["emscripten-only", "numpy"]
    assert entry["imports"] == ["single", "toy"]
    assert (entry["name"], entry["version"], entry["file_name"]) == ("toy", "1.0", path.name)
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_list_with_a_hole_is_refused(tmp_path):
    pure = [wheel(tmp_path, name=name) for name in parts.PURE]
    names = set(packages.whole_list([*pure, wheel(tmp_path)])["packages"])
    assert names == {"toy", *parts.PURE, *parts.PYODIDE["packages"]}
    with pytest.raises(parts.PartError, match="toy needs absent, which is not there"):
        packages.whole_list([*pure, wheel(tmp_path, needs=["absent"])])


def test_a_package_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(parts.PartError, match="numpy stands twice"):
        packages.whole_list([wheel(tmp_path, name="numpy")])


# The site


def test_lessons_are_in_the_form_that_jupyterlite_reads(tmp_path):
    site.contents(tmp_path / "contents")
    copies = notebooks(tmp_path / "contents")
    assert (tmp_path / "contents" / "notebooks" / "INDEX.md").read_text("utf-8")
    assert [path.stem for path in copies] == LESSONS
    for path in copies:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        assert all(isinstance(cell["source"], str) for cell in cells)


def test_pictures_are_ascii_and_the_same_as_before(tmp_path):
    site.contents(tmp_path / "contents")
    for path in (tmp_path / "contents" / "images").iterdir():
        copy, original = path.read_bytes(), parts.ROOT / "images" / path.name
        assert copy.isascii()
        assert ElementTree.canonicalize(copy) == ElementTree.canonicalize(original.read_text())


def test_the_first_page_links_every_lesson_and_says_what_to_expect(monkeypatch):
    monkeypatch.setattr(site, "NOTICES", {"09": "Slow & steady."})
    page = site.landing(61)
    links = re.findall(r'href="lab/index.html\?path=notebooks/(\d\d_\w+)\.ipynb"', page)
    assert links == LESSONS
    assert page.count("Slow &amp; steady.") == 1 and "about 61 MB" in page
    assert not re.search("LESSONS|MEGABYTES|PAGES", page) and "Pages to read" not in page
    assert '<a href="../">Pages to read</a>' in site.landing(61, "../")


def test_the_lessons_that_were_seen_to_be_slow_say_so():
    page = (parts.ROOT / "docs" / "ZERO_INSTALL.md").read_text("utf-8")
    slow = re.search(r"More than two minutes to run from the top: (.*)\.\n", page)[1]
    assert {key for key, words in site.NOTICES.items() if words == SLOW} == set(slow.split(", "))
    assert set(site.NOTICES) <= {name[:2] for name in LESSONS}


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(parts.PartError, match="holds other things than a built site"):
        site.build(tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "mine"


# What the check in the browser tries


@pytest.mark.parametrize("name", LESSONS)
def test_the_answers_to_try_are_right_wrong_and_endless(name):
    def verdict(source):
        space = {"np": np, "comb": comb}
        exec("from course_utils.exercises import check\n" + source, space)
        tree = ast.parse(source)
        (call,) = (ast.unparse(n) for n in ast.walk(tree) if solutions.is_check(n))
        return eval(call, space).verdict

    right = answers.first_answer(name)
    assert verdict(right) == "right"
    assert verdict(answers.spoil(right)) == "not yet"
    if "def " in right:
        assert ast.parse(answers.loop(right)).body[0].body[-1].test.value is True
    else:
        assert answers.loop(right) == ""
