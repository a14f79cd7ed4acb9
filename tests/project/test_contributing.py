"""What the pages for people who change, teach or run the course name exists."""

import importlib.util
import re
from pathlib import Path

import pytest

import course
from tests.project import files

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "TEACHING.md", "SECURITY.md")),
        ROOT / "CODE_OF_CONDUCT.md",
        *(ROOT / ".github").rglob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("[!.]*/README.md"),
    ]
)
ENDINGS = "py|md|json|ipynb|lock|toml|yml|cff|in|svg|js|css|html|txt|cfg"
PATH = re.compile(rf"(?!text/|application/)[\w.-]+/[\w./-]*|[\w-]+\.(?:{ENDINGS})")
# What a command, a browser or a reader makes: no file of the course.
MADE = {
    ".venv", ".venv/bin/python", ".venvs", "dist", "build/lite", "notebooks/my_answers",
    "students/", "students", "index.html", "down-the-ravine/",
    "down-the-ravine/notebooks/my_answers", "load.log", "pyodide-lock.json",
    "results/PART.json", "404.html", ".github/workflows", "licences.txt", "ada_04_momentum.ipynb",
    "nbgrader_config.py", "source/04_momentum/04_momentum.ipynb", "submitted/NAME/04_momentum",
}  # fmt: skip
ANY = {"NN": "[0-9][0-9]", "name": "*"}


def text(page):
    return (ROOT / page).read_text("utf-8")


def tree():
    """The files of the course, seen from its folder."""
    return [path.relative_to(ROOT).as_posix() for path in files.tree()]


def spans(page):
    """Words in back-ticks, outside of blocks of code."""
    prose = re.sub(r"(?ms)^```.*?^```", "", text(page))
    return re.findall(r"`([^`\n]+)`", prose)


def commands(page):
    """Lines of code, and words in back-ticks, with what comes after variables and arrows."""
    blocks = re.findall(r"(?ms)^```\w*\n(.*?)^```", text(page))
    return [line.strip() for block in blocks for line in block.splitlines()] + spans(page)


def exists(name, page):
    """Whether a file or folder of the course has that name, seen from the page or from the top."""
    pattern = name.strip("/")
    for word, any_word in ANY.items():
        pattern = re.sub(rf"(?<![a-z]){word}(?![a-z])", lambda _, it=any_word: it, pattern)
    for place in (ROOT, (ROOT / page).parent):
        if any(place.glob(pattern)):
            return True
    wanted = re.compile("(.*/)?" + re.escape(pattern).replace(r"\*", "[^/]*").replace(
        r"\[0\-9\]", "[0-9]") + "(/.*)?")  # fmt: skip
    return any(wanted.fullmatch(each) for each in tree())


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page):
    named = {span for span in spans(page) if PATH.fullmatch(span)} - MADE
    missing = sorted(name for name in named if not exists(name, page))
    assert not missing, f"{page} names what is not there"


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", text(page)):
        address = (target[0] or target[1]).partition("#")[0]
        if address and "://" not in address and not address.startswith("mailto:"):
            assert ((ROOT / page).parent / address).exists(), f"{page} links to {address}"


def known():
    """The words that course.py knows, from the page that `course.py help all` shows."""
    return set(re.findall(r"python3 course\.py ([a-z]+)", course.__doc__ + course.MORE))


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_course_are_known(page):
    for command in commands(page):
        for said in re.findall(r"course\.py((?: [^\s`]+)*)", command):
            word, *rest = said.split() or [""]
            if word and not word.startswith("-"):
                assert word in known(), f"{page}: {command}"
            if word == "test":
                for path in (each for each in rest if "/" in each or each == "tests"):
                    named = path.removeprefix("--ignore=").partition("::")[0]
                    assert exists(named, page), f"{page}: {command}"


@pytest.mark.parametrize("page", PAGES)
def test_tools_and_modules_that_are_run_exist(page):
    for command in commands(page):
        for tool in re.findall(r"python3? ((?:[\w-]+/)+\w+\.py)", command):
            assert (ROOT / tool).is_file(), f"{page}: {command}"
        for module in re.findall(r"python3? -m ([\w.]+)", command):
            brought = "ensurepip" if module == "pip" else module
            assert importlib.util.find_spec(brought), f"{page}: {command}"


@pytest.mark.parametrize("page", PAGES)
def test_groups_and_locks_that_are_installed_exist(page):
    groups = re.search(r"(?s)\[dependency-groups\](.*?)\n\[", text("pyproject.toml"))[1]
    for command in commands(page):
        for group in re.findall(r"--group (\w+)", command):
            assert re.search(rf"(?m)^{group} = ", groups), f"{page}: {command}"
        for lock in re.findall(r"pip (?:install|download) .*-r (\S+)", command):
            name = lock.removeprefix("../").removeprefix("down-the-ravine/")
            assert exists(name, page), f"{page}: {command}"


def test_these_tests_see_what_they_look_for(tmp_path):
    assert len(PAGES) >= 5 and {"lessons", "test", "gather"} <= known()
    assert exists("notebooks/src/NN_name.py", "README.md")
    assert exists("mistakes/__init__.py", "README.md") and exists("adam.json", "README.md")
    assert exists("course_utils/exercises/lessons/lesson_NN.py", "README.md")
    assert not exists("notebooks/src/NN_name.rs", "README.md")
    assert not exists("course_utils/gone.py", "README.md")
    assert not exists("lesson_NNN.py", "README.md")
    assert PATH.fullmatch("tests/reference") and PATH.fullmatch("environment.yml")
    assert not any(map(PATH.fullmatch, ("git diff", "eps", "text/javascript", "1.5G")))


def test_a_downloaded_zip_has_the_same_files(tmp_path):
    """Without git, everything but what begins with a dot counts."""
    for name in ("README.md", "docs/a.md", ".hidden/b.md", "tools/__pycache__/c.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in files.tree(tmp_path)]
    assert found == ["README.md", "docs/a.md"]
