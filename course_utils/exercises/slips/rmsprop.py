"""What goes wrong with s <- rho s + (1 - rho) g^2, w <- w - lr g / (sqrt(s) + eps)."""

from dataclasses import replace

from .mistake import Convention, Mistake

RMSPROP = (Convention("s = rho*s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + eps)"),)

RMSPROP_MISTAKES = (
    Mistake(
        "M28 eps inside",
        "where eps sits",
        "You add eps under the root. There it acts like its own root outside; here it is added "
        "after the root is taken.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g/np.sqrt(s + eps)",),
    ),
    Mistake(
        "M29 no eps",
        "a guard against 0/0",
        "`eps` arrives and is not used. A weight whose gradient has been 0 so far is then divided "
        "by 0, and the result is no number.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g/np.sqrt(s)",),
    ),
    Mistake(
        "eps beside the division",
        "brackets round the divisor",
        "Your eps is added to the quotient, and so to the weight. It belongs to the divisor: put "
        "brackets round root plus eps.",
        (
            "s = rho*s + (1 - rho)*g**2; w = w - (lr*g/np.sqrt(s) + eps)",
            "s = rho*s + (1 - rho)*g**2; w = w - lr*g/np.sqrt(s) + eps",
        ),
    ),
    Mistake(
        "eps in the average",
        "eps is no memory",
        "Your eps is added to s and remembered. It is added to the root, and only for this "
        "division.",
        (
            "s = rho*s + (1 - rho)*g**2 + eps; w = w - lr*g/np.sqrt(s)",
            "s = rho*s + (1 - rho)*(g**2 + eps); w = w - lr*g/np.sqrt(s)",
        ),
    ),
    Mistake(
        "M18 moves first",
        "first remember, then move",
        "You divide by the average before it has heard of this gradient. At the first step that is "
        "a division by eps alone: update s first.",
        ("w = w - lr*g/(np.sqrt(s) + eps); s = rho*s + (1 - rho)*g**2",),
    ),
    Mistake(
        "M13 no root",
        "the root of the average",
        "You divide by the average of the squares, without its root. Then small gradients make "
        "long steps, and the scale of the loss still counts.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g/(s + eps)",),
    ),
    Mistake(
        "M12 no square",
        "squares do not cancel",
        "You average the gradients themselves, which cancel and can turn negative under the root. "
        "Average their squares.",
        ("s = rho*s + (1 - rho)*g; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M11 square of the average",
        "squares do not cancel",
        "You average the gradients and square the average: in a zig-zag they cancel first, so you "
        "divide by next to nothing where you wanted to brake. Square each gradient, then average.",
        (
            "s = rho*s + (1 - rho)*g; w = w - lr*g/(np.sqrt(s**2) + eps)",
            "s = rho*s + (1 - rho)*g; w = w - lr*g/(np.abs(s) + eps)",
        ),
    ),
    Mistake(
        "sizes under the root",
        "the root of the average",
        "You average sizes and take a root, so the divisor has the units of a root of a gradient. "
        "Squares go under the root.",
        ("s = rho*s + (1 - rho)*np.abs(g); w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "average of sizes",
        "the root of the average",
        "You divide by the average of the sizes. It is close in spirit; RMSProp divides by the "
        "root of the average of squares.",
        ("s = rho*s + (1 - rho)*np.abs(g); w = w - lr*g/(s + eps)",),
    ),
    Mistake(
        "root kept",
        "s holds squares",
        "You store the root in s, and the next square is averaged with a root. Keep s as the "
        "average of squares and take the root where you divide.",
        ("s = np.sqrt(rho*s + (1 - rho)*g**2); w = w - lr*g/(s + eps)",),
    ),
    Mistake(
        "M19 a sum",
        "shares that add up to one",
        "The square enters whole, so s is a fading sum, 1/(1 − rho) times too large, and the steps "
        "are too short. The newcomer's share is 1 − rho.",
        ("s = rho*s + g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "AdaGrad",
        "old squares fade",
        "You add up all squares for ever, so the steps shrink for ever: that is AdaGrad. In "
        "RMSProp rho of the old average is kept, and 1 − rho of the new square let in.",
        ("s = s + g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "no fading",
        "old squares fade",
        "The old average is kept whole, so nothing is ever forgotten; its share is rho.",
        ("s = s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M04 swapped shares",
        "rho is the share you keep",
        "You keep 1 − rho of the average and let rho of the new square in. Rho is the share that "
        "is kept: at 0.9 yours remembers hardly more than one step.",
        ("s = (1 - rho)*s + rho*g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "p, p squared",
        "shares that add up to one",
        "Old and new both get the share rho, as in the article's p, p squared, p cube. What is "
        "left for the new square is 1 − rho.",
        ("s = rho*s + rho*g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "both shares the same",
        "shares that add up to one",
        "Old and new both get the share 1 − rho; the old average keeps rho.",
        ("s = (1 - rho)*s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "rho on both",
        "rho fades the past, not the present",
        "Rho multiplies the new square too. Fade the old average first, then let the square in "
        "with its share 1 − rho.",
        ("s = rho*(s + (1 - rho)*g**2); w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "share squared",
        "the share outside the square",
        "You square the share along with the gradient. The share 1 − rho multiplies the square of "
        "the gradient alone.",
        ("s = rho*s + ((1 - rho)*g)**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M23 reset",
        "memory must last",
        "The old average never arrives in the new one, so each gradient is divided by its own "
        "size. Multiply the old s by rho and keep it.",
        (
            "s = (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + eps)",
            "s = g**2; w = w - lr*g/(np.sqrt(s) + eps)",
        ),
    ),
    Mistake(
        "M32 minus in the average",
        "squares add up",
        "You subtract the new square, so that the average turns negative and its root is no "
        "number.",
        ("s = rho*s - (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The step has one direction whatever the gradient says. The gradient is on top of the "
        "fraction.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M15 gradient twice",
        "one gradient, once",
        "The gradient is on top twice, and a square has lost its sign. Once is right.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "sign on top",
        "the gradient itself on top",
        "You divide the sign of the gradient. Its size belongs on top as well: the root below "
        "takes care of it.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*np.sign(g)/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "multiplies",
        "divide by the root",
        "You multiply by the root: weights with large gradients get the longest steps, and they "
        "need the shortest.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g*(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M22 uphill",
        "downhill is minus",
        "The step enters with a plus, so the weights climb.",
        ("s = rho*s + (1 - rho)*g**2; w = w + lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M20 one average for all",
        "each weight its own divisor",
        "You put all squares into one number, so every weight is divided by the same and the "
        "direction stays that of the gradient. Each weight has its own s.",
        (
            "s = rho*s + (1 - rho)*np.mean(g**2); w = w - lr*g/(np.sqrt(s) + eps)",
            "s = rho*s + (1 - rho)*np.sum(g**2); w = w - lr*g/(np.sqrt(s) + eps)",
            "s = rho*s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(np.sum(s)) + eps)",
            "s = rho*s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(np.mean(s)) + eps)",
        ),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "The quotient moves w as it is: `lr` arrives and is not used.",
        ("s = rho*s + (1 - rho)*g**2; w = w - g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate multiplies the step twice; once is right.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "rate in the memory",
        "s holds gradients, not steps",
        "The learning rate is inside s, where it cancels against the one on top. Square the "
        "gradient alone.",
        ("s = rho*s + (1 - rho)*(lr*g)**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "rate and rho swapped",
        "which number fades, which one scales",
        "`lr` and `rho` have changed places: rho shares out the average, lr scales the step.",
        ("s = lr*s + (1 - lr)*g**2; w = w - rho*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "share in the move",
        "shares belong to the average",
        "A factor 1 − rho has slipped into the move; it belongs to the square inside s alone.",
        (
            "s = rho*s + (1 - rho)*g**2; w = w - lr*(1 - rho)*g/(np.sqrt(s) + eps)",
            "s = rho*s + g**2; w = w - lr*(1 - rho)*g/(np.sqrt(s) + eps)",
        ),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "The weights stand where the gradient belongs; the slope is in g.",
        (
            "s = rho*s + (1 - rho)*w**2; w = w - lr*g/(np.sqrt(s) + eps)",
            "s = rho*s + (1 - rho)*g**2; w = w - lr*w/(np.sqrt(s) + eps)",
        ),
    ),
    Mistake(
        "sign only",
        "the recent size, not the size now",
        "Only the sign of the gradient moves w, and s is not asked. Divide the gradient by the "
        "root of its average square.",
        ("w = w - lr*np.sign(g)", "s = rho*s + (1 - rho)*g**2; w = w - lr*np.sign(g)"),
    ),
    Mistake(
        "memory unused",
        "the root scales the step",
        "You keep the average, and then w takes the plain gradient step without it.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g",),
    ),
    Mistake(
        "no memory",
        "the root scales the step",
        "This is plain gradient descent: s is neither used nor updated.",
        ("w = w - lr*g",),
    ),
    Mistake(
        "memory thrown away",
        "the caller keeps the memory",
        "Your step is right, and s stays as it was: `s = ...` makes a new array that nobody sees. "
        "Write `s *= rho` and `s += (1 - rho)*g**2`, or return (w, s).",
        ("w = w - lr*g/(np.sqrt(rho*s + (1 - rho)*g**2) + eps)",),
    ),
    Mistake(
        "w stays",
        "the root scales the step",
        "The average is right and w never moves: `w = w - ...` makes a new array that nobody sees. "
        "Write `w -= ...`, or return (w, s).",
        ("s = rho*s + (1 - rho)*g**2",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `s = ...` and `w = ...`, those are new arrays which nobody "
        "sees: change the arrays in place with `*=`, `+=` and `-=`, or return (w, s).",
        ("pass",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "Your new w is the step. The new weights are the old ones plus that step.",
        ("s = rho*s + (1 - rho)*g**2; w = -lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "weights fade",
        "rho fades the average, not the weights",
        "Rho multiplies the weights, which pulls them to zero. It belongs to the old average.",
        ("s = rho*s + (1 - rho)*g**2; w = rho*w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M27 one array",
        "two arrays, two names",
        "w and s have become one array: whatever changes one changes the other. Keep them apart.",
        ("s = rho*s + (1 - rho)*g**2; w = w - lr*g/(np.sqrt(s) + eps); s = w",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "s = rho*s + (1 - rho)*g**2; w = (w - lr*g/(np.sqrt(s) + eps)).astype(int)",
            "s = rho*s + (1 - rho)*g**2; w = np.round(w - lr*g/(np.sqrt(s) + eps))",
            "s = (rho*s + (1 - rho)*g**2).astype(int); w = w - lr*g/(np.sqrt(s) + eps)",
        ),
    ),
    Mistake(
        "M24 two squares",
        "memory is recursive",
        "Your s holds the last square alone, so a step knows two gradients. Let s keep rho of all "
        "that came before.",
        ("w = w - lr*g/(np.sqrt(rho*s + (1 - rho)*g**2) + eps); s = g**2",),
    ),
)


def _inside(form: str) -> str:
    """The same form with eps under the root."""
    if "(np.sqrt(" not in form:
        return form
    return form.replace("(np.sqrt(", "np.sqrt(").replace(") + eps)", " + eps)")


_OUTSIDE = Mistake(
    "M28 eps outside",
    "where eps sits",
    "You add eps after the root is taken. Here it goes under the root, where it acts like its own "
    "root outside.",
    (RMSPROP[0].form,),
)

RMSPROP_INSIDE = (Convention(_inside(RMSPROP[0].form)),)

RMSPROP_INSIDE_MISTAKES = (
    _OUTSIDE,
    *(
        replace(mistake, forms=tuple(map(_inside, mistake.forms)))
        for mistake in RMSPROP_MISTAKES
        if mistake.name != "M28 eps inside"
    ),
)
