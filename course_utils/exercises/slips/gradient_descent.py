"""What goes wrong with w <- w - lr g."""

from .mistake import Convention, Mistake

GRADIENT_DESCENT = (Convention("w = w - lr*g"),)

GRADIENT_DESCENT_MISTAKES = (
    Mistake(
        "M22 sign",
        "the sign of the step",
        "Your step goes uphill: the gradient points to where the loss grows, so the step is "
        "minus lr times g.",
        ("w = w + lr*g",),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate enters twice, so every step is lr times too short.",
        ("w = w - lr*lr*g",),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "Your step is the whole gradient: `lr` arrives and is not used.",
        ("w = w - g",),
    ),
    Mistake(
        "rate divides",
        "the learning rate multiplies",
        "You divide by the learning rate; a small rate is meant to make small steps.",
        ("w = w - g/lr",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "Your step is the same whatever the gradient says, uphill included: multiply by g.",
        ("w = w - lr",),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "You step along w itself; that shrinks the weights and never asks the loss. "
        "The slope is in g.",
        ("w = w - lr*w",),
    ),
    Mistake(
        "g times w",
        "the gradient, not the weights",
        "A factor w has slipped into the step; only lr and g belong there.",
        ("w = w - lr*g*w",),
    ),
    Mistake(
        "normalised",
        "the length of the gradient counts",
        "You divide the gradient by its length, so every step is lr long, at the bottom too. "
        "Gradient descent takes short steps where the slope is small.",
        ("w = w - lr*g/np.sqrt(np.sum(g*g))",),
    ),
    Mistake(
        "largest is one",
        "the length of the gradient counts",
        "You divide the gradient by its largest entry, so its size is lost.",
        ("w = w - lr*g/np.max(np.abs(g))",),
    ),
    Mistake(
        "sign only",
        "the length of the gradient counts",
        "You keep only the signs of the gradient: each coordinate moves by lr, steep or flat. "
        "That is another rule, and its turn comes later in the course.",
        ("w = w - lr*np.sign(g)",),
    ),
    Mistake(
        "norm multiplies",
        "the length of the gradient counts once",
        "You multiply by the length of the gradient once more, so long gradients count squared.",
        ("w = w - lr*np.sqrt(np.sum(g*g))*g",),
    ),
    Mistake(
        "M15 squared gradient",
        "the gradient itself",
        "You square the gradient, and a square has lost its sign: both slopes push one way.",
        ("w = w - lr*g*g",),
    ),
    Mistake(
        "size of the gradient",
        "the gradient itself",
        "You take the absolute value of the gradient, so the step cannot turn round.",
        ("w = w - lr*np.abs(g)",),
    ),
    Mistake(
        "summed gradient",
        "one slope per coordinate",
        "You add the entries of g into one number and move every coordinate by it. "
        "Each coordinate has its own slope.",
        ("w = w - lr*np.sum(g)",),
    ),
    Mistake(
        "mean gradient",
        "one slope per coordinate",
        "You average the entries of g and move every coordinate by the same amount. "
        "Each coordinate has its own slope.",
        ("w = w - lr*np.mean(g)",),
    ),
    Mistake(
        "twice",
        "one gradient, once",
        "Your step is twice lr times g. If the 2 comes from deriving a square: g is that "
        "derivative already.",
        ("w = w - 2*lr*g",),
    ),
    Mistake(
        "half",
        "one gradient, once",
        "Your step is half of lr times g; the one half belongs to the loss and is gone "
        "once the derivative is taken.",
        ("w = w - lr*g/2",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "You return the step. The new weights are the old ones plus that step.",
        ("w = -lr*g", "w = lr*g"),
    ),
    Mistake(
        "decay",
        "the old weights stay",
        "You shrink the old weights before you step; gradient descent keeps them whole.",
        ("w = (1 - lr)*w - lr*g", "w = lr*(w - g)"),
    ),
    Mistake(
        "one coordinate",
        "every coordinate moves",
        "Only the first coordinate moves. Leave out the index: `w` and `g` have the same shape, "
        "and NumPy moves all entries at once.",
        ("w = w.copy(); w[0] -= lr*g[0]",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        ("w = (w - lr*g).astype(int)", "w = np.round(w - lr*g)", "w = np.floor(w - lr*g)"),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `w = ...`, that makes a new array which nobody sees: "
        "write `w -= lr*g`, or return the new w.",
        ("pass",),
    ),
)
