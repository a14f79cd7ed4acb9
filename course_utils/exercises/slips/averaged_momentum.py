"""What goes wrong with v <- beta v + (1 - beta) g, w <- w - lr v."""

from .mistake import Convention, Mistake

AVERAGED_MOMENTUM = (
    Convention("v = beta*v + (1 - beta)*g; w = w - lr*v"),
    Convention(
        "v = beta*v - (1 - beta)*g; w = w + lr*v",
        "Your v averages minus the gradients and is added to w. The path is the same.",
    ),
)

AVERAGED_MOMENTUM_MISTAKES = (
    Mistake(
        "M01 a sum",
        "shares that add up to one",
        "The gradient enters whole, so v is a sum: under a steady gradient it grows to "
        "1/(1 − beta) times that gradient. An average gives the newcomer the share 1 − beta.",
        ("v = beta*v + g; w = w - lr*v", "v = beta*v - g; w = w + lr*v"),
    ),
    Mistake(
        "the sum of steps",
        "shares that add up to one",
        "This is momentum as a sum of steps. Here v is to be an average of gradients: beta of the "
        "old, 1 − beta of the new, and lr when w moves.",
        ("v = beta*v - lr*g; w = w + v", "v = beta*v + lr*g; w = w - v"),
    ),
    Mistake(
        "M04 swapped shares",
        "beta is the share you keep",
        "You keep 1 − beta of the average and let beta of the gradient in. Beta is the share that "
        "is kept: at 0.9 yours remembers hardly more than one step.",
        ("v = (1 - beta)*v + beta*g; w = w - lr*v", "v = (1 - beta)*v - beta*g; w = w + lr*v"),
    ),
    Mistake(
        "both shares the same",
        "shares that add up to one",
        "Old and new both get the share 1 − beta; the old average keeps beta.",
        ("v = (1 - beta)*v + (1 - beta)*g; w = w - lr*v",),
    ),
    Mistake(
        "both shares beta",
        "shares that add up to one",
        "Old and new both get the share beta; what is left for the gradient is 1 − beta.",
        ("v = beta*v + beta*g; w = w - lr*v",),
    ),
    Mistake(
        "average of steps",
        "where the learning rate sits",
        "The learning rate is inside your average. With a constant rate the path is the same; "
        "here v holds gradients, and lr enters when w moves.",
        ("v = beta*v - (1 - beta)*lr*g; w = w + v", "v = beta*v + (1 - beta)*lr*g; w = w - v"),
    ),
    Mistake(
        "M21 moves first",
        "first remember, then move",
        "You move before the average has heard of this gradient, so every gradient acts one step "
        "late. Update v first.",
        ("w = w - lr*v; v = beta*v + (1 - beta)*g",),
    ),
    Mistake(
        "M22 sign in the move",
        "one minus sign in all",
        "The average points uphill, as gradients do, and you add it: subtract lr times v.",
        ("v = beta*v + (1 - beta)*g; w = w + lr*v",),
    ),
    Mistake(
        "M22 sign in the average",
        "one minus sign in all",
        "You average minus the gradients and subtract that: two minus signs lead uphill.",
        ("v = beta*v - (1 - beta)*g; w = w - lr*v",),
    ),
    Mistake(
        "M23 reset",
        "memory must last",
        "The old average never arrives in the new one. Multiply the old v by beta and keep it.",
        ("v = (1 - beta)*g; w = w - lr*v", "v = g; w = w - lr*v"),
    ),
    Mistake(
        "no fading",
        "old gradients fade",
        "The old average is kept whole, so nothing is ever forgotten; its share is beta.",
        ("v = v + (1 - beta)*g; w = w - lr*v", "v = v + g; w = w - lr*v"),
    ),
    Mistake(
        "M24 two gradients",
        "memory is recursive",
        "You average this gradient and the previous one only. The average holds all earlier "
        "gradients, faded by beta once per step.",
        (
            "w = w - lr*(beta*v + (1 - beta)*g); v = g",
            "w = w - lr*(g + beta*v); v = g",
        ),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate is inside the average and multiplies it again. It belongs in one place: "
        "here, where w moves.",
        (
            "v = beta*v + (1 - beta)*lr*g; w = w - lr*v",
            "v = beta*v - (1 - beta)*lr*g; w = w + lr*v",
        ),
    ),
    Mistake(
        "rate squared",
        "the learning rate counts once",
        "The learning rate multiplies the average twice on the way to w.",
        ("v = beta*v + (1 - beta)*g; w = w - lr*lr*v",),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "The whole average moves w: `lr` arrives and is not used.",
        ("v = beta*v + (1 - beta)*g; w = w - v",),
    ),
    Mistake(
        "rate and beta swapped",
        "which number fades, which one scales",
        "`lr` and `beta` have changed places: beta shares out the average, lr scales the step.",
        ("v = lr*v + (1 - lr)*g; w = w - beta*v",),
    ),
    Mistake(
        "beta on both",
        "beta fades the past, not the present",
        "Beta multiplies the new gradient too. Fade the old average first, then let the gradient "
        "in with its share 1 − beta.",
        ("v = beta*(v + (1 - beta)*g); w = w - lr*v",),
    ),
    Mistake(
        "beta in the move",
        "beta fades the past once",
        "You fade the average again on the way to w; w takes the new average whole.",
        ("v = beta*v + (1 - beta)*g; w = w - lr*beta*v",),
    ),
    Mistake(
        "share in the move",
        "shares belong to the average",
        "A factor 1 − beta has slipped into the move; it belongs to the gradient inside v alone.",
        (
            "v = beta*v + (1 - beta)*g; w = w - lr*(1 - beta)*v",
            "v = beta*v + g; w = w - lr*(1 - beta)*v",
        ),
    ),
    Mistake(
        "share divides",
        "shares belong to the average",
        "You divide by 1 − beta, which makes a sum of the average again.",
        (
            "v = beta*v + (1 - beta)*g; w = w - lr*v/(1 - beta)",
            "v = beta*v + g/(1 - beta); w = w - lr*v",
        ),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The average takes in 1 − beta whatever the gradient says: multiply by g.",
        ("v = beta*v + (1 - beta); w = w - lr*v",),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "You average the weights; the slope is in g.",
        ("v = beta*v + (1 - beta)*w; w = w - lr*v",),
    ),
    Mistake(
        "M15 squared gradient",
        "the gradient itself",
        "You average the squares of the gradient, and a square has lost its sign. That average "
        "has its use in lesson 06.",
        ("v = beta*v + (1 - beta)*g*g; w = w - lr*v",),
    ),
    Mistake(
        "sign only",
        "the length of the gradient counts",
        "Only the signs of the gradient enter the average; its size is lost.",
        ("v = beta*v + (1 - beta)*np.sign(g); w = w - lr*v",),
    ),
    Mistake(
        "Nesterov",
        "heavy ball, not Nesterov",
        "You move by beta times the new average and one more share of g: Nesterov's momentum, "
        "a lesson ahead. Here w moves by lr times v.",
        ("v = beta*v + (1 - beta)*g; w = w - lr*(beta*v + (1 - beta)*g)",),
    ),
    Mistake(
        "gradient twice",
        "one gradient, once",
        "The gradient moves w twice, through the average and once more by itself.",
        (
            "v = beta*v + (1 - beta)*g; w = w - lr*v - lr*g",
            "v = beta*v + (1 - beta)*g; w = w - lr*(v + (1 - beta)*g)",
        ),
    ),
    Mistake(
        "average unused",
        "the average moves the weights",
        "You keep an average, and then w takes the plain gradient step without it.",
        ("v = beta*v + (1 - beta)*g; w = w - lr*g",),
    ),
    Mistake(
        "no average",
        "the average moves the weights",
        "This is plain gradient descent: v is neither used nor updated.",
        ("w = w - lr*g",),
    ),
    Mistake(
        "memory thrown away",
        "the caller keeps the memory",
        "Your step is right, and v stays as it was: `v = ...` makes a new array that nobody sees. "
        "Write `v *= beta` and `v += (1 - beta)*g`, or return (w, v).",
        ("w = w - lr*(beta*v + (1 - beta)*g)",),
    ),
    Mistake(
        "w stays",
        "the average moves the weights",
        "The average is right and w never moves: `w = w - lr*v` makes a new array that nobody "
        "sees. Write `w -= lr*v`, or return (w, v).",
        ("v = beta*v + (1 - beta)*g",),
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
        ("v = beta*v + (1 - beta)*g; w = -lr*v", "v = beta*v + (1 - beta)*g; w = lr*v"),
    ),
    Mistake(
        "weights fade",
        "beta fades the average, not the weights",
        "Beta multiplies the weights, which pulls them to zero. It belongs to the old average.",
        ("v = beta*v + (1 - beta)*g; w = beta*w - lr*v", "w = beta*w - lr*(1 - beta)*g"),
    ),
    Mistake(
        "M27 one array",
        "two arrays, two names",
        "w and v have become one array: whatever changes one changes the other. Keep them apart.",
        ("v = beta*v + (1 - beta)*g; w = w - lr*v; v = w",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "v = beta*v + (1 - beta)*g; w = (w - lr*v).astype(int)",
            "v = beta*v + (1 - beta)*g; w = np.round(w - lr*v)",
            "v = (beta*v + (1 - beta)*g).astype(int); w = w - lr*v",
        ),
    ),
)
