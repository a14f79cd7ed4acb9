"""What lesson 13 claims about first places, held against the record of new laboratories."""

import re
from collections import Counter

import nbformat
import numpy as np
import pytest

from course_utils import theory
from course_utils.figures import lesson_13
from course_utils.networks import ratio, record
from tools import laboratories
from tools.lessons import ROOT

LABS = record("laboratories")
RACES = [(task, measure) for task, field in LABS["races"].items() for measure in field]
RESAMPLED = "win_chances of the pools, per cent"
FINALS = LABS["finals"]["test loss"]


@pytest.fixture(scope="module")
def race():
    return laboratories.protocol()


def test_the_record_is_of_the_race_that_the_lesson_declares(race):
    now = laboratories.described(race)
    assert {name: LABS[name] for name in now} == now
    assert LABS["trials of a rule"] == race["TRIALS"] // 2


@pytest.mark.parametrize(("task", "measure"), RACES)
def test_every_laboratory_crowns_one_rule_or_none(task, measure):
    one = LABS["races"][task][measure]
    assert sum(one["first"].values()) == LABS["laboratories"]
    assert set(one["first"]) <= {*LABS["ranges"], "a tie"}
    assert {len(v) for v in one[RESAMPLED].values()} == {LABS["laboratories"] // 2}


def test_a_laboratory_can_be_repeated_to_the_last_digit(race):
    task = race["TASKS"]["wine"]
    for number in (1, 2):
        field = laboratories.laboratory(number, task, race["ENTRIES"][:2], 3)["validation loss"]
        assert {len(losses) for losses in field.values()} == {3}
    again = laboratories.laboratory(2, task, race["ENTRIES"][:2], 3)["validation loss"]
    assert again == field


@pytest.mark.parametrize(
    ("field", "winner"),
    [
        ({"a": [3, 1], "b": [2, 2]}, "a"),
        ({"a": [3, 1], "b": [1, 2]}, "a tie"),
        ({"a": [3, 2], "b": [2, 2], "c": [1, 4]}, "c"),
    ],
)
def test_a_laboratory_crowns_the_lowest_loss_unless_two_share_it(field, winner):
    assert laboratories.first(field) == winner


def test_the_rest_of_a_race_can_be_repeated_to_the_last_digit(race):
    small = {**race, "ENTRIES": race["ENTRIES"][2:4], "TRIALS": 6, "FRESH": range(4)}
    pool = {e.name: [0.3, 0.2, 0.9, 0.1, 0.5, 0.4] for e in small["ENTRIES"]}
    one, again = (
        laboratories.final(3, laboratories.protocol()["TASKS"]["wine"], small, pool)
        for _ in range(2)
    )
    assert one == again and set(one) == set(pool)
    assert set(one["Nesterov"]) == {"validation loss", "test loss"}


def test_every_final_has_a_loss_of_each_rule_in_each_laboratory(race):
    assert LABS["finals"]["trials of a rule"] == race["TRIALS"]
    assert list(FINALS) == list(race["TASKS"])
    for field in FINALS.values():
        assert list(field) == [e.name for e in race["ENTRIES"]]
        assert {len(losses) for losses in field.values()} == {LABS["finals"]["laboratories"]}


def outputs():
    """What the lesson's cells have printed."""
    notebook = nbformat.read(ROOT / "notebooks" / "13_a_fair_race.ipynb", as_version=4)
    return [o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o]


def test_at_most_half_of_the_laboratories_have_our_first_place():
    """The answer of the prediction."""
    told = re.compile(r"lowest mean test loss on digits: (.+)")
    (found,) = filter(None, map(told.search, outputs()))
    seen = lesson_13.counts(FINALS["digits"])
    assert sum(seen.values()) == LABS["finals"]["laboratories"]
    assert seen.get(found[1], 0) <= LABS["finals"]["laboratories"] / 2


@pytest.mark.parametrize("task", FINALS)
def test_first_places_change_hands(task):
    assert len(lesson_13.counts(FINALS[task])) >= 3


def test_which_rules_end_behind_momentum_and_which_ahead():
    digits, words = FINALS["digits"], FINALS["words"]
    for name in ("gradient descent", "AdaGrad", "RMSProp"):
        assert ratio(digits[name], digits["momentum"]).low > 1, name
    for name in ("AdaGrad", "RMSProp", "Adam", "AdamW", "Adam (4 settings)"):
        assert ratio(words[name], words["momentum"]).high < 1, name


def test_two_trials_are_better_spent_on_the_learning_rate_alone():
    """Four settings against one, and no rule is nearer to the lowest on all three tasks."""
    few = {task: field["2"] for task, field in LABS["typical best"].items()}
    assert ratio(few["digits"]["Adam (4 settings)"], few["digits"]["Adam"]).low > 1
    times = [lesson_13.over_lowest(field) for field in few.values()]
    worst = {name: max(field[name] for field in times) for name in times[0]}
    assert min(worst, key=worst.get) == "Adam" and worst["Adam"] < 1.3
    random, names = np.random.default_rng(0), list(worst)
    nearest = Counter()
    for _ in range(300):
        chosen = random.integers(LABS["laboratories"], size=LABS["laboratories"])
        drawn = [
            lesson_13.over_lowest({n: np.array(field[n])[chosen] for n in names})
            for field in few.values()
        ]
        nearest[min(names, key=lambda n, drawn=drawn: max(field[n] for field in drawn))] += 1
    # 95 of 100, of which nine tenths are Adam
    assert nearest["Adam"] + nearest["AdamW"] > 0.9 * nearest.total(), nearest
    assert nearest.most_common(1)[0][0] == "Adam"


@pytest.mark.parametrize(("task", "measure"), RACES)
def test_on_average_the_pools_are_about_right(task, measure):
    """The resampled number estimates the real one without bias: two standard errors of both."""
    n = LABS["laboratories"]
    for name, chances in LABS["races"][task][measure][RESAMPLED].items():
        real = LABS["races"][task][measure]["first"].get(name, 0) / n
        mean, spread = np.mean(chances) / 100, np.std(chances, ddof=1) / 100
        error = np.hypot(np.sqrt(max(real * (1 - real), 1 / n) / n), spread / np.sqrt(n // 2))
        assert abs(real - mean) < 3 * error, name


@pytest.mark.parametrize("task", ["digits", "words"])
def test_a_single_pool_says_almost_anything(task):
    """The rule that most laboratories crown gets less than 10 and more than 80 of 100."""
    one = LABS["races"][task]["validation loss"]
    name = next(iter(one["first"]))
    assert min(one[RESAMPLED][name]) < 10 and max(one[RESAMPLED][name]) > 80
    assert np.std(one[RESAMPLED][name]) > 15


def test_the_same_protocol_repeated_crowns_somebody_else():
    for task, measure in RACES:
        if (task, measure) != ("wine", "training loss"):
            assert len(LABS["races"][task][measure]["first"]) > 1


def test_the_leader_of_our_trials_wins_less_often_in_new_laboratories():
    """The answer of the prediction: the share of draws against that of laboratories."""
    told = re.compile(
        r"digits, training loss: (\w+) leads our trials.*\n *it wins (\d+) of 100 races drawn"
    )
    (found,) = filter(None, map(told.search, outputs()))
    leader, drawn = found[1], int(found[2])
    n = LABS["laboratories"]
    share = LABS["races"]["digits"]["training loss"]["first"][leader] / n
    assert 100 * (share + 2 * np.sqrt(share * (1 - share) / n)) < drawn


def test_win_chances_are_exact_for_draws_from_these_trials_and_scatter_for_new_ones():
    """Two rules that are equal: the truth is one half, and a pool of 2k says anything around it."""
    random = np.random.default_rng(0)
    said = [theory.win_chances(random.random((2, 40)), 20)[0] for _ in range(200)]
    assert np.mean(said) == pytest.approx(0.5, abs=0.06) and np.std(said) > 0.2
    one, other = random.random((2, 40))
    drawn = Counter(
        random.choice(one, 20, replace=False).min() < random.choice(other, 20, replace=False).min()
        for _ in range(4000)
    )
    assert theory.win_chances([one, other], 20)[0] == pytest.approx(drawn[True] / 4000, abs=0.03)


def test_what_the_lesson_says_of_fused_steps_is_in_the_record():
    speed = record("kernels")
    for rule in ("Adam", "momentum"):
        now = {who: times[1] for who, times in lesson_13.step_times(speed, rule).items()}
        order = [now[who] for who in lesson_13.RUNGS]
        assert order == sorted(order, reverse=True)
        assert 0.8 < now["compiled"] / now["memory limit"] < 1, "slightly below 1"
    short = lesson_13.step_times(speed, "Adam", 1000)
    low, high = short["ours"][2], short["torch fused"][0]
    assert low < high, "a call of PyTorch's fused step takes longer than the kernel"
    assert short["compiled"][2] < short["ours"][0], "fusing saves calls"
    assert lesson_13.loop_over_new_arrays(speed) < 0.33
