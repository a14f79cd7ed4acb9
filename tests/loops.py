"""Runs as plain loops and formulas by hand, for the tests of several rooms."""

from math import sqrt

import numpy as np


def turned(degrees):
    """The matrix that turns a plane."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]])


def hessian(kappa, degrees, scale):
    """The Hessian of a turned ravine, 25 along its steep direction if the scale is 1."""
    turn = turned(degrees)
    return scale * turn @ np.diag([25.0, 25.0 / kappa]) @ turn.T


def plain_loop(rule, H, start, steps, lr, rho=0.9, eps=1e-8, inside=False):
    """Weights, divisors and losses of RMSProp, AdaGrad or gradient descent, by definition."""
    w, s = np.array(start, dtype=float), np.zeros(2)
    path, divisors = [w], []
    for _ in range(steps):
        g = H @ w
        s = s + g * g if rule == "adagrad" else rho * s + (1 - rho) * g * g
        by = np.sqrt(s + eps) if inside else np.sqrt(s) + eps
        w = w - lr * g / (1 if rule == "descent" else by)
        path.append(w)
        divisors.append(by)
    path = np.array(path)
    return path, np.array(divisors), 0.5 * np.einsum("ti,ij,tj->t", path, H, path)


def adam_loop(curvatures, lr, beta1, beta2, eps, corrected, steps=120):
    """Weights, and what the step divides and is divided by, from (2, -10), in plain floats."""
    w, m, s = [2.0, -10.0], [0.0, 0.0], [0.0, 0.0]
    path, first, root = [tuple(w)], [(0.0, 0.0)], [(0.0, 0.0)]
    for t in range(1, steps + 1):
        used = []
        for i in (0, 1):
            g = curvatures[i] * w[i]
            m[i] = beta1 * m[i] + (1 - beta1) * g
            s[i] = beta2 * s[i] + (1 - beta2) * g * g
            a, b = m[i], s[i]
            if corrected:
                a, b = a / (1 - beta1**t), b / (1 - beta2**t)
            w[i] -= lr * a / (sqrt(b) + eps)
            used.append((a, sqrt(b)))
        path.append(tuple(w))
        first.append((used[0][0], used[1][0]))
        root.append((used[0][1], used[1][1]))
    return np.array(path), np.array(first), np.array(root)


def home(losses, goal=1e-3):
    """The step from which on the loss stays at the goal or below."""
    above = [k for k, x in enumerate(losses) if x > goal]
    return above[-1] + 1 if above else 0


def eigenvalues(rule, lr, beta, curvature):
    """Those of the companion matrix of the second-order recurrence of the weights alone."""
    z = lr * curvature
    trace, det = (
        (1 + beta - z, beta) if rule == "momentum" else ((1 + beta) * (1 - z), beta * (1 - z))
    )
    return np.linalg.eigvals([[trace, -det], [1.0, 0.0]])


def walk(rule, w, gradients, **hyper):
    """The weights and the memory after a step for each gradient."""
    w = w.copy()
    step = rule.start(w, **hyper)
    for g in gradients:
        step(g)
    return w, list(step.memory.values())


def after(kernel, w, g, H, **hyper):
    """The weights after one step of a kernel that takes the Hessian."""
    w = np.array(w, dtype=float)
    kernel(w, np.array(g, dtype=float), np.array(H, dtype=float), **hyper)
    return w


def banana_at(w, kappa=25):
    """Loss, gradient and Hessian of Rosenbrock's valley."""
    u, v = w
    f = (1 - u) ** 2 + 100 * (v - u * u) ** 2
    g = np.array([-2 * (1 - u) - 400 * u * (v - u * u), 200 * (v - u * u)])
    return f, g, np.array([[2 - 400 * v + 1200 * u * u, -400 * u], [-400 * u, 200]])
