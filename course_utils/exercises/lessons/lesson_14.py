"""What the data of lesson 14's exercises compute with."""

import numpy as np

RATIO_CASES = (
    (np.array([3.0, 4.0]), np.array([3.0, 4.5])),
    (np.array([1.0, -2.0, 2.0]), np.array([-0.5, -2.0, 4.0])),
    (np.array([0.5, 0.0]), np.array([0.0, 0.5])),
)


def ratio_of_a_step(before, after):
    """The length of the step over that of the weights before it."""
    return np.linalg.norm(after - before) / np.linalg.norm(before)


def over_the_new(before, after):
    """A wrong answer: over the weights after the step."""
    return np.linalg.norm(after - before) / np.linalg.norm(after)


def length_of_the_step(before, after):
    """A wrong answer: not divided."""
    return np.linalg.norm(after - before)


def change_of_length(before, after):
    """A wrong answer: by how much w has become longer, as a share."""
    return abs(np.linalg.norm(after) - np.linalg.norm(before)) / np.linalg.norm(before)
