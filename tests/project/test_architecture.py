"""The rooms of the library import what the plan lets them import, and the tree reads clean."""

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.project.files import tree
from tools.find import names

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "course_utils"

ARROWS = {
    "surfaces": set(),
    "optimizers": set(),
    "theory": set(),
    "curvature": set(),
    "environment": set(),
    "page": set(),
    "workbook": set(),
    "descent": {"surfaces", "optimizers"},
    "symbolic": {"optimizers"},
    "libraries": {"symbolic", "optimizers"},
    "networks": {"optimizers"},
    "svg": {"descent", "surfaces", "optimizers"},
    "figures": {"svg", "descent", "surfaces", "optimizers", "theory", "networks"},
    "explorers": {
        "svg",
        "descent",
        "surfaces",
        "optimizers",
        "theory",
        "networks",
        "curvature",
        "page",
    },
    "exercises": {
        "symbolic",
        "libraries",
        "descent",
        "surfaces",
        "optimizers",
        "theory",
        "page",
    },
    "inventory": {"exercises"},
}
PACKAGES = {
    "surfaces": {"numpy", "sympy"},
    "optimizers": {"numpy"},
    "theory": {"numpy"},
    "curvature": {"numpy", "scipy"},
    "environment": set(),
    "page": set(),
    "workbook": set(),
    "descent": {"numpy"},
    "symbolic": {"numpy", "sympy", "numba"},
    "libraries": {"numpy", "sympy"},
    "networks": {"numpy", "sklearn", "scipy", "threadpoolctl"},
    "svg": {"numpy", "contourpy", "IPython"},
    "figures": {"numpy", "matplotlib", "IPython"},
    "explorers": {"numpy", "IPython"},
    "exercises": {"numpy", "sympy"},
    "inventory": set(),
}
PREDICTION = {"ipywidgets", "anywidget", "traitlets", "IPython"}
DECLARED = {"numpy", "sympy", "matplotlib", "ipywidgets", "anywidget", "scikit-learn"}
# Imported where it is used, and no lesson uses it.
OPTIONAL = {"numba"}
COMES_WITH = {
    "scipy": "scikit-learn",
    "threadpoolctl": "scikit-learn",
    "contourpy": "matplotlib",
    "ipython": "ipywidgets",
    "traitlets": "ipywidgets",
}
# Where a widget is built; imported when it is shown.
WIDGETS = {"explorers/player.py"}
NOT_IN_A_BROWSER = {"subprocess", "socket", "ssl", "multiprocessing", "concurrent"}


def imports(path, nodes=ast.walk):
    """Full dotted names of what a file imports, relative imports resolved."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = [*above, *([node.module] if node.module else [])]
            yield from (".".join([*module, alias.name]) for alias in node.names)


def room(path):
    return path.relative_to(LIBRARY).with_suffix("").parts[0]


FILES = sorted(path for path in LIBRARY.rglob("*.py") if path != LIBRARY / "__init__.py")


def test_every_room_is_on_the_plan():
    assert {room(path) for path in FILES} <= ARROWS.keys() == PACKAGES.keys()


def beyond(path):
    """What a file imports although its room may not."""
    here = room(path)
    rooms, packages = ARROWS[here] | {here}, PACKAGES[here] | sys.stdlib_module_names
    if here in ("exercises", "inventory") and path.name in ("prediction.py", "form.py", "radio.py"):
        packages = packages | PREDICTION
    if path.relative_to(LIBRARY).as_posix() in WIDGETS:
        packages = packages | PREDICTION
    for name in imports(path):
        first, *rest = name.split(".")
        if not (rest and rest[0] in rooms if first == "course_utils" else first in packages):
            yield name


def listed(found):
    """The lines ``file: name`` of a function over all files of the library."""
    return [f"{path.relative_to(LIBRARY)}: {name}" for path in FILES for name in found(path)]


def test_imports_follow_the_arrows():
    assert listed(beyond) == []


def test_importing_needs_nothing_that_a_browser_lacks():
    def lacking(path):
        top = {name.split(".")[0] for name in imports(path, ast.iter_child_nodes)}
        return sorted(top & NOT_IN_A_BROWSER)

    assert listed(lacking) == []


def test_packages_are_declared_or_come_with_a_declared_one():
    used = set().union(*PACKAGES.values(), PREDICTION)
    known = {"sklearn": "scikit-learn", "IPython": "ipython"}
    assert {known.get(name, name) for name in used} <= DECLARED | OPTIONAL | COMES_WITH.keys()
    for part, whole in COMES_WITH.items():
        needs = [Requirement(line) for line in metadata.requires(whole)]
        assert part in {need.name.lower() for need in needs if need.marker is None}


def test_what_is_optional_is_imported_inside_functions():
    def outside(path):
        top = {name.split(".")[0] for name in imports(path, ast.iter_child_nodes)}
        return sorted(top & OPTIONAL)

    assert listed(outside) == []


def test_importing_the_library_loads_nothing_else():
    program = (
        "import sys; before = set(sys.modules); import course_utils;"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout.split()
    assert set(loaded) - sys.stdlib_module_names == {"course_utils"}


def loaded_by(program):
    """The modules that a program loads in a Python of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"], cwd=ROOT,
        capture_output=True, encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    return set(ran.stdout.split())


def test_pictures_can_be_drawn_where_matplotlib_is_not():
    loaded = loaded_by("import course_utils.svg")
    assert "contourpy" in loaded and not {"matplotlib", "IPython", "sklearn"} & loaded


def test_a_lesson_waits_for_no_package_that_its_first_cells_do_not_use():
    def of_the_course(lesson):
        """What a lesson imports from the course, as one program."""
        tree = ast.parse(lesson.read_text("utf-8"))
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        return "\n".join(map(ast.unparse, nodes))

    lessons = [ROOT / "notebooks" / "src" / f"{name}.py" for name in names(ROOT)]
    assert "figures" in of_the_course(lessons[1])
    slow = {"matplotlib", "sklearn", "scipy", "ipywidgets", "anywidget", "IPython"}
    assert not slow & loaded_by(of_the_course(lessons[1]))
    own = [line for path in lessons for line in of_the_course(path).splitlines()
           if line.startswith("from course_utils")]  # fmt: skip
    assert "matplotlib" not in loaded_by("\n".join(own))


def test_the_tree_is_lint_clean():
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def words(*halves):
    """Words spelled in halves, so that this file does not hold them itself."""
    return "|".join(first + second for first, second in halves)


FORBIDDEN = {
    "a note to self": rf"\b({words(('TO', 'DO'), ('FIX', 'ME'), ('XX', 'X'))})\b",
    "a path of one machine": rf"(?<![\w.])/({words(('wo', 'rk'), ('ro', 'ot'))})/"
    # In every image of repo2docker, and so on Binder, /home/jovyan is the home.
    r"|/(home|Users)/(?!jovyan\b)\w|[A-Z]:\\+Users\\",
    "a registry": "|".join(
        [words(("python", "hosted"), ("pypi", r"\.org"), ("anaconda", r"\.org"))]
        + [words(("npm", r"js\."), ("jsdel", "ivr"), ("unp", r"kg\."))]
    ),
    "the tools of its authors": rf"(?i:{words(('clau', 'de'), ('anthro', 'pic'), ('chat', 'gpt'))})"
    rf"|(?i:{words(('open', 'ai'), ('co', 'pilot'))}|\bissue #?\d)|\b{words(('A', 'I'))}\b",
}
DATA = re.compile(r"[A-Za-z0-9+/=]{60,}")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for path in tree():
        try:
            text = DATA.sub("", path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = pattern.search(line)
            if match:
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert not found, "\n".join(found)


# Lines of Python: what checks answers and what measures speed stay smaller than what is taught.
LARGEST = {"course_utils/exercises": 8000, "benchmarks": 1500}
MOST_CASES = 8000


@pytest.mark.parametrize("room", LARGEST)
def test_a_room_keeps_its_size(room):
    files = (ROOT / room).rglob("*.py")
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in files)
    assert 0 < lines <= LARGEST[room]


def test_the_cases_of_this_run_are_not_too_many(request):
    cases = [item for item in request.session.items if item.path.suffix == ".py"]
    browser = [item for item in cases if "browser" in item.path.parts]
    assert len(cases) - len(browser) <= MOST_CASES
