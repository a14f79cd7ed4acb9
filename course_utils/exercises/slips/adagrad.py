"""What goes wrong with s <- s + g^2, w <- w - lr g / (sqrt(s) + eps)."""

from .mistake import Convention, Mistake

ADAGRAD = (Convention("s = s + g**2; w = w - lr*g/(np.sqrt(s) + eps)"),)

ADAGRAD_MISTAKES = (
    Mistake(
        "M28 eps inside",
        "where eps sits",
        "You add eps under the root. There it acts like its own root outside; here it is added "
        "after the root is taken.",
        ("s = s + g**2; w = w - lr*g/np.sqrt(s + eps)",),
    ),
    Mistake(
        "M29 no eps",
        "a guard against 0/0",
        "`eps` arrives and is not used. A weight whose gradient has been 0 so far is then divided "
        "by 0, and the result is no number.",
        ("s = s + g**2; w = w - lr*g/np.sqrt(s)",),
    ),
    Mistake(
        "eps beside the division",
        "brackets round the divisor",
        "Your eps is added to the quotient, and so to the weight. It belongs to the divisor: put "
        "brackets round root plus eps.",
        (
            "s = s + g**2; w = w - (lr*g/np.sqrt(s) + eps)",
            "s = s + g**2; w = w - lr*g/np.sqrt(s) + eps",
        ),
    ),
    Mistake(
        "eps in the sum",
        "eps is no memory",
        "Your eps is added to s and stays there, more of it with every step. It is added to the "
        "root, and only for this division.",
        ("s = s + g**2 + eps; w = w - lr*g/np.sqrt(s)",),
    ),
    Mistake(
        "M18 moves first",
        "first remember, then move",
        "You divide by the sum before it has heard of this gradient. At the first step that is a "
        "division by eps alone: update s first.",
        ("w = w - lr*g/(np.sqrt(s) + eps); s = s + g**2",),
    ),
    Mistake(
        "M13 no root",
        "the root of the squares",
        "You divide by the sum of squares, without its root. Then small gradients make long steps, "
        "and the scale of the loss still counts.",
        ("s = s + g**2; w = w - lr*g/(s + eps)",),
    ),
    Mistake(
        "M12 no square",
        "squares do not cancel",
        "You sum the gradients themselves, which cancel and can turn negative under the root. Sum "
        "their squares.",
        ("s = s + g; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M11 square of the sum",
        "squares do not cancel",
        "You sum the gradients and square the sum: in a zig-zag they cancel first. Square each "
        "gradient, then sum.",
        (
            "s = s + g; w = w - lr*g/(np.sqrt(s**2) + eps)",
            "s = s + g; w = w - lr*g/(np.abs(s) + eps)",
        ),
    ),
    Mistake(
        "sizes under the root",
        "the root of the squares",
        "You sum sizes and take a root, so the divisor has the units of a root of a gradient. "
        "Squares go under the root.",
        ("s = s + np.abs(g); w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "sum of sizes",
        "the root of the squares",
        "You divide by the sum of the sizes. It is close in spirit; AdaGrad divides by the root of "
        "the sum of squares.",
        ("s = s + np.abs(g); w = w - lr*g/(s + eps)",),
    ),
    Mistake(
        "root kept",
        "s holds squares",
        "You store the root in s, and the next square is added to a root. Keep s as the sum of "
        "squares and take the root where you divide.",
        ("s = np.sqrt(s + g**2); w = w - lr*g/(s + eps)",),
    ),
    Mistake(
        "M23 reset",
        "memory must last",
        "The old sum never arrives in the new one, so each gradient is divided by its own size "
        "and only its sign is left. Add the square to s.",
        ("s = g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M32 minus in the sum",
        "squares add up",
        "You subtract the square, so that the sum turns negative and its root is no number.",
        ("s = s - g**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The step has one direction whatever the gradient says. The gradient is on top of the "
        "fraction.",
        ("s = s + g**2; w = w - lr/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M15 gradient twice",
        "one gradient, once",
        "The gradient is on top twice, and a square has lost its sign. Once is right.",
        ("s = s + g**2; w = w - lr*g*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "sign on top",
        "the gradient itself on top",
        "You divide the sign of the gradient. Its size belongs on top as well: the root below "
        "takes care of it.",
        ("s = s + g**2; w = w - lr*np.sign(g)/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "multiplies",
        "divide by the root",
        "You multiply by the root: weights with large gradients get the longest steps, and they "
        "need the shortest.",
        ("s = s + g**2; w = w - lr*g*(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M22 uphill",
        "downhill is minus",
        "The step enters with a plus, so the weights climb.",
        ("s = s + g**2; w = w + lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M20 one sum for all",
        "each weight its own divisor",
        "You put all squares into one number, so every weight is divided by the same and the "
        "direction stays that of the gradient. Each weight has its own s.",
        (
            "s = s + np.sum(g**2); w = w - lr*g/(np.sqrt(s) + eps)",
            "s = s + np.mean(g**2); w = w - lr*g/(np.sqrt(s) + eps)",
            "s = s + g**2; w = w - lr*g/(np.sqrt(np.sum(s)) + eps)",
        ),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "The quotient moves w as it is: `lr` arrives and is not used.",
        ("s = s + g**2; w = w - g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate multiplies the step twice; once is right.",
        ("s = s + g**2; w = w - lr*lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "rate in the memory",
        "s holds gradients, not steps",
        "The learning rate is inside s, where it cancels against the one on top. Square the "
        "gradient alone.",
        ("s = s + (lr*g)**2; w = w - lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "The weights stand where the gradient belongs; the slope is in g.",
        (
            "s = s + w**2; w = w - lr*g/(np.sqrt(s) + eps)",
            "s = s + g**2; w = w - lr*w/(np.sqrt(s) + eps)",
        ),
    ),
    Mistake(
        "memory unused",
        "the root scales the step",
        "You keep the sum, and then w takes the plain gradient step without it.",
        ("s = s + g**2; w = w - lr*g",),
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
        "Write `s += g**2`, or return (w, s).",
        ("w = w - lr*g/(np.sqrt(s + g**2) + eps)",),
    ),
    Mistake(
        "w stays",
        "the root scales the step",
        "The sum is right and w never moves: `w = w - ...` makes a new array that nobody sees. "
        "Write `w -= ...`, or return (w, s).",
        ("s = s + g**2",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `s = ...` and `w = ...`, those are new arrays which nobody "
        "sees: change the arrays in place with `+=` and `-=`, or return (w, s).",
        ("pass",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "Your new w is the step. The new weights are the old ones plus that step.",
        ("s = s + g**2; w = -lr*g/(np.sqrt(s) + eps)",),
    ),
    Mistake(
        "M27 one array",
        "two arrays, two names",
        "w and s have become one array: whatever changes one changes the other. Keep them apart.",
        ("s = s + g**2; w = w - lr*g/(np.sqrt(s) + eps); s = w",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "s = s + g**2; w = (w - lr*g/(np.sqrt(s) + eps)).astype(int)",
            "s = s + g**2; w = np.round(w - lr*g/(np.sqrt(s) + eps))",
        ),
    ),
    Mistake(
        "M24 two squares",
        "memory adds up",
        "Your s holds the last square alone, so a step knows two gradients. Let s keep all that "
        "came before.",
        ("w = w - lr*g/(np.sqrt(s + g**2) + eps); s = g**2",),
    ),
)
