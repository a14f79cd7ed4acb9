"""What every kernel computes, typed from the papers with their own letters, and hasty mistakes."""

import sympy as sp

from course_utils.symbolic import beta, lr, symbol

w, g, v, m, a, s, c, t = (symbol(n) for n in "w g v m a s c t".split())
top, u, q, d = (symbol(n) for n in "top u q d".split())
rho, b1, b2, eps, lam, psi = (symbol(n) for n in "rho beta1 beta2 eps decay psi".split())
mu = symbol("mu")
w1, w2, g1, g2, h11, h12, h22 = (symbol(n) for n in "w1 w2 g1 g2 h11 h12 h22".split())
H = sp.Matrix([[h11, h12], [h12, h22]])
G = sp.Matrix([g1, g2])


def pair(step):
    return {"w1": w1 - step[0], "w2": w2 - step[1]}


V = rho * s + (1 - rho) * g**2  # Tieleman and Hinton: MeanSquare
MT, VT = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g**2  # Kingma and Ba: m_t, v_t; Reddi et al.
MHAT, VHAT = MT / (1 - b1**t), VT / (1 - b2**t)
GL = g + lam * w
ML, VL = b1 * m + (1 - b1) * GL, b2 * s + (1 - b2) * GL**2
ALPHA_T = lr * sp.sqrt(1 - b2**t) / (1 - b1**t)
VARIANCE = rho * c + rho * (1 - rho) * (g - a) ** 2
AVERAGE = rho * a + (1 - rho) * g
TOP = sp.Max(top, VT)
AHEAD_OF_NESTEROV = b1 * MT / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)  # Dozat: m-bar


def warm(k):
    """Dozat's mu_k."""
    return b1 * (1 - sp.Rational(1, 2) * sp.Rational(96, 100) ** (k * psi))


ARRIVED = 1 - (1 - q) * warm(t)  # 1 minus the product of mu_1 ... mu_t
AHEAD = 1 - (1 - q) * warm(t) * warm(t + 1)
WARM = warm(t + 1) * MT / AHEAD + (1 - warm(t)) * g / ARRIVED
UT, UE = sp.Max(b2 * u, sp.Abs(g)), sp.Max(b2 * u, sp.Abs(g) + eps)
ET = rho * s + (1 - rho) * g**2  # Zeiler: E[g^2]
DX = -sp.sqrt(d + eps) / sp.sqrt(ET + eps) * g

FORMULAS = {
    "newton": pair(H.LUsolve(G)),
    "damped_newton": pair((H + mu * sp.eye(2)).inv() * G),
    "exact_line_search": pair((G.T * G)[0] / (G.T * H * G)[0] * G),
    "ema": {"m": beta * m + (1 - beta) * g},
    "ema_corrected": {
        "m": m - (1 - beta) * (m - g),
        "a": (beta * m + (1 - beta) * g) / (1 - beta**t),
    },
    "nesterov": {"v": beta * v - lr * g, "w": w + beta**2 * v - (1 + beta) * lr * g},
    "sign_descent": {"w": w - lr * sp.sign(g)},
    "adagrad": {"s": s + g**2, "w": w - lr / (sp.sqrt(s + g**2) + eps) * g},
    "adagrad_inside": {"s": s + g**2, "w": w - lr / sp.sqrt(s + g**2 + eps) * g},
    "rmsprop": {"s": V, "w": w - lr / (sp.sqrt(V) + eps) * g},
    "rmsprop_inside": {"s": V, "w": w - lr / sp.sqrt(V + eps) * g},
    "centred_rmsprop": {
        "c": VARIANCE, "a": AVERAGE, "w": w - lr * g / (sp.sqrt(VARIANCE) + eps),
    },
    "centred_rmsprop_inside": {
        "c": VARIANCE, "a": AVERAGE, "w": w - lr * g / sp.sqrt(VARIANCE + eps),
    },
    "rmsprop_momentum": {
        "s": V,
        "v": beta * v - lr * g / (sp.sqrt(V) + eps),
        "w": w + beta * v - lr * g / (sp.sqrt(V) + eps),
    },
    "rmsprop_momentum_inside": {
        "s": V,
        "v": beta * v - lr * g / sp.sqrt(V + eps),
        "w": w + beta * v - lr * g / sp.sqrt(V + eps),
    },
    "adam": {"m": MT, "s": VT, "w": w - lr * MHAT / (sp.sqrt(VHAT) + eps)},
    "adam_inside": {"m": MT, "s": VT, "w": w - lr * MHAT / sp.sqrt(VHAT + eps)},
    "uncorrected_adam": {"m": MT, "s": VT, "w": w - lr * MT / (sp.sqrt(VT) + eps)},
    "uncorrected_adam_inside": {"m": MT, "s": VT, "w": w - lr * MT / sp.sqrt(VT + eps)},
    "adam_hat": {"m": MT, "s": VT, "w": w - ALPHA_T * MT / (sp.sqrt(VT) + eps)},
    "adam_l2": {
        "m": ML, "s": VL,
        "w": w - lr * (ML / (1 - b1**t)) / (sp.sqrt(VL / (1 - b2**t)) + eps),
    },
    "adamw": {
        "m": MT, "s": VT, "w": (1 - lr * lam) * w - lr * MHAT / (sp.sqrt(VHAT) + eps),
    },
    "momentum_l2": {  # PyTorch's documentation: g_t + lambda theta, b_t, theta
        "v": beta * v + g + lam * w, "w": w - lr * (beta * v + g + lam * w),
    },
    "uncorrected_amsgrad": {
        "m": MT, "s": VT, "top": TOP, "w": w - lr * MT / (sp.sqrt(TOP) + eps),
    },
    "amsgrad": {
        "m": MT, "s": VT, "top": TOP,
        "w": w - lr * MHAT / (sp.sqrt(TOP / (1 - b2**t)) + eps),
    },
    "amsgrad_of_corrected": {
        "m": MT, "s": VT, "top": sp.Max(top, VHAT),
        "w": w - lr * MHAT / (sp.sqrt(sp.Max(top, VHAT)) + eps),
    },
    "amsgrad_hat": {
        "m": MT, "s": VT, "top": TOP, "w": w - ALPHA_T * MT / (sp.sqrt(TOP) + eps),
    },
    "nadam": {"m": MT, "s": VT, "w": w - lr * AHEAD_OF_NESTEROV / (sp.sqrt(VHAT) + eps)},
    "scheduled_nadam": {
        "m": MT, "s": VT, "q": ARRIVED, "w": w - lr * WARM / (sp.sqrt(VHAT) + eps),
    },
    "adamax": {"m": MT, "u": UE, "w": w - lr / (1 - b1**t) * MT / UE},
    "adamax_outside": {"m": MT, "u": UT, "w": w - lr / (1 - b1**t) * MT / (UT + eps)},
    "adadelta": {"s": ET, "d": rho * d + (1 - rho) * DX**2, "w": w + lr * DX},
    "lion": {
        "m": b2 * m + (1 - b2) * g,
        "w": w - lr * (sp.sign(b1 * m + (1 - b1) * g) + lam * w),
    },
    "schedule_free": {
        "w": (1 - 1 / t) * w + (w + v - lr * g) / t,
        "v": (w + v - lr * g) - ((1 - 1 / t) * w + (w + v - lr * g) / t),
    },
}  # fmt: skip

# A line of the shipped source, and what stands there instead: the proof must fail at once.

EMA_M, EMA_S = "ema(m, g, beta=beta1)", "ema(s, g**2, beta=beta2)"
ADAM_MISTAKES = [
    (EMA_M, "ema(m, g, beta=beta2)"),
    (EMA_S, "ema(s, g, beta=beta2)"),
    (EMA_S, "ema(s, m**2, beta=beta2)"),
    ("w -=", "w +="),
]
CORRECTION_MISTAKES = [
    ("1 - beta1**t", "1 - beta1 ** (t - 1)"),
    ("1 - beta1**t", "1 - beta1 ** (t + 1)"),
    ("1 - beta2**t", "1 - beta2"),
    ("1 - beta2**t", "1 - beta1**t"),
]
SCALED = [
    ("ema(s, g**2, beta=rho)", "ema(s, g, beta=rho)"),
    ("ema(s, g**2, beta=rho)", "ema(s, g**2, beta=1 - rho)"),
]
MEMORIES = [
    (EMA_M, "ema(m, g, beta=beta2)"),
    (EMA_S, "ema(s, g, beta=beta2)"),
    ("w -=", "w +="),
]
CORRECTIONS = [("1 - beta1**t", "1 - beta1 ** (t - 1)"), ("1 - beta2**t", "1 - beta2")]
LARGEST = [("np.maximum", "np.minimum"), ("np.sqrt(top", "np.sqrt(s")]
MISTAKES = {
    "newton": [("-=", "+="), ("solve(H, g)", "solve(H, w)"), ("solve(H, g)", "g")],
    "damped_newton": [("H + mu", "H - mu"), ("mu * ", ""), ("-=", "+=")],
    "exact_line_search": [("exact_step(g, H)", "exact_step(w, H)"), ("* g", ""), ("-=", "+=")],
    "ema": [("1 - beta", "1"), ("m *= beta", "m *= 1"), ("+=", "-=")],
    "ema_corrected": [("beta**t", "beta"), ("beta**t", "beta ** (t - 1)"), ("m / ", "g / ")],
    "nesterov": [
        ("beta * v - lr * g", "v"),
        ("beta * v - lr * g", "beta * v"),
        ("beta * v - lr * g", "beta * v + lr * g"),
        ("v -=", "v +="),
    ],
    "sign_descent": [("np.sign(g)", "g"), ("-=", "+="), ("lr * ", "")],
    "adagrad": [("g**2", "g"), ("+ eps)", ")"), ("np.sqrt(s) + eps", "np.sqrt(s + eps)")],
    "adagrad_inside": [("g**2", "g"), ("s + eps", "s"), ("np.sqrt(s + eps)", "(s + eps)")],
    "rmsprop": [
        *SCALED,
        ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
        ("np.sqrt(s) + eps", "s + eps"),
        ("-=", "+="),
    ],
    "rmsprop_inside": [
        *SCALED,
        ("np.sqrt(s + eps)", "(np.sqrt(s) + eps)"),
        ("np.sqrt(s + eps)", "(s + eps)"),
    ],
    "centred_rmsprop": [
        ("g, rho)", "a, rho)"),
        ("np.sqrt(c) + eps", "np.sqrt(c + eps)"),
        ("-=", "+="),
    ],
    "centred_rmsprop_inside": [("c + eps", "c"), ("np.sqrt", ""), ("-=", "+=")],
    "rmsprop_momentum": [
        *SCALED,
        ("v *= beta", "v *= rho"),
        ("w += v", "w -= v"),
        ("lr * g", "lr * (1 - beta) * g"),
    ],
    "rmsprop_momentum_inside": [
        *SCALED,
        ("v *= beta", ""),
        ("s + eps", "s"),
        ("w += v", "w -= lr * v"),
    ],
    "adam": [
        *ADAM_MISTAKES,
        *CORRECTION_MISTAKES,
        ("np.sqrt(s_hat) + eps", "np.sqrt(s_hat + eps)"),
    ],
    "adam_inside": [*ADAM_MISTAKES, *CORRECTION_MISTAKES, ("s_hat + eps", "s + eps")],
    "uncorrected_adam": [
        *ADAM_MISTAKES,
        ("lr * m", "lr * g"),
        ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
    ],
    "uncorrected_adam_inside": [*ADAM_MISTAKES, ("lr * m", "lr * g * m"), ("s + eps", "s")],
    "adam_hat": [*ADAM_MISTAKES, *CORRECTION_MISTAKES, ("eps)", "eps * np.sqrt(1 - beta2**t))")],
    "adam_l2": [("+ decay * w", ""), ("+ decay", "- decay"), ("decay * w", "lr * decay * w")],
    "adamw": [("lr * decay", "decay"), ("w -= lr * decay * w", ""), ("-=", "+=")],
    "momentum_l2": [
        ("+ decay * w", ""),
        ("+ decay", "- decay"),
        ("decay * w", "lr * decay * w"),
        ("v *= beta", "v *= 1 - beta"),
        ("w -= lr * v", "w -= lr * (v + decay * w)"),
    ],
    "uncorrected_amsgrad": [*MEMORIES, *LARGEST],
    "amsgrad": [
        *MEMORIES, *CORRECTIONS,
        ("np.maximum", "np.minimum"),
        ("np.maximum(top, s, out=top)", "np.maximum(top, s / (1 - beta2**t), out=top)"),
        ("np.maximum(top, s, out=top)", "np.maximum(beta2 * top, s, out=top)"),
    ],
    "amsgrad_of_corrected": [
        *MEMORIES, *CORRECTIONS, *LARGEST, ("np.maximum(top, s_hat", "np.maximum(top, s"),
    ],
    "amsgrad_hat": [*MEMORIES, *CORRECTIONS, *LARGEST],
    "nadam": [
        *MEMORIES, *CORRECTIONS, ("(t + 1)", "t"), ("n = beta1 * m", "n = m"),
        ("(1 - beta1) * g", "g"),
    ],
    "scheduled_nadam": [
        *MEMORIES, ("1 - beta2**t", "1 - beta2"),
        ("(t, t + 1)", "(t - 1, t)"), ("/ 2", ""), ("0.96", "0.95"), ("* g / q", "* g / q_next"),
        ("ema(q, 1, beta=mu)", "ema(q, 1, beta=beta1)"),
    ],
    "adamax": [
        (EMA_M, "ema(m, g, beta=beta2)"), ("np.maximum", "np.minimum"), ("np.abs(g)", "g"),
        ("np.abs(g) + eps", "np.abs(g)"), ("1 - beta1**t", "1 - beta2**t"), ("w -=", "w +="),
    ],
    "adamax_outside": [
        ("beta2 * u", "u"), ("(u + eps)", "u"), ("np.abs(g)", "g**2"), ("/ (u", "* (u"),
    ],
    "adadelta": [
        ("ema(s, g**2, beta=rho)", "ema(s, g, beta=rho)"), ("d + eps", "d"), ("s + eps", "s"),
        ("ema(d, step**2, beta=rho)", "ema(d, g**2, beta=rho)"), ("w -=", "w +="),
        ("w -= lr * step", "w -= lr * g"),
    ],
    "lion": [
        ("np.sign(beta1 * m", "np.sign(beta2 * m"), ("beta=beta2", "beta=beta1"),
        ("decay * w", "decay"), ("w -=", "w +="),
    ],
    "schedule_free": [
        ("v / t", "v / (t + 1)"), ("1 - 1 / t", "1 / t"), ("lr * g", "g"), ("w += v", "w -= v"),
    ],
}  # fmt: skip
