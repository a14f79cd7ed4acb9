"""The benchmarks measure what they say, and the report follows from the numbers; no stopwatch."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import __main__, course, descents, growth, kernels, machine, peers, report
from benchmarks.kernels import afresh
from course_utils.networks import record
from course_utils.optimizers import ADAM, MOMENTUM, NESTEROV, RMSPROP, RULES
from course_utils.symbolic import compiled

MINE = ("kernels", "descents", "growth")
NAMES = [rule.name for rule in RULES]


@pytest.fixture(scope="module")
def lonely():
    """A Python in which no library to compare with is installed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("torch", "jax", "optax", "numba"):
            patch.setitem(sys.modules, name, None)
        peers.library.cache_clear()
        yield
    peers.library.cache_clear()


@pytest.fixture(scope="module")
def quick(lonely, tmp_path_factory):
    """The results of the quick forms, by part, and the folder with the report on them."""
    folder, before = tmp_path_factory.mktemp("results"), dict(os.environ)
    try:
        assert __main__.main([*MINE, "report", "--quick", "--out", str(folder)]) == 0
    finally:
        os.environ.clear()
        os.environ.update(before)
    return {name: report.read(name, folder) for name in MINE}, folder


@pytest.mark.parametrize("name", MINE)
def test_every_part_runs_without_the_others_and_says_how(quick, name):
    made = quick[0][name]["made"]
    assert made["command"] == f"python -m benchmarks {name} --quick" and made["quick"]
    assert made["versions"]["numpy"] == np.__version__ and made["processor"] and made["date"]


def test_every_rule_is_timed(quick):
    rows = quick[0]["kernels"]["rows"]
    assert {row["rule"] for row in rows} == set(NAMES)
    assert all({"ours", "naive NumPy"} <= row["contestants"].keys() for row in rows)
    assert all(0 < low <= middle <= high for row in rows for c in row["contestants"].values()
               for low, middle, high in c.values())  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_formula_with_new_arrays_leaves_what_it_was_given(rule):
    w, g, *memory = np.random.default_rng(3).uniform(0.1, 1, (2 + len(rule.memory), 5))
    before = [w.copy(), g.copy(), *(x.copy() for x in memory)]
    settings = rule.settings({"lr": 0.1}) | ({"t": 2} if rule.counts_steps else {})
    new = kernels.afresh(rule.kernel)(w, g, *memory, **settings)
    assert all(map(np.array_equal, before, [w, g, *memory]))
    rule.kernel(w, g, *memory, **settings)
    np.testing.assert_allclose(new, [w, g, *memory], rtol=1e-12)


def test_missing_libraries_are_named_and_left_out(quick):
    results, folder = quick
    assert results["kernels"]["missing"] == ["torch", "optax", "numba"]
    names = {name for row in results["kernels"]["rows"] for name in row["contestants"]}
    assert names == {"ours", "in place", "naive NumPy", "memory limit"}
    text = (folder / "RESULTS.md").read_text("utf-8")
    assert "Missing here, and left out: torch, optax, numba; `python -m pip install" in text
    assert "| not measured |" in text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("dtype", kernels.TOLERANCE)
def test_formula_and_kernel_agree(rule, dtype, lonely):
    w, g = np.random.default_rng(3).normal(size=(2, 50)).astype(dtype)
    kernels.agree(rule, kernels.contestants(rule, w, g), dtype)


def test_machine_code_takes_part_where_numba_is_installed(monkeypatch, lonely):
    stand_in = SimpleNamespace(njit=lambda function, error_model: function)
    monkeypatch.setitem(sys.modules, "numba", stand_in)
    monkeypatch.setattr(peers, "library", {"numba": stand_in}.get)
    monkeypatch.setattr(peers, "machine_code", compiled)
    w, g = np.random.default_rng(3).normal(size=(2, 50))
    steps = kernels.contestants(ADAM, w, g)
    assert "compiled" in steps
    kernels.agree(ADAM, steps, "float64")
    calls = descents.contestants(ADAM, 0.1, np.array([2.0, -10.0]), 5)
    assert "compiled" in calls
    descents.agree(ADAM, calls)


def test_a_wrong_contestant_is_refused(monkeypatch, lonely):
    monkeypatch.setattr(kernels, "afresh", lambda kernel: afresh(NESTEROV.kernel))
    with pytest.raises(peers.Disagreement, match="momentum by naive NumPy is .* none are taken"):
        kernels.case(MOMENTUM, 10, "float64", 1, 0.0)
    monkeypatch.setattr(descents, "bare", lambda rule, lr, start, steps: start + np.ones((9, 1)))
    with pytest.raises(peers.Disagreement, match="Adam by bare loop is .* none are taken"):
        descents.agree(ADAM, descents.contestants(ADAM, 0.1, np.array([2.0, -10.0]), 5))


def test_a_contestant_in_another_precision_is_refused(lonely):
    w = np.ones(3, "float32")
    steps = kernels.contestants(MOMENTUM, w, w)
    steps["naive NumPy"] = kernels.our_step(MOMENTUM, w.astype(float), w)
    with pytest.raises(peers.Disagreement, match="float64"):
        kernels.agree(MOMENTUM, steps, "float32")


def test_the_report_on_quick_numbers_has_every_part_and_plot(quick):
    results, folder = quick
    text = (folder / "RESULTS.md").read_text("utf-8")
    for name in results:
        assert f"## {report.PARTS[name].title}" in text
        drawn = bool(report.PARTS[name].plot)
        assert drawn == (f"({name}.svg)" in text) == (folder / f"{name}.svg").is_file()
    assert "Not measured here: hand, course." in text


def test_contestants_take_turns_and_ratios_are_of_one_round():
    now, order = 0.0, []

    def call(name, cost):
        def work():
            nonlocal now
            order.append(name)
            now += cost * (1 + (len(order) - 1) // 2)  # the machine becomes slower all the time

        return work

    names = {"ours": call("ours", 1.0), "other": call("other", 3.0)}
    times = machine.in_turns(names, 20, seconds=0, warm=0, clock=lambda: now)
    rounds = [tuple(order[i : i + 2]) for i in range(2, len(order), 2)]
    assert len(rounds) == 20 and set(rounds) == {("ours", "other"), ("other", "ours")}
    assert machine.summary(times)["other"]["times_ours"] == [3, 3, 3]
    assert max(times["ours"]) > 5 * min(times["ours"])


def test_short_calls_are_repeated_until_they_fill_the_time():
    now, calls = 0.0, 0

    def work():
        nonlocal now, calls
        now, calls = now + 0.25, calls + 1

    times = machine.in_turns({"ours": work}, 3, seconds=2.0, warm=0, clock=lambda: now)
    assert times == {"ours": [0.25] * 3} and calls >= 3 * 8


@pytest.mark.parametrize("dtype", kernels.TOLERANCE)
def test_the_memory_limit_adds_in_place(dtype):
    kernels.axpy(10, dtype)()


@pytest.mark.parametrize("power", [0.5, 1.0, 1.5, 3.0])
def test_a_fit_finds_the_growth_that_made_the_numbers(power):
    sizes = [1, 3, 10, 30, 100, 300, 1000]
    made = growth.Growth(flat=1e-4, each=2e-6, power=power, off=0.0)
    found = growth.fit(sizes, list(made(sizes)))
    assert found.power == pytest.approx(power, abs=2e-3) and found.off < 5e-3
    assert found.flat == pytest.approx(1e-4, rel=0.02)
    assert found.turn == pytest.approx(50 ** (1 / power), rel=0.03)


def test_a_fit_needs_enough_sizes_and_no_part_is_negative():
    with pytest.raises(ValueError, match="four sizes"):
        growth.fit([1, 2, 3], [1, 2, 3])
    found = growth.fit([1, 2, 4, 8, 16], [1.0, 1.9, 3.7, 7.2, 14.2])
    assert found.flat >= 0 and found.each > 0 and 0.9 < found.power < 1


def test_growth_is_put_in_one_sentence_that_follows_from_the_fit():
    grown = growth.Growth(flat=1e-3, each=1e-6, power=1.01, off=0.0)
    words = grown.sentence("points", 100_000, 1, "every one takes as many")
    assert "from about 900 on" in words and "the power 1.01" in words and words.count(". ") == 0
    assert "leaves the cache" in growth.Growth(0.0, 1e-6, 1.3, 0.0).sentence("points", 9, 1, "why")
    assert "better rate" in growth.Growth(0.0, 1e-6, 0.8, 0.0).sentence("points", 9, 1, "why")
    assert "most of it" in growth.Growth(1.0, 1e-6, 1.0, 0.0).sentence("points", 9, 1, "why")


def test_every_case_of_growth_says_why():
    assert all(case.why and case.power > 0 and len(case.sizes) >= 6 for case in growth.cases())


def test_targets_are_met_or_not_or_not_measured():
    least = report.Target("a", "words", 4)
    most = report.Target("b", "words", 50, " ms", at_least=False)
    assert (least.met(4), least.met(3.99), least.met(None)) == (True, False, None)
    assert (most.met(50), most.met(51)) == (True, False)
    assert least.row(3.987, "why") == ["words", "≥ 4×", "3.99×", "**not met**", "why"]
    assert most.row(0.61) == ["words", "≤ 50 ms", "0.61 ms", "met", ""]
    assert [report.duration(x) for x in (2, 0.0123, 4.5e-6, 3.1e-8)] == [
        "2 s", "12.3 ms", "4.5 µs", "31 ns",
    ]  # fmt: skip


def test_a_missed_limit_is_explained_by_the_profile():
    own = {"ours": [3e-2] * 3, "memory limit": [5e-3] * 3}
    row = {
        "rule": "Adam",
        "n": 10**7,
        "dtype": "float64",
        "contestants": {
            name: {"seconds": x, "times_ours": [x[1] / 3e-2] * 3} for name, x in own.items()
        },
    }
    spent = {"sqrt": 1.2, "divide": 0.9, "add": 0.3}
    profile = {"rule": "Adam", "dtype": "float64", "nanoseconds": spent,
               "operations": {"sqrt": 1, "divide": 3, "add": 3}}  # fmt: skip
    result = {"rows": [row], "profile": [profile]}
    key = f"memory {10**7} float64"
    value, note = kernels.measured(result)[key]
    assert value == pytest.approx(6)
    words = "takes 3 ns a weight, of which its 7 operations need 2.4 ns even on arrays"
    assert words in note
    assert "(sqrt 1.2, divide 0.9)" in note


def test_a_target_says_whose_step_is_compared_with_what(monkeypatch):
    given = {"ours": 1.0, "compiled": 0.5, "torch fused": 0.6, "memory limit": 0.4}
    own = {name: {"seconds": [x] * 3, "times_ours": [x] * 3} for name, x in given.items()}
    rows = [{"rule": name, "n": 10, "dtype": "float64", "contestants": own}
            for name in ("AdamW", "Adam")]  # fmt: skip
    rows[0]["contestants"] = own | {"compiled": {"seconds": [0.55] * 3, "times_ours": [0.55] * 3}}
    wanted = {"compiled fused": True, "compiled memory": False, "fused": True, "optax": True}
    targets = [report.Target(f"{key} 10 float64", "", 0.1 if least else 2.0, at_least=least)
               for key, least in wanted.items()]  # fmt: skip
    monkeypatch.setattr(kernels, "PART", SimpleNamespace(targets=targets))
    found = {
        key.removesuffix(" 10 float64"): x
        for key, (x, _) in kernels.measured({"rows": rows}).items()
    }
    assert found == pytest.approx(
        {"compiled fused": 0.6 / 0.55, "compiled memory": 0.55 / 0.4, "fused": 0.6}
    )


def test_the_machine_is_left_as_it_was():
    if hasattr(os, "sched_getaffinity"):
        before = os.sched_getaffinity(0)
        with machine.one_processor():
            assert len(os.sched_getaffinity(0)) == 1
        assert os.sched_getaffinity(0) == before


def test_calls_of_the_libraries_come_from_the_table_of_rules(monkeypatch):
    monkeypatch.setattr(peers, "library", lambda name: True)
    call = peers.call(RMSPROP, "torch", **RMSPROP.settings({"lr": 0.5}))
    assert call.startswith("torch.optim.RMSprop(params, lr=0.5, ")
    assert "momentum=0.9" in peers.call(MOMENTUM, "torch", lr=0.1)
    assert not peers.call(next(r for r in RULES if r.name == "Adam, not corrected"), "torch")


def test_the_test_command_is_explained_by_its_stages():
    stage = {"seconds": 200.0, "passed": 14695, "busy": 0.93}
    whole = {"green": True, "stages": {"library": stage}}
    lessons = [{"name": "a", "seconds": 1.0}]
    result = {"imports": [{"seconds": [1, 2, 3]}], "clones": [], "lessons": lessons}
    said = course.measured({**result, "whole": {"seconds": 200.0, **whole}})
    assert said["whole"] == (200, "library 200 s for 14695 tests, processors 93 % busy")
    assert said["lesson"] == (1.0, "a") and "first" not in said and said["import"][0] == 2


def test_the_folder_tells_every_command():
    words = (Path(report.HERE) / "README.md").read_text("utf-8")
    assert all(f"`python -m benchmarks {name}`" in words for name in (*report.PARTS, "report"))


@pytest.mark.parametrize("name", report.PARTS)
def test_every_part_was_measured_in_full(name):
    made = report.read(name)["made"]
    assert made["command"] == f"python -m benchmarks {name}" and not made["quick"]


def test_the_report_and_what_a_lesson_shows_are_what_the_numbers_say():
    written = (Path(report.HERE) / "RESULTS.md").read_text("utf-8")
    assert written == report.text()
    shown = report.as_json(kernels.ladder(report.read("kernels"))) + "\n"
    assert kernels.RECORD.read_text("utf-8") == shown
    rungs = [row["nanoseconds"].keys() for row in record("kernels")["rows"] if row["n"] == 10**7]
    assert rungs == [set(kernels.RUNGS)] * 2


@pytest.mark.parametrize("name", report.PARTS)
def test_every_plot_shows_the_numbers_that_are_kept(name):
    result = report.read(name)
    there = report.FOLDER / f"{name}.svg"
    assert there.is_file() == bool(report.PARTS[name].plot)
    assert not there.is_file() or report.fingerprint(result) in there.read_text("utf-8")


def test_no_number_names_the_folders_of_the_machine():
    for path in report.FOLDER.iterdir():
        words = path.read_text("utf-8")
        assert str(Path.home()) not in words and "/tmp/" not in words
