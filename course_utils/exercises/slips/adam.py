"""What goes wrong with Adam, and with AdamW, whose step is Adam's."""

from .mistake import Convention, Mistake

FIRST = "m = beta1*m + (1 - beta1)*g"
SECOND = "s = beta2*s + (1 - beta2)*g**2"
MEAN, SQUARE = "m/(1 - beta1**t)", "s/(1 - beta2**t)"


def _form(
    first: str = FIRST,
    second: str = SECOND,
    mean: str = MEAN,
    square: str = SQUARE,
    move: str = "w - lr*{mean}/(np.sqrt({square}) + eps)",
) -> str:
    """Adam, written with the given parts."""
    return f"{first}; {second}; w = {move.format(mean=f'({mean})', square=f'({square})')}"


def _squares(of: str) -> str:
    return f"s = beta2*s + (1 - beta2)*({of})**2"


ADAM = (Convention(_form()),)

ADAM_MISTAKES = (
    Mistake(
        "M01 first memory a sum",
        "shares that add up to one",
        "The gradient enters m whole, so the first step is 1/(1 − beta1) times too long. "
        "1 − beta1^t is the weight of an average: let the gradient in with the share 1 − beta1.",
        (_form("m = beta1*m + g"),),
    ),
    Mistake(
        "M02 second memory a sum",
        "shares that add up to one",
        "The squared gradient enters s whole, which makes every step too short. Its share is "
        "1 − beta2; the first step of Adam is lr, whatever the gradient.",
        (_form(second="s = beta2*s + g**2"),),
    ),
    Mistake(
        "M03 both memories sums",
        "shares that add up to one",
        "Both memories take the new value in whole, and the two slips nearly hide each other. "
        "For a gradient that stays, m_hat must be the gradient and s_hat its square.",
        (_form("m = beta1*m + g", "s = beta2*s + g**2"),),
    ),
    Mistake(
        "M04 shares of m swapped",
        "beta is the share you keep",
        "You keep 1 − beta1 of m and let beta1 of the gradient in. Beta1 is the share that is "
        "kept.",
        (_form("m = (1 - beta1)*m + beta1*g"),),
    ),
    Mistake(
        "M04 shares of s swapped",
        "beta is the share you keep",
        "You keep 1 − beta2 of s and let beta2 of the square in. Beta2 is the share that is kept.",
        (_form(second="s = (1 - beta2)*s + beta2*g**2"),),
    ),
    Mistake(
        "M04 shares of both swapped",
        "beta is the share you keep",
        "Both memories keep 1 − beta and let beta of the new value in. Beta is the share that is "
        "kept: the larger, the longer the memory.",
        (_form("m = (1 - beta1)*m + beta1*g", "s = (1 - beta2)*s + beta2*g**2"),),
    ),
    Mistake(
        "betas swapped",
        "which beta belongs to which memory",
        "The two betas have changed places: beta1 belongs to m, the memory of gradients, and "
        "beta2 to s, the memory of squares.",
        (
            _form(
                "m = beta2*m + (1 - beta2)*g",
                "s = beta1*s + (1 - beta1)*g**2",
                "m/(1 - beta2**t)",
                "s/(1 - beta1**t)",
            ),
        ),
    ),
    Mistake(
        "M05 corrected in place",
        "the memories stay raw",
        "You put the corrected values back into m and s, so the next step corrects them again. "
        "Keep m and s raw and write the quotients into names of their own.",
        (_form(f"{FIRST}; m = {MEAN}", f"{SECOND}; s = {SQUARE}", "m", "s"),),
    ),
    Mistake(
        "M05 m corrected in place",
        "the memories stay raw",
        "You put the corrected m back into the memory, so the next step corrects it again. Keep m "
        "raw and give the quotient a name of its own.",
        (_form(f"{FIRST}; m = {MEAN}", mean="m"),),
    ),
    Mistake(
        "M05 s corrected in place",
        "the memories stay raw",
        "You put the corrected s back into the memory, so the next step corrects it again. Keep s "
        "raw and give the quotient a name of its own.",
        (_form(second=f"{SECOND}; s = {SQUARE}", square="s"),),
    ),
    Mistake(
        "M06 t from 0",
        "t counts the gradients seen",
        "Your power is t − 1, so the first step divides by 1 − beta^0, which is 0. t = 1 belongs "
        "to the first gradient.",
        (_form(mean="m/(1 - beta1**(t - 1))", square="s/(1 - beta2**(t - 1))"),),
    ),
    Mistake(
        "one step early",
        "t counts the gradients seen",
        "Your power is t + 1, one too high: t is 1 at the first gradient already.",
        (_form(mean="m/(1 - beta1**(t + 1))", square="s/(1 - beta2**(t + 1))"),),
    ),
    Mistake(
        "M07 always the first step",
        "the correction fades",
        "You divide by 1 − beta1 and 1 − beta2 at every step, which is right at t = 1 alone. The "
        "divisors are 1 − beta^t and must come to 1.",
        (_form(mean="m/(1 - beta1)", square="s/(1 - beta2)"),),
    ),
    Mistake(
        "M08 product for power",
        "a power, not a product",
        "beta times t is not beta to the power t. They agree at t = 1 only; later yours turns "
        "negative, and then there is no root.",
        (_form(mean="m/(1 - beta1*t)", square="s/(1 - beta2*t)"),),
    ),
    Mistake(
        "M09 beta1 in both corrections",
        "each memory has its own correction",
        "You correct s with beta1. It is remembered with beta2: divide it by 1 − beta2^t.",
        (_form(square="s/(1 - beta1**t)"),),
    ),
    Mistake(
        "M09 beta2 in both corrections",
        "each memory has its own correction",
        "You correct m with beta2. It is remembered with beta1: divide it by 1 − beta1^t.",
        (_form(mean="m/(1 - beta2**t)"),),
    ),
    Mistake(
        "corrections swapped",
        "each memory has its own correction",
        "The two corrections have changed places: m goes with 1 − beta1^t, s with 1 − beta2^t.",
        (_form(mean="m/(1 - beta2**t)", square="s/(1 - beta1**t)"),),
    ),
    Mistake(
        "M10 no correction",
        "the correction is missing",
        "Both memories start at zero, and you use them as if they did not. Without the correction "
        "the first step is (1 − beta1)/sqrt(1 − beta2) times lr, and later ones are longer.",
        (_form(mean="m", square="s"),),
    ),
    Mistake(
        "M10 m not corrected",
        "the correction is missing",
        "s is corrected and m is not, so the first steps are too short: divide m by 1 − beta1^t.",
        (_form(mean="m"),),
    ),
    Mistake(
        "M10 s not corrected",
        "the correction is missing",
        "m is corrected and s is not, so the first step is 1/sqrt(1 − beta2) times lr: divide s by "
        "1 − beta2^t.",
        (_form(square="s"),),
    ),
    Mistake(
        "multiplied",
        "divide by the weight that arrived",
        "You multiply by 1 − beta^t, which pulls the memories still closer to zero. Divide by it.",
        (_form(mean="m*(1 - beta1**t)", square="s*(1 - beta2**t)"),),
    ),
    Mistake(
        "divided by the power",
        "divide by the weight that arrived",
        "You divide by beta^t, the weight that still lies on the zeros. Divide by what has "
        "arrived, 1 − beta^t.",
        (_form(mean="m/beta1**t", square="s/beta2**t"),),
    ),
    Mistake(
        "the root corrected",
        "the average is corrected, then the root taken",
        "You divide sqrt(s) by 1 − beta2^t. Divide s by it and take the root after: inside the "
        "root the correction counts by half its exponent.",
        (_form(move="w - lr*{mean}/(np.sqrt(s)/(1 - beta2**t) + eps)"),),
    ),
    Mistake(
        "M13 no root",
        "the root of the mean square",
        "The root is missing. m_hat/s_hat grows as gradients shrink, and scales with the loss: "
        "divide by sqrt(s_hat).",
        (_form(move="w - lr*{mean}/({square} + eps)"),),
    ),
    Mistake(
        "M12 not squared",
        "the mean of squares",
        "The gradient enters s without being squared, so s can turn negative and has no root. "
        "Let g² in.",
        (_form(second="s = beta2*s + (1 - beta2)*g"),),
    ),
    Mistake(
        "sizes averaged",
        "the mean of squares",
        "You average |g| where g² belongs, and then take a root of it.",
        (_form(second="s = beta2*s + (1 - beta2)*abs(g)"),),
    ),
    Mistake(
        "M15 g once more",
        "one gradient, once",
        "m holds the gradient already, and you multiply the step by g again, which takes the "
        "normalisation away: the step grows with the gradient.",
        (_form(move="w - lr*{mean}/(np.sqrt({square}) + eps)*g"),),
    ),
    Mistake(
        "M16 g in place of m",
        "the memory moves the weights",
        "The newest gradient moves w and m does nothing: that is RMSProp with a correction. Put "
        "m_hat into the numerator.",
        (_form(mean="g"), f"{SECOND}; w = w - lr*g/(np.sqrt({SQUARE}) + eps)"),
    ),
    Mistake(
        "g corrected",
        "the memory moves the weights",
        "The numerator is g/(1 − beta1^t), and m does nothing: the memory m is what is corrected "
        "and what moves w.",
        (_form(mean="g/(1 - beta1**t)"),),
    ),
    Mistake(
        "M17 s from m",
        "squares of gradients",
        "s takes in the square of m. It is the memory of squared gradients: let g² in.",
        (_form(second=_squares("m")),),
    ),
    Mistake(
        "s from m_hat",
        "squares of gradients",
        "s takes in the square of the corrected m. It is the memory of squared gradients: let g² "
        "in.",
        (_form(second=_squares(MEAN)),),
    ),
    Mistake(
        "M11 the mean squared",
        "the mean of squares",
        "You divide by the size of the mean, where the mean of squares belongs. In a zig-zag the "
        "mean is near zero, and you would divide by it where you want to brake.",
        (
            _form(move="w - lr*{mean}/(abs({mean}) + eps)"),
            _form(second="s = m**2", move="w - lr*{mean}/(abs({mean}) + eps)"),
        ),
    ),
    Mistake(
        "spread for size",
        "the mean of squares",
        "s takes in the squared distance of g from m, the spread of the gradients. That is another "
        "rule: Adam averages g² itself.",
        (_form(second=_squares("g - m")),),
    ),
    Mistake(
        "M20 one number for all",
        "every weight has its own",
        "s takes in the mean of the squares over all weights, so every weight is divided by the "
        "same number and the ravine stays a ravine. Square g weight by weight.",
        (
            _form(second="s = beta2*s + (1 - beta2)*np.mean(g**2)"),
            _form(second="s = beta2*s + (1 - beta2)*np.mean(g*g) + 0*g"),
        ),
    ),
    Mistake(
        "the whole length",
        "every weight has its own",
        "s takes in the squared length of the whole gradient. Square g weight by weight.",
        (_form(second="s = beta2*s + (1 - beta2)*np.sum(g**2)"),),
    ),
    Mistake(
        "M18 old memories",
        "first remember, then move",
        "You move with the memories of one step ago, which are zero at the first step. Let g and "
        "g² in first.",
        (f"w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps); {FIRST}; {SECOND}",),
    ),
    Mistake(
        "M18 old s",
        "first remember, then move",
        "You divide by the root of the old s, which is zero at the first step. Let g² in before "
        "you divide.",
        (f"{FIRST}; w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps); {SECOND}",),
    ),
    Mistake(
        "old m",
        "first remember, then move",
        "You move by the old m, which has not heard of this gradient. Let g in before you move.",
        (f"{SECOND}; w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps); {FIRST}",),
    ),
    Mistake(
        "M28 eps inside",
        "where eps sits",
        "You add eps under the root. It belongs outside: under the root it counts as its own root, "
        "which is far more when eps is small.",
        (_form(move="w - lr*{mean}/np.sqrt({square} + eps)"),),
    ),
    Mistake(
        "eps hat",
        "where eps sits",
        "You correct in the learning rate and add eps to the raw sqrt(s): the paper's "
        "epsilon hat. Here eps is added to the corrected root.",
        (_form(move="w - lr*np.sqrt(1 - beta2**t)/(1 - beta1**t)*m/(np.sqrt(s) + eps)"),),
    ),
    Mistake(
        "eps before the root and the correction",
        "where eps sits",
        "You add eps to the raw s. It is added last, to the root of the corrected s.",
        (_form(move="w - lr*{mean}/np.sqrt((s + eps)/(1 - beta2**t))"),),
    ),
    Mistake(
        "M29 no eps",
        "eps keeps the division possible",
        "eps arrives and is not used. A weight whose gradients have all been 0 then divides 0 by "
        "0.",
        (_form(move="w - lr*{mean}/np.sqrt({square})"),),
    ),
    Mistake(
        "eps on the weight",
        "brackets",
        "Brackets are missing: eps is added to the weight and not to the root. The division comes "
        "before the sum, so write (sqrt(s_hat) + eps).",
        (_form(move="w - lr*{mean}/np.sqrt({square}) + eps"),),
    ),
    Mistake(
        "eps on the step",
        "brackets",
        "Brackets are missing: eps is added to the quotient and not to the root. Write "
        "(sqrt(s_hat) + eps).",
        (_form(move="w - lr*({mean}/np.sqrt({square}) + eps)"),),
    ),
    Mistake(
        "eps squared",
        "where eps sits",
        "You add the square of eps under the root. Add eps itself, outside.",
        (_form(move="w - lr*{mean}/np.sqrt({square} + eps**2)"),),
    ),
    Mistake(
        "eps the larger of two",
        "where eps sits",
        "You take the larger of root and eps. The rule adds them.",
        (_form(move="w - lr*{mean}/np.maximum(np.sqrt({square}), eps)"),),
    ),
    Mistake(
        "M32 minus in both memories",
        "memories add their parts",
        "You subtract g and g² from the memories. s is a mean of squares and never negative; the "
        "one minus sign stands in front of the step.",
        (_form("m = beta1*m - (1 - beta1)*g", "s = beta2*s - (1 - beta2)*g**2"),),
    ),
    Mistake(
        "M32 minus in s",
        "memories add their parts",
        "You subtract g² from s, a mean of squares that can never be negative. Add it.",
        (_form(second="s = beta2*s - (1 - beta2)*g**2"),),
    ),
    Mistake(
        "M22 minus in m",
        "one minus sign in all",
        "You subtract g from m, and then the step: two minus signs lead uphill. Let m be the mean "
        "of the gradients.",
        (_form("m = beta1*m - (1 - beta1)*g"),),
    ),
    Mistake(
        "M22 uphill",
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
        "M25 rate in m",
        "the memories hold gradients",
        "The learning rate stands in m as well as in the step. m is the mean of gradients; lr "
        "belongs to the step alone.",
        (_form("m = beta1*m + (1 - beta1)*lr*g"),),
    ),
    Mistake(
        "rate in m, not in the step",
        "the memories hold gradients",
        "The learning rate stands in m. With a constant rate the path is the same; here m is to "
        "hold gradients, and lr belongs to the step.",
        (
            _form(
                "m = beta1*m + (1 - beta1)*lr*g",
                move="w - {mean}/(np.sqrt({square}) + eps)",
            ),
        ),
    ),
    Mistake(
        "M23 nothing kept",
        "memory must last",
        "The old m and s never arrive in the new ones, so the step is the sign of the newest "
        "gradient. Multiply the old ones by beta1 and beta2 and keep them.",
        (_form("m = (1 - beta1)*g", "s = (1 - beta2)*g**2"), _form("m = g", "s = g**2")),
    ),
    Mistake(
        "no s",
        "both memories",
        "The step is momentum's: nothing divides by sqrt(s_hat).",
        (_form(move="w - lr*{mean}"), f"{FIRST}; w = w - lr*({MEAN})"),
    ),
    Mistake(
        "multiplied by the root",
        "divide by the usual size",
        "You multiply by the root, so steep directions get still longer steps. Divide by it.",
        (_form(move="w - lr*{mean}*(np.sqrt({square}) + eps)"),),
    ),
    Mistake(
        "w for g",
        "the gradient, not the weights",
        "The weights enter the memories in place of the gradient.",
        (_form("m = beta1*m + (1 - beta1)*w", "s = beta2*s + (1 - beta2)*w**2"),),
    ),
    Mistake(
        "AMSGrad's maximum",
        "an average may fall",
        "You never let s fall. That is close to AMSGrad, another rule; Adam's s is an average and "
        "may shrink.",
        (_form(second="s = np.maximum(s, beta2*s + (1 - beta2)*g**2)"),),
    ),
    Mistake(
        "largest for mean",
        "the mean of squares",
        "s keeps the largest recent square, close to Adamax. Adam averages the squares.",
        (_form(second="s = np.maximum(beta2*s, g**2)"),),
    ),
    Mistake(
        "NAdam",
        "a look-ahead is another rule",
        "You mix the fresh gradient into m_hat once more, which is Nesterov's look-ahead. Adam "
        "moves by m_hat alone.",
        (
            _form(
                mean="beta1*m/(1 - beta1**(t + 1)) + (1 - beta1)*g/(1 - beta1**t)",
            ),
        ),
    ),
    Mistake(
        "memory thrown away",
        "the caller keeps the memory",
        "Your step is right, and m and s stay as they were: `m = ...` makes a new array that "
        "nobody sees. Write `m *= beta1` and `m += ...`, or return (w, m, s).",
        (
            "w = w - lr*((beta1*m + (1 - beta1)*g)/(1 - beta1**t))"
            "/(np.sqrt((beta2*s + (1 - beta2)*g**2)/(1 - beta2**t)) + eps)",
        ),
    ),
    Mistake(
        "w stays",
        "the step moves the weights",
        "Both memories are right and w never moves: `w = w - ...` makes a new array that nobody "
        "sees. Write `w -= ...`, or return (w, m, s).",
        (f"{FIRST}; {SECOND}",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. If you wrote `m = ...` and `w = ...`, those are new arrays which nobody "
        "sees: change the arrays in place with `*=`, `+=` and `-=`, or return (w, m, s).",
        ("pass",),
    ),
    Mistake(
        "step returned",
        "new weights, not the step",
        "Your new w is the step. The new weights are the old ones minus that step.",
        (
            _form(move="-lr*{mean}/(np.sqrt({square}) + eps)"),
            _form(move="lr*{mean}/(np.sqrt({square}) + eps)"),
        ),
    ),
    Mistake(
        "M27 one array",
        "two arrays, two names",
        "m and s have become one array: every change of m changes s. Keep them apart.",
        (
            "m = beta1*m + (1 - beta1)*g; m = beta2*m + (1 - beta2)*g**2; s = m; "
            f"w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps)",
            f"{FIRST}; s = beta2*m + (1 - beta2)*g**2; m = s; "
            f"w = w - lr*({MEAN})/(np.sqrt({SQUARE}) + eps)",
        ),
    ),
    Mistake(
        "M31 whole numbers",
        "weights are fractions",
        "Your weights are cut to whole numbers, so small steps are lost. Start with floats and "
        "leave them floats.",
        (
            _form(move="(w - lr*{mean}/(np.sqrt({square}) + eps)).astype(int)"),
            _form(move="np.round(w - lr*{mean}/(np.sqrt({square}) + eps))"),
        ),
    ),
    Mistake(
        "M14 no gradient",
        "the gradient is missing",
        "The step has no gradient in it, so every weight moves to the same side, uphill as well. "
        "Put m_hat into the numerator.",
        (_form(move="w - lr/(np.sqrt({square}) + eps)"),),
    ),
    Mistake(
        "M24 two gradients",
        "memory is recursive",
        "m holds the last gradient alone, so a step knows two of them. Let m keep what it had: m "
        "<- beta1 m + (1 − beta1) g.",
        (f"{SECOND}; w = w - lr*(({FIRST[4:]})/(1 - beta1**t))/(np.sqrt({SQUARE}) + eps); m = g",),
    ),
)

_ADAM = "lr*{mean}/(np.sqrt({square}) + eps)"

ADAMW = (Convention(f"w = w - lr*decay*w; {_form()}"),)

ADAMW_MISTAKES = (
    Mistake(
        "M30 L2",
        "decay outside the memories",
        "You add decay times w to the gradient, so it enters m and s and is divided by sqrt(s_hat) "
        "with the rest: Adam with L2. Take lr decay w off the weights themselves.",
        (_form(f"g = g + decay*w; {FIRST}"),),
    ),
    Mistake(
        "M30 decay in m alone",
        "decay outside the memories",
        "The decay enters m and not s, and is still divided by sqrt(s_hat). Take lr decay w off "
        "the weights themselves.",
        (_form("m = beta1*m + (1 - beta1)*(g + decay*w)"),),
    ),
    Mistake(
        "decay divided",
        "decay outside the memories",
        "The decay stands in the numerator and is divided by sqrt(s_hat), so weights with large "
        "gradients hardly decay. It belongs outside the quotient.",
        (_form(move="w - lr*({mean} + decay*w)/(np.sqrt({square}) + eps)"),),
    ),
    Mistake(
        "no decay",
        "the weights decay",
        "This is Adam: `decay` arrives and is not used.",
        (_form(),),
    ),
    Mistake(
        "decay without lr",
        "the decay is multiplied by lr",
        "Each step takes the share decay off the weights. Here the share is lr times decay, as in "
        "PyTorch and optax.",
        (_form(move=f"(1 - decay)*w - {_ADAM}"),),
    ),
    Mistake(
        "decay after the step",
        "decay first, then the step",
        "You take the decay off after Adam's step, so a share of the step decays as well. Take it "
        "off the old weights.",
        (f"{_form()}; w = w - lr*decay*w",),
    ),
    Mistake(
        "growth",
        "the weights decay",
        "You add the decay, so the weights grow. Subtract it.",
        (_form(move=f"(1 + lr*decay)*w - {_ADAM}"),),
    ),
    Mistake(
        "decay alone",
        "Adam's step is still there",
        "The weights decay, and Adam's step is missing.",
        (f"{FIRST}; {SECOND}; w = w - lr*decay*w", "w = w - lr*decay*w"),
    ),
    Mistake(
        "decay keeps",
        "decay is the share that goes",
        "You keep the share lr decay of the weights. That is the share that is taken off: keep "
        "1 − lr decay.",
        (_form(move=f"lr*decay*w - {_ADAM}"),),
    ),
    Mistake(
        "decay to the sign",
        "a share of the weight",
        "You take the same amount off every weight, as an L1 penalty does. The decay is a share of "
        "the weight.",
        (_form(move=f"w - lr*decay*np.sign(w) - {_ADAM}"),),
    ),
    Mistake(
        "decay halved or doubled",
        "a share of the weight",
        "The decay has a factor of its own. A step takes lr decay w off, no more and no less.",
        (
            _form(move=f"w - 2*lr*decay*w - {_ADAM}"),
            _form(move=f"w - lr*decay*w/2 - {_ADAM}"),
        ),
    ),
    *(
        Mistake(m.name, m.idea, m.tell, tuple(f"w = w - lr*decay*w; {f}" for f in m.forms))
        for m in ADAM_MISTAKES
        if m.name.startswith("M") or m.name == "memory thrown away"
    ),
    Mistake(
        "w stays",
        "the step moves the weights",
        "Both memories are right and w never moves: `w = w - ...` makes a new array that nobody "
        "sees. Write `w -= ...`, or return (w, m, s).",
        (f"{FIRST}; {SECOND}",),
    ),
    Mistake(
        "nothing happens",
        "in place or returned",
        "Nothing changes. Change the arrays in place with `*=`, `+=` and `-=`, or return "
        "(w, m, s).",
        ("pass",),
    ),
)
