"""What goes wrong with v <- beta v - lr g, w <- w + beta v - lr g."""

from .mistake import Convention, Mistake

NESTEROV = (
    Convention("v = beta*v - lr*g; w = w + beta*v - lr*g"),
    Convention(
        "v = beta*v + lr*g; w = w - beta*v - lr*g",
        "Your v counts the other way round: you add lr g to it and subtract it from w, as some "
        "books do. The path is the same.",
    ),
)

NESTEROV_MISTAKES = (
    Mistake(
        "heavy ball",
        "look ahead, do not only roll",
        "This is plain momentum: w moves by the new velocity. Nesterov moves by beta times the new "
        "velocity and one more fresh step.",
        ("v = beta*v - lr*g; w = w + v", "w = w + beta*v - lr*g; v = beta*v - lr*g"),
    ),
    Mistake(
        "no fresh step",
        "the fresh step belongs to the move",
        "You move by beta times the velocity alone. The fresh step, minus lr g, moves w as well.",
        ("v = beta*v - lr*g; w = w + beta*v",),
    ),
    Mistake(
        "velocity whole",
        "beta fades the velocity in the move too",
        "The velocity moves w whole, and then the fresh step again. In the move beta fades it "
        "once more.",
        ("v = beta*v - lr*g; w = w + v - lr*g",),
    ),
    Mistake(
        "one plus beta",
        "the old look-ahead comes off",
        "You move by (1 + beta) times the new velocity. The look-ahead of the step before, beta "
        "times the old velocity, is in w already and has to come off.",
        ("v = beta*v - lr*g; w = w + (1 + beta)*v", "v = beta*v - lr*g; w = w + v + beta*v"),
    ),
    Mistake(
        "M26 looks behind",
        "ahead, not behind",
        "The velocity enters the move with a minus, so you look back to where you came from. "
        "Look ahead: plus beta v.",
        ("v = beta*v - lr*g; w = w - beta*v - lr*g",),
    ),
    Mistake(
        "M22 uphill step",
        "one direction, downhill",
        "The fresh step enters the move with a plus and climbs. It is minus lr times g, as in the "
        "velocity.",
        ("v = beta*v - lr*g; w = w + beta*v + lr*g",),
    ),
    Mistake(
        "M22 sign in the velocity",
        "one direction, downhill",
        "The gradient enters the velocity with a plus, so the velocity builds up uphill. "
        "It is minus lr times g.",
        ("v = beta*v + lr*g; w = w + beta*v - lr*g",),
    ),
    Mistake(
        "beta squared",
        "beta fades once in the move",
        "You fade the new velocity twice on the way to w; once is right.",
        ("v = beta*v - lr*g; w = w + beta*beta*v - lr*g",),
    ),
    Mistake(
        "beta on the step",
        "beta fades the past, not the present",
        "In the move beta multiplies the fresh step too. It fades the velocity alone.",
        ("v = beta*v - lr*g; w = w + beta*(v - lr*g)",),
    ),
    Mistake(
        "beta on the gradient",
        "beta fades the past, not the present",
        "Beta multiplies the gradient as it enters the velocity. Fade the old velocity first, "
        "then let the new step in whole.",
        ("v = beta*(v - lr*g); w = w + beta*v - lr*g",),
    ),
    Mistake(
        "rate outside",
        "where the learning rate sits",
        "You sum gradients and multiply by the learning rate when you move, as PyTorch does. "
        "With a constant rate the path is the same; here v is to hold steps, with lr inside.",
        ("v = beta*v + g; w = w - lr*(g + beta*v)", "v = beta*v - g; w = w + lr*(beta*v - g)"),
    ),
    Mistake(
        "average of steps",
        "a sum, not an average",
        "You weigh the new step with 1 − beta, which makes v an average. Here it enters whole.",
        (
            "v = beta*v - (1 - beta)*lr*g; w = w + beta*v - lr*g",
            "v = beta*v - (1 - beta)*lr*g; w = w + beta*v - (1 - beta)*lr*g",
        ),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "The gradient moves w without its learning rate. It is lr times g, in the velocity and in "
        "the move.",
        (
            "v = beta*v - g; w = w + beta*v - g",
            "v = beta*v - lr*g; w = w + beta*v - g",
            "v = beta*v - g; w = w + beta*v - lr*g",
        ),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate is applied twice. It multiplies g once in the velocity and once in the "
        "move, and never the velocity.",
        (
            "v = beta*v - lr*g; w = w + lr*(beta*v - lr*g)",
            "v = beta*v - lr*g; w = w + lr*beta*v - lr*g",
            "v = beta*v - lr*g; w = w + beta*v - lr*lr*g",
        ),
    ),
    Mistake(
        "M23 reset",
        "memory must last",
        "The old velocity never arrives in the new one. Multiply the old v by beta and keep it.",
        ("v = -lr*g; w = w + beta*v - lr*g",),
    ),
    Mistake(
        "no beta",
        "old velocity fades",
        "The old velocity is kept whole. Without fading the weights swing for ever.",
        ("v = v - lr*g; w = w + beta*v - lr*g", "v = v - lr*g; w = w + v - lr*g"),
    ),
    Mistake(
        "M04 swapped shares",
        "beta is the share you keep",
        "You keep 1 − beta of the old velocity. Beta itself is the share that is kept.",
        (
            "v = (1 - beta)*v - lr*g; w = w + (1 - beta)*v - lr*g",
            "v = (1 - beta)*v - lr*g; w = w + beta*v - lr*g",
        ),
    ),
    Mistake(
        "M24 two gradients",
        "memory is recursive",
        "You remember the previous gradient only. The velocity holds all earlier gradients, "
        "faded by beta once per step.",
        ("w = w - lr*(g + beta*v); v = g.copy()",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The step has length lr whatever the gradient says: multiply by g.",
        ("v = beta*v - lr; w = w + beta*v - lr",),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "The weights enter in place of the gradient; the slope is in g.",
        ("v = beta*v - lr*w; w = w + beta*v - lr*w", "v = beta*v - lr*w; w = w + beta*v - lr*g"),
    ),
    Mistake(
        "guessed look-ahead",
        "g is the gradient ahead already",
        "You move w to the point ahead and step from the velocity of before. In this form w *is* "
        "the point ahead and g its gradient: update v first.",
        ("w = w + beta*v; v = beta*v - lr*g", "w = w + beta*v; v = beta*v - lr*g; w = w + v"),
    ),
    Mistake(
        "velocity unused",
        "the velocity moves the weights",
        "You keep a velocity, and then w takes the plain gradient step without it.",
        ("v = beta*v - lr*g; w = w - lr*g",),
    ),
    Mistake(
        "no velocity",
        "the velocity moves the weights",
        "This is plain gradient descent: v is neither used nor updated.",
        ("w = w - lr*g",),
    ),
    Mistake(
        "memory thrown away",
        "the caller keeps the memory",
        "Your step is right, and v stays as it was: `v = ...` makes a new array that nobody sees. "
        "Write `v *= beta` and `v -= lr*g`, or return (w, v).",
        ("w = w + beta*(beta*v - lr*g) - lr*g",),
    ),
    Mistake(
        "w stays",
        "the velocity moves the weights",
        "The velocity is right and w never moves: `w = w + ...` makes a new array that nobody "
        "sees. Write `w += ...`, or return (w, v).",
        ("v = beta*v - lr*g",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `v = ...` and `w = ...`, those are new arrays which nobody "
        "sees: change the arrays in place with `*=`, `-=` and `+=`, or return (w, v).",
        ("pass",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "Your new w is the step. The new weights are the old ones plus that step.",
        ("v = beta*v - lr*g; w = beta*v - lr*g",),
    ),
    Mistake(
        "M27 one array",
        "two arrays, two names",
        "w and v have become one array: whatever changes one changes the other. Keep them apart.",
        ("v = beta*v - lr*g; w = w + beta*v - lr*g; v = w",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "v = beta*v - lr*g; w = (w + beta*v - lr*g).astype(int)",
            "v = beta*v - lr*g; w = np.round(w + beta*v - lr*g)",
        ),
    ),
    Mistake(
        "M15 squared gradient",
        "the gradient itself",
        "The gradient enters squared, so its sign is lost. It enters as it is, once.",
        ("v = beta*v - lr*g*g; w = w + beta*v - lr*g*g",),
    ),
)
