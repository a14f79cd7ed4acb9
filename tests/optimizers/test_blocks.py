"""A kernel in pieces makes the step that it makes in one."""

import inspect

import numpy as np
import pytest

from course_utils.optimizers import ADAM, FULL_ADAGRAD, MOMENTUM, RULES
from course_utils.optimizers.blocks import BLOCK, in_blocks

DRAW, BYTES = np.random.default_rng(5), 8


def steps(rule, kernel, start, gradients, **settings):
    w, settings = start.copy(), rule.settings({"lr": 0.01, **settings})
    memory = rule.init(w)
    for t, g in enumerate(gradients, 1):
        kernel(w, g, *memory, **settings, **({"t": t} if rule.counts_steps else {}))
    return w, *memory


def same(rule, shape, block, **settings):
    start, gradients = DRAW.normal(size=shape), DRAW.normal(size=(3, *shape))
    one = steps(rule, rule.kernel, start, gradients, **settings)
    other = steps(rule, in_blocks(rule.kernel, block), start, gradients, **settings)
    return all(map(np.array_equal, one, other))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_the_same_to_the_last_bit(rule):
    for shape in [(23,), (2, 23), (2, 3, 23)]:
        assert same(rule, shape, 7 * BYTES), shape


def test_settings_with_one_value_a_trajectory_are_cut_with_the_trajectories():
    lr, beta = DRAW.uniform(0.01, 0.1, 23), DRAW.uniform(0, 1, (1, 23))
    assert same(MOMENTUM, (2, 23), 10 * BYTES, lr=lr, beta=beta)


def test_a_memory_with_a_row_more_is_cut_along_the_trajectories_too():
    assert same(FULL_ADAGRAD, (2, 23), 10 * BYTES)


@pytest.mark.parametrize(("shape", "pieces"), [((20,), 1), ((21,), 2), ((2, 30), 3), ((50,), 3)])
def test_pieces_are_as_many_as_needed_and_cover_all(shape, pieces):
    seen = []
    step = in_blocks(lambda w, g, *, lr: seen.append(w), block=20 * BYTES)
    w = np.arange(float(np.prod(shape))).reshape(shape)
    step(w, w, lr=1)
    assert len(seen) == pieces
    assert max(piece.size for piece in seen) <= 20
    assert np.array_equal(np.concatenate(seen, axis=-1), w)


def test_the_blocked_kernel_is_asked_for_the_same_arguments():
    assert inspect.signature(in_blocks(ADAM.kernel)) == inspect.signature(ADAM.kernel)
    assert in_blocks(ADAM.kernel).__doc__ == ADAM.kernel.__doc__


def test_large_arrays_meet_the_default():
    assert same(ADAM, (BLOCK // BYTES + 3,), BLOCK)


def test_a_piece_without_weights_is_refused():
    with pytest.raises(ValueError, match="has some bytes"):
        in_blocks(ADAM.kernel, 0)
