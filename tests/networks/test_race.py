"""A fair race: its trials, its choice, its seeds."""

from math import log

import numpy as np
import pytest

from course_utils.networks import (
    Entry,
    Range,
    Trials,
    choose,
    digits_task,
    make_task,
    repeat,
    search,
    train,
)
from course_utils.networks.race import run
from course_utils.optimizers import (
    ADAM,
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    Rule,
)


@pytest.fixture(scope="module")
def flowers():
    """A small task: two clouds of points in three dimensions."""
    random = np.random.default_rng(0)
    y = np.arange(80) % 2
    return make_task("clouds", random.normal(size=(3, 80)) + 2 * y, y, (4,), epochs=3, batch=16)


def test_ranges_are_even_on_a_logarithmic_scale():
    r, b = Range(1e-3, 10), Range(1e-3, 1, below_one=True)
    assert [r.at(u) for u in (0, 0.5, 1)] == pytest.approx([1e-3, 0.1, 10])
    assert [b.at(u) for u in (0, 1)] == pytest.approx([0.999, 0])
    for low, high in ((0, 1), (-1, 1), (2, 1), (1, 1)):
        with pytest.raises(ValueError, match=r"^A range goes up .*\.$"):
            Range(low, high)


def test_an_entry_knows_the_settings_of_its_rule():
    with pytest.raises(TypeError, match="no setting called 'beta'"):
        Entry(GRADIENT_DESCENT, {"lr": Range(1e-3, 1), "beta": Range(1e-3, 1, True)})
    with pytest.raises(TypeError, match="needs a value for lr"):
        Entry(ADAM, {"eps": Range(1e-8, 1)})
    entry = Entry(MOMENTUM, {"lr": Range(1e-2, 1)}, fixed={"beta": 0.5}, name="half")
    assert entry.draw([0.5]) == {"lr": pytest.approx(0.1), "beta": 0.5} and entry.name == "half"


def test_all_entries_share_their_luck_and_a_trial_is_a_training(flowers):
    wide = Entry(MOMENTUM, {"lr": Range(1e-3, 10), "beta": Range(1e-3, 1, True)})
    plain = Entry(GRADIENT_DESCENT, {"lr": Range(1e-2, 100)})
    one, other = (search(flowers, e, 5, seed=7) for e in (wide, plain))
    assert np.array_equal(one.u, other.u) and (np.diff(one.u[:, 0]) != 0).all()
    for a, b in zip(one.settings, other.settings, strict=True):
        assert b["lr"] == pytest.approx(10 * a["lr"])
    by_hand = train(flowers.network, MOMENTUM, flowers.known, epochs=3, batch=16, seed=3,
                    **one.settings[3])  # fmt: skip
    np.testing.assert_allclose(one.weights[3], by_hand.w, rtol=1e-9)
    assert one.losses["training loss"][3] == pytest.approx(by_hand.losses[-1])
    judged = flowers.network.loss(by_hand.w, flowers.known.x_test, flowers.known.y_test)
    assert one.losses["validation loss"][3] == pytest.approx(judged)
    assert np.array_equal(search(flowers, wide, 5, seed=7).weights, one.weights)
    assert not np.array_equal(search(flowers, wide, 5, seed=8).u, one.u)


def test_a_lost_run_counts_as_a_blind_guess_and_certainty_has_a_floor(flowers):
    entry = Entry(GRADIENT_DESCENT, {"lr": Range(1e-3, 1)})
    known, network = flowers.known, flowers.network
    begin = [network.loss(network.init(s), known.x_test, known.y_test) for s in range(20)]
    assert min(begin) < log(2)
    broken = Rule("broken", lambda w, g, *, lr: w.fill(np.nan))
    nowhere = Entry(broken, {"lr": Range(1e-3, 1)})
    lost = repeat(flowers, nowhere, {"lr": 1.0}, [int(np.argmin(begin))])
    assert all(x[0] == pytest.approx(log(2)) for x in lost.losses.values())
    for _ in range(2):
        opened = flowers.test.open({"nowhere": lost.weights})["nowhere"]
    assert opened.loss == pytest.approx(log(2))
    x = np.repeat([[-60.0, 60.0]], 3, axis=0).repeat(20, axis=1)
    sure = make_task("sure", x, np.repeat([0, 1], 20), epochs=40, batch=20)
    solved = repeat(sure, entry, {"lr": 30.0}, range(2))
    assert solved.losses["training loss"].tolist() == [1e-4, 1e-4]


def test_a_setting_may_be_a_schedule_in_some_trials(flowers):
    entry, how = Entry(MOMENTUM, {"lr": Range(1e-3, 1)}), {"epochs": 3, "batch": 16}
    plans = [{"lr": lambda t: 0.2 / t}, {"lr": 0.05}]
    together = run(flowers, entry, plans, (5, 6))
    for plan, seed, w in zip(plans, (5, 6), together.weights, strict=True):
        alone = train(flowers.network, MOMENTUM, flowers.known, seed=seed, **how, **plan)
        np.testing.assert_allclose(w, alone.w, rtol=1e-9)


def test_the_choice_is_the_best_on_average_of_the_best_few(flowers):
    entry = Entry(ADAM, {"lr": Range(1e-4, 1)})
    found, measure = search(flowers, entry, 8), "validation loss"
    few = sorted(range(8), key=lambda j: found.losses[measure][j])[:3]
    means = []
    for j in few:
        ends = [
            train(flowers.network, ADAM, flowers.known, epochs=3, batch=16, seed=s,
                  **found.settings[j]).w
            for s in (90, 91)
        ]  # fmt: skip
        known = flowers.known
        losses = [flowers.network.loss(w, known.x_test, known.y_test) for w in ends]
        means.append(np.prod(losses))
    picked = choose(flowers, found, measure, few=3, seeds=(90, 91))
    assert picked == found.settings[few[int(np.argmin(means))]]
    assert found.best(measure) == found.settings[few[0]]


def test_a_trial_that_was_only_lucky_is_not_chosen(flowers):
    entry, measure = Entry(ADAM, {"lr": Range(1e-4, 1)}), "validation loss"
    settings = ({"lr": 1e-4}, {"lr": 0.05}, {"lr": 2e-4})
    lucky = Trials(entry, np.zeros((3, 4)), settings, {measure: np.array([0.1, 0.2, 0.3])}, None)
    assert lucky.best(measure) == {"lr": 1e-4}
    assert choose(flowers, lucky, measure) == {"lr": 0.05}
    assert choose(flowers, lucky, measure, few=1) == {"lr": 1e-4}


# One rule inside another, in numbers


def test_the_ends_come_together_like_one_over_eps():
    task = digits_task(epochs=2)
    how = {"epochs": 2, "batch": 64, "seed": 4}
    end = train(task.network, AVERAGED_MOMENTUM, task.known, lr=lambda t: 0.5 / (1 - 0.9**t),
                **how).w  # fmt: skip
    gaps = [
        np.linalg.norm(train(task.network, ADAM, task.known, lr=0.5 * e, eps=e, **how).w - end)
        for e in (10.0, 100.0)
    ]
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.1)
