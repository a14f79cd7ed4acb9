"""What computes truths of lesson 07's predictions."""

from ... import theory


def inside_shortens(gradient: float = 1e-8, eps: float = 1e-8) -> float:
    """Adam's first step with ε outside the root, over the one with ε inside."""
    outside, inside = gradient / (gradient + eps), gradient / (gradient**2 + eps) ** 0.5
    return outside / inside


TRUTHS = {
    "07 peak": lambda: theory.uncorrected_peak(0.9, 0.999)[1],
    "07 fades": lambda: float(theory.bias_steps(0.999)),
    "07 bound": lambda: float(theory.adam_bound(0.9, 0.999)),
    "07 inside": inside_shortens,
}
