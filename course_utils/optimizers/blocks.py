"""Large arrays in pieces that fit a cache: a kernel makes the same step, and makes it sooner.

A kernel passes over its arrays once for every operation. Arrays that fit no cache come from memory
each time, and so does every intermediate array; a piece stays in the cache from its first operation
to its last.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np

# 1 MiB of weights, and as much of the gradient, each memory and each intermediate array, stays in a
# cache of a few MiB. A step of Adam on a million weights takes about the same with 64 KiB to 4 MiB,
# half as long again with all in one piece, and more with 16 KiB, where calls cost.
BLOCK = 1 << 20


def in_blocks(kernel: Callable[..., None], block: int = BLOCK) -> Callable[..., None]:
    """The kernel, called for one piece of its arrays after the other.

    Args:
        kernel: of a rule that treats every weight for itself, ``kernel(w, g, *memory, **hyper)``.
            A step that mixes weights, as matrix rules do, would be another one in pieces.
        block: how many bytes a piece of ``w`` has, at most; a piece holds one weight at least.

    Returns:
        A function to be called as the kernel is. Pieces are cut along the last axis, from settings
        with one value a trajectory too. Weights of ``block`` bytes or fewer are one piece.

    Raises:
        ValueError: ``block`` is below 1.

    >>> step, w = in_blocks(lambda w, g, *, lr: print(len(w)), block=16), np.zeros(5)
    >>> step(w, w, lr=0.1)
    2
    2
    1
    """
    if block < 1:
        raise ValueError(f"A piece has some bytes, not {block}: pass block=1 or more.")

    @wraps(kernel)
    def step(w, g, *memory, **hyper):
        if w.nbytes <= block:
            return kernel(w, g, *memory, **hyper)
        _keep_room(block)
        last = w.shape[-1]
        width = max(1, block * last // w.nbytes)
        for start in range(0, last, width):
            piece = (..., slice(start, start + width))
            now = {n: x[piece] if np.shape(x)[-1:] == (last,) else x for n, x in hyper.items()}
            kernel(w[piece], g[piece], *(values[piece] for values in memory), **now)

    return step


def _keep_room(size: int) -> None:
    """Let the allocator of Linux keep what a kernel's intermediate arrays take, piece after piece.

    It gives memory back at once until an array of some size was freed, and getting it again costs
    more than the step does.
    """
    # Larger than any array of a piece: freeing it raises the size from which memory is given back.
    np.empty(8 * size, np.uint8)
