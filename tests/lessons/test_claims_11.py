"""What lesson 11 says of its registered comparison, held against the record of fresh seeds."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from course_utils.exercises import exercises
from course_utils.figures.lesson_11 import SHARPER
from course_utils.networks import CurveFit, follow, one_thread, ratio, record
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP
from course_utils.surfaces import sharp_and_flat
from tools import flat_or_sharp
from tools.lessons import ROOT, defined, find

RECORD = record("flat_or_sharp")
TWIN = Path(ROOT / "notebooks" / "src" / "11_flat_sharp_and_the_edge.py").read_text("utf-8")


@pytest.fixture(scope="module")
def cells():
    return defined(find(ROOT, ["11"])[0], flat_or_sharp.CELLS)


@pytest.fixture
def lesson(cells, monkeypatch):
    monkeypatch.setitem(cells, "seeds", cells["seeds"])  # a test may take fewer
    return cells


def plans(task):
    return [plan for plan in RECORD["plans"] if plan["task"] == task]


def test_the_record_is_of_the_plan_that_the_lesson_registers(lesson):
    assert RECORD["rates"] == json.loads(json.dumps(lesson["grid"]))
    for plan in RECORD["plans"]:
        registered = lesson["tasks"][plan["task"]]
        assert plan["passes"] == registered["passes"] and plan["sharper"] in SHARPER
        for name, rate in plan["tuned"].items():
            assert rate in lesson["grid"][plan["task"]][name]
    seeds = [plan["seeds"] for plan in plans("I")]
    assert seeds == [plan["seeds"] for plan in plans("II")] and len(seeds) >= 2
    assert seeds == [[100 + 12 * i, 111 + 12 * i] for i in range(len(seeds))]
    assert min(seeds)[0] > max(lesson["seeds"])


def test_a_word_is_the_one_that_the_interval_allows():
    for plan in RECORD["plans"]:
        effect, low, high = plan["sharpness, Adam over momentum"]
        assert low <= effect <= high
        assert plan["sharper"] == SHARPER[0 if high < 1 else 2 if low > 1 else 1]


def test_the_slowest_rates_of_task_one_do_not_arrive_within_the_cap(lesson):
    """So the cap of passes ends the grid from below."""
    lesson["seeds"] = range(2)
    with one_thread():
        for name, rates in lesson["grid"]["I"].items():
            ends = lesson["arrive"](lesson["rules"][name], rates[0], **lesson["tasks"]["I"])
            assert np.isnan(ends[0]).all()


def test_side_by_side_a_seed_ends_where_it_ends_alone(lesson):
    task, rule = lesson["tasks"]["II"], lesson["rules"]["Adam"]
    lesson["seeds"] = range(3)
    with one_thread():
        three = lesson["arrive"](rule, 0.03, **task)
        lesson["seeds"] = range(2, 3)
        (alone,) = lesson["arrive"](rule, 0.03, **task)
    np.testing.assert_allclose(three[2], alone, rtol=1e-6, atol=1e-8)


def test_in_task_one_adam_ends_sharper_at_the_slowest_rate_that_arrives():
    for plan in plans("I"):
        assert plan["sharper"] == "Adam ends sharper"
        assert plan["tuned"]["Adam"] == plan["slowest that arrives"]["Adam"]


def test_in_task_two_the_word_changes_with_the_tuned_rates():
    assert {plan["sharper"] for plan in plans("II")} >= {"Adam ends flatter", "Adam ends sharper"}
    assert len({tuple(plan["tuned"].values()) for plan in plans("II")}) > 1


def test_the_comparison_is_tuned_through_best_of_grid():
    assert re.search(r"def tuned\(task, name\):\n.*\n    return theory\.best_of_grid", TWIN)


def test_keskars_runs_used_adam_where_the_lesson_speaks_of_them():
    said = exercises()["what Keskar compared"].reasons["c"]
    row = next(line for line in TWIN.splitlines() if line.startswith("# | Keskar"))
    assert "Adam" in said and "both ran Adam" in row and "not about Adam" not in row


# Beside the registered comparison


def test_the_power_method_finds_the_eigenvalue_of_the_largest_size():
    H, v = np.diag([1.0, -3.0]), np.array([1.0, 0.3])
    for _ in range(60):
        v = H @ v
        v /= np.linalg.norm(v)
    assert v @ H @ v == pytest.approx(-3)


def test_smaller_batches_end_flatter_on_the_curve_with_other_seeds_and_rates():
    x = np.arange(-19, 20, 2) / 19
    task = CurveFit(x, 4 * x * x * x - 3 * x, hidden=(8, 8))
    for rate in (0.1, 0.2):
        plan = dict(lr=rate, steps=1000, every=100)
        few, whole = (
            follow(task, GRADIENT_DESCENT, range(20, 25), batch=batch, **plan)
            .sharpness[-3:]
            .mean(axis=0)
            for batch in (2, None)
        )
        assert ratio(few, whole).high < 1 and few.mean() < 2 / rate


SETTINGS = (
    (GRADIENT_DESCENT, 40, {"lr": 0.002}),
    (GRADIENT_DESCENT, 3, {"lr": 0.019}),
    (MOMENTUM, 5, {"lr": 0.002, "beta": 0.9}),
    (RMSPROP, 20, {"lr": 0.2, "rho": 0.99}),
    (ADAM, 5, {"lr": 0.1}),
    (ADAM, 60, {"lr": 0.06}),
)


@pytest.mark.parametrize("rule, sigma, hyper", SETTINGS)
def test_spread_against_width_decides_who_leaves_at_settings_that_the_lesson_does_not_use(
    rule, sigma, hyper
):
    wells, between = sharp_and_flat(), np.linspace(-1, 1, 2001)
    barrier = between[wells.value(between).argmax()]

    def ends(slope, steps):
        w, random = np.full(500, -1.25), np.random.default_rng(7)
        step = rule.start(w, **hyper)
        for _ in range(steps):
            step(slope(w) + sigma * random.standard_normal(500))
        return w

    spread = ends(lambda w: 100 * (w + 1), 500).std() / (1 + barrier)
    left = np.mean(ends(wells.slope, 2000) > barrier)
    assert left < 0.05 if spread < 0.25 else left > 0.75 if spread > 0.35 else True


@pytest.mark.parametrize("number", ["07", "08", "09", "10", "11", "12", "13"])
def test_no_word_for_an_interval_that_holds_the_null_says_that_two_are_equal(number):
    twin = find(ROOT, [number])[0].twin.read_text("utf-8")
    assert not re.search(r"[\"'](no different|no difference|equally good)[\"'],", twin)
