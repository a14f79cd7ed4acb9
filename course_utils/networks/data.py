"""The digits, and mini-batches of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from . import checks

TRAIN_SAMPLES = 1347  # three quarters of 1797; the other 450 are for the test


@dataclass(frozen=True, eq=False)
class Data:
    """Samples to learn from and samples to test on.

    Attributes:
        x_train: inputs, shape (features, n), one column per sample.
        y_train: labels 0, 1, ..., shape (n,).
        x_test: inputs that training never sees, shape (features, m).
        y_test: their labels, shape (m,).
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def __repr__(self) -> str:
        """The sizes as one line."""
        return (
            f"{self.y_train.size} samples to train on and {self.y_test.size} to test on, "
            f"{self.x_train.shape[0]} features each"
        )


def digits(seed: int = 0) -> Data:
    """The 1797 handwritten digits that come with scikit-learn, 8 x 8 pixels each.

    Pixels 0, 1, ..., 16 are divided by 16, so that features lie in [0, 1]. The samples are
    shuffled with ``seed``; the first 1347 are for training, the other 450 for the test. Both parts
    hold digits by the same 13 people, so the test says nothing about other people's handwriting.

    Raises:
        ImportError: scikit-learn is missing.
        ValueError: ``seed`` is not a whole number of at least 0.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI repository (1998),
    its test set.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as problem:
        raise ImportError(
            "The digits come with scikit-learn, which is missing here: install scikit-learn into "
            "this environment and restart the kernel."
        ) from problem
    pixels, labels = load_digits(return_X_y=True)
    order = checks.generator(seed, stream=0).permutation(labels.size)
    x, y = pixels[order].T / 16, labels[order]
    train, test = slice(None, TRAIN_SAMPLES), slice(TRAIN_SAMPLES, None)
    parts = [np.ascontiguousarray(part) for part in (x[:, train], y[train], x[:, test], y[test])]
    for part in parts:
        part.flags.writeable = False
    return Data(*parts)


def batches(n: int, size: int, epochs: int = 1, seed: int = 0) -> Iterator[np.ndarray]:
    """Mini-batches as arrays of sample numbers, epoch after epoch, each with a fresh shuffle.

    An epoch holds every sample once, in `batches_per_epoch` batches. Their sizes differ by at most
    one and none is above ``size``: 1347 samples in batches of 64 make 22 batches of 61 or 62. So
    no epoch ends with a rest of three samples and a full step on their word alone.

    Raises:
        ValueError: n, size or epochs is not a whole number of at least 1, or seed not of at least
            0.
    """
    parts = batches_per_epoch(n, size)
    random = checks.generator(seed, stream=1)
    shuffles = (random.permutation(n) for _ in range(checks.count("epochs", epochs)))
    return (part for order in shuffles for part in np.array_split(order, parts))


def batches_per_epoch(n: int, size: int) -> int:
    """The number of batches of at most ``size`` that hold n samples: n / size, rounded up."""
    return -(-checks.count("n", n) // checks.count("size", size))
