"""Gradient descent: a step against the gradient, as long as the gradient is."""

from .rule import Rule


def gradient_descent(w, g, *, lr):
    """w <- w - lr g.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        lr: learning rate, in units of w squared over units of the loss.

    Source: Cauchy, Comptes rendus 25 (1847), 536-538.

    >>> w = np.array([2.0, -10.0])
    >>> gradient_descent(w, np.array([50.0, -10.0]), lr=0.01)
    >>> print(w)
    [ 1.5 -9.9]
    """
    w -= lr * g


GRADIENT_DESCENT = Rule(
    name="gradient descent",
    kernel=gradient_descent,
    convention="no memory; the step is as long as lr times the gradient",
    source="Cauchy, Comptes rendus 25 (1847), 536-538",
)
