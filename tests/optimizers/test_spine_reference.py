"""Nesterov and the adaptive rules against the paths of other libraries and exact arithmetic."""

import json
from pathlib import Path

import numpy as np
import pytest

from course_utils import optimizers
from course_utils.descent import descend
from course_utils.libraries.names import COUNTERPARTS
from course_utils.surfaces import Surface
from tests.test_reference_paths import GRADIENTS, expression

HERE = Path(__file__).parent / "reference_spine"
RULES = {
    "nesterov": optimizers.NESTEROV,
    "adagrad": optimizers.ADAGRAD,
    "adagrad__inside": optimizers.ADAGRAD_INSIDE,
    "rmsprop": optimizers.RMSPROP,
    "rmsprop__inside": optimizers.RMSPROP_INSIDE,
    "rmsprop_centered": optimizers.CENTRED_RMSPROP,
    "rmsprop_centered__inside": optimizers.CENTRED_RMSPROP_INSIDE,
    "rmsprop_momentum": optimizers.RMSPROP_MOMENTUM,
    "rmsprop_momentum__inside": optimizers.RMSPROP_MOMENTUM_INSIDE,
    "adam": optimizers.ADAM,
    "adam__inside": optimizers.ADAM_INSIDE,
    "adam_hat": optimizers.ADAM_HAT,
    "adam_plain": optimizers.UNCORRECTED_ADAM,
    "adam_plain__inside": optimizers.UNCORRECTED_ADAM_INSIDE,
    "adam_l2": optimizers.ADAM_L2,
    "adamw": optimizers.ADAMW,
    "amsgrad": optimizers.AMSGRAD,
    "amsgrad_optax": optimizers.AMSGRAD_OF_CORRECTED,
    "amsgrad_hat": optimizers.AMSGRAD_HAT,
    "nadam": optimizers.NADAM,
    "nadam_schedule": optimizers.SCHEDULED_NADAM,
    "adamax": optimizers.ADAMAX,
    "adamax_keras": optimizers.ADAMAX_OUTSIDE,
    "adadelta": optimizers.ADADELTA,
    "lion": optimizers.LION,
}


def read(file):
    return json.loads((HERE / f"{file}.json").read_text("utf-8"))


CASES = [
    pytest.param(RULES[file], case, id=f"{file}-{i}-{case['mode']}")
    for file in RULES
    for i, case in enumerate(read(file)["cases"])
]


def settings(case):
    given = {name: np.array(x, dtype=float)[()] for name, x in case["hyper"].items()}
    given.pop("start", None)
    return {{"mu": "beta"}.get(name, name): x for name, x in given.items()}


def agrees(path, case):
    assert case["peers"]
    for peer, said in case["peers"].items():
        theirs = np.array(said["path"], dtype=float)
        off = np.abs(path[case["at"]] - theirs) / (1 + np.abs(theirs))
        assert off.max() <= 1e-10, f"{peer} ({said['call']}) differs by {off.max():.1e}"


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_kernel_makes_the_path(rule, case):
    w = np.array(case["start"], dtype=float)
    memory = [np.zeros_like(w) for _ in rule.memory]
    if "start" in case["hyper"]:
        memory[0] += np.array(case["hyper"]["start"])
    path = [w.copy()]
    for t in range(1, max(case["at"]) + 1):
        if case["mode"] == "stream":
            g = np.array(case["gradients"][t - 1], dtype=float)
        else:
            numbers = {key: x for key, x in case["surface"].items() if key != "name"}
            g = np.array(GRADIENTS[case["surface"]["name"]](*w, **numbers))
        rule.kernel(w, g, *memory, **settings(case), **({"t": t} if rule.counts_steps else {}))
        path.append(w.copy())
    agrees(np.array(path), case)


def from_zero(case):
    return case["mode"] != "stream" and not np.any(case["hyper"].get("start", 0))


@pytest.mark.parametrize(("rule", "case"), [c for c in CASES if from_zero(c.values[1])])
def test_descend_makes_the_path(rule, case):
    formula = expression(**case["surface"])
    surface = Surface("a reference", formula, (0, 0), (0, 0), ((-1, 1), (-1, 1)), "a test")
    run = descend(surface, rule, case["start"], max(case["at"]), **settings(case))
    assert run.stopped is None
    agrees(run.positions, case)


def test_every_file_is_used_and_every_mode_and_library_occurs():
    assert {p.stem for p in HERE.glob("*.json")} == set(RULES)
    cases = [c.values[1] for c in CASES]
    assert {c["mode"] for c in cases} == {"stream", "surface", "batch"}
    assert {p for c in cases for p in c["peers"]} == {"exact", "torch", "optax", "keras"}


@pytest.mark.parametrize("file", RULES)
def test_a_rule_names_the_libraries_that_its_file_was_made_with(file):
    peers = {p for case in read(file)["cases"] for p in case["peers"]} - {"exact"}
    calls = COUNTERPARTS.get(RULES[file], ())
    always = {x.library for x in calls if not x.condition}
    assert always <= peers <= {x.library for x in calls}
