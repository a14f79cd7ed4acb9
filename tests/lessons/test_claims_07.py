"""The general claims of lesson 07: a search for counter-examples to each."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.descent import descend
from course_utils.libraries import keras, optax, pytorch
from course_utils.libraries.signatures import SIGNATURES
from course_utils.networks import Network, digits, ratio, train
from course_utils.optimizers import ADAM, UNCORRECTED_ADAM, adam, adam_l2, adamw, uncorrected_adam
from course_utils.surfaces import ravine

SEARCH = settings(derandomize=True, deadline=None, max_examples=150)
BETA1 = st.floats(0.0, 0.98)
BETA2 = st.floats(0.5, 0.9999)
RATE = st.floats(1e-4, 10.0)
GRADIENT = st.floats(1e-6, 1e6).flatmap(lambda x: st.sampled_from([x, -x]))


def steps(kernel, gradients, beta1, beta2):
    """The steps of a kernel from empty memories, in learning rates."""
    w, m, s = np.zeros((3, 1))
    made = []
    for t, g in enumerate(gradients, 1):
        before = w.copy()
        count = {"t": t} if kernel is adam else {}
        kernel(w, np.array([g]), m, s, lr=1.0, beta1=beta1, beta2=beta2, eps=0.0, **count)
        made.append(float((w - before)[0]))
    return np.array(made)


@SEARCH
@given(GRADIENT, BETA1, BETA2, RATE)
def test_with_the_correction_and_no_eps_the_first_step_is_the_learning_rate(g, beta1, beta2, lr):
    w, m, s = np.zeros((3, 1))
    adam(w, np.array([g]), m, s, lr=lr, beta1=beta1, beta2=beta2, eps=0.0, t=1)
    assert np.isclose(w[0], -lr * np.sign(g), rtol=1e-9)


@SEARCH
@given(st.lists(GRADIENT, min_size=1, max_size=40), BETA1, BETA2)
def test_no_gradients_make_a_step_longer_than_the_supremum(gradients, beta1, beta2):
    assume(beta1**2 < 0.99 * beta2)
    longest = theory.adam_bound(beta1, beta2)
    assert np.abs(steps(uncorrected_adam, gradients, beta1, beta2)).max() <= longest * (1 + 1e-9)
    # the corrected first step is 1, which is the supremum's least value
    assert np.abs(steps(adam, gradients, beta1, beta2)).max() <= longest * (1 + 1e-9)


@SEARCH
@given(BETA1, BETA2)
def test_the_learning_rate_is_the_bound_only_for_equal_betas(beta1, beta2):
    assume(beta1 > 0.01 and abs(beta1 - beta2) > 0.01 and beta1**2 < 0.99 * beta2)
    assert theory.adam_bound(beta1, beta2) > 1 + 1e-6
    count = 300 if beta1 < beta2 else 40  # they fall if beta1 is larger, quickly: no overflow
    grown = theory.adversary(beta1, beta2, count)
    grown = grown[grown > 1e-150] / grown.max()
    assert np.abs(steps(adam, grown, beta1, beta2)[-1]) > 1
    assert np.isclose(theory.adam_bound(beta2, beta2), 1)


@SEARCH
@given(st.floats(1e-6, 1e6), st.floats(0.01, 1.0), st.sampled_from([4, 25, 100]))
def test_without_eps_the_scale_of_the_loss_does_not_matter(c, lr, kappa):
    one, other = (
        descend(ravine(kappa, c=x), ADAM, lr=lr, steps=12, eps=0.0).positions for x in (1.0, c)
    )
    assert np.allclose(one, other, rtol=1e-6, atol=1e-8)


@SEARCH
@given(st.floats(1e-4, 0.1), st.floats(1e-3, 1.0), st.floats(0.1, 10.0))
def test_only_the_product_of_rate_and_decay_counts(lr, decay, factor):
    left = []
    for rate, share in ((lr, decay), (lr * factor, decay / factor), (lr * factor, decay)):
        w, m, s = np.ones(1), np.zeros(1), np.zeros(1)
        for t in range(1, 21):
            adamw(w, np.zeros(1), m, s, lr=rate, beta1=0.9, beta2=0.999, eps=1e-8, decay=share, t=t)
        left.append(w[0])
    assert np.isclose(left[0], left[1], rtol=1e-9)
    assert np.isclose(left[2], (1 - lr * factor * decay) ** 20, rtol=1e-9)


def after_three(kernel, **names):
    """A weight after three steps of a transcription, with its own names for the settings."""
    w, m, s = np.ones(1), np.zeros(1), np.zeros(1)
    for t, g in enumerate((3.0, -1.0, 0.5), 1):
        kernel(w, np.array([g]), m, s, t=t, **{names["lr"]: 0.1, names["decay"]: 0.3},
               **{names["b1"]: 0.9, names["b2"]: 0.999, names["eps"]: 1e-12})  # fmt: skip
    return w[0]


def test_weight_decay_is_l2_in_pytorchs_adam_and_adamw_in_optax_and_keras():
    ours = dict(lr="lr", decay="decay", b1="beta1", b2="beta2", eps="eps")
    torch = ours | {"decay": "weight_decay"}
    jax = dict(lr="learning_rate", decay="weight_decay", b1="b1", b2="b2", eps="eps")
    of_keras = jax | {"b1": "beta_1", "b2": "beta_2", "eps": "epsilon"}
    l2, decoupled = (after_three(k, **ours) for k in (adam_l2, adamw))
    assert abs(l2 - decoupled) > 1e-3
    assert np.isclose(after_three(pytorch.torch_adam, **torch), l2)
    for kernel, names in (
        (pytorch.torch_adamw, torch), (optax.optax_adamw, jax), (keras.keras_adamw, of_keras),
    ):  # fmt: skip
        assert np.isclose(after_three(kernel, **names), decoupled)


def test_four_different_decays_if_the_argument_is_left_out():
    calls = "torch.optim.Adam", "torch.optim.AdamW", "optax.adamw", "keras.optimizers.AdamW"
    assert [SIGNATURES[call]["weight_decay"] for call in calls] == [0, 0.01, 1e-4, 0.004]
    assert SIGNATURES["keras.optimizers.Adam"]["weight_decay"] is None
    assert SIGNATURES["torch.optim.Adam"]["decoupled_weight_decay"] is False
    assert "weight_decay" not in SIGNATURES["optax.adam"]


@SEARCH
@given(st.lists(st.booleans(), min_size=1, max_size=60), GRADIENT, BETA1, BETA2)
def test_gradients_of_one_size_make_no_step_longer_than_the_learning_rate(signs, size, b1, b2):
    gradients = size * np.where(signs, 1.0, -1.0)
    assert np.abs(steps(adam, gradients, b1, b2)).max() <= 1 + 1e-9


@settings(SEARCH, max_examples=15)
@given(st.floats(1.02, 1.1), GRADIENT)
def test_gradients_that_agree_and_grow_or_fall_make_longer_or_shorter_steps(factor, size):
    growing = steps(adam, size * factor ** np.arange(1500.0), 0.9, 0.999)
    falling = steps(adam, size * factor ** -np.arange(300.0), 0.9, 0.999)
    assert abs(growing[-1]) > 2 and abs(falling[-1]) < 0.2


@SEARCH
@given(BETA1, BETA2, BETA2)
def test_from_equal_betas_on_a_longer_memory_of_squares_makes_the_worst_step_longer(b1, one, two):
    low, high = sorted((one, two))
    assume(b1 < low and high - low > 1e-4)
    assert theory.adam_bound(b1, low) < theory.adam_bound(b1, high)


def test_below_the_first_beta_a_longer_memory_of_squares_makes_the_worst_step_shorter():
    assert theory.adam_bound(0.9, 0.85) > theory.adam_bound(0.9, 0.88) > theory.adam_bound(0.9, 0.9)


def test_in_six_passes_the_missing_correction_gains_at_its_best_rate():
    """Seeds that the lesson does not use, at the rates that it finds for beta2 = 0.999."""
    data, network = digits(), Network()
    ends = [
        [train(network, rule, data, lr=lr, epochs=6, seed=n).losses[-1] for n in range(100, 112)]
        for rule, lr in ((UNCORRECTED_ADAM, 0.01), (ADAM, 0.03))
    ]
    assert ratio(*map(np.array, ends)).says("lower", "", "") == "lower"
