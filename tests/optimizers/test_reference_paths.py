"""Every rule against the paths of PyTorch, optax, Keras and 60-digit arithmetic."""

import numpy as np
import pytest
import sympy as sp

from course_utils.descent import descend
from course_utils.libraries.names import COUNTERPARTS
from course_utils.surfaces import W1, W2, Surface
from tests.each import each
from tests.reference.paths import GRADIENTS, HERE, ROWS, expression, gradient, hyper, read

MODES = {"stream", "surface", "batch"}


def cases(row):
    """Every case of a row, by a name."""
    found = {}
    for i, case in enumerate(read(row.file)["cases"]):
        kind = case.get("kind") or case["surface"]["name"]
        found[f"{i}-{case['mode']}-{kind}"] = row, case
    return found


CASES = {f"{row.file}-{row.rule.name}": cases(row) for row in ROWS}
EVERY = [case for own in CASES.values() for _, case in own.values()]


def first_memory(row, case):
    w = np.array(case["start"], dtype=float)
    return row.memory(gradient(case, 0, w), **hyper(case))


def agrees(path, case):
    mine = path[case["at"]]
    assert case["peers"], "a case without a peer shows nothing"
    for peer, said in case["peers"].items():
        theirs = np.array(said["path"], dtype=float)
        assert mine.shape == theirs.shape
        off = np.abs(mine - theirs) / (1 + np.abs(theirs))
        assert off.max() <= 1e-10, f"{peer} ({said['call']}) differs by {off.max():.1e}"


def kernel_makes_the_path(row, case):
    w = np.array(case["start"], dtype=float)
    memory = [np.zeros_like(w) + first_memory(row, case).get(n, 0) for n in row.rule.memory]
    path = [w.copy()]
    for k in range(max(case["at"])):
        count = {"t": k + 1} if row.rule.counts_steps else {}
        row.rule.kernel(w, gradient(case, k, w), *memory, **row.settings(**hyper(case)), **count)
        path.append(w.copy())
    agrees(np.array(path), case)


@pytest.mark.parametrize("row", CASES)
def test_kernel_makes_the_paths(row):
    each(CASES[row], kernel_makes_the_path)


def starts_from_zero(row, case):
    memory = first_memory(row, case).values()
    return case["mode"] != "stream" and not any(np.any(slot) for slot in memory)


FROM_ZERO = {
    row: zero for row, own in CASES.items()
    if (zero := {name: case for name, case in own.items() if starts_from_zero(*case)})
}  # fmt: skip


@pytest.mark.parametrize("row", FROM_ZERO)
def test_descend_makes_the_paths(row):
    each(FROM_ZERO[row], descend_makes_the_path)


def descend_makes_the_path(row, case):
    formula = expression(**case["surface"])
    surface = Surface("a reference", formula, (0, 0), (0, 0), ((-1, 1), (-1, 1)), "a test")
    settings = row.settings(**hyper(case))
    run = descend(surface, row.rule, case["start"], max(case["at"]), **settings)
    assert run.stopped is None
    agrees(run.positions, case)


@pytest.mark.parametrize("name", GRADIENTS)
def test_both_ways_to_write_a_surface_agree(name):
    numbers = {
        "quadratic": {"A": [[20.0, 1.0], [1.0, 1.0]], "b": [1.0, -2.0]},
        "rosenbrock": {"a": 1.0, "b": 5.0},
        "saddle": {"a": 8.0, "b": 1.0, "c": 0.5},
    }.get(name, {})
    at = {W1: sp.Rational(-3, 4), W2: sp.Rational(7, 5)}
    exact = [float(expression(name, **numbers).diff(s).subs(at)) for s in (W1, W2)]
    assert np.allclose(GRADIENTS[name](-0.75, 1.4, **numbers), exact, rtol=1e-14)


def test_every_file_is_used_and_every_mode_and_library_occurs():
    assert {p.stem for p in HERE.glob("*.json")} == {row.file for row in ROWS}
    modes = {case["mode"] for case in EVERY}
    peers = {peer for case in EVERY for peer in case["peers"]}
    assert modes == MODES
    assert peers == {"exact", "torch", "optax", "keras"}


def test_files_say_what_they_were_made_with():
    words = (HERE / "README.md").read_text("utf-8")
    for file in {row.file for row in ROWS}:
        made_with = read(file)["made_with"]
        assert made_with.keys() == {"torch", "optax", "jax", "keras", "numpy"}
        assert all(version.split()[0] in words for version in made_with.values())


FILES = [row.file for row in ROWS]
ONE_RULE = {row.file: row.rule for row in ROWS if FILES.count(row.file) == 1}


@pytest.mark.parametrize("file", sorted(ONE_RULE.keys() - {"momentum_torch"}))
def test_a_rule_names_the_libraries_that_its_file_was_made_with(file):
    peers = {p for case in read(file)["cases"] for p in case["peers"]} - {"exact"}
    calls = COUNTERPARTS.get(ONE_RULE[file], ())
    always = {x.library for x in calls if not x.condition}
    assert always <= peers <= {x.library for x in calls}
