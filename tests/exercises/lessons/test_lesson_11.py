"""What the exercises of lesson 11 ask, say and accept."""

import numpy as np
import pytest

from course_utils.exercises import check, exercises

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "11"]


def value(key, **numbers):
    e = EXERCISES[key]
    return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))


def test_formulas_are_what_hessians_and_kernels_say():
    a, c = 1.7, 2.3
    H = np.array([[(c / a) ** 2, c], [c, a**2]])  # w1 w2 = c
    assert value("rescaled sharpness", a=a, c=c) == pytest.approx(np.linalg.eigvalsh(H)[-1])
    for share, stays in ((0.98, True), (1.02, False)):
        lr = share * value("too sharp to stay", a=3)
        w = np.array([3, 1 / 3]) + 1e-9
        for _ in range(2000):
            w = w - lr * (w[0] * w[1] - 1) * w[::-1]
        assert bool(np.abs(w - [3, 1 / 3]).max() < 1e-6) is stays
    top, lr = value("what Adam bears", beta1=0.8, lr=0.1), 0.1
    for share, away in ((0.99, False), (1.01, True)):
        w, m = 1.0, 0.0
        for _ in range(2000):
            m = 0.8 * m + 0.2 * share * top * w
            w -= lr * m
        assert (abs(w) > 100) is away


@pytest.mark.parametrize("key", OWN)
def test_every_mistake_is_named_and_none_is_right(key):
    for mistake in getattr(EXERCISES[key], "mistakes", ()):
        feedback = check(key, mistake.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", mistake.idea)


def power(shorten=True, stretch=True, back="number", again=True):
    """The power method with some of its parts missing."""

    def method(product, v, steps):
        first = v
        for _ in range(steps):
            v = product(v if again else first)
            v = v / np.linalg.norm(v) if shorten else v
        if back == "vector":
            return v
        if back == "length":
            return np.linalg.norm(v)
        return v @ product(v) if stretch else np.linalg.norm(product(product(v)))

    return method


@pytest.mark.parametrize(
    ("answer", "idea"),
    [
        (power(shorten=False), "shorten to length 1"),
        (power(back="vector"), "a number, not a direction"),
        (power(back="length"), "a length, or a stretch"),
        (power(stretch=False), "one product too many"),
        (power(again=False), "go on from the last vector"),
        (lambda product, v, steps: print(v), "return"),
    ],
)
def test_mistakes_in_the_power_method_are_named(answer, idea):
    feedback = check("power method", answer)
    assert (feedback.verdict, feedback.idea) == ("not yet", idea), feedback


def test_right_ways_to_write_the_power_method_pass():
    assert check("power method", power())

    def stretched(product, v, steps):
        for _ in range(steps):
            u = product(v)
            size = np.linalg.norm(u)
            v = u / size
        return size

    assert check("power method", stretched)
    assert check("power method", "text").verdict == "not yet"


@pytest.mark.parametrize(
    ("answer", "idea"),
    [
        (0.1, "too small"),
        (0.15, "too small"),
        (0.3, "too large"),
        (0.001, "not at rest"),
        ("fast", "form"),
        (-0.1, "form"),
        ({"rate": "fast"}, "form"),
    ],
)
def test_landings_that_miss_are_named(answer, idea):
    feedback = check("land in the flat", answer)
    assert (feedback.verdict, feedback.idea) == ("not yet", idea), feedback


def test_landings_that_reach_the_flat_do_so_in_a_plain_loop():
    for lr in (0.18, 0.2, 0.24):
        w = np.array([4, 0.25]) + 0.1 * np.array([0.25, 4]) / np.hypot(4, 0.25)
        for _ in range(60):
            w = w - lr * (w[0] * w[1] - 1) * w[::-1]
        assert w @ w < 4 and abs(w[0] * w[1] - 1) < 1e-3
        assert check("land in the flat", lr) and check("land in the flat", {"lr": lr})


def test_choices_that_are_wrong_are_answered():
    for key in ("who finds flat minima", "flat generalises", "what Keskar compared"):
        e = EXERCISES[key]
        for letter in e.options:
            verdict = "right" if letter == e.truth else "not yet"
            assert check(key, letter).verdict == verdict and e.reasons[letter]
