"""What goes wrong with v <- beta v - lr g, w <- w + v."""

from .mistake import Convention, Mistake

MOMENTUM = (
    Convention("v = beta*v - lr*g; w = w + v"),
    Convention(
        "v = beta*v + lr*g; w = w - v",
        "Your v counts the other way round: you add lr g to it and subtract it from w, as some "
        "books do. The path is the same.",
    ),
)

MOMENTUM_MISTAKES = (
    Mistake(
        "M21 moves first",
        "first remember, then move",
        "You move before the velocity has heard of this gradient, so every gradient acts one "
        "step late. Update v first, then add it to w.",
        ("w = w + v; v = beta*v - lr*g", "w = w - v; v = beta*v + lr*g"),
    ),
    Mistake(
        "M22 sign in the velocity",
        "one minus sign in all",
        "The gradient enters the velocity with a plus, so the velocity builds up uphill. "
        "It is minus lr times g.",
        ("v = beta*v + lr*g; w = w + v",),
    ),
    Mistake(
        "M22 sign in the move",
        "one minus sign in all",
        "Your velocity points downhill, and then you subtract it: two minus signs lead uphill. "
        "Add v to w.",
        ("v = beta*v - lr*g; w = w - v",),
    ),
    Mistake(
        "sign of the memory",
        "the velocity keeps its direction",
        "The old velocity enters with a minus, so each step brakes where it should coast.",
        ("v = -beta*v - lr*g; w = w + v",),
    ),
    Mistake(
        "M23 reset",
        "memory must last",
        "The old velocity never arrives in the new one, so what is left is plain gradient descent. "
        "Multiply the old v by beta and keep it.",
        ("v = -lr*g; w = w + v",),
    ),
    Mistake(
        "no beta",
        "old velocity fades",
        "The old velocity is kept whole: `beta` arrives and is not used. Without fading the "
        "weights swing for ever.",
        ("v = v - lr*g; w = w + v", "v = v + lr*g; w = w - v"),
    ),
    Mistake(
        "M24 two gradients",
        "memory is recursive",
        "You remember the previous gradient only. The velocity holds all earlier gradients, "
        "faded by beta once per step.",
        ("w = w - lr*(g + beta*v); v = g", "w = w - lr*(g + beta*v); v = g.copy()"),
    ),
    Mistake(
        "M24 two steps",
        "memory is recursive",
        "You remember the previous plain step only. The velocity holds all earlier "
        "steps, faded by beta once per step.",
        ("w = w + beta*v - lr*g; v = -lr*g",),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate is applied to the gradient and again to the velocity. It belongs in "
        "one place: here, in v.",
        ("v = beta*v - lr*g; w = w + lr*v", "v = beta*v + lr*g; w = w - lr*v"),
    ),
    Mistake(
        "rate squared",
        "the learning rate counts once",
        "The gradient is multiplied by the learning rate twice before it enters the velocity.",
        ("v = beta*v - lr*lr*g; w = w + v",),
    ),
    Mistake(
        "M04 swapped shares",
        "beta is the share you keep",
        "You keep 1 − beta of the old velocity. Beta itself is the share that is kept: "
        "the larger beta, the longer the memory.",
        ("v = (1 - beta)*v - lr*g; w = w + v", "v = (1 - beta)*v + lr*g; w = w - v"),
    ),
    Mistake(
        "M04 swapped average",
        "beta is the share you keep",
        "You keep 1 − beta of the old velocity and let beta of the new step in. Beta is the share "
        "that is kept, and in a sum the new step enters whole.",
        ("v = (1 - beta)*v - beta*lr*g; w = w + v", "v = (1 - beta)*v + beta*g; w = w - lr*v"),
    ),
    Mistake(
        "average of steps",
        "a sum, not an average",
        "You weigh the new step with 1 − beta, which makes v an average. The rule that is asked "
        "for is a sum: the step enters whole.",
        ("v = beta*v - (1 - beta)*lr*g; w = w + v", "v = beta*v + (1 - beta)*lr*g; w = w - v"),
    ),
    Mistake(
        "average of gradients",
        "a sum, not an average",
        "You average the gradients and multiply by the learning rate afterwards: momentum in its "
        "other convention. Here v is a sum of steps, with lr inside and no factor 1 − beta.",
        ("v = beta*v + (1 - beta)*g; w = w - lr*v", "v = beta*v - (1 - beta)*g; w = w + lr*v"),
    ),
    Mistake(
        "rate outside",
        "where the learning rate sits",
        "You sum gradients and multiply by the learning rate when you move, as PyTorch does. "
        "With a constant rate the path is the same; here v is to hold steps, with lr inside.",
        ("v = beta*v + g; w = w - lr*v", "v = beta*v - g; w = w + lr*v"),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "The whole gradient enters the velocity: `lr` arrives and is not used.",
        ("v = beta*v - g; w = w + v", "v = beta*v + g; w = w - v"),
    ),
    Mistake(
        "rate on everything",
        "the rate scales the gradient alone",
        "The learning rate multiplies the old velocity as well; it belongs to the gradient alone.",
        ("v = lr*(beta*v - g); w = w + v", "v = lr*(beta*v + g); w = w - v"),
    ),
    Mistake(
        "rate and beta swapped",
        "which number fades, which one scales",
        "`lr` and `beta` have changed places: beta fades the old velocity, lr scales the gradient.",
        ("v = lr*v - beta*g; w = w + v",),
    ),
    Mistake(
        "beta on the gradient",
        "beta fades the past, not the present",
        "Beta multiplies the new step too. Fade the old velocity first, then let the new step in "
        "whole.",
        ("v = beta*(v - lr*g); w = w + v", "v = beta*(v + lr*g); w = w - v"),
    ),
    Mistake(
        "beta in the move",
        "beta fades the past once",
        "You fade the velocity again on the way to w; w takes the new velocity whole.",
        ("v = beta*v - lr*g; w = w + beta*v",),
    ),
    Mistake(
        "beta on the gradient only",
        "beta fades the past, not the present",
        "Beta multiplies the new step and spares the old velocity: it is the other way round.",
        ("v = v - beta*lr*g; w = w + v",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The velocity changes by lr whatever the gradient says: multiply by g.",
        ("v = beta*v - lr; w = w + v",),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "The weights enter the velocity in place of the gradient; the slope is in g.",
        ("v = beta*v - lr*w; w = w + v",),
    ),
    Mistake(
        "M15 squared gradient",
        "the gradient itself",
        "You square the gradient before it enters the velocity, and a square has lost its sign.",
        ("v = beta*v - lr*g*g; w = w + v",),
    ),
    Mistake(
        "sign only",
        "the length of the gradient counts",
        "Only the signs of the gradient enter the velocity; its size is lost.",
        ("v = beta*v - lr*np.sign(g); w = w + v",),
    ),
    Mistake(
        "normalised",
        "the length of the gradient counts",
        "You divide the gradient by its length, so its size is lost.",
        ("v = beta*v - lr*g/np.sqrt(np.sum(g*g)); w = w + v",),
    ),
    Mistake(
        "Nesterov",
        "heavy ball, not Nesterov",
        "You move by beta times the new velocity and one more step: Nesterov's momentum, a lesson "
        "ahead. Here w moves by the velocity itself.",
        ("v = beta*v - lr*g; w = w + beta*v - lr*g", "v = beta*v + g; w = w - lr*(g + beta*v)"),
    ),
    Mistake(
        "gradient twice",
        "one gradient, once",
        "The gradient moves w twice, through the velocity and once more by itself. "
        "It is in v already.",
        ("v = beta*v - lr*g; w = w + v - lr*g",),
    ),
    Mistake(
        "old and new velocity",
        "one velocity, once",
        "Both the old and the new velocity move w. The old one lives on inside the new one.",
        ("w = w + v; v = beta*v - lr*g; w = w + v",),
    ),
    Mistake(
        "velocity unused",
        "the velocity moves the weights",
        "You keep a velocity, and then w takes the plain gradient step without it.",
        ("v = beta*v - lr*g; w = w - lr*g", "v = beta*v + g; w = w - lr*g"),
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
        ("w = w + beta*v - lr*g",),
    ),
    Mistake(
        "w stays",
        "the velocity moves the weights",
        "The velocity is right and w never moves: `w = w + v` makes a new array that nobody sees. "
        "Write `w += v`, or return (w, v).",
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
        ("v = beta*v - lr*g; w = v", "w = beta*v - lr*g"),
    ),
    Mistake(
        "weights fade",
        "beta fades the velocity, not the weights",
        "Beta multiplies the weights, which pulls them to zero. It belongs to the old velocity.",
        ("v = beta*v - lr*g; w = beta*w + v", "w = beta*w - lr*g", "v = v - lr*g; w = beta*w + v"),
    ),
    Mistake(
        "M27 one array",
        "two arrays, two names",
        "w and v have become one array: whatever changes one changes the other. Keep them apart.",
        ("v = beta*v - lr*g; w = w + v; v = w", "w = w + beta*v - lr*g; v = w"),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            "v = beta*v - lr*g; w = (w + v).astype(int)",
            "v = beta*v - lr*g; w = np.round(w + v)",
            "v = (beta*v - lr*g).astype(int); w = w + v",
            "v = np.round(beta*v - lr*g); w = w + v",
        ),
    ),
)
