"""A rule for matrices at work on a network: layer by layer, each matrix in its own shape."""

from __future__ import annotations

import inspect

import numpy as np

from ..optimizers import Rule
from .network import Network


def by_layer(rule: Rule, network: Network) -> Rule:
    """The rule that treats a flat vector of weights as the network's matrices, one at a time.

    Every part that `Network.unpack` finds is a matrix with memory of its own: W_k is one, and b_k
    is one with a single column.

    Args:
        rule: a rule whose kernel takes a matrix of weights, such as ``MUON`` or ``SHAMPOO``.
        network: says where in the vector the matrices lie.

    Raises:
        TypeError: the rule needs the Hessian, or takes its gradient elsewhere than at the weights.
    """
    if rule.needs_hessian or rule.look_ahead is not None:
        raise TypeError(
            f"{rule.name} cannot go layer by layer: take a rule that needs the gradient at the "
            "weights alone, such as MUON."
        )
    parts = [W.shape for layer in network.unpack(np.zeros(network.parameters)) for W in layer]
    shapes = {name: [rule.shapes.get(name, tuple)(s) for s in parts] for name in rule.memory}

    def kernel(w, g, *memory, **hyper):
        slots = (_views(x, shapes[n]) for n, x in zip(rule.memory, memory, strict=True))
        for arrays in zip(_views(w, parts), _views(g, parts), *slots, strict=True):
            rule.kernel(*arrays, **hyper)

    kernel.__signature__ = inspect.signature(rule.kernel)
    lengths = {name: sum(map(np.prod, of)) for name, of in shapes.items()}
    return Rule(
        name=f"{rule.name}, layer by layer",
        kernel=kernel,
        defaults=rule.defaults,
        convention=rule.convention,
        source=rule.source,
        shapes={name: lambda _, n=int(n): (n,) for name, n in lengths.items()},
    )


def _views(flat: np.ndarray, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Consecutive pieces of a flat array, each in its shape; writing into them changes it."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    pieces = np.split(flat, ends[:-1])
    return [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]
