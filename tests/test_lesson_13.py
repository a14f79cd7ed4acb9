"""Lesson 13 against references of its own: every draw counted, plain loops, other ways to ask."""

import re
from fractions import Fraction
from itertools import combinations, product
from math import ceil, comb, log

import numpy as np
import pytest

from course_utils import libraries, theory
from course_utils.exercises import check, exercises, predict
from course_utils.exercises.calls import CallExercise
from course_utils.exercises.lessons import lesson_13
from course_utils.exercises.session import SESSION
from course_utils.explorers import Budget
from course_utils.explorers.budget import BOARD, LAST, standing
from course_utils.networks import (
    Entry,
    Range,
    Trials,
    choose,
    digits,
    digits_task,
    make_task,
    ratio,
    repeat,
    search,
    train,
    wine_task,
    words_task,
)
from course_utils.optimizers import (
    ADAM,
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    RMSPROP,
    RULES,
    Rule,
    adam,
    averaged_momentum,
    gradient_descent,
    rmsprop,
)

EXERCISES = exercises()
OWN = [e.key for e in lesson_13.EXERCISES]
CALLS = [e for e in lesson_13.EXERCISES if isinstance(e, CallExercise)]
VALUES = [9.0, 2.0, 5.0, 11.0, 3.0, 8.0, 20.0]


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


@pytest.fixture(scope="module")
def flowers():
    """A small task: two clouds of points in three dimensions."""
    random = np.random.default_rng(0)
    y = np.arange(80) % 2
    return make_task("clouds", random.normal(size=(3, 80)) + 2 * y, y, (4,), epochs=3, batch=16)


# What a budget buys, by counting all draws


@pytest.mark.parametrize("k", range(1, 8))
def test_best_of_is_the_mean_over_all_draws(k):
    draws = [min(d) for d in combinations(map(int, VALUES), k)]
    assert theory.best_of(VALUES, k) == pytest.approx(float(Fraction(sum(draws), len(draws))))
    weights = theory.best_of_weights(7, k)
    for rank, value in enumerate(sorted(VALUES)):
        assert weights[rank] == pytest.approx(sum(d == value for d in draws) / len(draws))
    assert theory.best_of(VALUES, np.array([k, 1])) == pytest.approx(
        [theory.best_of(VALUES, k), np.mean(VALUES)]
    )


def test_best_of_takes_budgets_above_all_trials_and_refuses_none():
    assert theory.best_of(VALUES, 99) == 2
    for values, k in (([], 1), (VALUES, 0), (VALUES, [1, 0])):
        with pytest.raises(ValueError, match=r"^The best of k needs .*\.$"):
            theory.best_of(values, k)


def test_evenly_spread_results_fall_like_one_over_k_plus_one():
    even = np.arange(1, 201) / 201
    for k in (1, 2, 5, 20):
        assert theory.best_of(even, k) == pytest.approx(1 / (k + 1))


@pytest.mark.parametrize("budgets", [(2, 2, 2), (1, 3, 2), (4, 1, 1)])
def test_win_chances_are_counted_over_all_repetitions(budgets):
    fields = [3.0, 1.0, 7.0, 5.0], [2.0, 4.0, 6.0, 8.0, 2.5], [5.0, 0.5, 9.0, 9.0]
    draws = [[min(d) for d in combinations(f, k)] for f, k in zip(fields, budgets, strict=True)]
    wins, races = np.zeros(3), 0
    for bests in product(*draws):
        races += 1
        first = min(bests)
        if bests.count(first) == 1:
            wins[bests.index(first)] += 1
    found = theory.win_chances(fields, np.array(budgets)[:, None])[:, 0]
    assert found == pytest.approx(wins / races)
    if len(set(budgets)) == 1:
        assert theory.win_chances(fields, budgets[0]) == pytest.approx(wins / races)


def test_ties_between_rules_are_draws():
    assert theory.win_chances([[1.0, 1.0], [1.0, 1.0]], 1).tolist() == [0, 0]


# The explorer, from a field small enough to count


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
    now = standing(FIELD, np.ones(6, dtype=bool), "Adam", 1.0)
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
            crowned |= set(explorer._standing({**state, "favourite": favourite}).leaders[1:])
    assert len(crowned) >= 4
    assert len(explorer._standing(explorer.state()).leaders) == LAST + 1


# The race


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
    assert np.array_equal(by_hand.w, one.weights[3])
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
    x = np.repeat([[-60.0, 60.0]], 3, axis=0).repeat(20, axis=1)
    sure = make_task("sure", x, np.repeat([0, 1], 20), epochs=40, batch=20)
    solved = repeat(sure, entry, {"lr": 30.0}, range(2))
    assert solved.losses["training loss"].tolist() == [1e-4, 1e-4]


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


# The tasks and their sealed tests


def test_no_sample_is_in_two_parts_and_the_scale_comes_from_the_training_half():
    x, y = np.arange(40.0)[None] ** 2, np.arange(40) % 2
    task = make_task("squares", x, y, seed=3)
    known, sealed = task.known, task.test
    parts = [np.ravel(part) for part in (known.x_train, known.x_test, sealed._x)]
    assert [p.size for p in parts] == [20, 10, 10]
    assert known.x_train.mean() == pytest.approx(0) and known.x_train.std() == pytest.approx(1)
    everything = np.sort(np.concatenate(parts))
    scaled = (x[0] - x[0].mean()) / x[0].std()
    assert np.corrcoef(everything, scaled)[0, 1] == pytest.approx(1)
    assert len(np.unique(everything.round(9))) == 40


def test_the_digits_keep_their_own_test_part():
    task, data = digits_task(), digits()
    assert np.array_equal(task.test._x, data.x_test)
    both = np.hstack([task.known.x_train, task.known.x_test])
    assert np.array_equal(both, data.x_train)


@pytest.mark.parametrize("make", [wine_task, words_task])
def test_tasks_are_the_same_each_time(make):
    one, other = make(), make()
    assert np.array_equal(one.known.x_train, other.known.x_train)
    assert repr(one) == repr(other) and "sealed" in repr(one)


def test_most_words_are_rare():
    x = words_task().known.x_train
    assert set(np.unique(x)) == {0.0, 1.0}
    often = x.mean(axis=1)
    assert often[0] == pytest.approx(0.5, abs=0.07) and np.median(often) < 0.03


def test_a_test_is_opened_once():
    random = np.random.default_rng(1)
    task = make_task("noise", random.normal(size=(2, 40)), np.arange(40) % 2)
    w = {"one": [task.network.init(s) for s in range(3)]}
    opened = task.test.open(w)["one"]
    losses = [task.network.loss(v, task.test._x, task.test._y) for v in w["one"]]
    assert opened.loss == pytest.approx(np.minimum(losses, log(2)))
    assert opened.accuracy.shape == (3,)
    assert task.test.open(w)["one"] is opened
    assert "opened for one" in repr(task)
    for other in ({"one": [v + 1 for v in w["one"]]}, {"two": w["one"]}, {"one": w["one"][:2]}):
        with pytest.raises(ValueError, match=r"^This test has been opened, .*\.$"):
            task.test.open(other)


@pytest.mark.parametrize(
    ("x", "y", "error"),
    [
        (np.zeros((2, 6)), np.arange(6) % 2, ValueError),
        (np.zeros((2, 20)), np.arange(19) % 2, ValueError),
        (np.full((2, 20), np.nan), np.arange(20) % 2, ValueError),
        (np.zeros(20), np.arange(20) % 2, ValueError),
        (np.zeros((2, 20)), np.arange(20) % 2 * 1.0, TypeError),
        ([["a"] * 20], np.arange(20) % 2, TypeError),
    ],
)
def test_samples_that_make_no_task_are_refused_in_a_sentence(x, y, error):
    with pytest.raises(error, match=r"(?s)^[A-Zx].*\.$"):
        make_task("none", x, y)


# One rule inside another, in numbers


def test_far_above_the_gradients_eps_leaves_momentum_and_gradient_descent():
    random = np.random.default_rng(2)
    (w, m, s), (x, v) = np.zeros((3, 4)), np.zeros((2, 4))
    (y, q), z = np.zeros((2, 4)), np.zeros(4)
    for t in range(1, 40):
        g = random.normal(size=4)
        adam(w, g, m, s, lr=1e9 * 0.1, beta1=0.9, beta2=0.999, eps=1e9, t=t)
        averaged_momentum(x, g, v, lr=0.1 / (1 - 0.9**t), beta=0.9)
        rmsprop(y, g, q, lr=1e9 * 0.1, rho=0.9, eps=1e9)
        gradient_descent(z, g, lr=0.1)
    assert w == pytest.approx(x, rel=1e-7) and y == pytest.approx(z, rel=1e-7)
    right = EXERCISES["Adam as momentum"]
    at = {right.symbols[n]: x for n, x in {"eps": 1e9, "lr": 0.02, "beta1": 0.9}.items()}
    (w, m, s), (x, v) = np.zeros((3, 1)), np.zeros((2, 1))
    for t in range(1, 400):
        adam(w, np.ones(1), m, s, lr=float(right.truth.subs(at)), beta1=0.9, beta2=0.999,
             eps=1e9, t=t)  # fmt: skip
        v = 0.9 * v + 1
        before, x = x, x - 0.02 * v
    step = w.copy()
    adam(w, np.ones(1), m, s, lr=float(right.truth.subs(at)), beta1=0.9, beta2=0.999, eps=1e9,
         t=400)  # fmt: skip
    assert (w - step) == pytest.approx(x - before, rel=1e-6)


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


# The exercises


@pytest.mark.parametrize("key", [k for k in OWN if k not in {e.key for e in CALLS}])
def test_every_slip_is_named_and_none_is_right(key):
    for slip in getattr(EXERCISES[key], "mistakes", ()):
        answer = slip.function if hasattr(slip, "function") else slip.value
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", slip.idea), slip.idea
    for letter in getattr(EXERCISES[key], "options", ()):
        feedback = check(key, letter)
        right = letter == EXERCISES[key].truth
        assert (feedback.verdict == "right") is right
        assert right or feedback.idea == f"option {letter}"


def test_right_ways_to_write_the_best_of_k():
    def by_counting(values, k):
        draws = [min(d) for d in combinations(values, k)]
        return sum(draws) / len(draws)

    def with_numpy(values, k):
        v, n = np.sort(values), len(values)
        return np.array([v @ [comb(n - r, k - 1) / comb(n, k) for r in range(1, n + 1)]])

    for function in (by_counting, with_numpy, theory.best_of):
        assert check("best of k", function).verdict == "right"


def test_other_wrong_ways_are_answered_in_words():
    assert check("best of k", lambda values, k: values.sort()).idea == "nothing returned"
    assert check("best of k", lambda values, k: "much").idea == "nothing returned"
    assert "your function gives 1.5" in check("best of k", lambda values, k: 1.5).text
    assert check("best of k", 3).verdict == "not yet"
    assert "not defined" in check("best of k", lambda values, k: undefined).text  # noqa: F821
    spoiled = check("best of k", lambda values, k: (values.clear(), 1)[1])
    assert spoiled.verdict == "not yet"


def test_enough_trials_by_counting_misses():
    for case in ((5, 95), (10, 95), (5, 90), (2, 90)):
        share, sure = case
        k = lesson_13.needed(case).truth
        assert 1 - (1 - share / 100) ** k >= sure / 100 > 1 - (1 - share / 100) ** (k - 1)
    assert EXERCISES["trials needed"].truth == ceil(log(0.05) / log(0.95)) == 59


@pytest.mark.parametrize("case", [(25, 130), (16, 82), (36, 185), (49, 240)])
def test_the_target_needs_a_large_eps(case):
    kappa, bar = case

    def home(lr, rho, eps):
        w, s, last = np.array([2.0, -10.0]), np.zeros(2), 0
        curvatures = np.array([kappa, 1.0])
        for step in range(1, 600):
            g = curvatures * w
            s = rho * s + (1 - rho) * g * g
            w = w - lr * g / (np.sqrt(s) + eps)
            if 0.5 * (curvatures * w * w).sum() > 1e-6:
                last = step
        return last + 1

    made = {25: (2.3, 30), 16: (3.6, 30), 36: (1.6, 30), 49: (1.2, 30)}[kappa]
    assert home(made[0], 0.5, made[1]) <= bar
    for lr in np.geomspace(1e-3, 3, 30):
        assert home(lr, 0.9, 1e-8) > bar


# Calls, against the table of the rules


@pytest.mark.parametrize("e", CALLS, ids=lambda e: e.key)
def test_calls_mean_what_the_table_of_the_rules_means(e):
    answer, asked = e.solution.strip('"'), re.findall(r"`([^`]+\(.*?\))`", e.question)
    if asked:
        rule = {r.kernel.__name__: r for r in RULES}
        name, values = answer.split("(")[0], re.findall(r"(\w+)=([\d.e-]+)", answer)
        ours = next(r for r in rule.values() if _constant(r) == name)
        read = libraries.read(asked[0])
        if (read.rule.name, ours.name) != ("momentum, rate outside", "momentum"):
            assert read.rule is ours
        assert read.settings == pytest.approx(ours.settings({n: float(x) for n, x in values}))
        return
    read = libraries.read(answer)
    if e.key == "an average in PyTorch":
        lr, beta = (float(x) for x in re.findall(r"(?:lr|beta) = ([\d.]+)", e.question))
        assert read.settings == pytest.approx({"lr": lr * (1 - beta), "beta": beta})
        assert read.rule.name == "momentum, rate outside"
    else:
        lr = float(re.search(r"lr = ([\d.]+)", e.question)[1])
        assert read.rule is RMSPROP and read.settings == pytest.approx(RMSPROP.settings({"lr": lr}))


def _constant(rule):
    import course_utils.optimizers as room

    return next(n for n, x in vars(room).items() if x is rule)


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("RMSProp in PyTorch", "RMSprop(model.parameters(), 1e-3, 0.9)"),
        ("RMSProp in PyTorch", "opt = torch.optim.RMSprop(params=p, alpha=.9, lr=1/1000)"),
        ("RMSProp in PyTorch", "torch.optim.RMSprop(p, lr=0.001, alpha=0.9, foreach=True)"),
        ("RMSProp in PyTorch", "RMSprop(p, 1e-3, 0.9, maximize=False, differentiable=False)"),
        ("an average in PyTorch", "optim.SGD(p, 0.05, 0.9, 0, 0, False)"),
        ("an average in PyTorch", "torch.optim.SGD(p, lr=0.5 * (1 - 0.9), momentum=0.9)"),
        ("RMSProp in optax", "rmsprop(learning_rate=0.003, eps_in_sqrt=False)"),
        ("from PyTorch: SGD", "nesterov(lr=0.1)"),
        ("from Keras: RMSprop", "RMSPROP_INSIDE(0.001, eps=1e-7)"),
        ("from PyTorch: Adam", "ADAM_L2(lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, decay=2e-2)"),
    ],
)
def test_right_calls_in_other_words(key, right):
    assert check(key, right).verdict == "right"


WRONG = {
    ("RMSProp in PyTorch", "torch.optim.RMSprop(p, lr=0.001)"): "another default",
    ("RMSProp in PyTorch", "torch.optim.RMSprop(p, alpha=0.9)"): "the default rate",
    ("RMSProp in PyTorch", "torch.optim.RMSprop(p, lr=0.001, rho=0.9)"): "which argument",
    ("RMSProp in PyTorch", "torch.optim.Adam(p, lr=0.001)"): "which call",
    ("RMSProp in PyTorch", "torch.optim.Foo(p)"): "which call",
    ("RMSProp in PyTorch", "RMSprop(lr=0.001, alpha=0.9)"): "missing",
    ("RMSProp in PyTorch", "RMSprop(p, lr=0.002, alpha=0.9)"): "argument lr",
    ("RMSProp in PyTorch", "RMSprop(p, 0.001, 0.9, centered=True)"): "argument centered",
    ("RMSProp in PyTorch", "RMSprop(p, 0.001, 0.9, maximize=True)"): "which argument",
    ("RMSProp in PyTorch", "RMSprop(p, lr=rate, alpha=0.9)"): "which argument",
    ("RMSProp in PyTorch", "optax.rmsprop(0.001)"): "which call",
    ("RMSProp in PyTorch", "RMSprop(p, lr=0.001"): "form",
    ("RMSProp in PyTorch", "RMSprop"): "form",
    ("RMSProp in PyTorch", 3): "form",
    ("an average in PyTorch", "SGD(p, lr=0.5, momentum=0.9)"): "a sum is not an average",
    ("an average in PyTorch", "SGD(p, lr=0.5, momentum=0.9, dampening=0.9)"):
        "dampening spares the first step",
    ("an average in PyTorch", "SGD(p, lr=0.05)"): "momentum is off",
    ("RMSProp in optax", "optax.rmsprop(0.003)"): "where eps sits",
    ("from PyTorch: SGD", "MOMENTUM(lr=0.1, beta=0.9)"): "Nesterov is another rule",
    ("from Keras: RMSprop", "RMSPROP(lr=0.001)"): "where eps sits",
    ("from Keras: RMSprop", "RMSPROP_INSIDE(lr=0.001)"): "another default",
    ("from PyTorch: Adam", "ADAMW(lr=0.001, decay=0.02)"): "decoupled or not",
}  # fmt: skip


@pytest.mark.parametrize(("key", "answer"), WRONG, ids=str)
def test_wrong_calls_are_named(key, answer):
    feedback = check(key, answer)
    assert (feedback.verdict, feedback.idea) == ("not yet", WRONG[key, answer]), feedback


def test_a_call_is_read_and_not_run():
    assert check("RMSProp in PyTorch", "__import__('os').abort()").verdict == "not yet"
    assert check("RMSProp in PyTorch", "RMSprop(" * 400).idea == "form"
    assert check("RMSProp in PyTorch", "RMSprop(p, **x)").idea == "form"


# The paper


PAPER = {
    "question": "Which of two rules reaches the lower test loss on iris?",
    "hypothesis": "Adam ends lower than momentum.",
    "task": "iris, 150 flowers, a network 4-8-3",
    "measure": "test loss",
    "ranges": "lr 1e-3 to 10 for both",
    "trials": {"Adam": 20, "momentum": 20},
    "seeds": range(10),
    "result": ratio([1.0, 1.2, 0.9, 1.1, 1.0], [1.1, 1.0, 1.0, 0.9, 1.2]),
    "claim": "no difference to be seen",
    "limits": "one small set, one network, ten passes, one split and one budget only, so far",
}


def handed_in(locked=True, **changes):
    if locked:
        SESSION.predictions["13 my hypothesis"] = object()
    return check("my paper", {**PAPER, **changes})


def test_a_whole_paper_passes_if_its_hypothesis_was_locked():
    assert handed_in().verdict == "right"
    SESSION.forget()
    assert handed_in(locked=False).idea == "locked"
    assert handed_in(locked=False, exploratory=True).verdict == "right"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("question", "Which?"), ("hypothesis", ...), ("task", 3), ("measure", "loss"),
        ("ranges", ""), ("limits", "small data"), ("trials", {"Adam": 40, "momentum": 4}),
        ("trials", "many"), ("trials", 0), ("seeds", [1, 2]), ("seeds", [1] * 9), ("seeds", None),
        ("result", 0.94), ("result", "lower"),
        ("result", {"effect": 2, "low": 0.9, "high": 1.1, "neutral": 1, "pairs": 10}),
        ("result", {"effect": 1, "low": 0.9, "high": 1.1, "neutral": 1, "pairs": 2}),
        ("claim", "better"), ("claim", "lower"), ("claim", "higher"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_paper_lacks_is_named(part, value):
    feedback = handed_in(**{part: value})
    assert feedback.verdict == "not yet"
    faults = [line for line in feedback.listing if line.startswith("✘")]
    assert any(line.startswith(f"✘ {part}:") for line in faults)
    assert all(line.split()[1].rstrip(":") in (part, "claim") for line in faults)


@pytest.mark.parametrize(
    ("low", "high", "claim"), [(0.5, 0.8, "lower"), (1.2, 2.0, "higher"), (0.5, 2.0, "no")]
)
def test_the_claim_is_what_the_interval_allows(low, high, claim):
    result = {"effect": (low * high) ** 0.5, "low": low, "high": high, "neutral": 1, "pairs": 10}
    for word in ("lower", "no difference to be seen", "higher"):
        right = word.startswith(claim)
        assert (handed_in(result=result, claim=word).verdict == "right") is right


def test_locking_the_hypothesis_runs_the_race():
    ran = []
    asked = predict("My hypothesis", truth=lambda: ran.append(1) or "lower",
                    options=("lower", "higher"), key="13 my hypothesis")  # fmt: skip
    assert not ran
    asked.lock("higher")
    assert ran == [1] and handed_in(locked=False).verdict == "right"
