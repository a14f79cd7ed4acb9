"""What turns measurements of lesson 11 into truths of its predictions."""

from typing import Any

import numpy as np

from ...theory import descent_limit, momentum_limit

SAME = "no detectable difference"


def of_small_batches(sharpness: Any) -> str:
    """In words how the sharpness with small batches compares with that of all points, a ratio."""
    word = sharpness.says("lower", "the same, since 2/η is the same", "higher")
    if word == "higher":
        return "higher: noise throws the run about"
    if word != "lower":
        return word
    return "lower than half of it" if sharpness.effect < 0.5 else "lower, and more than half of it"


def of_the_edge(run: Any, lr: float = 0.2) -> str:
    """In words where the sharpness of the first copy of a run ends, and what its loss does.

    Args:
        run: the sharpness at some steps and the losses at all, each with the copies last.
        lr: the learning rate.
    """
    sharpness, losses, limit = run[0][:, 0], run[1][:, 0], float(descent_limit(lr))
    if not np.isfinite(losses).all():
        return "passes 2/η, and the run is lost, as on a quadratic"
    share, rises = sharpness[-50:].mean() / limit, int((np.diff(losses) > 0).sum())
    if share > 1.5:
        return "grows on and on above 2/η, while the loss goes down"
    if share > 0.8 and rises > 100:
        return "settles near 2/η, and many steps raise the loss"
    return "stays below 2/η, while the loss falls at every step" if not rises else f"{share}"


TRUTHS = {
    # The limits of curvature at a learning rate are those of learning rates at a curvature.
    "11 remember momentum": lambda: float(momentum_limit(0.9, 10.0)),
    "11 remember Adam": lambda: 50 / 100**0.5,
    "11 edge": of_the_edge,
    "11 batch": of_small_batches,
    # sharpness is compared as Adam's over momentum's, accuracy as momentum's less Adam's
    "11 sharper": lambda ratio: ratio.says("momentum", SAME, "Adam"),
    "11 reads": lambda difference: difference.says("Adam", SAME, "momentum"),
}
