"""What goes wrong with AMSGrad, whose step is Adam's over the largest memory."""

from .mistake import Convention, Mistake

FIRST = "m = beta1*m + (1 - beta1)*g"
SECOND = "s = beta2*s + (1 - beta2)*g**2"
LARGEST = "top = np.maximum(top, s)"
MEAN, SQUARE = "m/(1 - beta1**t)", "top/(1 - beta2**t)"


def _form(
    first: str = FIRST,
    second: str = SECOND,
    largest: str = LARGEST,
    mean: str = MEAN,
    square: str = SQUARE,
    move: str = "w - lr*{mean}/(np.sqrt({square}) + eps)",
) -> str:
    """AMSGrad, written with the given parts."""
    step = move.format(mean=f"({mean})", square=f"({square})")
    return f"{first}; {second}; {largest}; w = {step}"


AMSGRAD = (Convention(_form()),)

AMSGRAD_MISTAKES = (
    Mistake(
        "optax's",
        "raw or corrected in the maximum",
        "You keep the largest corrected s, as optax does: another rule under the same name. Here "
        "top keeps the largest raw s and is corrected after.",
        (_form(largest=f"top = np.maximum(top, {SQUARE.replace('top', 's')})", square="top"),),
    ),
    Mistake(
        "corrected twice",
        "raw or corrected in the maximum",
        "You correct s before the maximum and top after it. Once is enough, and here it comes "
        "after.",
        (_form(largest="top = np.maximum(top, s/(1 - beta2**t))"),),
    ),
    Mistake(
        "Adam",
        "the largest divides",
        "That is Adam: top is kept, and nothing is divided by it. Put top where Adam has s.",
        (_form(square="s/(1 - beta2**t)"),),
    ),
    Mistake(
        "no top",
        "the largest divides",
        "That is Adam: top never changes. Let it take the larger of itself and s.",
        (_form(largest="pass", square="s/(1 - beta2**t)"),),
    ),
    Mistake(
        "top forgotten",
        "top must last",
        "top takes s, whatever it was before, so it remembers no largest value. Compare the two.",
        (_form(largest="top = s + 0"),),
    ),
    Mistake(
        "the smallest",
        "the largest, not the smallest",
        "You keep the smaller of top and s, which stays at zero for ever. Keep the larger.",
        (_form(largest="top = np.minimum(top, s)"),),
    ),
    Mistake(
        "largest gradient",
        "the largest average",
        "top keeps the largest squared gradient. It is to keep the largest average of them, s.",
        (_form(largest="top = np.maximum(top, g**2)"),),
    ),
    Mistake(
        "old s",
        "first remember, then compare",
        "You compare top with s before s has heard of this gradient. Let g² in first.",
        (f"{FIRST}; {LARGEST}; {SECOND}; w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps)",),
    ),
    Mistake(
        "s is the largest",
        "the average may fall, top may not",
        "You put the maximum back into s, so the average itself can no longer fall. s stays an "
        "average; only top keeps the largest.",
        (
            _form(largest="top = np.maximum(top, s); s = top + 0"),
            _form(largest="s = np.maximum(top, s); top = s + 0"),
        ),
    ),
    Mistake(
        "one number for all",
        "every weight has its own",
        "You take the largest over all weights, so every weight is divided by the same number. "
        "Compare weight by weight, with np.maximum.",
        (
            _form(largest="top = top*0 + max(np.max(top), np.max(s))"),
            _form(largest="top = np.maximum(top, np.max(s))"),
        ),
    ),
    Mistake(
        "fading top",
        "top never falls",
        "Your top fades by beta2 a step, as in Adamax. Here it never falls.",
        (_form(largest="top = np.maximum(beta2*top, s)"),),
    ),
    Mistake(
        "the sum",
        "the larger of two",
        "You add s to top, as AdaGrad adds squares. Take the larger of the two.",
        (_form(largest="top = top + s"),),
    ),
    Mistake(
        "no correction",
        "the correction is missing",
        "Both memories start at zero, and you use them as if they did not. That is the rule as its "
        "authors wrote it; here m and top are corrected as in Adam.",
        (_form(mean="m", square="top"),),
    ),
    Mistake(
        "m not corrected",
        "the correction is missing",
        "top is corrected and m is not: divide m by 1 − beta1^t.",
        (_form(mean="m"),),
    ),
    Mistake(
        "top not corrected",
        "the correction is missing",
        "m is corrected and top is not, so the first steps are too long. Divide top by "
        "1 − beta2^t.",
        (_form(square="top"),),
    ),
    Mistake(
        "corrected in place",
        "the memories stay raw",
        "You put corrected values back into the memories, so the next step corrects them again. "
        "Give the quotients names of their own.",
        (
            _form(largest=f"{LARGEST}; m = {MEAN}; top = {SQUARE}", mean="m", square="top"),
            _form(largest=f"{LARGEST}; top = {SQUARE}", square="top"),
        ),
    ),
    Mistake(
        "t from 0",
        "t counts the gradients seen",
        "Your power is t − 1, so the first step divides by 0. t = 1 belongs to the first gradient.",
        (_form(mean="m/(1 - beta1**(t - 1))", square="top/(1 - beta2**(t - 1))"),),
    ),
    Mistake(
        "beta1 in both corrections",
        "each memory has its own correction",
        "You correct top with beta1. It comes from s, which is remembered with beta2.",
        (_form(square="top/(1 - beta1**t)"),),
    ),
    Mistake(
        "always the first step",
        "the correction fades",
        "You divide by 1 − beta1 and 1 − beta2 at every step. The divisors are 1 − beta^t and come "
        "to 1.",
        (_form(mean="m/(1 - beta1)", square="top/(1 - beta2)"),),
    ),
    Mistake(
        "betas swapped",
        "which beta belongs to which memory",
        "The two betas have changed places: beta1 belongs to m, beta2 to s.",
        (
            _form(
                "m = beta2*m + (1 - beta2)*g",
                "s = beta1*s + (1 - beta1)*g**2",
                mean="m/(1 - beta2**t)",
                square="top/(1 - beta1**t)",
            ),
        ),
    ),
    Mistake(
        "first memory a sum",
        "shares that add up to one",
        "The gradient enters m whole. Let it in with the share 1 − beta1.",
        (_form("m = beta1*m + g"),),
    ),
    Mistake(
        "second memory a sum",
        "shares that add up to one",
        "The squared gradient enters s whole. Let it in with the share 1 − beta2.",
        (_form(second="s = beta2*s + g**2"),),
    ),
    Mistake(
        "not squared",
        "the mean of squares",
        "The gradient enters s without being squared. Let g² in.",
        (_form(second="s = beta2*s + (1 - beta2)*g"),),
    ),
    Mistake(
        "no root",
        "the root of the mean square",
        "The root is missing: divide by sqrt(top_hat), which has the unit of a gradient.",
        (_form(move="w - lr*{mean}/({square} + eps)"),),
    ),
    Mistake(
        "g in place of m",
        "the memory moves the weights",
        "The newest gradient moves w and m does nothing. Put m_hat into the numerator.",
        (_form(mean="g"), _form(mean="g/(1 - beta1**t)")),
    ),
    Mistake(
        "eps inside",
        "where eps sits",
        "You add eps under the root. It belongs outside.",
        (_form(move="w - lr*{mean}/np.sqrt({square} + eps)"),),
    ),
    Mistake(
        "eps hat",
        "where eps sits",
        "You correct in the learning rate and add eps to the raw root, as Keras does. Here eps is "
        "added to the corrected root.",
        (_form(move="w - lr*np.sqrt(1 - beta2**t)/(1 - beta1**t)*m/(np.sqrt(top) + eps)"),),
    ),
    Mistake(
        "no eps",
        "eps keeps the division possible",
        "eps arrives and is not used. A weight whose gradients have all been 0 then divides 0 by "
        "0.",
        (_form(move="w - lr*{mean}/np.sqrt({square})"),),
    ),
    Mistake(
        "uphill",
        "one minus sign in all",
        "You add the step and so climb. Subtract it.",
        (_form(move="w + lr*{mean}/(np.sqrt({square}) + eps)"),),
    ),
    Mistake(
        "no rate",
        "the learning rate is missing",
        "`lr` arrives and is not used.",
        (_form(move="w - {mean}/(np.sqrt({square}) + eps)"),),
    ),
    Mistake(
        "w stays",
        "the step moves the weights",
        "The memories are right and w never moves: `w = w - ...` makes a new array that nobody "
        "sees. Write `w -= ...`, or return (w, m, s, top).",
        (f"{FIRST}; {SECOND}; {LARGEST}",),
    ),
    Mistake(
        "top never arrives",
        "in place or returned",
        "Your step is right, and top stays as it was: `top = ...` makes a new array that nobody "
        "sees. Write `top[...] = ...` or use `out=top`, or return (w, m, s, top).",
        (
            f"{FIRST}; {SECOND}; w = w - lr*({MEAN})"
            "/(np.sqrt(np.maximum(top, s)/(1 - beta2**t)) + eps)",
        ),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. Change the arrays in place, or return (w, m, s, top).",
        ("pass",),
    ),
)
