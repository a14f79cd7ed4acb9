"""Reading runs in the explorer: the cases of a set, what is said of a diagnosis, the tally."""

import re

import numpy as np
import pytest

from course_utils.explorers import Diagnosis
from course_utils.explorers.diagnosis import back, loss_panel
from course_utils.explorers.diagnosis.model import AS_IT_WAS, CAUSES, NOT_YET, cases
from course_utils.networks.diagnosis import FAULTS, KNOBS, stored


@pytest.mark.parametrize("series", [1, 2, 77, 200])
def test_a_set_holds_every_fault_once(series):
    held = cases(series)
    assert sorted(case.fault for case in held) == sorted(FAULTS) == sorted(CAUSES)
    assert cases(series) == held


def test_sets_differ_in_order_and_seeds():
    orders = {tuple(case.fault for case in cases(k)) for k in range(1, 40)}
    seeds = {tuple(case.seed for case in cases(k)) for k in range(1, 40)}
    assert len(orders) == len(seeds) == 39


def test_the_sentence_has_the_numbers_of_the_run():
    explorer = Diagnosis(run=5, step=9)
    case = explorer.case()
    c = stored(FAULTS[case.fault], case.seed)
    passes, loss = re.search(
        r"after (\d+) passes the training loss is ([\d.e+-]+)", explorer.caption()
    ).groups()
    assert int(passes) == 9 * c.passes // 16
    assert float(loss) == pytest.approx(c.by_pass[int(passes)], rel=1e-2)


def test_every_wrong_diagnosis_meets_a_curve_that_speaks_against_it():
    """Or the sentence says that the signs are there: it never calls a wrong one right."""
    explorer = Diagnosis()
    for number, case in enumerate(cases(1), start=1):
        for cause in CAUSES:
            explorer.set(run=number, cause=cause)
            words = explorer.caption()
            if cause == case.fault:
                assert f"Right, {cause}. For it, " in words
            else:
                assert f"Not {cause}. Against it, " in words or "turn a knob that tells" in words


def test_the_first_answer_counts_and_a_new_set_begins_without_answers():
    explorer = Diagnosis()
    for number, case in enumerate(cases(1)[:4], start=1):
        wrong = next(cause for cause in CAUSES if cause != case.fault)
        explorer.run = number
        for cause in (wrong, case.fault) if number == 1 else (case.fault, wrong):
            explorer.cause = cause
    assert "Named at the first attempt: 3 of 4 runs." in explorer.caption()
    explorer.series = 2
    assert "Named" not in explorer.caption()
    assert explorer.cause == NOT_YET and explorer.knob == AS_IT_WAS


def test_nothing_tells_the_fault_before_it_is_named():
    for number in range(1, 13):
        explorer = Diagnosis(run=number)
        picture = explorer.drawn(explorer.state())
        for words in (explorer.caption(), picture.front + picture.title):
            assert not any(cause in words for cause in CAUSES)
        explorer.set(run=number, knob="clip at norm 1")
        assert explorer.case().fault not in explorer.caption()


def test_a_knob_says_what_it_did():
    explorer = Diagnosis()
    for number, case in enumerate(cases(1), start=1):
        for knob, turn in KNOBS.items():
            explorer.set(run=number, knob=knob)
            words = explorer.caption()
            if turn(case.run) == case.run:
                assert f"The knob {knob} changes nothing here" in words
            else:
                end = stored(turn(case.run), case.seed).ends
                said = re.search(r"ends at ([\d.e+-]+|no number), before", words)[1]
                if np.isfinite(end):
                    assert float(said) == pytest.approx(end, rel=0.06)
                else:
                    assert said == "no number"


def test_answers_that_are_none_are_refused():
    for bad in ("η too large", [None] * 3, ["too hot"] * 12):
        with pytest.raises(ValueError, match="each a cause or None"):
            Diagnosis(answers=bad)


@pytest.mark.parametrize("state", [{"run": 1}, {"run": 4, "healthy": True}, {"run": 8}])
def test_the_loss_panel_is_as_high_as_its_runs_need(state):
    explorer = Diagnosis(**state)
    case = explorer.case()
    shown = [case.curves()] + [case.healthy()] * bool(state.get("healthy"))
    panel = loss_panel(shown)
    losses = np.concatenate([c.by_pass[np.isfinite(c.by_pass)] for c in shown])
    low, high = panel.up
    assert low <= max(losses.min(), 1e-4) and high >= min(losses.max(), 100)
    # No power of ten is there for nothing, but those around the loss of a blind guess.
    least = min(np.nanquantile(c.losses, 0.02) for c in shown)
    assert low == 1 or low * 10 > min(losses.min(), least)
    assert high == 10 or high / 10 < max(np.nanmax(c.losses) for c in shown)
    picture = explorer.drawn(explorer.state())
    assert back(panel) == picture.back
