"""What goes wrong with w <- w - lr sign(g)."""

from .mistake import Convention, Mistake

SIGN_DESCENT = (Convention("w = w - lr*np.sign(g)"),)

SIGN_DESCENT_MISTAKES = (
    Mistake(
        "M22 uphill",
        "downhill is minus",
        "The sign enters with a plus, so every weight climbs. Downhill is minus lr times the sign.",
        ("w = w + lr*np.sign(g)",),
    ),
    Mistake(
        "whole gradient",
        "the sign alone",
        "This is gradient descent: the size of the gradient still counts. Take `np.sign(g)` in "
        "place of g.",
        ("w = w - lr*g",),
    ),
    Mistake(
        "M15 size of the gradient",
        "the sign, not the size",
        "You keep the size and drop the sign; it is the other way round. Now the step cannot turn "
        "round.",
        ("w = w - lr*np.abs(g)", "w = w - lr*g*np.sign(g)"),
    ),
    Mistake(
        "normalised",
        "each weight by itself",
        "You divide the gradient by its length: the whole step is lr long, and it still points "
        "along the gradient. Here *each weight* moves by lr.",
        ("w = w - lr*g/np.sqrt(np.sum(g*g))",),
    ),
    Mistake(
        "largest is one",
        "each weight by itself",
        "You divide by the largest entry, so that weight alone moves by lr. Every weight is "
        "divided by its own size.",
        ("w = w - lr*g/np.max(np.abs(g))",),
    ),
    Mistake(
        "dual norm",
        "the sign alone",
        "You multiply by the sum of all sizes, so the length of the gradient is back. Every step "
        "is to be lr long.",
        ("w = w - lr*np.sum(np.abs(g))*np.sign(g)",),
    ),
    Mistake(
        "root of the size",
        "the sign alone",
        "You keep the root of the size. Nothing of the size is to count, the sign alone does.",
        ("w = w - lr*np.sign(g)*np.sqrt(np.abs(g))",),
    ),
    Mistake(
        "M20 one sign for all",
        "each weight by itself",
        "You add the entries of g into one number and use its sign for every weight. Each weight "
        "has its own sign.",
        ("w = w - lr*np.sign(np.sum(g))",),
    ),
    Mistake(
        "sign of the weights",
        "the gradient, not the weights",
        "You take the sign of the weights, which pulls all of them to zero. The slope is in g.",
        ("w = w - lr*np.sign(w)",),
    ),
    Mistake(
        "sign of everything",
        "the sign of the gradient",
        "You take the sign of the new weights, so they become plus or minus one. Only g loses its "
        "size.",
        ("w = np.sign(w - lr*g)",),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "Every weight moves by −lr whatever the gradient says. Multiply by its sign.",
        ("w = w - lr",),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "Every weight moves by one: `lr` arrives and is not used.",
        ("w = w - np.sign(g)",),
    ),
    Mistake(
        "divides by the rate",
        "the learning rate multiplies",
        "You divide by the learning rate; it is the length of the step, so it multiplies.",
        ("w = w - np.sign(g)/lr",),
    ),
    Mistake(
        "M25 rate twice",
        "the learning rate counts once",
        "The learning rate multiplies the sign twice; once is right.",
        ("w = w - lr*lr*np.sign(g)",),
    ),
    Mistake(
        "twice",
        "one sign, once",
        "Your steps are twice as long as they should be: lr times the sign is the whole step.",
        ("w = w - 2*lr*np.sign(g)",),
    ),
    Mistake(
        "half",
        "one sign, once",
        "Your steps are half as long as they should be: lr times the sign is the whole step.",
        ("w = w - lr*np.sign(g)/2",),
    ),
    Mistake(
        "only downhill to the right",
        "both signs count",
        "Your weights move for one sign of the gradient and rest for the other. `np.sign(g)` is "
        "plus or minus one.",
        ("w = w - lr*(g > 0)", "w = w + lr*(g < 0)"),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "Your new w is the step. The new weights are the old ones plus that step.",
        ("w = -lr*np.sign(g)", "w = lr*np.sign(g)"),
    ),
    Mistake(
        "one coordinate",
        "every weight moves",
        "Only the first weight moves. Leave out the index: NumPy moves all entries at once.",
        ("w = w.copy(); w[0] -= lr*np.sign(g[0])",),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        ("w = (w - lr*np.sign(g)).astype(int)", "w = np.round(w - lr*np.sign(g))"),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `w = ...`, that makes a new array which nobody sees: write "
        "`w -= ...`, or return the new w.",
        ("pass",),
    ),
)
