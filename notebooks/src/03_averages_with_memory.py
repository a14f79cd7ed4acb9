# %% [markdown]
# # 03 · Keep the past in one number
#
# A small network is held still, and we estimate the same gradient sixty times, each time from another mini-batch.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Memory
from course_utils.figures import lesson_03
from course_utils.networks import Network, batches, batches_per_epoch, digits
from course_utils.networks import one_thread, ratio, train
from course_utils.optimizers import GRADIENT_DESCENT, ema, ema_corrected, show_kernel, smoothed
from course_utils.symbolic import Equations, beta, g, m, prove, t, trace, unroll, upright, v

# %% jupyter={"source_hidden": true}
explorer = Memory(step=60)
data, network = digits(), Network()
x, y = data.x_train, data.y_train
w = train(network, GRADIENT_DESCENT, data, lr=1, epochs=10, seed=0).w
full = network.gradient(w, x, y)


def gradients(plan, w=w):
    """Gradients at w of the mini-batches in a plan, one row each."""
    return np.array([network.gradient(w, x[:, chosen], y[chosen]) for chosen in plan])


def independent(seed, count=600):
    """Gradients of mini-batches of 62 images, each drawn without regard to the others."""
    return gradients(np.random.default_rng(seed).integers(0, y.size, (count, 62)))


def distances(series, truth, betas, since=250):
    """Root mean square distance to the truth of averages whose memory is filled, for each beta."""
    late = [smoothed(series, beta=value, corrected=True)[since:] - truth for value in betas]
    return np.sqrt([np.mean(np.sum(far**2, axis=1)) for far in late])

# %%
lesson_03.dots_and_line(independent(seed=0, count=60), full, images=y.size)

# %% [markdown]
# Nothing moves, so there is one true answer: the dotted line, the gradient over all images. A single dot may even have the wrong sign. The line says more. It keeps *one* number, and yet it stands for all dots so far. But it starts in the wrong place, and does not come to rest.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 41 for the core; 5 to 15 for each section below it |
# | **You need** | lesson [01, The ravine](01_the_ravine.ipynb) |
# | **You will be able to** | unroll an exponential average, and say how far back it reaches · say what an average and a sum make of a steady and of a flipping series · remove the bias at the start |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## Remember
#
# Answer before you open.
#
# <details><summary>Above which learning rate does the steep weight of a ravine change its sign at every step of gradient descent?</summary>Above 1/λ₁: each step multiplies that weight by 1 − ηλ₁, which is negative there.</details>
#
# <details><summary>What does one gradient not know, so that Newton's method has to ask for the Hessian?</summary>The curvature: a straight line and a curve that bends up can have the same gradient at a point.</details>

# %% [markdown]
# ## The disease in one sentence
#
# A gradient knows nothing of the ones before it, and to store them all would cost as much memory per step as the network itself.
#
# ## Predict
#
# The rule of the line: keep the share β = 0.9 of the old average, and let in the share 0.1 of the new value. It is often called an average over the last ten values. Each value counts in it with some weight.

# %% tags=["predicts-C09"]
predict("03 last ten")

# %% [markdown]
# ## Derive: the weights
#
# The **exponential average** keeps a memory $m$, zero at the start, and takes in values $g_1, g_2, \dots$:
#
# $$m \leftarrow \beta m + (1-\beta)\, g, \qquad 0 \le \beta < 1.$$
#
# Three steps give, one after the other,
#
# $$m_1 = (1-\beta)\,g_1, \qquad m_2 = (1-\beta)(g_2 + \beta g_1), \qquad m_3 = (1-\beta)(g_3 + \beta g_2 + \beta^2 g_1).$$
#
# The newest value has the weight $1-\beta$, and each step back costs a factor β: **the value $k$ steps back weighs $(1-\beta)\beta^k$.** After $t$ values the weights form a geometric series, with the sum
#
# $$(1-\beta)(1 + \beta + \dots + \beta^{t-1}) = 1-\beta^t,$$
#
# which tends to 1. SymPy runs the kernel, and checks the sum by induction: fed with ones, $m$ is that sum.

# %%
three = unroll(ema, 3)["m"]  # three steps on symbols; upright() only tidies signs
for name in ("g3", "g2", "g1"):
    print(f"weight of {name}:", upright(sp.factor(three.coeff(sp.Symbol(name, real=True)))))
later = trace(ema, m=1 - beta**t, g=sp.Integer(1))["m"]  # one step on symbols
print("1 - beta^t becomes 1 - beta^(t+1):", sp.simplify(later - (1 - beta ** (t + 1))) == 0)

# %% [markdown]
# Some texts say that the newest value weighs $p$, the one before it $p^2$, then $p^3$, and so on. What would such weights add up to?

# %% tags=["predicts-C08"]
predict("03 powers of p")

# %% tags=["shows-C08"]
k, p = sp.Symbol("k", integer=True, nonnegative=True), sp.Rational(9, 10)
print("p + p^2 + p^3 + ...          =", sp.summation(p**k, (k, 1, sp.oo)))
print("(1 - p)(1 + p + p^2 + ...)   =", sp.summation((1 - p) * p**k, (k, 0, sp.oo)))

# %% [markdown]
# An "average" of a constant 1 that reads 9 is no average. The factor $1-\beta$ makes it one.
#
# ## Derive: how far back
#
# Let 0 < β < 1. Three numbers measure the memory.
#
# - Its **half-life** $h$: the weight has halved after $h$ steps, $\beta^h = \frac12$.
# - Its **mean age** $a$: the newest value has age 0, and the share β that was kept grows one step older, so $a = \beta\,(a+1)$.
# - Its **window** $n = 1/(1-\beta)$: the newest $n$ values hold $1-\beta^n$ of the weight.

# %% tags=["shows-C09"]
h, a = sp.symbols("h a", positive=True)
print("half-life:", sp.solve(sp.Eq(beta**h, sp.Rational(1, 2)), h)[0])
print("mean age: ", upright(sp.solve(sp.Eq(a, beta * (a + 1)), a)[0]))
held = 1 - beta ** (1 / (1 - beta))
print("share in the window as beta goes to 1:", sp.limit(held, beta, 1, "-"))
for value in (0.5, 0.9, 0.99, 0.999):
    span = round(theory.window(value))
    held = 100 * theory.ema_mass(value, span)
    print(f"beta = {value}: the newest {span} hold {held:.1f} % of the weight")
lesson_03.weights((0.5, 0.9, 0.97))

# %% [markdown]
# For β near 1 the window holds about $1 - 1/e$ of the weight, not quite two thirds. The rest reaches far beyond.
#
# The mean age is also how *late* the average is. On a rise by 1 a step the value $k$ steps back is lower by $k$, so the average is lower by the mean of $k$, which is $a$. At β = 0.99 it is about a hundred steps late.

# %% [markdown]
# ## Derive: the sum
#
# Momentum, in lesson 04, uses a relative that lets the new value in *whole*:
#
# $$v \leftarrow \beta v + g.$$

# %% tags=["predicts-C07"]
predict("03 sum settles")

# %% [markdown]
# Its weights are 1, β, β², …, and they add up to $1/(1-\beta)$: a **sum that fades**, not an average. If $m = (1-\beta)\,v$ before a step, then after it
#
# $$\beta m + (1-\beta) g = (1-\beta)(\beta v + g),$$
#
# so the two stay in this ratio, and both begin at zero. They are one memory on two scales.

# %% tags=["shows-C07"]
(settled,) = sp.solve(sp.Eq(v, beta * v + 1), v)
print("a steady 1 settles at 1/(1 - beta):", sp.simplify(settled - 1 / (1 - beta)) == 0)
print("at beta = 0.9:", settled.subs(beta, p))
after = trace(ema, m=(1 - beta) * v)["m"]
print("m is still (1 - beta) v:", sp.expand(after - (1 - beta) * (beta * v + g)) == 0)

# %% [markdown]
# ## Derive: a steady and a flipping series
#
# Across a ravine gradients can flip at every step; along it they agree. What does the average make of both? Once the start is forgotten, it answers a steady 1 with a constant $a$, and 1, −1, 1, … with $a, -a, a, \dots$, so that one step takes $a$ to $-a$:
#
# $$a = \beta a + (1-\beta) \;\Rightarrow\; a = 1, \qquad\quad -a = \beta a - (1-\beta) \;\Rightarrow\; a = \frac{1-\beta}{1+\beta}.$$

# %%
a = sp.Symbol("a", real=True)
(steady,) = sp.solve(sp.Eq(a, trace(ema, m=a, g=sp.Integer(1))["m"]), a)
(flipping,) = sp.solve(sp.Eq(-a, trace(ema, m=a, g=sp.Integer(-1))["m"]), a)
print("average: steady", sp.simplify(steady), "and flipping", upright(sp.factor(flipping)))
print("at beta = 0.9:", flipping.subs(beta, p), "of a flip is left")
print("sum: flipping 1/(1 + beta):", sp.simplify(flipping / (1 - beta) - 1 / (1 + beta)) == 0)
lesson_03.steady_and_flipping(beta=0.9)

# %% [markdown]
# **In the long run the average keeps a steady series whole, and $(1-\beta)/(1+\beta)$ of a flipping one; the sum makes them $1/(1-\beta)$ and $1/(1+\beta)$ times as large.** So memory can calm a zig-zag.
#
# ## Derive: the start
#
# The first picture's line begins near 0 because its memory does. After $t$ values the weights add up to $1-\beta^t$; the rest, $\beta^t$, lies on the zero of the start. If every value has the mean μ, the average has the mean $(1-\beta^t)\,\mu$: it is **biased** towards zero.

# %% tags=["predicts-C26"]
predict("03 bias")

# %% tags=["shows-C26"]
lesson_03.from_zero((0.9, 0.99, 0.999))

# %% [markdown]
# The cure is to divide by the weight that has arrived, $\hat m = m/(1-\beta^t)$. The weights then add up to one at every $t$; fed with ones, the corrected average reads 1:

# %%
for n in (1, 2, 3):
    print(f"t = {n}: it reads", sp.simplify(unroll(ema_corrected, n, g=[1] * n)["a"]))

# %% [markdown]
# At $t = 1$ the corrected average *is* the first value. That is honest, and noisy: there is nothing else to go by yet.
#
# ## Implement: your turn
#
# Fill in the average: change `m` in place, or return it. `hint("ema")` helps in steps.

# %%
def my_average(m, g, *, beta):
    """m <- beta m + (1 - beta) g."""
    ...


check("ema", my_average)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
show_kernel(ema)

# %%
prove(ema, m=beta * m + (1 - beta) * g)

# %% [markdown]
# ## Play
#
# In the explorer the values are a level with independent noise on it. First, a guess.

# %%
predict("03 noise")

# %% [markdown]
# Under each value stands its weight: press *Play* and watch the weights move along. On the right is what is left of a wave of each frequency; click there to put that wave into the series.

# %%
explorer

# %% [markdown]
# ## Measure: real gradients
#
# Back to the network that is held still. Mini-batches that are drawn independently have independent errors with mean zero. Their variances add up, each multiplied by its squared weight. In the long run a variance $\sigma^2$ becomes
#
# $$(1-\beta)^2\,(1 + \beta^2 + \beta^4 + \dots)\,\sigma^2 = \frac{(1-\beta)^2}{1-\beta^2}\,\sigma^2 = \frac{1-\beta}{1+\beta}\,\sigma^2,$$
#
# as in a plain mean of $(1+\beta)/(1-\beta)$ values. For each of eight seeds we draw 600 mini-batches, fill the memory for 250 steps, and only then measure how far the average is from the full gradient.

# %%
betas = np.array([0, 0.5, 0.8, 0.9, 0.95, 0.98])
drawn = np.array([distances(independent(seed), full, betas) for seed in range(8)])
drawn = drawn / drawn[:, :1]
formula = np.sqrt(theory.ema_variance(betas))
lesson_03.errors_by_beta(betas, {"measured": drawn}, [formula])

# %% [markdown]
# The formula knows nothing of networks, and it holds. While a network trains, though, old gradients belong to places that it has left: a longer memory is calmer and also *staler*, as a section below measures.
#
# **Verdict.** An exponential average is one number that stands for the whole past: weight $(1-\beta)\beta^k$ on the value $k$ steps back, late by $\beta/(1-\beta)$ steps on a steady rise, and, started at zero, biased towards zero by the share $\beta^t$.

# %% [markdown]
# ## You will also hear
#
# - **Exponential moving average (EMA)**, **exponential smoothing**: this average.
# - **Low-pass filter**: it lets slow changes pass and holds back quick ones. **Gain**, **frequency response**: what is left of a wave.
# - **Bias correction**: the division by $1-\beta^t$.
# - In PyTorch: `m.lerp_(g, 1 - beta)`, one line of its Adam.
#
# ## Exercises
#
# **1 Derive.** What weight does $g_1$ have in $m_4$? Give an expression in `beta`.

# %%
check("weight of the first", ...)

# %% [markdown]
# **2 Tune.** One β, two wishes: noise at a quarter or less, and nine tenths of a jump within 20 steps. The explorer's marks show the limits.

# %%
check("calm and quick", ...)

# %% [markdown]
# **3 Explain.** A report shows a training loss smoothed with β = 0.99, started at zero. Over the first 200 steps the curve rises and then falls. What can you say about the training? Sketch what a constant loss would look like. `solution("smoothed curve")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Unroll.* The value $k$ steps back weighs $(1-\beta)\beta^k$.
# - *How far back.* Window $1/(1-\beta)$, half-life $\log\frac12/\log\beta$, mean age $\beta/(1-\beta)$.
# - *Sum or average.* The sum is $1/(1-\beta)$ times the average.
# - *Steady and flipping.* The average leaves 1 and $(1-\beta)/(1+\beta)$.
# - *Bias.* Divide by $1-\beta^t$.
#
# Here the series was given. In a descent the memory decides where the next gradient is taken: [lesson 04](04_momentum.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The corrected average as a kernel, and two slips, 10 minutes
#
# Write the correction yourself, and see how it and the plain average go wrong. Read this before lesson 07 if you want to have built its parts yourself.

# %%
def my_corrected(a, g, m, *, beta, t):
    """Bring m up to date, then a <- m / (1 - beta^t)."""
    ...


check("corrected average", my_corrected)

# %%
show_kernel(ema_corrected, since=ema)

# %%
prove(ema_corrected, m=beta * m + (1 - beta) * g, a=(beta * m + (1 - beta) * g) / (1 - beta**t))

# %% [markdown]
# Two slips that are easily made: a product where a power belongs, and a new value that fades at once.

# %%
def product_for_power(a, g, m, *, beta, t):
    ema(m, g, beta=beta)
    a[...] = m / (1 - beta * t)


prove(product_for_power, a=(beta * m + (1 - beta) * g) / (1 - beta**t))

# %%
def fades_at_once(m, g, *, beta):
    m += g
    m *= beta


prove(fades_at_once, m=beta * m + (1 - beta) * g)

# %% [markdown]
# Another cure is to start at the first value, $m_1 = g_1$. It has no bias, but it leaves $g_1$ the weight $\beta^{t-1}$, up to $1/(1-\beta)$ times the share that the correction gives it. How many times, at β = 0.9?

# %%
for n in (1, 2, 5, 20, 100):
    share = theory.ema_weights(0.9, n)[-1] * theory.correction(0.9, n)
    print(f"t = {n}: started at the first value it weighs {0.9 ** (n - 1) / share:.2f} times as "
          "much")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Noise through an average, 5 minutes
#
# "How long is its memory" has three answers. This section derives the third, from a variance that repeats itself.

# %% [markdown]
# Let the values be independent, with variance $\sigma^2$. The average before a step and the new value are then independent, too, so their variances add up: $V \leftarrow \beta^2 V + (1-\beta)^2\sigma^2$. In the long run $V$ repeats itself.

# %%
V, variance = sp.symbols("V sigma2", positive=True)
left = sp.solve(sp.Eq(V, beta**2 * V + (1 - beta) ** 2 * variance), V)[0] / variance
nine_tenths = left.subs(beta, sp.Rational(9, 10))
Equations({"variance left": upright(sp.factor(left)), "at 9/10": nine_tenths})

# %%
calm = 1 / theory.ema_variance(0.9)
numbers = theory.half_life(0.9), theory.mean_age(0.9), theory.window(0.9), calm
print("beta = 0.9: half-life %.1f, mean age %.0f, window %.0f; as calm as a mean of %.0f" % numbers)
print(f"size of the noise that is left: {np.sqrt(1 / calm):.3f}")

# %% [markdown]
# A plain mean of $n$ independent values leaves $1/n$ of the variance, so the average is as calm as a mean of $(1+\beta)/(1-\beta)$ of them. The half-life, the mean age and this number all answer "how long is its memory"; say which one you mean.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Every frequency: a low-pass filter, 15 minutes
#
# Steady and flipping are two ends of a scale. Here is what the average, and the sum, leave of everything in between. It takes complex numbers.

# %% [markdown]
# Feed the average a wave $e^{i\omega k}$ with ω radians a step: steady at ω = 0, flipping at every step at ω = π. In the long run it answers with the same wave, multiplied by a complex number $H$. One step must take the answer to the next:
#
# $$H e^{i\omega} = \beta H + (1-\beta)\,e^{i\omega} \quad\Rightarrow\quad H = \frac{1-\beta}{1-\beta e^{-i\omega}}.$$
#
# The size of $H$ is the **gain**. Since $|1-\beta e^{-i\omega}|^2 = 1 - 2\beta\cos\omega + \beta^2$, its square is $(1-\beta)^2/(1-2\beta\cos\omega+\beta^2)$.

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
# A steady push passes whole, and a flipping one is cut to $(1-\beta)/(1+\beta)$, as in the core. For 0 < β < 1 the slope of the reciprocal is positive everywhere between 0 and π, so the higher the frequency, the less of the wave is left: a **low-pass filter**.
#
# The sum has $1/(1-\beta)$ times this gain, so it also *amplifies*. Where is its gain 1?

# %%
of_sum = squared / (1 - beta) ** 2
Equations({
    "squared gain of the sum": sp.simplify(of_sum),
    "cosine where the gain is 1": sp.solve(beta**2 - 2 * beta * sp.cos(omega), sp.cos(omega))[0],
})

# %%
border = 2 * np.pi / np.arccos(0.9 / 2)
print(f"at beta = 0.9 the sum amplifies every wave of a period above {border:.2f} steps")

# %% [markdown]
# Does the kernel do what the algebra says? We run the average on waves of eight periods, wait until the start is forgotten, and compare the size of what comes out.

# %%
periods = np.array([2, 2.5, 3, 4, 6, 12, 24, 60])
waves = np.exp(2j * np.pi * np.arange(2400)[:, None] / periods)
sizes = np.hypot(smoothed(waves.real, beta=0.9)[-1], smoothed(waves.imag, beta=0.9)[-1])
lesson_03.every_frequency(0.9, periods, sizes)

# %% [markdown]
# What is left of noise, in the section above, is the mean of the squared gain over all frequencies: independent noise, *white noise*, holds each of them in equal measure. We check this mean against the formula.

# %%
everywhere = np.linspace(0, 2 * np.pi, 4096, endpoint=False)
for value in (0.5, 0.9, 0.99):
    mean = np.mean(theory.ema_gain(value, everywhere) ** 2)
    print(f"beta = {value}: mean of the squared gain {mean:.6f}, formula "
          f"{theory.ema_variance(value):.6f}")

# %% [markdown]
# Two states of the explorer: a flipping series, and the lag on a steady rise.

# %%
explorer.filmstrip(
    {"series": "a wave", "period": 2, "noise": 0, "step": 60},
    {"series": "a slow drift", "beta": 0.95, "noise": 0, "step": 90},
)

# %% [markdown]
# Your turn: the gain of the average at period four, ω = π/2, as an expression in `beta`.

# %%
check("gain at period four", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Four experiments on real gradients, 15 minutes
#
# The core measured independent batches on a network held still. Training loops shuffle, and weights move. Read this to see how far the formula carries, and how long a memory should be.

# %% [markdown]
# First the numbers of the core's experiment, with the ratio of measurement and formula over the eight seeds.

# %%
seeds = range(8)
for value, errors in zip(betas[1:], drawn.T[1:]):
    predicted = np.full(len(seeds), np.sqrt(theory.ema_variance(value)))
    print(
        f"beta = {value}: measured {np.median(errors):.3f}, predicted {predicted[0]:.3f}; "
        f"measured / predicted {ratio(errors, predicted)}"
    )

# %% [markdown]
# Training loops rarely draw their batches independently. They shuffle the images and deal them out, so that a pass uses each image once.

# %%
predict("03 shuffled")

# %% [markdown]
# The batches of one pass compensate for one another: over a whole pass of $n$ equal batches the errors add up to zero, so any two of them have the correlation $-1/(n-1)$. That is enough to predict the new error from the weights.

# %%
per_pass = batches_per_epoch(y.size, 64)


def dealt_out(value, passes=14):
    """The predicted error when the batches of one pass make up for each other."""
    step = np.arange(passes * per_pass)
    same_pass = step[:, None] // per_pass == step // per_pass
    correlation = np.where(same_pass, -1 / (per_pass - 1), 0.0)
    np.fill_diagonal(correlation, 1)
    ages = step[-per_pass:, None] - step
    weights = np.where(ages >= 0, (1 - value) * float(value) ** np.abs(ages), 0)
    return np.sqrt(np.mean(np.sum(weights @ correlation * weights, axis=1)))


passes = [gradients(batches(y.size, 64, 28, seed)) for seed in seeds]
shuffled = np.array([distances(one, full, betas) for one in passes])
shuffled = shuffled / shuffled[:, :1]

# %%
for value, errors, others in zip(betas[1:], shuffled.T[1:], drawn.T[1:]):
    versus = ratio(errors, others)
    print(f"beta = {value}: measured {np.median(errors):.3f}, predicted {dealt_out(value):.3f}; "
          f"{versus.says('better than', 'not told apart from', 'worse than')} independent "
          f"batches, {versus}")

# %% [markdown]
# And now let the weights *move*. The network starts from scratch, each mini-batch makes a step of gradient descent at η = 0.1, and we compare with the full gradient where the network stands now. The gradients in the memory belong to places that it has left.

# %%
predict("03 on the move")

# %%
longer = np.array([*betas, 0.99])


def walk(place, seed, lr, late):
    """Mini-batch gradients up to the last step in late, and the full ones at the steps in late."""
    seen, truths = [], []
    drawn_at = np.random.default_rng(seed).integers(0, y.size, (late[-1] + 1, 62))
    for step, chosen in enumerate(drawn_at):
        if step in late:
            truths.append(network.gradient(place, x, y))
        seen.append(network.gradient(place, x[:, chosen], y[chosen]))
        place = place - lr * seen[-1]
    return np.array(seen), np.array(truths)

# %%
def on_the_move(place, seed, lr=0.1, late=range(40, 240, 5), betas=longer):
    """Shares of the error for each beta while the weights descend; last, that of answering 0."""
    seen, truths = walk(place, seed, lr, late)
    errors = [smoothed(seen, beta=value, corrected=True)[late] - truths for value in betas]
    sizes = np.sqrt([np.mean(np.sum(gap**2, axis=1)) for gap in (*errors, truths)])
    return sizes / sizes[0]


with one_thread():
    moving = np.array([on_the_move(network.init(seed), seed) for seed in seeds])

# %%
three = {"independent batches": drawn, "shuffled passes": shuffled}
three["weights on the move"] = moving[:, :-1]
said = "Held still, a longer memory is calmer; on the move it is also staler, and the error turns."
lesson_03.errors_by_beta(longer, three, [formula, [dealt_out(b) for b in betas]], said)

# %%
best = list(longer).index(theory.best_of_grid(dict(zip(longer, np.median(moving[:, :-1], axis=0)))))
stale = ratio(moving[:, -2], moving[:, best])
print(f"on the move: least error at beta = {longer[best]:g}; at {longer[-1]:g} it is {stale} "
      f"times that, {stale.says('lower', 'not told apart', 'higher')}")

# %% [markdown]
# Two forces, then: a longer memory is calmer, and it is staler. Where they balance depends on how fast the gradient changes. A fair check also asks what a plain answer of 0 would have scored, here and late in training, from the weights that we held still. There the memory is filled for 500 steps first, and β goes up until an average is as good as the plain mean of all steps, the border at β = 1.

# %%
with one_thread():
    wide, filled = np.array([0, 0.9, 0.99, 0.995, 0.999, 0.9999]), range(500, 1500, 20)
    at_rates = [[on_the_move(w, s, lr, filled, wide) for s in seeds] for lr in (0.1, 0.01)]
    quick, slow = map(np.array, at_rates)
phases = {"from the start, η = 0.1": (longer, moving), "late, η = 0.1": (wide, quick)}
phases["late, η = 0.01"] = wide, slow
for phase, (grid, shares) in phases.items():
    medians = dict(zip(grid, np.median(shares[:, :-1], axis=0)))
    best = theory.best_of_grid(medians, end="beta near 1 is the plain mean of all steps")
    against = ratio(shares[:, list(grid).index(best)], shares[:, -1])
    print(f"{phase}: best beta {best:g}; its error over that of answering 0: {against}, "
          f"{against.says('lower', 'not told apart', 'higher')}")

# %%
for name, shares in (("η = 0.1", quick), ("η = 0.01", slow)):
    middle = np.median(shares / shares[:, -1:], axis=0)
    over = [f"{value:g}: {share:.2f}" for value, share in zip(wide, middle)]
    print(f"late, {name}, error over that of answering 0 at beta =", ", ".join(over))

# %% [markdown]
# Late in training the full gradient is small against the noise. On this network averages up to β = 0.9 do worse than answering 0; a filled memory of β = 0.995 does better, by little at η = 0.1 and by a third at η = 0.01. Smoothing does not create knowledge; it collects what is there.
#
# The formula assumes independent values of equal variance; shuffled passes break the first, training breaks the second.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 6 minutes
#
# Claims about averages of gradients that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | from $v = 0$ with 0.9, recent gradients count more than older ones | right: 1, 0.9, 0.81, … in a sum, 0.1, 0.09, 0.081, … in an average |
# | momentum takes an exponential *average* of the gradients | imprecise: its $v$ lets the gradient in whole, so the weights add up to $1/(1-\beta)$: a sum (lesson 04) |
# | parts that flip cancel, parts that agree build up | right as a tendency: gains $1/(1+\beta)$ and $1/(1-\beta)$ in the sum, never zero |
# | RMSProp averages the *squares*, for each weight by itself, with shares ν and 1 − ν | right: our kernel, fed with $g^2$ (lesson 06) |
# | "exponential", since the weights fall exponentially | right |
# | the newest term weighs *p*, the next *p²*, then *p³* | wrong: (1 − p), (1 − p)p, (1 − p)p²; the weights as said add up to 9 at 0.9 |

# %%
check("p, p squared, p cube", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Errors in print, 10 minutes
#
# Three slips in texts that are among the best there are. They are easy to make, and worth knowing for whoever teaches or copies code.

# %% [markdown]
# *Dive into Deep Learning*, on RMSProp, gives a half-life of $1/\gamma$. *Machine Learning Refined*, in its appendix on momentum, starts an average at the first value. The second homework of *Deep Learning Systems* states the correction of Adam, right if one counts from 1 and wrong from 0. Run a cell to see its question.

# %%
check("half-life", ...)

# %%
check("start at the first value", ...)

# %%
check("shifted correction", ...)

# %% [markdown]
# ## References
#
# - S. Roberts, "Control chart tests based on geometric moving averages", *Technometrics* 1 (1959), 239–250, [doi:10.1080/00401706.1959.10489860](https://doi.org/10.1080/00401706.1959.10489860).
# - R. G. Brown, *Smoothing, Forecasting and Prediction of Discrete Time Series*, Prentice-Hall 1963.
# - T. Tieleman, G. Hinton, "Lecture 6.5, rmsprop" ([slides: lecture 6e](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf)), *Neural Networks for Machine Learning*, Coursera 2012.
# - D. Kingma, J. Ba, "Adam: a method for stochastic optimization", *ICLR* 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), section 3.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, [arXiv:2106.11342](https://arxiv.org/abs/2106.11342), chapter on RMSProp.
# - J. Watt, R. Borhani, A. Katsaggelos, *Machine Learning Refined*, 2nd ed., Cambridge 2020, appendix A.2, [doi:10.1017/9781108690935](https://doi.org/10.1017/9781108690935).
# - Z. Kolter, T. Chen, *Deep Learning Systems*, [dlsyscourse.org](https://dlsyscourse.org), homework 2.
#
# Before: [02, Curvature and Newton](02_curvature_and_newton.ipynb). Next: [04, Momentum](04_momentum.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
