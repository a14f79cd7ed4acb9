"""What lesson 11 says of its registered comparison, held against the record of fresh seeds."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from course_utils.exercises import exercises
from course_utils.networks import one_thread, record
from tools import flat_or_sharp
from tools.lessons import ROOT, defined, find

RECORD = record("flat_or_sharp")
WORDS = {"Adam ends flatter", "no difference to be seen", "Adam ends sharper"}
TWIN = Path(ROOT / "notebooks" / "src" / "11_flat_sharp_and_the_edge.py").read_text("utf-8")


@pytest.fixture(scope="module")
def lesson():
    names = defined(find(ROOT, ["11"])[0], flat_or_sharp.CELLS)
    names["progress"] = lambda values, what: values
    return names


def plans(task):
    return [plan for plan in RECORD["plans"] if plan["task"] == task]


def test_the_record_is_of_the_plan_that_the_lesson_registers(lesson):
    rates = {name: task["rates"] for name, task in lesson["tasks"].items()}
    assert RECORD["rates"] == json.loads(json.dumps(rates))
    for plan in RECORD["plans"]:
        registered = lesson["tasks"][plan["task"]]
        assert plan["passes"] == registered["passes"] and plan["sharper"] in WORDS
        for name, rate in plan["tuned"].items():
            assert rate in registered["rates"][name]
    seeds = [plan["seeds"] for plan in plans("I")]
    assert seeds == [plan["seeds"] for plan in plans("II")] and len(seeds) >= 2
    assert seeds == [[100 + 12 * i, 111 + 12 * i] for i in range(len(seeds))]
    assert min(seeds)[0] > max(lesson["seeds"])


def test_a_word_is_the_one_that_the_interval_allows():
    for plan in RECORD["plans"]:
        effect, low, high = plan["sharpness, Adam over momentum"]
        assert low <= effect <= high
        word = "Adam ends flatter" if high < 1 else "Adam ends sharper" if low > 1 else ""
        assert plan["sharper"] == (word or "no difference to be seen")


def test_the_slowest_rates_of_task_one_do_not_arrive_within_the_cap(lesson):
    """So the cap of passes ends the grid from below, as the lesson says."""
    task = lesson["tasks"]["I"]
    with one_thread():
        for name, rates in task["rates"].items():
            ends = lesson["arrive"](lesson["rules"][name], rates[0], 0, **task)
            assert np.isnan(ends).all()


def test_in_task_one_most_tuned_rates_are_the_slowest_that_arrive():
    tuned = [
        plan["tuned"][name] == plan["slowest that arrives"][name]
        for plan in plans("I")
        for name in plan["tuned"]
    ]
    assert np.mean(tuned) > 0.5


def test_the_comparison_is_tuned_through_best_of_grid():
    assert re.search(r"def tuned\(task, name\):\n.*\n    return theory\.best_of_grid", TWIN)


def test_keskars_runs_used_adam_where_the_lesson_speaks_of_them():
    said = exercises()["what Keskar compared"].reasons["c"]
    row = next(line for line in TWIN.splitlines() if line.startswith("# | Keskar"))
    assert "Adam" in said and "both ran Adam" in row and "not about Adam" not in row
