# %% [markdown]
# # 03 · Keep the past in one number
#
# By the end you can look at β and say what an exponential average remembers: how much, how far back, how late, and what it leaves of noise and of every rhythm.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 45 in class, 60 alone with all exercises |
# | **You need** | lesson [01, The ravine](01_the_ravine.ipynb); complex numbers help in one section |
# | **You will be able to** | unroll an exponential average and name its weights · give its window, half-life and mean age · predict what is left of noise, of a steady push and of a flipping one · tell a sum from an average · remove the bias at the start |

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Memory
from course_utils.figures import LINES, Captioned, canvas, draw_level, label_end, name_axes
from course_utils.networks import Network, batches, batches_per_epoch, digits, one_thread, ratio, train
from course_utils.optimizers import GRADIENT_DESCENT, ema, ema_corrected, show_kernel, smoothed
from course_utils.symbolic import Equations, beta, g, m, prove, t, trace, unroll, upright

# %% [markdown]
# ## Remember
#
# Two questions on earlier lessons; answer before you open them.
#
# <details><summary>In a ravine, along which direction does the gradient change its sign at every step, and from which learning rate on?</summary>Along the steep one, from 1/λ₁ on: each step multiplies that weight by 1 − ηλ₁, which is negative there.</details>
#
# <details><summary>What does one gradient not know, so that Newton's method has to ask for the Hessian?</summary>The curvature: three curves, one flat, one bending up and one bending down, can have the same gradient at a point.</details>

# %% [markdown]
# ## A broken picture
#
# We train a small network on 8 × 8 digits for a few passes, stop, and hold its weights still. Then we ask for the gradient again and again, each time from another mini-batch. Nothing moves, so there is one true answer, the gradient over all images.

# %%
data, network = digits(), Network()
x, y = data.x_train, data.y_train
w = train(network, GRADIENT_DESCENT, data, lr=1, epochs=10, seed=0).w
full = network.gradient(w, x, y)


def gradients(plan, w=w):
    """Gradients at w of the mini-batches in a plan, one row each."""
    return np.array([network.gradient(w, x[:, chosen], y[chosen]) for chosen in plan])


draws = gradients(np.random.default_rng(0).integers(0, y.size, (60, 62)))
one = np.argmax(np.abs(full))

# %%
error = np.sqrt(np.mean(np.sum((draws - full) ** 2, axis=1))) / np.linalg.norm(full)
figure, ax = canvas(height=3.6)
ax.plot(range(1, 61), draws[:, one], "o", color="#57606a", markersize=5)
ax.plot(range(1, 61), smoothed(draws[:, one], beta=0.9), color=LINES["averaged momentum"]["color"], linewidth=3)
label_end(ax, 61, smoothed(draws[:, one], beta=0.9)[-1], "average", LINES["averaged momentum"]["color"])
ax.set_xlim(0, 96)
draw_level(ax, full[one], "over all images")
draw_level(ax, 0, "0")
name_axes(ax, "mini-batch", "gradient of one weight")
Captioned(figure, f"One weight of {network.parameters}, held still: 60 mini-batches of 62 images (dots) against the gradient over all {y.size} (upper dotted line). {np.sum(draws[:, one] * full[one] < 0)} of 60 have the wrong sign. Over all weights the error of a mini-batch is {error:.1f} times as long as the gradient. The line is an average that remembers.")

# %% [markdown]
# A single dot says little, and may have the wrong sign; the line says more. It keeps *one* number, and yet it stands for all dots so far. But it starts in the wrong place, and it is not exactly calm. What does it remember?

# %% [markdown]
# ## Predict
#
# The rule of the line: keep a share β = 0.9 of the old average, let in 1 − β of the new value. Such an average is often said to span the last ten values. **If the values were pure noise, independent of each other, to which share of itself would the average shrink it?** Lock in your answer; then the explorer opens.

# %%
explorer = Memory(step=60)
predict("03 noise", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# A gradient forgets every gradient before it, and nobody can afford to store them all.

# %% [markdown]
# ## Derive: the weights
#
# The **exponential average** is $m \leftarrow \beta m + (1-\beta) g$, from $m = 0$. We let SymPy run three steps at β = 9/10, and then read off the weights for any β.

# %%
three = unroll(ema, 3)["m"]
names = sp.symbols("g3 g2 g1", real=True)
Equations({
    sp.Symbol("m3"): unroll(ema, 3, beta=sp.Rational(9, 10))["m"],
    **{f"weight of {name}": upright(sp.factor(three.coeff(name))) for name in names},
})

# %% [markdown]
# The newest value has the weight $1-\beta$, and each step back costs a factor β: the value $k$ steps back weighs $(1-\beta)\beta^k$. Our article says something else: the newest weighs $p$, the next $p^2$, then $p^3$. **Predict: what would those weights add up to, at $p = 0.9$?**

# %% tags=["predicts-C08"]
predict("03 article's weights")

# %% tags=["shows-C08"]
k = sp.Symbol("k", integer=True, nonnegative=True)
p = sp.Rational(9, 10)
Equations({
    "the article's weights add up to": sp.summation(p**k, (k, 1, sp.oo)),
    "our weights add up to": sp.summation((1 - p) * p**k, (k, 0, sp.oo)),
})

# %% [markdown]
# An "average" of a constant 1 that reads 9 is no average. The article's words *are* right about the name: the weights fall exponentially.
#
# And after $t$ values, not infinitely many? Claim: they add up to $1 - \beta^t$. Proof by induction: feed the kernel a constant 1, let it hold $1 - \beta^t$, and run one more step.

# %%
one_more = trace(ema, m=1 - beta**t, g=sp.Integer(1))["m"]
print("after one more step it holds 1 - beta^(t+1):", sp.simplify(one_more - (1 - beta ** (t + 1))) == 0)

# %% [markdown]
# ## Derive: how far back
#
# "At 0.9 it averages the last ten" is a rule of thumb. **Predict: how many per cent of the weight do the newest ten values hold?**

# %% tags=["predicts-C09"]
predict("03 last ten")

# %% [markdown]
# Three ways to measure the memory. Its *half-life* $h$: the weight has halved after $h$ steps. Its *mean age* $a$: a share β of the weight is old, and was one step younger a step ago, so $a = \beta(a + 1)$. Its *window* $1/(1-\beta)$: how much weight lies inside it when β is close to 1?

# %%
h, a = sp.symbols("h a", positive=True)
Equations({
    "half-life": sp.solve(sp.Eq(beta**h, sp.Rational(1, 2)), h)[0],
    "mean age": upright(sp.solve(sp.Eq(a, beta * (a + 1)), a)[0]),
    "weight in the window": sp.limit(1 - beta ** (1 / (1 - beta)), beta, 1, "-"),
})

# %% tags=["shows-C09"]
for value in (0.5, 0.9, 0.99, 0.999):
    span = round(theory.window(value))
    print(f"beta = {value}: half-life {theory.half_life(value):.2f}, mean age {theory.mean_age(value):.0f}, the newest {span} hold {100 * theory.ema_mass(value, span):.1f} %")

# %% [markdown]
# So the window holds about $1 - 1/e$, 63 %, and the rest reaches far beyond it. The mean age is also how *late* the average is: it follows a steady rise $a$ steps behind. At β = 0.99 what you see is about a hundred steps old.

# %% [markdown]
# ## Derive: what becomes of noise
#
# Let the values be independent, with variance $\sigma^2$. In the long run the variance $V$ of the average repeats itself: $V = \beta^2 V + (1-\beta)^2\sigma^2$.

# %%
V, variance = sp.symbols("V sigma2", positive=True)
left = sp.solve(sp.Eq(V, beta**2 * V + (1 - beta) ** 2 * variance), V)[0] / variance
Equations({"variance left": upright(sp.factor(left)), "at 9/10": left.subs(beta, p)})

# %% [markdown]
# A plain mean of $n$ values leaves $1/n$. So at β = 0.9 the average is as calm as a mean of 19 values, and the size of the noise is $\sqrt{1/19} = 0.229$ of what it was. Three different numbers, 6.6, 9 and 19, all answer "how long is its memory"; say which one you mean.

# %% [markdown]
# ## Derive: what becomes of a rhythm
#
# Noise is every rhythm at once. Feed the average a single one, a wave $e^{i\omega k}$ with ω radians a step: steady at ω = 0, flipping at every step at ω = π. It answers with the same wave, multiplied by a complex number $H$. One step must take the answer to the next: $H e^{i\omega} = \beta H + (1-\beta)e^{i\omega}$.

# %%
H, omega = sp.Symbol("H"), sp.Symbol("omega", real=True)
wave = sp.exp(sp.I * omega)
answer = sp.solve(sp.Eq(H * wave, beta * H + (1 - beta) * wave), H)[0]
squared = sp.simplify(sp.expand_complex(answer * sp.conjugate(answer)))
Equations({
    "squared gain": upright(squared),
    "steady": sp.simplify(squared.subs(omega, 0)),
    "flipping": upright(squared.subs(omega, sp.pi)),
    "slope of its reciprocal": upright(sp.diff(1 / squared, omega)),
})

# %% [markdown]
# The **gain** is the root of this. A steady push passes whole. A flipping one is cut to $(1-\beta)/(1+\beta)$, one nineteenth at β = 0.9. The slope of the reciprocal is positive all the way from 0 to π, so the quicker the rhythm, the less of it is left. Here is the reason why memory can calm a zig-zag, before any weight has moved.

# %% [markdown]
# ## Derive: the sum
#
# Lesson 04 uses a relative that lets the new value in *whole*: $v \leftarrow \beta v + g$. **Predict: every $g$ is 1 and β = 0.9. Where does $v$ settle?**

# %% tags=["predicts-C07"]
predict("03 sum settles")

# %% tags=["shows-C07"]
v = sp.Symbol("v", real=True)
settled = upright(sp.solve(sp.Eq(v, beta * v + 1), v)[0])
of_sum = squared / (1 - beta) ** 2
Equations({
    "a steady 1 settles at": settled,
    "squared gain of the sum": sp.simplify(of_sum),
    "flipping": sp.factor(of_sum.subs(omega, sp.pi)),
    "cosine where the gain is 1": sp.solve(sp.Eq(1 - 2 * beta * sp.cos(omega) + beta**2, 1), sp.cos(omega))[0],
})

# %% [markdown]
# The weights 1, β, β², … add up to $1/(1-\beta)$: a **sum that fades**, not an average. Both are the same memory on two scales, and at β = 0.9 both weaken a flip 19 times against a steady push. But the sum also *amplifies*: every rhythm slower than $\cos\omega = \beta/2$.

# %%
print(f"at beta = 0.9 the sum amplifies every rhythm of more than {2 * np.pi / np.arccos(0.45):.2f} steps, a steady push {theory.window(0.9):.0f} times")

# %% [markdown]
# Do the kernels do what the algebra says? We run the average on waves of eight periods, wait until the start is forgotten, and compare the size of what comes out.

# %%
periods = np.array([2, 2.5, 3, 4, 6, 12, 24, 60])
steps = np.arange(2400)[:, None]
waves = np.exp(2j * np.pi * steps / periods)
sizes = np.hypot(smoothed(waves.real, beta=0.9)[-1], smoothed(waves.imag, beta=0.9)[-1])
frequencies, omegas = 2 * np.pi / periods, np.linspace(0, np.pi, 300)
worst = np.abs(sizes - theory.ema_gain(0.9, frequencies)).max()

# %%
figure, ax = canvas(height=4.0)
for scale, name, style in ((1, "average", "averaged momentum"), (10, "sum", "momentum")):
    look = LINES[style]
    ax.semilogy(omegas, scale * theory.ema_gain(0.9, omegas), color=look["color"], linestyle=look["linestyle"])
    ax.semilogy(frequencies, scale * sizes, marker=look["marker"], color=look["color"], linestyle="")
    label_end(ax, np.pi, scale * sizes[0], name, look["color"])
draw_level(ax, 1, "as it came in")
name_axes(ax, "frequency ω, from steady (0) to flipping (π)", "gain")
Captioned(figure, f"What is left of a rhythm at β = 0.9, formula (lines) and kernel (markers, periods from {periods[0]:g} to {periods[-1]:g} steps). The average passes a steady push whole and {sizes[0]:.3f} of a flip; the sum makes it {theory.window(0.9):.0f} and {10 * sizes[0]:.3f}. Largest difference between formula and kernel below 1e-9: {worst < 1e-9}.")

# %% [markdown]
# ## Derive: the start
#
# The line in the broken picture begins near 0 because its memory does: after $t$ values, $\beta^t$ of the weight still lies on the zero it started from. If every value has the mean $\mu$, the average has the mean $(1-\beta^t)\mu$. It is **biased** towards zero. **Predict: after how many steps is this bias below one per cent at β = 0.999, the setting of Adam's second memory?**

# %% tags=["predicts-C26"]
predict("03 bias")

# %% tags=["shows-C26"]
ages = np.unique(np.geomspace(1, 10000, 200).astype(int))
figure, ax = canvas(height=3.8)
for value, dash, at in ((0.9, "-", 9), (0.99, (0, (6, 2)), 90), (0.999, (0, (1.5, 1.5)), 900)):
    ax.semilogx(ages, theory.ema_mass(value, ages), color=LINES["averaged momentum"]["color"], linestyle=dash)
    label_end(ax, at, theory.ema_mass(value, at), f"β = {value}", LINES["averaged momentum"]["color"])
draw_level(ax, 0.99, "99 %")
name_axes(ax, "values seen, t", "average of a constant 1")
ready = theory.bias_steps(np.array([0.9, 0.99, 0.999]))
Captioned(figure, f"The average of a constant 1, started from 0: it reads 1 − β^t. It is within one per cent from step {ready[0]}, {ready[1]} and {ready[2]} on at β = 0.9, 0.99 and 0.999.")

# %% [markdown]
# The cure is to divide by the weight that has arrived: $a = m/(1-\beta^t)$. SymPy confirms that the weights then add up to one, at every $t$:

# %%
for count in (1, 2, 3):
    corrected = unroll(ema_corrected, count)["a"]
    values = [sp.Symbol(f"g{i}", real=True) for i in range(1, count + 1)]
    print(f"t = {count}: weights add up to", sp.simplify(sum(corrected.coeff(x) for x in values)))

# %% [markdown]
# At $t = 1$ the corrected average *is* the first value. That is honest, and noisy: there is nothing else to go by yet. Lesson 07 needs this for Adam. Another cure, $m = g_1$ at the start, leaves the first value a weight of $\beta^{t-1}$, up to $1/(1-\beta)$ times its share; an exercise below catches a textbook on it.

# %% [markdown]
# ## Implement: your turn
#
# Fill in the average, then its corrected form. Change the arrays in place, or return them. The check names the idea that went wrong; `hint("ema")` helps in steps.

# %%
def my_average(m, g, *, beta):
    """m <- beta m + (1 - beta) g."""
    ...


check("ema", my_average)

# %%
def my_corrected(a, g, m, *, beta, t):
    """Bring m up to date, then a <- m / (1 - beta^t)."""
    ...


check("corrected average", my_corrected)

# %% [markdown]
# The course's kernels; the second one is seen as a change to the first.

# %%
show_kernel(ema)

# %%
show_kernel(ema_corrected, since=ema)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
prove(ema_corrected, m=beta * m + (1 - beta) * g, a=(beta * m + (1 - beta) * g) / (1 - beta**t))

# %% [markdown]
# And two slips that are easily made: the article's weights, and a product where a power belongs.

# %%
def article_average(m, g, *, beta):
    m += g
    m *= beta


prove(article_average, m=beta * m + (1 - beta) * g)

# %%
def product_for_power(a, g, m, *, beta, t):
    ema(m, g, beta=beta)
    a[...] = m / (1 - beta * t)


prove(product_for_power, a=(beta * m + (1 - beta) * g) / (1 - beta**t))

# %% [markdown]
# ## Play
#
# Dots are values, the line is their average. Under each value stands its weight: press *Play* and watch the weights ride along. Bars left of the start lie on zeros; the dashed line is the average without them. On the right, the gain of every rhythm; a click there puts that rhythm into the series. Then try the presets, and *Sum instead of average*.

# %%
explorer

# %%
explorer.filmstrip(
    {"step": 6},
    {"series": "a wave", "period": 2, "noise": 0, "step": 60},
    {"series": "a slow drift", "beta": 0.95, "noise": 0, "step": 90},
    {"fading_sum": True, "step": 60},
)

# %% [markdown]
# ## Measure: real gradients
#
# Back to the network with its weights held still. For eight seeds we draw 600 mini-batches, smooth their gradients with several β, and measure the distance to the full gradient, as a share of the distance of a single mini-batch. In the long run the formula says $\sqrt{(1-\beta)/(1+\beta)}$, if the batches are independent.

# %%
betas, seeds, since = np.array([0, 0.5, 0.8, 0.9, 0.95, 0.98]), range(8), 250
spans = (1 + betas) / (1 - betas)


def distances(series, truth):
    """Root mean square distance of the smoothed gradients to the truth, for each beta."""
    late = [smoothed(series, beta=value, corrected=True)[since:] - truth for value in betas]
    return np.sqrt([np.mean(np.sum(far**2, axis=1)) for far in late])


def independent(seed):
    return gradients(np.random.default_rng(seed).integers(0, y.size, (600, 62)))


drawn = np.array([distances(independent(seed), full) for seed in seeds])
drawn = drawn / drawn[:, :1]

# %%
for value, errors in zip(betas[1:], drawn.T[1:]):
    predicted = np.full(len(seeds), np.sqrt(theory.ema_variance(value)))
    print(f"beta = {value}: measured {np.median(errors):.3f}, predicted {predicted[0]:.3f}; measured / predicted {ratio(errors, predicted)}")

# %% [markdown]
# The formula knows nothing of digits or networks, and it holds here. But training loops rarely draw their batches like that. They shuffle the images and deal them out, so that a pass uses each image once. **Predict** before you run on: does the average then get better, worse, or stay as it is?

# %% [markdown]
# Batches of one pass make up for each other: over a whole pass of $n$ equal batches the errors add up to zero, so any two of them have the correlation $-1/(n-1)$. That is enough to predict the new error from the weights.

# %%
per_pass = batches_per_epoch(y.size, 64)


def dealt_out(value, passes=14):
    """The predicted error when batches of one pass make up for each other, over the steps of a pass."""
    step = np.arange(passes * per_pass)
    same_pass = step[:, None] // per_pass == step // per_pass
    correlation = np.where(same_pass, -1 / (per_pass - 1), 0.0)
    np.fill_diagonal(correlation, 1)
    ages = step[-per_pass:, None] - step
    weights = np.where(ages >= 0, (1 - value) * float(value) ** np.abs(ages), 0)
    return np.sqrt(np.mean(np.sum(weights @ correlation * weights, axis=1)))


shuffled = np.array([distances(gradients(batches(y.size, 64, 28, seed)), full) for seed in seeds])
shuffled = shuffled / shuffled[:, :1]

# %%
for value, errors, others in zip(betas[1:], shuffled.T[1:], drawn.T[1:]):
    versus = ratio(errors, others)
    print(f"beta = {value}: measured {np.median(errors):.3f}, predicted {dealt_out(value):.3f}; {versus.says('better than', 'no different from', 'worse than')} independent batches, {versus}")

# %% [markdown]
# And now let the weights *move*. The network starts from scratch, each mini-batch makes a step of gradient descent at η = 0.1, and we compare with the full gradient where the network stands now. The gradients in the memory belong to places that it has left. **Predict: does a longer memory still help, always?**

# %%
longer = np.array([*betas, 0.99])


def walk(place, seed, lr, late):
    """Mini-batch gradients up to the last step in late, and the full ones at the steps in late."""
    seen, truths = [], []
    for step, chosen in enumerate(np.random.default_rng(seed).integers(0, y.size, (late[-1] + 1, 62))):
        if step in late:
            truths.append(network.gradient(place, x, y))
        seen.append(network.gradient(place, x[:, chosen], y[chosen]))
        place = place - lr * seen[-1]
    return np.array(seen), np.array(truths)

# %%
def on_the_move(place, seed, lr=0.1, late=range(40, 240, 5), betas=longer):
    """Shares of the error for each beta while the weights descend; at the end that of answering 0."""
    seen, truths = walk(place, seed, lr, late)
    errors = [smoothed(seen, beta=value, corrected=True)[late] - truths for value in betas]
    sizes = np.sqrt([np.mean(np.sum(gap**2, axis=1)) for gap in (*errors, truths)])
    return sizes / sizes[0]


with one_thread():
    moving = np.array([on_the_move(network.init(seed), seed) for seed in seeds])

# %%
look = LINES["averaged momentum"]
figure, ax = canvas(height=4.6)
for name, errors, style, shift in (
    ("independent batches", drawn, look, (9, 8)),
    ("shuffled passes", shuffled, {**look, "linestyle": "-", "marker": "v"}, (9, 0)),
    ("weights on the move", moving[:, :-1], LINES["gradient descent"], (9, 4)),
):
    shown = (1 + longer[: errors.shape[1]]) / (1 - longer[: errors.shape[1]])
    ax.loglog(shown, np.median(errors, axis=0), **style)
    ax.plot(shown, errors.T, ".", color=style["color"], markersize=4)
    label_end(ax, shown[-1], np.median(errors[:, -1]), name, style["color"], xytext=shift)

# %%
for predicted in (1 / np.sqrt(spans), [dealt_out(value) for value in betas]):
    ax.loglog(spans, predicted, **LINES["predicted"])
ax.set_xticks((1 + longer) / (1 - longer), [f"{value:g}" for value in longer])
ax.set_xticks([], minor=True)
ax.set_xlim(0.9, 900)
name_axes(ax, "β, placed by (1 + β)/(1 − β)", "error / error of one batch")
best = list(longer).index(theory.best_of_grid(dict(zip(longer, np.median(moving[:, :-1], axis=0)))))
stale = ratio(moving[:, -2], moving[:, best])
Captioned(figure, f"Error of the smoothed gradient, a dot for each of {len(seeds)} seeds, line through the medians; dotted: predicted. At β = 0.98 a share of {np.median(drawn[:, -1]):.3f} is left with independent batches and {np.median(shuffled[:, -1]):.3f} with shuffled passes. While the weights move the least is {np.median(moving[:, best]):.3f}, at β = {longer[best]:g}; at β = {longer[-1]:g} it is {stale} that, {stale.says('lower', 'no difference to be seen', 'higher')}.")

# %% [markdown]
# Two forces, then. A longer memory is calmer, and it is *staler*; here the two balance near β = 0.95. Where they balance depends on how fast the gradient changes. A fair check also asks what a plain answer of 0 would have scored, here and late in training, from the weights that we held still. There the memory is filled for 500 steps first, and β goes up until an average is as good as the plain mean of all steps, the border at β = 1.

# %%
with one_thread():
    wide, filled = np.array([0, 0.9, 0.99, 0.995, 0.999, 0.9999]), range(500, 1500, 20)
    quick, slow = (np.array([on_the_move(w, s, lr, filled, wide) for s in seeds]) for lr in (0.1, 0.01))
for phase, grid, shares in (
    ("from the start, η = 0.1", longer, moving),
    ("late, η = 0.1", wide, quick),
    ("late, η = 0.01", wide, slow),
):
    medians = dict(zip(grid, np.median(shares[:, :-1], axis=0)))
    best = theory.best_of_grid(medians, end="beta near 1 is the plain mean of all steps")
    against = ratio(shares[:, list(grid).index(best)], shares[:, -1])
    print(f"{phase}: best beta {best:g}; its error over that of answering 0: {against}, {against.says('lower', 'not told apart', 'higher')}")

# %%
for name, shares in (("η = 0.1", quick), ("η = 0.01", slow)):
    over = [f"{value:g}: {np.median(shares[:, i] / shares[:, -1]):.2f}" for i, value in enumerate(wide)]
    print(f"late, {name}, error over that of answering 0 at beta =", ", ".join(over))

# %% [markdown]
# Late in training the full gradient is small against the noise. Averages up to β = 0.9 do worse than answering 0; a filled memory of β = 0.995 does better, by little at η = 0.1 and by a third at η = 0.01. Smoothing does not create knowledge; it collects what is there.

# %% [markdown]
# **Verdict.** An exponential average is one number that stands for the whole past: weight $(1-\beta)\beta^k$ on the value $k$ steps back, late by $\beta/(1-\beta)$ steps on a steady rise, as calm as a mean of $(1+\beta)/(1-\beta)$ values if they are independent, and, started at zero, leaning towards it by $\beta^t$ until the start is forgotten.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | from $v = 0$ with 0.9, recent gradients count more than older ones | right: 1, 0.9, 0.81, … in a sum, 0.1, 0.09, 0.081, … in an average |
# | momentum takes an exponential *average* of the gradients | imprecise: its $v$ lets the gradient in whole, so the weights add up to $1/(1-\beta)$: a sum (lesson 04) |
# | parts that flip cancel, parts that agree build up | right as a tendency: gains $1/(1+\beta)$ and $1/(1-\beta)$ in the sum, never zero |
# | RMSProp averages the *squares*, for each weight by itself, with shares ν and 1 − ν | right: our kernel, fed with $g^2$ (lesson 06) |
# | the same number is called ν there and *p* a paragraph later | a slip: one symbol, ρ in this course |
# | "exponential", since the weights fall exponentially | right |
# | the newest term weighs *p*, the next *p²*, then *p³* | wrong: (1 − p), (1 − p)p, (1 − p)p²; the article's weights add up to 9 at 0.9 |

# %% [markdown]
# ## Where this story ends
#
# Everything here is about a series that is *given*. In a descent the average decides where the next gradient is taken, and that loop can ring by itself: lessons 04 and 05. The noise formula wants independent values of equal variance; shuffled passes break the first, training breaks the second.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** The weight of $g_1$ in $m_4$, as an expression in `beta`. And the gain at period four, ω = π/2.

# %%
check("weight of the first", ...)

# %%
check("gain at period four", ...)

# %% [markdown]
# **2 Tune.** One β, two wishes: noise at a quarter or less, and nine tenths of a jump within 20 steps. The explorer's marks show the borders; the check wants a number between them.

# %%
check("calm and quick", ...)

# %% [markdown]
# **3 Correct the print.** The article first. Then *Dive into Deep Learning* on RMSProp: a half-life of $1/\gamma$. Then *Machine Learning Refined*, appendix on momentum: an average that starts at the first value. Then the second homework of *Deep Learning Systems*: the correction of Adam, right if one counts from 1 and wrong from 0. All three are among the best texts there are; run a cell to see its question.

# %%
check("p, p squared, p cube", ...)

# %%
check("half-life", ...)

# %%
check("start at the first value", ...)

# %%
check("shifted correction", ...)

# %% [markdown]
# **4 Discuss.** A report shows a training loss smoothed with β = 0.99, started at zero. Over the first 200 steps the curve rises and then falls. What can you say about the training? `hint("smoothed curve")` helps; `solution("smoothed curve")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Unroll.* The value $k$ steps back weighs $(1-\beta)\beta^k$; after $t$ values the weights add up to $1-\beta^t$.
# - *Window, half-life, mean age.* $1/(1-\beta)$, which holds about 63 % for β near 1; $\log\frac12/\log\beta$; $\beta/(1-\beta)$. At 0.9: 10, 6.6, 9.
# - *Noise and rhythms.* Independent noise keeps $\sqrt{(1-\beta)/(1+\beta)}$ of its size, a steady push 1, a flipping one $(1-\beta)/(1+\beta)$.
# - *Sum or average.* The sum is $1/(1-\beta)$ times the average.
# - *Bias.* Divide by $1-\beta^t$.

# %% [markdown]
# ## References
#
# - S. Roberts, "Control chart tests based on geometric moving averages", *Technometrics* 1 (1959), 239–250, doi:10.1080/00401706.1959.10489860.
# - R. G. Brown, *Smoothing, Forecasting and Prediction of Discrete Time Series*, Prentice-Hall 1963.
# - T. Tieleman, G. Hinton, "Lecture 6.5, rmsprop" (slides: lecture 6e), *Neural Networks for Machine Learning*, Coursera 2012.
# - D. Kingma, J. Ba, "Adam: a method for stochastic optimization", *ICLR* 2015, arXiv:1412.6980, section 3.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, arXiv:2106.11342, chapter on RMSProp.
# - J. Watt, R. Borhani, A. Katsaggelos, *Machine Learning Refined*, 2nd ed., Cambridge 2020, appendix A.2, doi:10.1017/9781108690935.
# - Z. Kolter, T. Chen, *Deep Learning Systems*, dlsyscourse.org, homework 2.
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
