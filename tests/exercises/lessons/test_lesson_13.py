"""What the exercises of lesson 13 ask, say and accept."""

import re
from itertools import combinations
from math import ceil, comb, log

import numpy as np
import pytest

from course_utils import libraries, theory
from course_utils.exercises import check, exercises, predict
from course_utils.exercises.calls import CallExercise
from course_utils.exercises.lessons import LESSONS
from course_utils.exercises.session import SESSION
from course_utils.networks import (
    ratio,
)
from course_utils.optimizers import (
    RMSPROP,
    RULES,
    adam,
    averaged_momentum,
    gradient_descent,
    rmsprop,
)

EXERCISES = exercises()


OWN = [e.key for e in LESSONS["13"]]


CALLS = [e for e in LESSONS["13"] if isinstance(e, CallExercise)]


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


@pytest.mark.parametrize("key", [k for k in OWN if k not in {e.key for e in CALLS}])
def test_every_mistake_is_named_and_none_is_right(key):
    for mistake in getattr(EXERCISES[key], "mistakes", ()):
        answer = mistake.function if hasattr(mistake, "function") else mistake.value
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", mistake.idea), mistake.idea
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
        k = EXERCISES["trials needed"].make(case={"share": share, "sure": sure}).truth
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


PAPER = {
    "question": "Which of two rules reaches the lower test loss on iris?",
    "hypothesis": "Adam ends lower than momentum.",
    "task": "iris, 150 flowers, a network 4-8-3",
    "measure": "test loss",
    "ranges": "lr 1e-3 to 10 for both",
    "trials": {"Adam": 20, "momentum": 20},
    "seeds": range(10),
    "result": ratio([1.0, 1.2, 0.9, 1.1, 1.0], [1.1, 1.0, 1.0, 0.9, 1.2]),
    "claim": "no detectable difference",
    "limits": "one small set, one network, ten passes, one split and one budget only, so far",
}


def handed_in(locked=True, **changes):
    if locked:
        SESSION.predictions["13 my hypothesis"] = object()
    return check("my paper", {**PAPER, **changes})


# The paper


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
    for word in ("lower", "no detectable difference", "higher"):
        right = word.startswith(claim)
        assert (handed_in(result=result, claim=word).verdict == "right") is right


def test_locking_the_hypothesis_runs_the_race():
    ran = []
    result = ratio([1.0, 1.1, 1.0, 0.9, 1.0], [2.0, 2.1, 2.2, 1.9, 2.0])
    asked = predict("13 my hypothesis", about=("A", "B"), measured=lambda: ran.append(1) or result)
    assert not ran
    asked.lock("higher")
    assert ran == [1] and handed_in(locked=False).verdict == "right"
