"""What lesson 04 says in general, searched for counter-examples."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, averaged_momentum, momentum
from course_utils.surfaces import ravine

quick = settings(derandomize=True, max_examples=200, deadline=None, database=None)
memories = st.floats(0.05, 0.98)
rates = st.floats(1e-3, 1.0)


@quick
@given(beta=memories, lr=rates, flips=st.booleans())
def test_a_repeated_push_gains_one_over_one_minus_beta_and_a_flipping_one_one_over_one_plus_beta(
    beta, lr, flips
):
    w, v = np.zeros(1), np.zeros(1)
    for t in range(1500):
        momentum(w, np.array([(-1.0) ** t if flips else 1.0]), v, lr=lr, beta=beta)
    gain = 1 / (1 + beta) if flips else 1 / (1 - beta)
    assert abs(abs(v[0]) / lr / gain - 1) < 1e-9


@quick
@given(beta=memories, lr=rates, seed=st.integers(0, 10_000))
def test_sum_and_average_make_one_path_at_a_constant_rate(beta, lr, seed):
    one, other = (np.zeros(2), np.zeros(2)), (np.zeros(2), np.zeros(2))
    for g in np.random.default_rng(seed).normal(size=(60, 2)):
        momentum(one[0], g, one[1], lr=(1 - beta) * lr, beta=beta)
        averaged_momentum(other[0], g, other[1], lr=lr, beta=beta)
    np.testing.assert_allclose(one[0], other[0], rtol=1e-8, atol=1e-10)


def test_no_constant_learning_rate_of_gradient_descent_does_what_exercise_two_asks():
    for kappa, least in ((100, 400), (81, 350), (121, 500), (144, 600)):
        rates = np.linspace(0.01, 2.2, 2000) / kappa
        steps = descend(ravine(kappa), GRADIENT_DESCENT, lr=rates, steps=1000).steps_to(1e-6)
        assert least < np.nanmin(steps) < 1000
    answer = descend(ravine(100), MOMENTUM, lr=0.033, beta=0.67, steps=100)
    assert answer.steps_to(1e-6) <= 100


@quick
@given(product=st.floats(1.001, 1.999), beta=memories)
def test_momentum_is_quicker_across_if_lr_lambda_is_above_one_plus_root_beta(product, beta):
    border = 1 + np.sqrt(beta)
    if abs(product - border) < 1e-6:
        return
    companion = [[1 + beta - product, -beta], [1.0, 0.0]]
    quicker = np.abs(np.linalg.eigvals(companion)).max() < product - 1
    assert quicker == (product > border)


def crosses(beta):
    """Whether w1 comes to the other side of the floor, at η = 0.01 and curvature 25, from rest."""
    w1 = descend(ravine(25), MOMENTUM, lr=0.01, beta=beta, steps=600).positions[:, 0]
    return w1.min() < -1e-12  # what is nearer to the floor is rounding


def test_at_the_small_rate_every_memory_above_a_quarter_swings_and_a_longer_one_for_longer():
    assert not any(crosses(beta) for beta in np.linspace(0, 0.25, 26))
    swinging = np.linspace(0.27, 0.99, 37)
    assert all(crosses(beta) for beta in swinging)
    # What is left of a swing after a step is √β of it.
    shrinks = theory.momentum_rate(0.01, swinging, 25)
    np.testing.assert_allclose(shrinks, np.sqrt(swinging))
