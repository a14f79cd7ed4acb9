"""The explorer of budgets, from a field small enough to count."""

import re
from itertools import combinations, product

import numpy as np
import pytest

from course_utils.explorers import Budget
from course_utils.explorers.budget import BOARD, LAST, ranking

FIELD = {
    "Adam": [0.3, 0.01, 2.0, 0.5, 0.2, 0.9],
    "momentum": [0.4, 2.0, 0.03, 0.02, 1.1, 0.8],
    "my rule": [0.35, 0.6, 0.05, 0.7, 0.04, 1.9],
}


SHARES = [0.5, 0.05, 0.45, 0.6, 0.95, 0.3]


def counted(kept, budgets):
    """Geometric mean of the best, and share of races won, by rule, over all draws."""
    draws = [
        [min(d) for d in combinations([v[i] for i in kept], min(k, len(kept)))]
        for v, k in zip(FIELD.values(), budgets, strict=True)
    ]
    typical = [float(np.exp(np.mean(np.log(d)))) for d in draws]
    races = list(product(*draws))
    return typical, [sum(r.index(min(r)) == i for r in races) / len(races) for i in range(3)]


@pytest.mark.parametrize(
    ("state", "kept", "budgets"),
    [
        ({"step": 2}, range(6), (2, 2, 2)),
        ({"step": 5}, range(6), (5, 5, 5)),
        ({"step": 20}, range(6), (6, 6, 6)),
        ({"step": 4, "others": 50, "favourite": "momentum"}, range(6), (2, 4, 2)),
        ({"step": 3, "others": 10, "favourite": "my rule"}, range(6), (1, 1, 3)),
        ({"step": 2, "width": 2.0}, (0, 2, 3, 5), (2, 2, 2)),
    ],
    ids=str,
)
def test_the_explorer_says_what_counting_says(state, kept, budgets):
    explorer = Budget({"toy": {"loss": FIELD}}, SHARES, **state)
    typical, wins = counted(kept, budgets)
    said = explorer.caption()
    got = re.search(
        r"η within (\S+) decades, (\d+) trials to draw from, (.*?)\. Budget (.*?): typical best "
        r"(.*?)\. In races drawn from these trials, first comes (.*)\.$",
        said,
    )
    assert got, said
    assert float(got[1]) == state.get("width", 4.0) and int(got[2]) == len(kept)
    equal = state.get("others", 100) == 100
    assert got[3] == ("equal budgets" if equal else f"the favourite is {state['favourite']}")
    own = max(budgets)
    assert got[4] == (str(own) if equal else f"{own}, the others {min(budgets)}")
    names = list(FIELD)
    order = sorted(range(3), key=lambda i: typical[i])
    assert got[5] == ", ".join(f"{names[i]} {typical[i]:.2g}" for i in order)
    shares = re.findall(r"([A-Za-z ]+?) in (\d+) %", got[6].replace(", ", ","))
    assert {n.strip(): int(x) for n, x in shares} == {
        names[i]: pytest.approx(100 * wins[i], abs=0.51) for i in range(3)
    }


def test_the_board_moves_to_what_is_said():
    explorer = Budget({"toy": {"loss": FIELD}}, SHARES)
    tracks = {t.shape: np.array(t.values) for t in explorer.drawn(explorer.state()).tracks}
    now = ranking(FIELD, np.ones(6, dtype=bool), "Adam", 1.0)
    for k in (1, 3, 6):
        order = np.argsort(now.typical[:, k])
        heights = [tracks[f"row{i}"][k][1] for i in order]
        assert heights == sorted(heights) and len(set(heights)) == 3
        places = np.array([tracks[f"chance{i}"][k][0] for i in range(3)])
        along = (places - BOARD.x) / BOARD.width
        assert along == pytest.approx(now.chances[:, k], abs=1e-3)
    assert explorer.marks(explorer.state())["step"] == [
        (k, "lead changes", side)
        for k, side in zip(now.changes[:2], ("left", "right"), strict=False)
    ]


def test_the_goal_can_be_reached_on_the_explorers_own_trials():
    explorer, crowned = Budget(), set()
    for task, measure, others in product(explorer._races, explorer._measures, (10, 100)):
        for favourite in explorer._names:
            state = {**explorer.state(), "task": task, "measure": measure, "others": others}
            crowned |= set(explorer._ranking({**state, "favourite": favourite}).leaders[1:])
    assert len(crowned) >= 4
    assert len(explorer._ranking(explorer.state()).leaders) == LAST + 1
