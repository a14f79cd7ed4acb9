"""The range test on the digits: what it returns, and what its turn is worth."""

import numpy as np
import pytest

from course_utils.curvature import sharpness
from course_utils.networks import Network, RangeTest, digits, range_test, ratio, train
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, anneal, geometric

DATA, NETWORK = digits(), Network()
SEEDS = range(8)
ENDS = {GRADIENT_DESCENT: 30.0, MOMENTUM: 10.0, ADAM: 1.0}


@pytest.fixture(scope="module")
def turns():
    """The turns of eight seeds by rule, on geometric ramps over four powers of ten."""
    return {
        rule: np.array([
            range_test(NETWORK, rule, DATA, seed=s, first=last / 1e4, last=last).turn for s in SEEDS
        ])
        for rule, last in ENDS.items()
    }  # fmt: skip


def test_it_is_a_training_whose_learning_rate_rises():
    for straight, rise in ((False, geometric), (True, anneal)):
        settings = {"seed": 3, "epochs": 2, "batch": 200}
        found = range_test(
            NETWORK, MOMENTUM, DATA, first=0.01, last=1.0, straight=straight, beta=0.5, **settings
        )
        steps = found.lrs.size
        plan = rise(0.01, 1.0, steps)
        run = train(NETWORK, MOMENTUM, DATA, lr=plan, beta=0.5, **settings)
        assert np.array_equal(found.losses, run.batch_losses)
        assert found.lrs == pytest.approx([plan(t) for t in range(1, steps + 1)])
        assert (found.lrs[0], found.lrs[-1]) == pytest.approx((0.01, 1.0))


def test_turn_and_end_are_read_off_the_smoothed_loss():
    lrs = np.geomspace(0.001, 1, 61)
    losses = np.where(lrs < 0.1, 2.0, 50.0) - np.where(lrs < 0.1, np.log10(lrs / 0.001) / 2, 0)
    found = RangeTest(lrs, losses)
    assert found.turn == pytest.approx(lrs[lrs < 0.1][-1])
    assert found.blown == lrs[lrs >= 0.1][2] or found.turn < found.blown < 0.2
    assert "lowest at" in repr(found) and "4 times" in repr(found)
    lost = RangeTest(lrs, np.where(lrs < 0.1, losses, np.nan))
    assert lost.turn == found.turn and lost.blown == lrs[lrs >= 0.1][0]
    fine = RangeTest(lrs, 2 - np.log10(lrs / 0.001) / 2)
    assert fine.blown == np.inf and "times" not in repr(fine)


@pytest.mark.parametrize(("first", "last"), [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)])
def test_a_range_that_does_not_rise_is_refused(first, last):
    with pytest.raises(ValueError, match=r"goes up .* write for instance"):
        range_test(NETWORK, GRADIENT_DESCENT, DATA, first=first, last=last)


def test_gradient_descent_turns_above_the_limit_of_the_first_weights(turns):
    """Eight seeds: about twice 2 / lambda there, 95 % interval; the curvature falls on the way."""
    limits = []
    for seed in SEEDS:
        w = NETWORK.init(seed)
        top = sharpness(lambda v: NETWORK.gradient(v, DATA.x_train, DATA.y_train), w)
        limits.append(2 / top)
    found = ratio(turns[GRADIENT_DESCENT], limits)
    assert 1.5 < found.low < found.high < 4, str(found)


@pytest.fixture(scope="module")
def ends(turns):
    """Training losses after 8 passes at the turn divided by 2 and by 10, other seeds."""

    def loss(rule, seed, part):
        lr = turns[rule][seed] / part
        return train(NETWORK, rule, DATA, lr=lr, epochs=8, seed=seed + 50).losses[-1]

    return {(r, part): [loss(r, s, part) for s in SEEDS] for r in ENDS for part in (2, 5, 10)}


def test_no_one_share_of_the_turn_suits_every_rule(ends):
    """A tenth is too little for gradient descent, and a half too much for momentum."""
    assert ratio(ends[GRADIENT_DESCENT, 10], ends[GRADIENT_DESCENT, 2]).low > 2
    assert ratio(ends[MOMENTUM, 10], ends[MOMENTUM, 5]).low > 1.3
    assert max(ends[GRADIENT_DESCENT, 2]) < 0.2 and max(ends[MOMENTUM, 2]) > 1
    assert ratio(ends[ADAM, 10], ends[ADAM, 5]).low > 1


def test_a_tenth_of_the_turn_trains_with_every_rule(ends):
    for rule in ENDS:
        assert max(ends[rule, 10]) < 0.5 < np.log(10), rule.name
