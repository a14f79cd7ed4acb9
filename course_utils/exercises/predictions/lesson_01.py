"""What computes truths of lesson 01's predictions."""

from ... import theory


def steps_without_zig_zag(kappa: float = 100) -> float:
    """Steps for a factor of a thousand at η = 1/λ₁, over those at the best η."""
    best = theory.best_descent(kappa, 1)[1]
    return float(theory.steps_for(1e-3, 1 - 1 / kappa) / theory.steps_for(1e-3, best))


TRUTHS = {
    "01 angle": lambda: float(theory.worst_angle(25)),
    "01 no zig-zag": steps_without_zig_zag,
}
