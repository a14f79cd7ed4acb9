"""The files that say what the course needs agree with each other."""

import ast
import os
import re
import sys
import tomllib
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import course
import course_utils
from course_utils import environment
from tools import release

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
LOCKS = (course.RUNTIME, course.TEST)
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")

PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>\d[\w.+!]*)( ; (?P<marker>.+))?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def bounds(lines):
    """Requirements as {name: bounds}."""
    requirements = [Requirement(line) for line in lines]
    assert not [each for each in requirements if each.url or each.extras]
    return {canonicalize_name(each.name): each.specifier for each in requirements}


def pins(lock):
    """A lock as {name: (version, marker, hashes)}; every line of it must have its form."""
    found = {}
    for entry in (ROOT / lock).read_text("utf-8").replace(" \\\n    ", " \\ ").splitlines():
        pinned, *hashes = entry.split(" \\ ")
        match = PINNED.fullmatch(pinned)
        assert match, f"{lock}: {pinned!r} pins nothing"
        assert hashes, f"{lock}: {pinned} has no hash"
        assert all(HASH.fullmatch(each) for each in hashes), f"{lock}: {pinned}"
        assert match["name"] not in found, f"{lock}: {match['name']} stands there twice"
        found[match["name"]] = match["version"], match["marker"], frozenset(hashes)
    return found


RUNTIME_BOUNDS = bounds(PROJECT["project"]["dependencies"])
TEST_BOUNDS = bounds(PROJECT["dependency-groups"]["test"])
PEER_BOUNDS = bounds(PROJECT["dependency-groups"]["peers"])
FAST_BOUNDS = bounds(PROJECT["dependency-groups"]["fast"])


def test_conda_asks_for_what_pyproject_asks_for():
    python, *packages, pip = CONDA["dependencies"]
    assert python.removeprefix("python=") in SUPPORTED, "Binder reads one version, not a bound"
    assert pip == {"pip": ["-e ."]}
    asked = bounds(packages)
    assert str(asked.pop("pip")) == ""
    assert asked == RUNTIME_BOUNDS
    assert CONDA["name"] == PROJECT["project"]["name"]
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


def test_conda_and_binder_can_read_the_environment():
    assert list(CONDA) == ["name", "channels", "dependencies"], "repo2docker reads these"
    python, *packages, last = CONDA["dependencies"]
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version)
    assert packages[-1] == "pip", "conda warns if pip is used and not asked for"
    assert packages[:-1] == sorted(packages[:-1]) and isinstance(last, dict)
    assert all(re.fullmatch(r"[a-z-]+>=[\d.]+", each) for each in packages[:-1])
    assert CONDA["channels"][0] == "conda-forge", "the first channel wins"
    assert "defaults" not in CONDA["channels"]


def test_binder_takes_the_environment_and_nothing_before_it():
    """The files and folders that repo2docker would read in its place."""
    for name in (
        "binder", ".binder", "Dockerfile", "Project.toml", "REQUIRE", "default.nix", "DESCRIPTION",
        "install.R", "runtime.txt", "Pipfile", "Pipfile.lock",
    ):  # fmt: skip
        assert not (ROOT / name).exists(), f"{name} changes what Binder builds"


def test_the_page_on_binder_opens_a_lesson_and_names_the_environment():
    page = (ROOT / "docs" / "BINDER.md").read_text("utf-8")
    (opened,) = re.findall(r"\?urlpath=lab/tree/(\S+)", page)
    assert (ROOT / opened).is_file() and course.FIRST_LESSON[0].endswith(Path(opened).name)
    assert f"conda activate {CONDA['name']}\n" in page
    python = CONDA["dependencies"][0].removeprefix("python=")
    assert set(re.findall(r"Python (3\.\d+)", page)) == {python}


def test_every_requirement_has_a_lower_bound():
    for name, bound in (RUNTIME_BOUNDS | TEST_BOUNDS | PEER_BOUNDS | FAST_BOUNDS).items():
        assert [each.operator for each in bound] == [">="], name


def test_runtime_and_test_tools_are_apart():
    assert not RUNTIME_BOUNDS.keys() & TEST_BOUNDS.keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_other_frameworks_are_in_no_lock(lock):
    """They are only compared with, in an environment of their own."""
    assert PEER_BOUNDS.keys() == {"ipympl", "jax", "keras", "optax", "torch"}
    assert not PEER_BOUNDS.keys() & pins(lock).keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_compiler_is_in_no_lock(lock):
    """Neither the course nor its tests need it."""
    assert FAST_BOUNDS.keys() == {"numba"} and "numba" not in pins(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_the_bounds(lock):
    pinned = pins(lock)
    wanted = RUNTIME_BOUNDS if lock == course.RUNTIME else RUNTIME_BOUNDS | TEST_BOUNDS
    for name, bound in wanted.items():
        version, marker, _ = pinned[name]
        assert bound.contains(version), f"{name} {version} is outside {bound}"
        assert marker is None, f"{name} is needed everywhere"


def test_test_lock_holds_the_runtime_lock():
    runtime, test = pins(course.RUNTIME), pins(course.TEST)
    for name, (version, marker, hashes) in runtime.items():
        assert name in test, f"{name} is missing in {course.TEST}"
        assert test[name][0] == version, name
        assert test[name][1] in (marker, None), name
        assert test[name][2] == hashes, name


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_is_closed(lock):
    """What a locked package requires is locked as well: pip adds nothing of its own."""
    pinned = pins(lock)
    for name in pinned:
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for line in requires:
            need = Requirement(line)
            here = dict(default_environment(), extra="")
            if need.marker is None or need.marker.evaluate(here):
                assert canonicalize_name(need.name) in pinned, f"{name} requires {need.name}"


@pytest.mark.parametrize(
    "folder, lock", [("tests", course.TEST), ("tools", course.TEST), ("notebooks", course.RUNTIME)]
)
def test_what_is_imported_is_locked(folder, lock):
    pinned, owners = pins(lock), metadata.packages_distributions()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in {each.split(".")[0] for each in names} - sys.stdlib_module_names:
                if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists():
                    owner = {canonicalize_name(each) for each in owners.get(name, [name])}
                    assert owner & pinned.keys(), f"{path} imports {name}"


@pytest.mark.parametrize("file", [*LOCKS, "pyproject.toml", "environment.yml"])
def test_no_index_and_no_host_is_named(file):
    text = (ROOT / file).read_text("utf-8").replace(release.address(ROOT), "")
    for sign in ("://", "index-url", "find-links", "trusted-host", "file:", "git+", " @ "):
        assert sign not in text, f"{file} names a place to download from: {sign}"


def test_pythons_agree():
    oldest = ".".join(map(str, course.OLDEST))
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    listed = [each.rpartition(" :: ")[2] for each in PROJECT["project"]["classifiers"]]
    assert tuple(each for each in listed if each.startswith("3.")) == SUPPORTED
    assert SUPPORTED[0] == oldest
    assert SUPPORTED[-1] == ".".join(map(str, course.NEWEST))
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    assert flow["jobs"]["test"]["strategy"]["matrix"]["python"] == [SUPPORTED[0], SUPPORTED[-1]]
    assert f"Python {SUPPORTED[0]} to {SUPPORTED[-1]}" in (ROOT / "README.md").read_text("utf-8")


def test_the_forge_runs_what_anybody_runs():
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    steps = flow["jobs"]["test"]["steps"]
    assert steps[-1]["run"] == ".ci/run" and os.access(ROOT / ".ci" / "run", os.X_OK)
    assert flow["permissions"] == {"contents": "read"}
    # YAML takes the word "on" for true.
    assert set(flow[True]) == {"push", "pull_request"}


def test_readme_gives_the_two_commands_and_ci_runs_the_second():
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in ("python3 course.py", "python3 course.py test"):
        assert re.search(rf"(?m)^\s*{re.escape(command)}\s*$", readme), command
    assert f"Python {SUPPORTED[0]}" in readme
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert ci[-1] == "python3 course.py test"


def test_every_file_of_the_library_is_packaged():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    for path in (ROOT / "course_utils").rglob("*"):
        if path.is_dir() or "__pycache__" in path.parts or path.suffix == ".pyc":
            continue
        package = next(above for above in path.parents if (above / "__init__.py").exists())
        inside = path.relative_to(package).as_posix()
        assert path.suffix == ".py" or any(fnmatch(inside, each) for each in patterns), path
        assert "/" not in inside or path.suffix != ".py", f"{path.parent} is no package"


def test_versions_and_names_agree():
    assert PROJECT["project"]["version"] == CITATION["version"] == course_utils.__version__
    assert PROJECT["project"]["name"] == "down-the-ravine"
    assert CITATION["title"].startswith("Down the Ravine: ")


def test_citation_file_has_what_its_format_requires():
    assert {"cff-version", "message", "title", "authors"} <= CITATION.keys()
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] == "software"
    assert CITATION["authors"] == [{"name": "Down the Ravine authors"}]
    assert CITATION["license"] == ["BSD-3-Clause", "CC-BY-4.0"]
    assert PROJECT["project"]["license"] == " AND ".join(CITATION["license"])


def test_licences_stand_in_full():
    code = (ROOT / "LICENSE").read_text("utf-8")
    text = (ROOT / "LICENSE-TEXT").read_text("utf-8")
    assert "Copyright (c) 2026, The Down the Ravine authors" in code
    assert "Redistributions in binary form" in code and "Neither the name" in code
    assert "Creative Commons Attribution 4.0 International Public License" in text
    assert re.findall(r"(?m)^Section (\d) – ", text) == list("12345678")
    assert PROJECT["project"]["license-files"] == ["LICENSE", "LICENSE-TEXT"]


def test_the_check_in_the_first_lesson_asks_for_the_same():
    asked = {name: ".".join(map(str, least)) for name, least in environment.NEEDED.items()}
    bound = {name: str(each).removeprefix(">=") for name, each in RUNTIME_BOUNDS.items()}
    assert bound.pop("jupyterlab")
    assert asked == bound
    assert environment.PYTHON == course.OLDEST
