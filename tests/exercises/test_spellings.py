"""Answers as learners write them: right ones in unusual forms pass, the 32 mistakes are named."""

import math

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.exercises.kernels import KernelExercise

UP_TO_ADAM = [
    "descent step", "newton", "damped newton", "ema", "corrected average", "momentum",
    "averaged momentum", "Nesterov", "sign descent", "AdaGrad", "RMSProp", "RMSProp, eps inside",
    "Adam", "AdamW",
]  # fmt: skip


pytestmark = pytest.mark.usefixtures("here")


RIGHT, WRONG = [], []


def right(key):
    """Enter a right answer in an unusual form."""

    def enter(function):
        RIGHT.append(pytest.param(key, function, id=f"{key}: {function.__name__}"))
        return function

    return enter


def wrong(key, mistake, idea):
    """Enter a mistake in a learner's words, with the idea that must be named."""

    def enter(function):
        WRONG.append(
            pytest.param(key, mistake, idea, function, id=f"{mistake} {function.__name__}")
        )
        return function

    return enter


@pytest.mark.parametrize(("key", "function"), RIGHT)
def test_right_answers_in_unusual_forms_pass(key, function):
    feedback = check(key, function)
    assert feedback, feedback


@pytest.mark.parametrize(("key", "mistake", "idea", "function"), WRONG)
def test_mistakes_as_learners_write_them_are_named(key, mistake, idea, function):
    feedback = check(key, function)
    assert feedback.verdict == "not yet"
    assert idea in (feedback.idea, feedback.text) or idea in feedback.text, feedback


def test_every_kernel_up_to_adam_has_four_forms_and_every_slip_two():
    known = {k for k, e in exercises().items() if isinstance(e, KernelExercise)}
    assert set(UP_TO_ADAM) <= known
    count = {key: sum(p.values[0] == key for p in RIGHT) for key in UP_TO_ADAM}
    assert min(count.values()) >= 4, count
    mistakes = {f"M{n:02}": sum(p.values[1] == f"M{n:02}" for p in WRONG) for n in range(1, 33)}
    assert min(mistakes.values()) >= 2, mistakes


# Right answers


@right("descent step")
def by_a_loop(w, g, *, lr):
    for i in np.ndindex(w.shape):
        w[i] = w[i] - lr * g[i]


@right("descent step")
def by_numpy_functions(w, g, *, lr):
    np.add(w, np.negative(np.multiply(lr, g)), out=w)


@right("descent step")
def by_a_matrix(w, g, *, lr):
    flat = np.stack([w.ravel(), g.ravel()])
    return (np.array([1.0, -lr]) @ flat).reshape(w.shape)


@right("descent step")
def by_a_list_of_rows(w, g, lr):
    return {"w": [a - lr * b for a, b in zip(w, g, strict=True)]}


@right("newton")
def by_an_inverse(w, g, H):
    w += -(np.linalg.inv(H) @ g)


@right("newton")
def by_eigenvectors(w, g, H):
    e, Q = np.linalg.eigh(H)
    return w - Q @ np.diag(1 / e) @ Q.T @ g


@right("newton")
def by_least_squares(w, g, H):
    return w + np.linalg.lstsq(H, -g, rcond=None)[0]


@right("newton")
def by_the_flat_point(w, g, H):
    w[:] = np.linalg.solve(H, H @ w - g)


@right("newton")
def by_cramer_or_by_solve(w, g, H):
    if len(w) == 2:
        (a, b), (c, d) = H
        return w - np.array([d * g[0] - b * g[1], a * g[1] - c * g[0]]) / (a * d - b * c)
    return [w - np.linalg.solve(H, g)]


@right("damped newton")
def by_lifted_eigenvalues(w, g, H, *, mu):
    e, Q = np.linalg.eigh(H)
    w -= Q @ ((Q.T @ g) / (e + mu))


@right("damped newton")
def by_a_lifted_diagonal(w, g, H, *, mu):
    lifted = H.copy()
    lifted[np.diag_indices(len(w))] += mu
    return w - np.linalg.inv(lifted) @ g


@right("damped newton")
def by_identity(w, g, H, mu):
    w[...] = w + np.linalg.solve(H + np.identity(w.size) * mu, -g)


@right("damped newton")
def by_division_by_mu(w, g, H, *, mu):
    return w - np.linalg.solve(H / mu + np.eye(len(w)), g / mu)


@right("ema")
def by_the_gap(m, g, *, beta):
    m += (1 - beta) * (g - m)


@right("ema")
def by_weights(m, g, *, beta):
    return np.average([m, g], axis=0, weights=[beta, 1 - beta])


@right("ema")
def by_lerp(m, g, *, beta):
    return {"m": g + beta * (m - g)}


@right("ema")
def by_rest_of_beta(m, g, *, beta):
    fresh = 1.0
    fresh -= beta
    np.multiply(m, beta, out=m)
    m[...] = m + fresh * g


@right("corrected average")
def by_two_returned(a, g, m, *, beta, t):
    m = beta * m + (1 - beta) * g
    return m / (1 - beta**t), m


@right("corrected average")
def by_math_power(a, g, m, *, beta, t):
    m += (1 - beta) * (g - m)
    a[:] = m / -math.expm1(t * math.log(beta))


@right("corrected average")
def by_a_sum_of_weights(a, g, m, *, beta, t):
    arrived = sum((1 - beta) * beta**k for k in range(t))
    m *= beta
    m += g - beta * g
    np.divide(m, arrived, out=a)


@right("corrected average")
def by_names(a, g, m, *, beta, t):
    new = beta * m + g - beta * g
    return {"m": new, "a": new * (1 / (1 - math.pow(beta, t)))}


@right("momentum")
def by_one_line(w, g, v, *, lr, beta):
    v[:], w[:] = beta * v - lr * g, w + (beta * v - lr * g)


@right("momentum")
def by_position_difference(w, g, v, *, lr, beta):
    before = w - v
    return w + beta * (w - before) - lr * g, beta * v - lr * g


@right("momentum")
def by_a_step(w, g, v, lr, beta):
    step = np.zeros_like(w)
    step += beta * v
    step -= g * lr
    return {"w": w + step, "v": step}


@right("momentum")
def by_a_matrix_of_both(w, g, v, *, lr, beta):
    return np.tensordot([[1, beta], [0, beta]], np.stack([w, v]), 1) - lr * np.stack([g, g])


@right("averaged momentum")
def by_the_gap_to_g(w, g, v, *, lr, beta):
    v -= (1 - beta) * (v - g)
    w += -lr * v


@right("averaged momentum")
def by_a_generator_of_parts(w, g, v, *, lr, beta):
    new = sum(share * part for share, part in ((beta, v), (1 - beta, g)))
    return w - new * lr, new


@right("averaged momentum")
def by_loops(w, g, v, *, lr, beta):
    for i in np.ndindex(w.shape):
        v[i] = g[i] + beta * (v[i] - g[i])
        w[i] -= lr * v[i]


@right("averaged momentum")
def by_weights_first(w, g, v, *, lr, beta):
    w -= lr * beta * v + lr * (1 - beta) * g
    v *= beta
    v += g - beta * g


@right("Nesterov")
def by_the_old_look_ahead(w, g, v, *, lr, beta):
    old = v.copy()
    v *= beta
    v -= lr * g
    w += (1 + beta) * v - beta * old


@right("Nesterov")
def by_expanding(w, g, v, *, lr, beta):
    return w + beta**2 * v - (1 + beta) * lr * g, beta * v - lr * g


@right("Nesterov")
def by_two_moves(w, g, v, *, lr, beta):
    w -= lr * g
    v[...] = beta * v - lr * g
    w += beta * v


@right("Nesterov")
def by_the_real_place(w, g, v, *, lr, beta):
    real = w - beta * v
    v = beta * v - lr * g
    real = real + v
    return {"w": real + beta * v, "v": v}


@right("sign descent")
def by_comparison(w, g, *, lr):
    w -= lr * ((g > 0) * 1.0 - (g < 0) * 1.0)


@right("sign descent")
def by_where(w, g, *, lr):
    return np.where(g > 0, w - lr, np.where(g < 0, w + lr, w))


@right("sign descent")
def by_copysign(w, g, *, lr):
    w -= np.copysign(lr, g) * (g != 0)


@right("sign descent")
def by_division_by_the_size(w, g, *, lr):
    return w - lr * np.divide(g, np.abs(g), out=np.zeros_like(g), where=g != 0)


@right("AdaGrad")
def by_power_one_half(w, g, s, *, lr, eps):
    s += g * g
    w -= g / (s**0.5 + eps) * lr


@right("AdaGrad")
def by_hypot(w, g, s, *, lr, eps):
    root = np.hypot(np.sqrt(s), g)
    return w - lr / (root + eps) * g, s + g**2


@right("AdaGrad")
def by_square(w, g, s, *, lr, eps):
    s[...] = np.sum([s, np.square(g)], axis=0)
    np.subtract(w, lr * g / (eps + np.sqrt(s)), out=w)


@right("AdaGrad")
def by_rates(w, g, s, lr, eps):
    s = s + abs(g) ** 2
    rates = lr / (eps + np.sqrt(s))
    return {"s": s, "w": w - rates * g}


@right("RMSProp")
def by_the_gap_of_squares(w, g, s, *, lr, rho, eps):
    s += (1 - rho) * (g**2 - s)
    w += -lr * g / (eps + s**0.5)


@right("RMSProp")
def by_hypot_of_shares(w, g, s, *, lr, rho, eps):
    root = np.hypot(np.sqrt(rho * s), np.sqrt(1 - rho) * g)
    return w - lr * g / (root + eps), root**2


@right("RMSProp")
def by_named_parts(w, g, s, *, lr, rho, eps):
    size = np.sqrt(rho * s + (1 - rho) * g * g)
    return {"w": w - lr * (g / (size + eps)), "s": size * size}


@right("RMSProp")
def by_loop_over_weights(w, g, s, *, lr, rho, eps):
    for i in np.ndindex(w.shape):
        s[i] = rho * s[i] + (1 - rho) * g[i] ** 2
        w[i] -= lr * g[i] / (math.sqrt(s[i]) + eps)


@right("RMSProp, eps inside")
def by_a_power(w, g, s, *, lr, rho, eps):
    s *= rho
    s += g**2 - rho * g**2
    w -= lr * g * (s + eps) ** -0.5


@right("RMSProp, eps inside")
def by_a_gap(w, g, s, *, lr, rho, eps):
    s = s - (1 - rho) * (s - g * g)
    return [w - lr * g / np.sqrt(eps + s), s]


@right("RMSProp, eps inside")
def by_a_rate(w, g, s, *, lr, rho, eps):
    s[:] = rho * s + (1 - rho) * np.abs(g) ** 2
    rate = lr / np.sqrt(s + eps)
    w[:] = w - rate * g


@right("RMSProp, eps inside")
def by_hypot_of_eps(w, g, s, *, lr, rho, eps):
    new = rho * s + (1 - rho) * g**2
    return {"s": new, "w": w - g * lr / np.hypot(np.sqrt(new), np.sqrt(eps))}


@right("Adam")
def by_one_rate(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m += (1 - beta1) * (g - m)
    s += (1 - beta2) * (g * g - s)
    rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    w -= rate * m / (np.sqrt(s) + eps * math.sqrt(1 - beta2**t))


@right("Adam")
def by_returned_names(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
    hats = m / (1 - beta1**t), (s / (1 - beta2**t)) ** 0.5
    return {"w": w - lr * hats[0] / (hats[1] + eps), "m": m, "s": s}


@right("Adam")
def by_order_of_memories(w, g, m, s, *, lr, beta1, beta2, eps, t):
    s[...] = beta2 * s + (1 - beta2) * g**2
    m[...] = beta1 * m + (1 - beta1) * g
    c1, c2 = (1 / (1 - b**t) for b in (beta1, beta2))
    return w - lr * (c1 * m) / (eps + np.sqrt(c2 * s))


@right("Adam")
def by_a_helper(w, g, m, s, *, lr, beta1, beta2, eps, t):
    def corrected(memory, new, beta):
        memory *= beta
        memory += (1 - beta) * new
        return memory / (1 - beta**t)

    w -= lr * corrected(m, g, beta1) / (np.sqrt(corrected(s, g**2, beta2)) + eps)


@right("AdamW")
def by_a_share_first(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    w *= 1 - lr * decay
    by_a_helper(w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


@right("AdamW")
def by_both_in_one_step(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    m[...] = beta1 * m + (1 - beta1) * g
    s[...] = beta2 * s + (1 - beta2) * g**2
    step = m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)
    w -= lr * (step + decay * w)


@right("AdamW")
def by_a_copy_of_the_old(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    old = w.copy()
    by_one_rate(w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)
    w -= lr * decay * old


@right("AdamW")
def by_the_returned_one(w, g, m, s, **settings):
    decay = settings.pop("decay")
    new = by_returned_names(w, g, m, s, **settings)
    return {**new, "w": new["w"] - settings["lr"] * decay * w}


# The mistakes, as learners write them


def adam_with(first=None, second=None, step=None):
    """Adam with a part in a learner's own words."""

    def kernel(w, g, m, s, *, lr, beta1, beta2, eps, t):
        m[...] = first(m, g, beta1) if first else beta1 * m + (1 - beta1) * g
        s[...] = second(s, g, beta2, m) if second else beta2 * s + (1 - beta2) * g**2
        if step:
            w[...] = step(w, g, m, s, lr, beta1, beta2, eps, t)
        else:
            w -= lr * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)

    return kernel


def adam_mistake(mistake, idea, **parts):
    WRONG.append(
        pytest.param("Adam", mistake, idea, adam_with(**parts), id=f"{mistake} Adam {idea}")
    )


SHARES = "shares that add up to one"
adam_mistake("M01", SHARES, first=lambda m, g, b: g + b * m)
adam_mistake("M02", SHARES, second=lambda s, g, b, m: np.square(g) + s * b)
adam_mistake(
    "M03", SHARES, first=lambda m, g, b: m * b + g, second=lambda s, g, b, m: s * b + abs(g) ** 2
)
adam_mistake("M04", "beta is the share you keep", first=lambda m, g, b: m + b * (g - m))
adam_mistake(
    "M07",
    "the correction fades",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * (m / (1 - b1)) / (np.sqrt(s / (1 - b2)) + eps)
    ),
)
adam_mistake(
    "M06",
    "t counts the gradients seen",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * np.sqrt(1 - b2 ** (t - 1)) / (1 - b1 ** (t - 1)) * m / (np.sqrt(s) + eps)
    ),
)
adam_mistake(
    "M08",
    "a power, not a product",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * (m / (1 - t * b1)) / (np.sqrt(s / (1 - t * b2)) + eps)
    ),
)
adam_mistake(
    "M09",
    "each memory has its own correction",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * m / (1 - b1**t) / (eps + (s / (1 - b1**t)) ** 0.5)
    ),
)
adam_mistake(
    "M09",
    "each memory has its own correction",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * m / (1 - b2**t) / (eps + (s / (1 - b2**t)) ** 0.5)
    ),
)
adam_mistake(
    "M10",
    "the correction is missing",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: w - lr / (np.sqrt(s) + eps) * m,
)
adam_mistake(
    "M13",
    "the root of the mean square",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * m / (1 - b1**t) * 1 / (s / (1 - b2**t) + eps)
    ),
)
adam_mistake("M12", "the mean of squares", second=lambda s, g, b, m: s + (1 - b) * (g - s))
adam_mistake(
    "M15",
    "one gradient, once",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - g * lr * m / (1 - b1**t) / (np.sqrt(s / (1 - b2**t)) + eps)
    ),
)
adam_mistake(
    "M16",
    "the memory moves the weights",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: w - lr * g / (eps + np.sqrt(s / (1 - b2**t))),
)
adam_mistake("M17", "squares of gradients", second=lambda s, g, b, m: b * s + (1 - b) * m * m)
adam_mistake(
    "M20", "every weight has its own", second=lambda s, g, b, m: b * s + (1 - b) * (g * g).mean()
)
adam_mistake(
    "M28",
    "where eps sits",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * m / (1 - b1**t) * (eps + s / (1 - b2**t)) ** -0.5
    ),
)
adam_mistake(
    "M29",
    "eps keeps the division possible",
    step=lambda w, g, m, s, lr, b1, b2, eps, t: (
        w - lr * m / (1 - b1**t) * np.sqrt(1 - b2**t) / np.sqrt(s)
    ),
)
adam_mistake(
    "M32",
    "memories add their parts",
    first=lambda m, g, b: b * m - g + b * g,
    second=lambda s, g, b, m: b * s - g**2 + b * g**2,
)
adam_mistake("M32", "memories add their parts", second=lambda s, g, b, m: b * s - (1 - b) * g * g)


@wrong("Adam", "M05", "the memories stay raw")
def divides_in_place(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m *= beta1
    m += (1 - beta1) * g
    m /= 1 - beta1**t
    s *= beta2
    s += (1 - beta2) * g**2
    s /= 1 - beta2**t
    w -= lr * m / (np.sqrt(s) + eps)


@wrong("corrected average", "M05", "the memory stays raw")
def hands_out_the_memory(a, g, m, *, beta, t):
    m += (1 - beta) * (g - m)
    np.divide(m, 1 - beta**t, out=m)
    a[...] = m


@wrong("corrected average", "M06", "t counts the values seen")
def counts_from_zero(a, g, m, *, beta, t):
    m = beta * m + (1 - beta) * g
    return m / (1 - math.pow(beta, t - 1)) if t > 1 else m * np.inf, m


@wrong("Adam", "M11", "the mean of squares")
def root_of_m_squared(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m *= beta1
    m += (1 - beta1) * g
    s *= beta2
    s += (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    w -= lr * m_hat / (np.sqrt(m_hat**2) + eps)


@wrong("Adam", "M27", "two arrays, two names")
def one_name_for_both(w, g, m, s, *, lr, beta1, beta2, eps, t):
    both = m
    both *= beta1
    both += (1 - beta1) * g
    both *= beta2
    both += (1 - beta2) * g**2
    s[...] = both
    w -= lr * m / (1 - beta1**t) / (np.sqrt(both / (1 - beta2**t)) + eps)


@wrong("AdamW", "M30", "decay outside the memories")
def penalty_in_the_gradient(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    by_a_helper(w, g + decay * w, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


@wrong("AdamW", "M30", "decay outside the memories")
def penalty_written_out(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    slope = np.array(g)
    slope += w * decay
    m[:] = beta1 * m + slope - beta1 * slope
    s[:] = beta2 * s + slope**2 * (1 - beta2)
    w -= lr * m / (1 - beta1**t) / (eps + (s / (1 - beta2**t)) ** 0.5)


@wrong("averaged momentum", "M01", SHARES)
def gradient_whole(w, g, v, *, lr, beta):
    v *= beta
    v += g
    w -= lr * v


@wrong("AdamW", "M02", SHARES)
def squares_whole(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    w *= 1 - lr * decay
    adam_with(second=lambda s, g, b, m: b * s + g * g)(
        w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t
    )


@wrong("AdamW", "M03", SHARES)
def both_whole(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    w *= 1 - lr * decay
    m += (beta1 - 1) * m + g
    s += (beta2 - 1) * s + g * g
    w -= lr * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)


@wrong("momentum", "M04", "beta is the share you keep")
def keeps_the_rest(w, g, v, *, lr, beta):
    v -= beta * v + lr * g
    w += v


@wrong("corrected average", "M07", "the correction fades")
def divides_by_a_constant(a, g, m, *, beta, t):
    fresh = 1 - beta
    m[...] = beta * m + fresh * g
    a[...] = m / fresh


@wrong("corrected average", "M08", "a power, not a product")
def multiplies_t(a, g, m, *, beta, t):
    m *= beta
    m += (1 - beta) * g
    a[...] = m / (1 - beta * t)


@wrong("corrected average", "M10", "the correction is missing")
def only_averages(a, g, m, *, beta, t):
    m += (1 - beta) * (g - m)
    a[...] = m


@wrong("RMSProp", "M11", "squares do not cancel")
def squares_the_average(w, g, s, *, lr, rho, eps):
    s += (1 - rho) * (g - s)
    w -= lr * g / ((s * s) ** 0.5 + eps)


@wrong("RMSProp", "M12", "squares do not cancel")
def forgets_to_square(w, g, s, *, lr, rho, eps):
    s *= rho
    s += g - rho * g
    w -= g / (eps + s**0.5) * lr


@wrong("RMSProp", "M13", "the root of the average")
def forgets_the_root(w, g, s, *, lr, rho, eps):
    s += (1 - rho) * (g**2 - s)
    w -= lr / (s + eps) * g


@wrong("RMSProp", "M14", "the gradient is missing")
def moves_by_the_rate(w, g, s, *, lr, rho, eps):
    s += (1 - rho) * (g**2 - s)
    w -= lr / (np.sqrt(s) + eps)


@wrong("descent step", "M14", "the gradient is missing")
def always_left(w, g, *, lr):
    return w - np.full(w.shape, lr)


@wrong("AdaGrad", "M15", "one gradient, once")
def squares_on_top(w, g, s, *, lr, eps):
    s += g**2
    w -= lr * g**2 / (eps + np.sqrt(s))


@wrong("averaged momentum", "M16", "the average moves the weights")
def keeps_and_ignores(w, g, v, *, lr, beta):
    v += (1 - beta) * (g - v)
    w += -(lr * g)


@wrong("AdamW", "M17", "squares of gradients")
def squares_of_m(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    w -= lr * decay * w
    adam_with(second=lambda s, g, b, m: b * s + m**2 - b * m**2)(
        w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t
    )


@wrong("RMSProp", "M18", "first remember, then move")
def divides_by_the_old(w, g, s, *, lr, rho, eps):
    old = s.copy()
    s += (1 - rho) * (g * g - s)
    w -= lr * g / (np.sqrt(old) + eps)


@wrong("AdaGrad", "M18", "first remember, then move")
def adds_up_afterwards(w, g, s, *, lr, eps):
    return w - lr * g / (s**0.5 + eps), s + g * g


@wrong("RMSProp", "M19", SHARES)
def sums_squares(w, g, s, *, lr, rho, eps):
    s[...] = g * g + s * rho
    w -= lr * g / (np.sqrt(s) + eps)


@wrong("RMSProp, eps inside", "M19", SHARES)
def sums_squares_inside(w, g, s, *, lr, rho, eps):
    s *= rho
    s += abs(g) ** 2
    w -= lr * g / (eps + s) ** 0.5


@wrong("RMSProp", "M20", "each weight its own divisor")
def whole_length(w, g, s, *, lr, rho, eps):
    s *= rho
    s += (1 - rho) * np.linalg.norm(g) ** 2
    w -= lr * g / (np.sqrt(s) + eps)


@wrong("momentum", "M21", "first remember, then move")
def moves_by_the_old(w, g, v, *, lr, beta):
    old = v.copy()
    v[...] = beta * v - lr * g
    w += old


@wrong("averaged momentum", "M21", "first remember, then move")
def returns_the_old_move(w, g, v, *, lr, beta):
    return {"w": w - lr * v, "v": v + (1 - beta) * (g - v)}


@wrong("momentum", "M22", "one minus sign in all")
def two_plus(w, g, v, *, lr, beta):
    v += lr * g - (1 - beta) * v
    w += v


@wrong("descent step", "M22", "the sign of the step")
def climbs(w, g, *, lr):
    np.add(w, g * lr, out=w)


@wrong("momentum", "M23", "memory must last")
def begins_again(w, g, v, *, lr, beta):
    v = np.zeros_like(w)
    v = beta * v - lr * g
    return w + v, v


@wrong("Adam", "M23", "memory must last")
def begins_again_both(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m[:] = s[:] = 0
    by_a_helper(w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


@wrong("momentum", "M24", "memory is recursive")
def last_gradient_too(w, g, v, *, lr, beta):
    w -= lr * g + lr * beta * v
    v[...] = g


@wrong("averaged momentum", "M24", "memory is recursive")
def last_gradient_averaged(w, g, v, *, lr, beta):
    return w - lr * (g - beta * g + beta * v), g.copy()


@wrong("momentum", "M25", "the learning rate counts once")
def rate_in_both(w, g, v, *, lr, beta):
    v *= beta
    v -= g * lr
    w += v * lr


@wrong("descent step", "M25", "the learning rate counts once")
def rate_of_the_step(w, g, *, lr):
    step = lr * g
    w -= lr * step


@wrong("Nesterov", "M26", "ahead, not behind")
def steps_back(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    w -= beta * v + lr * g


@wrong("Nesterov", "M26", "ahead, not behind")
def returns_behind(w, g, v, *, lr, beta):
    new = beta * v - lr * g
    return w - lr * g - beta * new, new


@wrong("momentum", "M27", "two arrays, two names")
def velocity_is_place(w, g, v, *, lr, beta):
    w += beta * v - lr * g
    v[...] = w


@wrong("RMSProp", "M28", "where eps sits")
def eps_under_the_root(w, g, s, *, lr, rho, eps):
    s += (1 - rho) * (g * g - s)
    w -= lr * g * (eps + s) ** -0.5


@wrong("AdaGrad", "M29", "a guard against 0/0")
def no_guard(w, g, s, *, lr, eps):
    s += g * g
    w -= lr * g * s**-0.5


@wrong("descent step", "M31", "weights are fractions")
def whole_weights(w, g, *, lr):
    return np.trunc(w - lr * g)


@wrong("descent step", "M31", "Whole-number arrays cannot hold fractions")
def whole_array(w, g, *, lr):
    w = np.array(w, dtype=int)
    w -= lr * g
    return w


@wrong("momentum", "M31", "weights are fractions")
def whole_path(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    return np.array(w + v, dtype=int), v


@wrong("Adam", "M31", "weights are fractions")
def whole_adam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    by_a_helper(w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)
    np.trunc(w, out=w)
