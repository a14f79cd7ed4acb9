# %% [markdown]
# # 09 · Cool down what shakes
#
# By the end you can say at which loss a training hovers and why, trade batch size, learning rate and momentum for one another, and choose a schedule for a budget.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lessons [03, Averages](03_averages_with_memory.ipynb), [04, Momentum](04_momentum.ipynb) and [05, How much momentum?](05_how_much_momentum.ipynb) |
# | **You will be able to** | tell the two phases of a noisy descent apart · derive and compute the noise floor · trade batch size, rate and momentum at one temperature · write a schedule and say what it costs · keep annealing and simulated annealing apart |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+ADDRESS-OF-THE-COURSE` first, then restart the kernel.

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import sharpness
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Cloud
from course_utils.figures import LINES, Captioned, canvas, label_end, lesson_09, name_axes, progress
from course_utils.networks import Data, Network, batches_per_epoch, difference, digits, one_thread, ratio, train

# %%
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, anneal, cosine
from course_utils.optimizers import gradient_descent, inverse_time, metropolis, momentum, show_kernel
from course_utils.optimizers import step_decay, sutskever, warm_up
from course_utils.surfaces import noisy, ravine, tilted_well
from course_utils.symbolic import Equations, beta, curvature, iteration_matrix, lr, s, trace, upright, w

# %% [markdown]
# ## Remember
#
# Three questions; answer before you open them.
#
# <details><summary>An exponential average with β = 0.9 sees independent noise. What is left of its variance?</summary>(1 − β)/(1 + β), a nineteenth.</details>
#
# <details><summary>Which learning rate of plain descent carries a steady push as far as momentum's η and β?</summary>The effective rate η/(1 − β).</details>
#
# <details><summary>Up to which ηλ is momentum stable?</summary>2(1 + β).</details>

# %% [markdown]
# ## A broken picture
#
# A network's gradient comes from a *mini-batch*, a few samples of many, so it is a guess. Here is our ravine at η = 0.04, once with exact gradients and once with noise of standard deviation 4 along each weight. **Predict**: after step 80 the noisy loss has stopped falling. Where is the run?

# %% tags=["predicts-C06"]
predict("09 stopped")

# %%
surface, plain_colour = ravine(kappa=25), LINES["gradient descent"]["color"]
exact = descend(surface, GRADIENT_DESCENT, lr=0.04, steps=240)
shaken = descend(noisy(surface, 4.0), GRADIENT_DESCENT, lr=0.04, steps=240)
figure = lesson_09.shaken(exact, shaken, 80)

# %% tags=["shows-C06"]
late = shaken.losses[80:]
Captioned(figure, f"Gradient descent on the ravine, κ = 25, η = 0.04. With exact gradients the loss is {exact.losses[80]:.2g} at step 80 and {exact.losses[240]:.1g} at step 240. With a guess it hovers: from step 80 on its mean is {late.mean():.2f}, the lowest {late.min():.3f}, the highest {late.max():.1f}. On the right, where it is meanwhile, around the minimum (+), up to {np.abs(shaken.positions[80:, 1]).max():.1f} away along w2.")

# %% [markdown]
# A loss that has stopped falling is not a run that has arrived. With an exact gradient the steps shorten by themselves as the slope does; with a guess whose noise goes on they do not.

# %% [markdown]
# ## Predict
#
# Momentum remembers many gradients. We turn it on, β = 0.9, and leave η = 0.01 as it is. **What becomes of the loss at which the run hovers?** Lock in your answer; then the explorer opens.

# %%
explorer = Cloud(step=120)
predict("09 floor of momentum", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# Near a minimum on which the samples disagree a mini-batch gradient is all noise, and a rate that does not fall follows it for ever.

# %% [markdown]
# ## Derive: how good a guess
#
# Draw $B$ of $n$ samples and average their gradients. The mean of all such averages is the true gradient. The variance of one sample's gradient is divided by $B$, and, since no sample is drawn twice, multiplied by $(n-B)/(n-1)$. We check it on the digits, at the first weights: squared distance of a mini-batch gradient from the full one, over all 2410 weights.

# %%
data, network = digits(), Network()
place, n, draw = network.init(0), data.y_train.size, np.random.default_rng(0)
each = np.array([network.gradient(place, data.x_train[:, [i]], data.y_train[[i]]) for i in range(n)])
full, one_sample = each.mean(axis=0), each.var(axis=0).sum()
for B in (1, 8, 64, 512):
    chosen = np.array([draw.permutation(n) < B for _ in range(1000)])
    off = np.sum((chosen / B @ each - full) ** 2, axis=1)
    predicted = one_sample / B * (n - B) / (n - 1)
    print(f"B = {B:3}: {off.mean():.4f}, standard error {off.std() / np.sqrt(1000):.4f}; predicted {predicted:.4f}")

# %% [markdown]
# The variance falls as $1/B$ and the error as $1/\sqrt B$, as long as $B$ is small against $n$: a guess twice as good costs four times the samples. In what follows one step's gradient along a direction is $\lambda w + s z$, with an independent $z$ of mean 0 and variance 1, and $s^2$ is the variance of one sample over $B$.

# %% [markdown]
# ## Derive: the floor
#
# One step of descent is $w \leftarrow w - \eta(\lambda w + s z)$. We let SymPy square it and take the mean: $z$ drops out, $z^2$ becomes 1. The mean of $w$ shrinks as always. Its variance $V$ shrinks too, and every step adds to it; it settles where the two balance.

# %%
z, V = sp.symbols("z V", real=True)
step = sp.expand(trace(gradient_descent, g=curvature * w + s * z)["w"] ** 2)
next_variance = upright(sp.collect(step, z).coeff(z, 0) / w**2) * V + upright(step.coeff(z, 2))
balance = sp.solve(sp.Eq(V, next_variance), V)[0]
floor_of_descent = curvature / 2 * upright(balance)
Equations({"variance after a step": next_variance, "it settles at": upright(balance), "mean loss there": floor_of_descent})

# %% [markdown]
# This is the **noise floor**. For short steps it is $\eta s^2/4$ in every direction, steep or flat. It falls with η, it falls with $1/B$, and at the limit $\eta\lambda = 2$ it goes to infinity.
#
# So a noisy descent has **two phases**. At first the distance from the minimum decides, and a larger rate is quicker. Later the floor decides, and a larger rate is worse. No constant rate is right for both.

# %% [markdown]
# ## Derive: the floor of momentum
#
# Now $v$ and $w$ are noisy together, and they share their noise. A step multiplies the pair by the matrix of lesson 05 and adds $s z$ times a vector. Both come from the kernel. The covariance $P$ of the pair settles where $P = A P A^\top + b\,b^\top$: a *discrete Lyapunov equation*, three linear equations here.

# %%
step = trace(momentum, g=curvature * w + s * z)
A, b = iteration_matrix(momentum), sp.Matrix([sp.diff(step[name], z) for name in ("v", "w")])
vv, vw, ww = sp.symbols("vv vw ww")
P = sp.Matrix([[vv, vw], [vw, ww]])
found = sp.solve(list(A * P * A.T + b * b.T - P), [vv, vw, ww], dict=True)[0]
variance = upright(found[ww])
Equations({"variance of w": variance, "variance of v": upright(found[vv]), "covariance": upright(found[vw])})

# %%
floor = sp.simplify(curvature / 2 * variance)
short = sp.limit(floor / lr, lr, 0) * lr
print("without memory it is the floor of descent:", sp.simplify(floor.subs(beta, 0) - floor_of_descent) == 0)
print("at one rate the two are equal at lr times curvature =", upright(sp.solve(sp.Eq(floor, floor_of_descent), lr)[0] * curvature))
print("at beta = 9/10 and short steps it is", sp.simplify((short / short.subs(beta, 0)).subs(beta, sp.Rational(9, 10))), "times as high")
Equations({"mean loss": upright(floor), "short steps": upright(short)})

# %% [markdown]
# **Momentum at the same η raises the floor where $\eta\lambda < 1 + \beta$, for short steps tenfold at β = 0.9.** (Beyond, it lowers the floor.) The belief that it averages the noise away has a true core: an *average* of gradients is calmer. But momentum is a sum, and the weights add up all of it. On flat ground every bit of noise moves $w$ by $\eta/(1-\beta)$ times itself in the end.
#
# At equal *effective* rate $\eta/(1-\beta)$ the floors are equal, for short steps: momentum neither calms nor heats.

# %% [markdown]
# ## Prove
#
# The derived covariance goes back into the equation, and so does a tempting slip: the variance of descent times $(1-\beta)/(1+\beta)$, as if momentum were an average.

# %%
averaged = P.subs({**found, ww: (1 - beta) / (1 + beta) * balance})
for name, proposed in (("derived", P.subs(found)), ("averaged away", averaged)):
    left = sp.simplify(A * proposed * A.T + b * b.T - proposed)
    example = left.subs({beta: sp.Rational(9, 10), lr: sp.Rational(1, 10), curvature: 1, s: 1})
    print(f"{name}: it solves the equation: {left == sp.zeros(2, 2)}; at an example {example.tolist()} is left")

# %% [markdown]
# And the numbers: 4000 runs from the minimum for 400 steps, in a steep and in a flat direction, against the formula. The error is the standard error of a variance of so many values.

# %%
for rate, memory in ((0.04, 0.0), (0.004, 0.9), (0.04, 0.5), (0.06, 0.9)):
    runs = descend(noisy(surface, 4.0), MOMENTUM, np.zeros((2, 4000)), steps=400, lr=rate, beta=memory)
    seen = runs.positions[-1].var(axis=1)
    formula = theory.noise_variance(rate, np.array([25, 1]), 4.0, memory)
    said = ", ".join(f"w{i + 1}: {x:.4f} ± {x * np.sqrt(2 / 4000):.4f}, predicted {f:.4f}" for i, (x, f) in enumerate(zip(seen, formula)))
    print(f"lr = {rate}, beta = {memory}: {said}")

# %% [markdown]
# ## Derive: one temperature
#
# For short steps the mean loss is the same in every direction. Physics calls such a state *warm*: each direction holds half a temperature. With $\sigma^2$ the variance of one sample's gradient, that temperature is
#
# $$T = \frac{\eta\,\sigma^2}{2 B (1 - \beta)}.$$
#
# Three knobs, one number: a batch four times as large, a rate four times as small, or β = 0.6 in place of 0.9 do the same to the floor. What they do to the way down differs. Five settings with one temperature, on the ravine with $\sigma = 12$:

# %%
for B, rate, memory in ((1, 0.001, 0), (4, 0.004, 0), (16, 0.016, 0), (16, 0.0016, 0.9), (64, 0.064, 0)):
    noise = 12 / np.sqrt(B)
    heat, loss = theory.temperature(rate, noise, memory), theory.noise_floor(rate, memory, noise, 25, 1)
    print(f"B = {B:2}, lr = {rate}, beta = {memory}: temperature {heat:.3f}, floor {loss:.4f}, over the temperature {loss / heat:.2f}")

# %% [markdown]
# Two directions hold twice half a temperature, so the last number is 1, until ηλ₁ is no longer small. The last row is near the limit of the steep direction, and there the law ends.

# %% [markdown]
# ## Derive: what a larger batch buys
#
# "Double the batch, double the rate": when is that right? The mean loss after one step along a guess is a parabola in η. In one direction of curvature λ, with slope $g$ and noise $\sigma^2/B$:

# %%
G, sigma, size = sp.symbols("g sigma B", positive=True)
after = G**2 / (2 * curvature) - lr * G**2 + lr**2 * curvature * (G**2 + sigma**2 / size) / 2
best_rate = sp.solve(sp.diff(after, lr), lr)[0]
critical = sp.simplify(size * (1 / (curvature * best_rate) - 1))
Equations({"best rate": sp.simplify(best_rate), "critical batch": critical})

# %% [markdown]
# The best rate is $(1/\lambda)/(1 + B_c/B)$. Far below the **critical batch** $B_c$ it grows nearly in proportion to $B$, and doubling both costs next to nothing; far above it a larger batch buys next to nothing. In many directions $B_c = \mathrm{tr}(H\Sigma)/g^\top H g$ (McCandlish and others, 2018). On the way down $g$ shrinks, so it grows:

# %%
H = np.diag([25.0, 1.0])
for point in ((2.0, -10.0), (0.1, -2.0), (0.02, -0.2)):
    slope = surface.gradient(np.array(point))
    print(f"at {point}: critical batch {144 * np.trace(H) / (slope @ H @ slope):.2g}")

# %% [markdown]
# ## Derive: how to cool
#
# Which falling rates work? Robbins and Monro (1951) ask for two things. The rates must add up to infinity, or the run stops on its way. And their squares must add up to something finite: that keeps the *sum* of all noise finite, and so every single run converges (with probability 1).

# %%
t = sp.Symbol("t", positive=True, integer=True)
for falling in (sp.Integer(1), 1 / sp.sqrt(t), 1 / t, 1 / t**2):
    sums = [sp.Sum(x, (t, 1, sp.oo)).is_convergent() for x in (falling, falling**2)]
    verdicts = [("endless", "finite")[bool(x)] for x in sums]
    print(f"rate {falling}: the sum is {verdicts[0]}, the sum of squares {verdicts[1]}")

# %% [markdown]
# Of these four only $1/t$ meets both. But the two conditions suffice, they are not needed. Here is the mean square of $w$ itself, exactly, for rates that begin at 0.5, with λ = s = 1 and from $w = 3$:

# %%
powers = {"1": 0, "t^-0.3": 0.3, "1/sqrt(t)": 0.5, "1/t": 1, "1/t^2": 2}
for name, power in powers.items():
    means, variances = theory.noisy_path(lambda t: 0.5 / t**power, 0, 1.0, 1.0, 3.0, 10_000)
    squares = means**2 + variances
    print(f"rate 0.5 · {name:9}: " + ", ".join(f"{squares[t]:.2g} after {t:,}" for t in (100, 1000, 10_000)))

# %% [markdown]
# The constant rate hovers and $1/t^2$ stops on its way. The other three cool: the floor is proportional to the rate, and where the rate goes to 0 slowly enough, the mean square follows it. So $1/\sqrt t$ works as well, if more slowly than $1/t$ here.
#
# The rate $1/t$ has a meaning, too. In one direction, take $\eta_t = 1/(\lambda t)$ and let the kernel run on noisy gradients $\lambda w + s z_t$:

# %%
place, noises = w, sp.symbols("z1:5")
for count, noise in enumerate(noises, 1):
    place = trace(gradient_descent, w=place, lr=1 / (curvature * count), g=curvature * place + s * noise)["w"]
sp.factor(sp.expand(place))

# %% [markdown]
# The start is forgotten at once, and what is left is the plain *mean* of all noises so far: its variance is $s^2/(\lambda^2 t)$, and it falls for ever. In a ravine no single $1/(\lambda t)$ suits both curvatures, so other schedules are in use. The cosine begins and ends flat, its mean is half of its top, and this is what is left of the top on the way:

# %%
share, top = sp.symbols("x eta_0", positive=True)
wave = top * (1 + sp.cos(sp.pi * share)) / 2
ends = [sp.diff(wave, share).subs(share, x) for x in (0, 1)]
print("slope at the beginning and the end:", *ends, "  mean rate:", sp.integrate(wave, (share, 0, 1)))
for quarter in (sp.Rational(k, 4) for k in (1, 2, 3)):
    print(f"after {quarter} of the steps the rate is {float(wave.subs(share, quarter) / top):.3f} of its top")

# %% [markdown]
# ## Implement
#
# A schedule is a function of the step count $t = 1, 2, \dots$ It goes where a number could stand, `lr=` or `beta=`. Write one: the rate rises as 0.1 t/20 to t = 20 (a *warm-up*), then falls to 0 at t = 120 along half a cosine.

# %%
def my_schedule(t):
    """0.1 t / 20 up to t = 20, then half a cosine from 0.1 to 0 at t = 120."""
    ...


check("warm-up, then cosine", my_schedule)

# %% [markdown]
# The course's schedules are as short, and one can be put into another: `warm_up(cosine(0.1, 120), 20)` is the product of the two. They count from $t = 1$, so the cosine has its top at the first step, and after $t - 1$ of the 119 further steps the share $x$ is $(t-1)/119$.

# %%
show_kernel(cosine)

# %%
tops, border = np.linspace(0.01, 0.08, 71), "from a rate above 0.08 the steep direction would climb at first"
shapes = {
    "constant": lambda top: lambda k: top,
    "two drops": lambda top: step_decay(top, 0.1, 40),
    "cosine": lambda top: cosine(top, 120),
    "1/t": lambda top: inverse_time(top, 20),
    "warm-up, cosine": lambda top: warm_up(cosine(top, 120), 20),
}


def expected(plan):
    """The expected loss after 0, 1, ... 120 steps with batches of 8, noise 12 for one sample."""
    mean, spread = theory.noisy_path(plan, 0, np.array([25, 1]), 12 / np.sqrt(8), np.array([2, -10]), 120)
    return (mean**2 + spread) @ np.array([25, 1]) / 2

# %%
losses = {name: expected(shape(tops[:, None]))[-1] for name, shape in shapes.items()}
wider = {name: expected(shape(np.linspace(0.01, 0.16, 151)[:, None]))[-1].min() for name, shape in shapes.items()}
best = {name: theory.best_of_grid(dict(zip(tops, losses[name])), end=border) for name in shapes}
print("best at the border:", ", ".join(name for name in shapes if best[name] == tops[-1]))
print("one order, with tops up to 0.16 as well:", sorted(shapes, key=lambda name: losses[name].min()) == sorted(shapes, key=wider.get))

# %%
losses = {name: expected(shapes[name](top)) for name, top in best.items()}
rates = {name: [shapes[name](top)(k) for k in range(1, 121)] for name, top in best.items()}
figure = lesson_09.schedules(rates, losses)

# %%
told = ", ".join(f"{name} {loss[-1]:.2f} (from {best[name]:.3f})" for name, loss in losses.items())
Captioned(figure, f"Five schedules for 120 steps of gradient descent with batches of 8, each with the best of {tops.size} tops up to {tops[-1]:g}, and the expected loss, computed exactly. After the last step: {told}. At step 40, before its first drop, the schedule with two drops has {losses['two drops'][40]:.0f} and the constant rate {losses['constant'][40]:.0f}.")

# %% [markdown]
# A constant rate is a compromise between the phases. A falling one takes the first phase fast and the second cold; we let none begin above 0.08, the limit of a constant rate, where the steep direction would climb at first. Three would end a little lower from there; the order stays. Mind when you look: before its first drop the schedule with two drops looks worst of all, and it ends below the constant rate.

# %% [markdown]
# ## Predict: a drop and the velocity
#
# Lesson 04 has shown two ways to write momentum, with the rate inside the velocity and outside of it. At a constant η they make the same path. Now the rate drops by ten at step 15, on a slope without noise, from $w = 1$. **Do they still?**

# %% tags=["predicts-C30"]
predict("09 drop")

# %% tags=["shows-C30"]
drop = lambda t: 0.02 if t <= 15 else 0.002
ends = {}
for rule in (MOMENTUM, MOMENTUM_RATE_OUTSIDE):
    run = descend(ravine(1), rule, (1.0, 1.0), steps=60, lr=drop, beta=0.9)
    ends[rule.name] = run.positions[:, 0]
    print(f"{rule.name}: w = {ends[rule.name][15]:.3f} at the drop, {ends[rule.name][25]:.3f} ten steps later, {ends[rule.name][60]:.3f} after 60 steps")

# %% [markdown]
# Schedules and momentum do not commute. Inside, the steps in flight keep their old length and die out in some $1/(1-\beta)$ steps; outside, all of the velocity is cut at once. A paper's schedule has to come with its convention.

# %% [markdown]
# ## Play
#
# Two hundred runs on the ravine; the dashed ellipse is computed before they run. Watch the two phases with *Play*. Then compare *Memory 0.9, same η* with *Same temperature*, raise the batch, and choose a schedule. On the rate's slider *best* marks the lowest expected loss at step 120 for this schedule, and *limit* that of a constant rate.

# %%
explorer

# %%
explorer.filmstrip(
    {"step": 20},
    {"step": 120},
    {"beta": 0.9, "step": 120},
    {"lr": 0.074, "schedule": "cosine to 0", "step": 120},
)

# %% [markdown]
# (a) is the first phase, (b) the second, at the same setting. In (c) memory has heated the cloud. In (d) a rate that starts nearly twice as high, and falls, has left a smaller cloud and a lower loss than the best constant rate above.

# %% [markdown]
# ## Measure: the floor on real data
#
# On real data the noise is not the same along all weights, and it depends on where one is. A linear model of the digits, squared loss, has a loss that is exactly quadratic: we know its minimum, its curvatures and the variance of its gradients there. So the floor can be computed before a single step, direction by direction.

# %%
linear, x = Network((64, 10), loss="squared"), np.vstack([data.x_train, np.ones(n)])
wanted = np.eye(10)[data.y_train].T
solved = np.linalg.lstsq(x.T, wanted.T, rcond=None)[0].T
errors, least = solved @ x - wanted, linear.loss(linear.pack([(solved[:, :64], solved[:, 64:])]), data.x_train, data.y_train)
curvatures, axes = np.linalg.eigh(x @ x.T / n)
power = (axes.T @ x) ** 2 @ (errors**2).T / n
alive = curvatures > 1e-9
print(f"curvatures from {curvatures[alive].min():.1e} to {curvatures.max():.1f}; lowest loss {least:.4f}")


def foretold(rate, memory, B):
    """The loss above the minimum at which it should hover: all directions, all ten outputs."""
    spread = theory.noise_variance(rate, curvatures[alive, None], np.sqrt(power[alive] / B), memory)
    return float((curvatures[alive, None] / 2 * spread).sum())

# %%
def hovers(rate, memory, B, seed, shuffled, steps=2400):
    """Mean loss above the minimum over the second half of a run that starts in it."""
    draw, place, velocity, seen = np.random.default_rng(seed), solved.copy(), np.zeros_like(solved), []
    order = np.empty(0, dtype=int)
    for count in range(steps):
        if shuffled and order.size < B:
            order = draw.permutation(n)
        chosen, order = (order[:B], order[B:]) if shuffled else (draw.integers(n, size=B), order)
        slope = (place @ x[:, chosen] - wanted[:, chosen]) @ x[:, chosen].T / B
        momentum(place, slope, velocity, lr=rate, beta=memory)
        if count >= steps // 2 and count % 40 == 0:
            seen.append(np.sum((place @ x - wanted) ** 2) / (2 * n) - least)
    return np.mean(seen)


settings = [(0.01, 0, 8), (0.04, 0, 32), (0.002, 0.9, 8), (0.02, 0.9, 32), (0.05, 0, 8), (0.08, 0, 8)]
formula = np.array([foretold(*setting) for setting in settings])
with one_thread():
    drawn, shuffled = (np.array([[hovers(*setting, seed, way) for seed in range(3)] for setting in settings]) for way in (False, True))

# %%
figure = lesson_09.hovering(formula, drawn.mean(axis=1), shuffled.mean(axis=1), settings)

# %%
told = "; ".join(f"η = {rate}, β = {memory}, B = {B}: {one.mean():.4f} drawn, {other.mean():.4f} shuffled, {f:.4f} predicted" for (rate, memory, B), one, other, f in zip(settings, drawn, shuffled, formula))
Captioned(figure, f"Where a linear model of the digits hovers, mean of three seeds, against the prediction. {told}.")

# %%
off = drawn.mean(axis=1) / formula
print(f"drawn with replacement: {off.min():.2f} to {off.max():.2f} times what was predicted")
less = shuffled.mean(axis=1) / formula
print(f"shuffled, each sample once an epoch: {less.min():.2f} to {less.max():.2f} times")

# %% [markdown]
# Where every batch is drawn afresh, a prediction made from curvatures and variances alone holds within a few per cent at these rates. At larger ones a run hovers higher, since a mini-batch guesses the curvature, too. A shuffled epoch is calmer, most of all where the rate is small: its batches are not independent, what one leaves out another has. Our trainings shuffle, so at small rates the formula is an upper mark.

# %% [markdown]
# ## Measure: batch and rate in a network
#
# Now the network, 10 epochs. At one η/B the number of steps times η is the same and so is the temperature. **Predict**: over sixteenfold batches, does the loss at the end depend on η and B, or on their quotient alone?

# %%
seeds, quotients, sizes = range(6), (0.003, 0.01, 0.03), (8, 32, 128)
grid = {
    (q, B): np.array([train(network, GRADIENT_DESCENT, data, lr=q * B, batch=B, epochs=10, seed=seed).losses[-1] for seed in seeds])
    for q in quotients for B in progress(sizes, f"lr/B = {q}")
}
def told(losses):
    """The median, or that runs end above a blind guess."""
    lost = np.mean(~(losses < np.log(10)))
    return "most runs lost" if lost > 0.5 else "some runs lost" if lost else f"{np.median(losses):.3f}"


for q in quotients:
    print(f"lr/B = {q}: " + "; ".join(f"B = {B}, lr = {q * B:g}: {told(grid[q, B])}" for B in sizes))

# %%
words = "lower", "no difference to be seen", "higher"
for q in (0.003, 0.01):
    for B in (8, 128):
        c = ratio(grid[q, B], grid[q, 32])
        print(f"lr/B = {q}, loss with B = {B} over loss with 32: {c}, {c.says(*words)}")
c = ratio(grid[0.003, 32], grid[0.01, 32])
print(f"for comparison, B = 32 at lr/B = 0.003 over 0.01: {c}")

# %% [markdown]
# Along a row the loss stays within about 15 per cent while rate and batch change sixteenfold; down a column it more than halves. So the quotient counts far more than its parts, until η meets the network's own limit, between 1.3 and 3.8 here: there large batches are lost where small ones still train. That is the rule of linear scaling (Goyal and others, 2017) with its end. With momentum the quotient is $\eta/(B(1-\beta))$: lesson 04 found one curve at equal effective rate.

# %% [markdown]
# ## Measure: schedules at an equal budget
#
# Batches of 16, 10 epochs. We train twice: on the digits as they are, and with 20 % of the training labels drawn at random, so that no weights fit them all. Of the training set 347 samples are held out, with their labels as they are given: by them and five seeds we choose among eight rates at the top. Then fresh seeds run at the chosen rates, and only these look at the test set. **Predict** before you run on: does decay lower the training loss on both?

# %%
draw, labels = np.random.default_rng(0), data.y_train.copy()
swapped = draw.random(n) < 0.2
labels[swapped] = draw.integers(10, size=swapped.sum())


def held_out(y):
    """1000 of the training samples to learn from and, in the place of the test, the other 347."""
    return Data(data.x_train[:, :1000], y[:1000], data.x_train[:, 1000:], y[1000:])


sets = {"as they are": held_out(data.y_train), "20 % at random": held_out(labels)}
budget = 10 * batches_per_epoch(1000, 16)

# %%
shapes = {
    "constant": lambda top: top,
    "two drops": lambda top: step_decay(top, 0.1, budget // 3),
    "cosine": lambda top: cosine(top, budget),
    "1/t": lambda top: inverse_time(top, budget / 10),
}


def learn(kind, name, top, seeds):
    """One training a seed."""
    return [train(network, GRADIENT_DESCENT, sets[kind], lr=shapes[name](top), batch=16, epochs=10, seed=seed) for seed in seeds]

# %%
tops, tuning, lowest, best = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.6), {}, {}, {}
tried = {"as they are": ("constant", "cosine"), "20 % at random": tuple(shapes)}
for kind, name in [(kind, name) for kind in tried for name in tried[kind]]:
    for top in progress(tops, f"{name}, labels {kind}"):
        runs = learn(kind, name, top, range(5))
        tuning[kind, name, top] = np.array([(run.losses[-1], 100 * run.accuracies[-1]) for run in runs]).T
    lowest[kind, name] = theory.best_of_grid({top: np.median(tuning[kind, name, top][0]) for top in tops})
    best[kind, name] = theory.best_of_grid({top: -tuning[kind, name, top][1].mean() for top in tops})

# %%
fresh = {"as they are": range(10, 50), "20 % at random": range(10, 30)}
losses = {(kind, name): np.array([run.losses[-1] for run in learn(kind, name, lowest[kind, name], fresh[kind])]) for kind in tried for name in ("constant", "cosine")}
tests = {}
for kind, name in progress(list(best), "fresh seeds"):
    runs = learn(kind, name, best[kind, name], fresh[kind])
    tests[kind, name] = np.array([100 * network.accuracy(run.w, data.x_test, data.y_test) for run in runs])

# %%
cosine_over_constant = {kind: ratio(losses[kind, "cosine"], losses[kind, "constant"]) for kind in tried}
lower = tuple(c.says(*words) == "lower" for c in cosine_over_constant.values())

# %%
predict("09 decay", measured=lambda: lower)

# %%
seen = {kind: {name: [tuning[kind, name, top][1].mean() for top in tops] for name in tried[kind]} for kind in tried}
figure = lesson_09.accuracies(tops, seen, (88, 64))

# %%
listed = ". ".join(f"Labels {kind}: " + ", ".join(f"{name} {tests[kind, name].mean():.1f} % from {best[kind, name]}" for name in tried[kind]) for kind in tried)
Captioned(figure, f"Validation accuracy after 10 epochs by the rate at the top, mean of five seeds; the labels that are held out are as wrong as the others. Test accuracy of fresh seeds at the best rate of each: {listed}.")

# %%
for kind, names in tried.items():
    c = cosine_over_constant[kind]
    print(f"labels {kind}, {len(fresh[kind])} fresh seeds: training loss, cosine over constant: {c.says(*words)}, by at least 3 %: {not 0.97 < c.low < 1.03 and not 0.97 < c.high < 1.03}")
    for name in names[1:]:
        c = difference(tests[kind, name], tests[kind, "constant"])
        print(f"   test accuracy, {name} minus constant: {c} points, {c.says(*words)}")

# %% [markdown]
# Where the network fits every sample, each gradient goes to zero with the loss: **the noise dies by itself**, and decay shortens the way. So the constant rate ends with the lower *training loss*. The test does not follow: there the cosine ends some tenths of a point higher. Where labels disagree there is a floor: the cosine lowers the training loss, and each of the falling rates gains about two points in the test.

# %% [markdown]
# ## Measure: raising the momentum
#
# The article wants β to start at 0.5 and to rise to 0.9. Sutskever and others (2013) let it rise every 250 steps, as $1 - 1/(2(\lfloor t/250\rfloor + 1))$ up to a cap, and lower it for the last thousand steps. By our formula a rising β *heats* the run while it goes on. Batches of 16, 15 epochs, four rates each:

# %%
print("Sutskever's β, without a cap:", ", ".join(f"{sutskever(1)(t):.3f} at t = {t}" for t in (0, 250, 500, 750, 1000)))
long = 15 * batches_per_epoch(n, 16)
rising = {"constant 0.9": 0.9, "0.5 to 0.9": anneal(0.5, 0.9, long // 2), "Sutskever to 0.9": sutskever(0.9), "Sutskever to 0.99": sutskever(0.99)}
ladder, found = (0.05, 0.1, 0.15, 0.2), {}
for name, plan in rising.items():
    for rate in progress(ladder, name):
        found[name, rate] = np.array([train(network, MOMENTUM, data, lr=rate, beta=plan, batch=16, epochs=15, seed=seed).losses[-1] for seed in range(5)])
    print(f"{name}: " + ", ".join(f"{told(found[name, rate])} at {rate}" for rate in ladder[:2]) + f"; at 0.2 higher than at 0.1: {np.median(found[name, 0.2]) > np.median(found[name, 0.1])}")

# %%
chosen = {name: theory.best_of_grid({rate: np.median(found[name, rate]) for rate in ladder}) for name in rising}
for name in list(rising)[1:]:
    c = ratio(found[name, chosen[name]], found["constant 0.9", chosen["constant 0.9"]])
    print(f"{name} over constant 0.9, each at its best rate: loss {c.says(*words)}, at least threefold: {c.low > 3}")

# %% [markdown]
# On this small task a rising β gains nothing, each plan at its best rate: it is a smaller effective rate in the beginning, and time is lost; where 0.9 is too hot it arrives there later. Sutskever's networks were deep autoencoders with a long first phase, and β = 0.99 paid there; this is no verdict on them.

# %% [markdown]
# ## Measure: the warm-up
#
# A rate that would be right later can throw the run off at once, if the curvature or the noise is higher at first than later. Here, with cross-entropy, both are. (Lesson 11 trains with squared error and full batches, where curvature grows.)

# %%
def early_and_late(seed):
    """Top eigenvalue of the Hessian, and the variance of one sample's gradient, twice."""
    arrived, found = train(network, GRADIENT_DESCENT, data, lr=0.5, epochs=12, seed=seed).w, []
    for place in (network.init(seed), arrived):
        each = np.array([network.gradient(place, data.x_train[:, [i]], data.y_train[[i]]) for i in range(0, n, 4)])
        found += [sharpness(lambda w: network.gradient(w, data.x_train, data.y_train), place), each.var(axis=0).sum()]
    return found


first, noise_first, last, noise_last = np.median([early_and_late(seed) for seed in range(3)], axis=0)
print(f"curvature {first:.1f} at the first weights, {last:.1f} after 12 epochs; noise of one sample {noise_first:.0f} and {noise_last:.1f}")

# %% [markdown]
# Twelve epochs with batches of 64, and a warm-up over the first three. For Adam the rule of thumb is a warm-up of $2/(1-\beta_2)$ steps (Ma and Yarats, 2021): by then most of the weight of $s$ is on gradients that it has seen. At 0.999 that is more than this whole training has.

# %%
steps = round(2 / (1 - 0.999))
print(f"{steps} steps, after which {1 - 0.999**steps:.2f} of the weight is there; this training has {12 * batches_per_epoch(n, 64)}")
gentle, ends = 3 * batches_per_epoch(n, 64), {}
for rule, ladder in ((GRADIENT_DESCENT, (0.5, 1, 2, 4)), (ADAM, (0.003, 0.01, 0.03, 0.1))):
    for rate in ladder:
        for way in (0, 1):
            ends[rule.name, rate, way] = np.array([train(network, rule, data, lr=warm_up(rate, gentle if way else 1), epochs=12, seed=seed).losses[-1] for seed in seeds])
        c = ratio(ends[rule.name, rate, 1], ends[rule.name, rate, 0])
        print(f"{rule.name}, lr = {rate}: {told(ends[rule.name, rate, 0])} without, {told(ends[rule.name, rate, 1])} with warm-up, {c.says(*words)}")

# %%
for name, ladder in ((GRADIENT_DESCENT.name, (0.5, 1, 2, 4)), (ADAM.name, (0.003, 0.01, 0.03, 0.1))):
    without, warmed = (theory.best_of_grid({rate: np.median(ends[name, rate, way]) for rate in ladder}) for way in (0, 1))
    c = ratio(ends[name, warmed, 1], ends[name, without, 0])
    print(f"{name}: best rate {without} without, {warmed} with warm-up; loss with over without, each at its best: {c.says(*words)}")

# %% [markdown]
# At 2 gradient descent is thrown off without a warm-up, and with it reaches its lowest median. Whether that pays these six seeds cannot tell: against the best rate without a warm-up the interval holds no difference. At the rates below, which work without one, it costs time, and Adam gains nothing by it here. **A warm-up can make a higher rate usable; it does not say that the higher rate is better.**

# %% [markdown]
# ## Derive: annealing that climbs
#
# The article says *simulated annealing* where it means a falling rate. The real thing needs no gradient: propose a random move, and if it climbs by $\Delta E$, accept it with probability $e^{-\Delta E/T}$; lower $T$ slowly. Why this rule? At a fixed $T$ places of height $E$ should be visited in proportion to $e^{-E/T}$. Then moves from $a$ to $b$ have to be as frequent as back, for either sign of the climb:

# %%
E_a, climb, heat = sp.Symbol("E_a", real=True), *sp.symbols("Delta T", positive=True)
accept = lambda rise: sp.exp(-sp.Max(rise, 0) / heat)
visits = lambda height: sp.exp(-height / heat)
for sign, word in ((1, "up"), (-1, "down")):
    there = visits(E_a) * accept(sign * climb)
    back = visits(E_a + sign * climb) * accept(-sign * climb)
    print(f"moves {word} are as frequent as those back: {sp.simplify(there - back) == 0}; accepted with {accept(sign * climb)}")

# %%
show_kernel(metropolis)

# %% [markdown]
# ## Measure: two wells
#
# A tilted double well, 200 searches, all in the *wrong* well. The rate decays, or the temperature. **Predict**: how many of 200 descents with exact gradients and a decaying rate end in the deeper well?

# %% tags=["predicts-C17"]
predict("09 wells")

# %% tags=["shows-C17"]
well = tilted_well()


def deeper(noise, top=0.1, steps=1000):
    """How many of 200 descents with a rate that falls to 0 end in the deeper well."""
    place, draw = np.full(200, 0.96), np.random.default_rng(4)
    plan = anneal(top, 0.0, steps)
    for count in range(1, steps + 1):
        gradient_descent(place, well.slope(place) + noise * draw.normal(size=200), lr=plan(count))
    return int(np.sum(place < 0))


place, draw = np.full(200, 0.96), np.random.default_rng(4)
for count in range(1000):
    metropolis(place, well.value, draw, temperature=0.5 * 0.04 ** (count / 999), width=0.5)
print(f"simulated annealing, T from 0.5 to 0.02: {np.sum(place < 0)} of 200")
for noise in (0, 1, 3):
    print(f"descent, rate from 0.1 to 0, noise {noise}, temperature from {theory.temperature(0.1, noise):.2g}: {deeper(noise)} of 200")

# %%
ground = np.linspace(-1.5, 1.4, 300)
figure, ax = canvas(height=3.8)
ax.plot(ground, well.value(ground), color="#1f2328")
bottom = ground[:150][well.value(ground[:150]).argmin()], ground[150:][well.value(ground[150:]).argmin()]
peak = well.value(ground[(ground > -0.5) & (ground < 0.5)]).max()
for x0, word in zip(bottom, ("deeper", "all begin in this one")):
    ax.plot(x0, well.value(x0), "o", color=plain_colour, markersize=9)
    label_end(ax, x0, well.value(x0), word, plain_colour, ha="center", xytext=(0, -18))
ax.set_ylim(-0.8, 2.2)
name_axes(ax, "w1", "loss")
barrier, gap = peak - well.value(bottom[1]), well.value(bottom[1]) - well.value(bottom[0])
Captioned(figure, f"The tilted double well. The barrier is {barrier:.2f} high seen from the wrong well, which lies {gap:.2f} above the deeper one.")

# %% [markdown]
# Short steps that get shorter never climb, however slow the decay: the article's word is wrong. But look at the last rows. *Noise* climbs, and its temperature is the same letter: for short steps noisy descent settles to $e^{-f/T}$ with $T = \eta s^2/2$, as a Metropolis search does. If $T$ is small against the barrier nothing happens; if not, a falling rate cools it, and it is an annealing of sorts. Real gradient noise, though, is what the data make it, not a chosen temperature.

# %% [markdown]
# **Verdict.** A constant rate follows the noise for ever at a temperature $\eta\sigma^2/(2B(1-\beta))$: train hot while the distance counts, and cool down before you stop. Where the noise dies by itself, decay costs *training loss*; that is no verdict on the test, where the cosine did not lose.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | one must slow down when nearing a minimum | imprecise: an exact gradient shortens the steps by itself; it is noise that asks for a falling rate |
# | use *simulated annealing* in case you overshoot | wrong: it means decay of the rate, which never accepts a climb; 0 of 200 against nearly all |
# | start β at 0.5 and anneal it to 0.9 | advice of its time: tested at tuned rates, it gained nothing here; a rising β heats |
# | momentum improves stability | for short steps it raises the noise floor by $1/(1-\beta)$ at one η, and leaves it as it is at equal effective rate |
# | RMSProp *anneals* by itself, so that no rate needs adjusting | wrong: lesson 06 finds steps of length η for ever, and Adam and RMSProp need a schedule as the others do |

# %% [markdown]
# ## Errors in print
#
# A footnote of *Why Momentum Really Works* derives the mean loss under noise. What it prints lacks two squares. As an exercise:

# %%
check("printed noise", ...)

# %% [markdown]
# ## Where this story ends
#
# A quadratic, and noise that does not change with the place. In a network noise and curvature are tied to each other and to the loss, and the noise is neither Gaussian nor the same in all directions. Whether a warm run finds flatter minima, and whether those are better, is the question of [lesson 11](11_flat_sharp_and_the_edge.ipynb). And the best schedule for a budget has to be found by tuning, for every method alike.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** A variance, a floor in numbers, and a fair exchange.

# %%
check("variance of w", ...)

# %%
check("compute the floor", ...)

# %%
check("same temperature", ...)

# %%
check("momentum and noise", ...)

# %% [markdown]
# **2 Tune.** The goal of the explorer, with any schedules you like: functions of `t`, or numbers. The check runs it two thousand times and says what the loss that is left consists of.

# %%
check("mean loss below 0.16", {"lr": ..., "beta": ...})

# %% [markdown]
# **3 Correct the article.** And the formula of the real thing.

# %%
check("descent that is annealed", ...)

# %%
check("accept a climb", ...)

# %% [markdown]
# **4 Discuss.** A paper compares a cosine from 0.1 with a constant 0.1, and the cosine wins. What would you ask for? `hint("compare schedules")` helps; `solution("compare schedules")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Two phases.* First the distance decides, then the noise; a constant rate is a compromise.
# - *The floor.* $\eta s^2/(2(2-\eta\lambda))$ in each direction; with momentum $1/(1-\beta)$ times that for short steps.
# - *One temperature.* $\eta\sigma^2/(2B(1-\beta))$; on digits the loss follows η/B within about 15 per cent, up to the limit of stability.
# - *Schedules.* On digits decay pays where there is a floor; where there is none it costs training loss. A warm-up can make a higher rate usable.
# - *Two annealings.* Decay shortens steps; Metropolis accepts climbs with $e^{-\Delta E/T}$.

# %% [markdown]
# ## References
#
# - H. Robbins, S. Monro, "A stochastic approximation method", *Ann. Math. Statist.* 22 (1951), 400–407, doi:10.1214/aoms/1177729586.
# - N. Metropolis, A. Rosenbluth, M. Rosenbluth, A. Teller, E. Teller, "Equation of state calculations by fast computing machines", *J. Chem. Phys.* 21 (1953), 1087–1092, doi:10.1063/1.1699114.
# - S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by simulated annealing", *Science* 220 (1983), 671–680, doi:10.1126/science.220.4598.671.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning", *ICML* 2013, PMLR 28, 1139–1147.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, doi:10.23915/distill.00006.
# - S. Mandt, M. Hoffman, D. Blei, "Stochastic gradient descent as approximate Bayesian inference", *JMLR* 18 (2017), arXiv:1704.04289.
# - K. Liu, L. Ziyin, M. Ueda, "Noise and fluctuation of finite learning rate stochastic gradient descent", *ICML* 2021, arXiv:2012.03636.
# - S. Smith, Q. Le, "A Bayesian perspective on generalization and stochastic gradient descent", *ICLR* 2018, arXiv:1710.06451.
# - P. Goyal and others, "Accurate, large minibatch SGD: training ImageNet in 1 hour", arXiv:1706.02677.
# - S. McCandlish, J. Kaplan, D. Amodei, "An empirical model of large-batch training", arXiv:1812.06162.
# - I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", *ICLR* 2017, arXiv:1608.03983.
# - J. Ma, D. Yarats, "On the adequacy of untuned warmup for adaptive optimization", *AAAI* 2021, arXiv:1910.04209.
#
# Before: [08, The axes matter](08_the_axes_matter.ipynb). Next: [10, When Adam fails](10_when_adam_fails.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
