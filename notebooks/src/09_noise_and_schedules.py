# %% [markdown]
# # 09 · Quiet the noise
#
# Training computes each gradient from a few samples: a guess, a noisy estimate. Here is gradient descent on our ravine, once with exact gradients and once with guessed ones.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import sharpness
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Cloud
from course_utils.figures import lesson_09
from course_utils.networks import Data, Network, batches_per_epoch, difference, digits, one_thread
from course_utils.networks import ratio, train, train_side_by_side

# %% jupyter={"source_hidden": true}
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, MOMENTUM_RATE_OUTSIDE, anneal
from course_utils.optimizers import cosine, gradient_descent, inverse_time, metropolis, momentum
from course_utils.optimizers import show_kernel, step_decay, sutskever, warm_up
from course_utils.surfaces import noisy, ravine, tilted_well
from course_utils.symbolic import Equations, beta, curvature, iteration_matrix, lr, s, trace
from course_utils.symbolic import upright, w

z, V = sp.symbols("z V", real=True)
exact = descend(ravine(25), GRADIENT_DESCENT, lr=0.04, steps=240)
guessed = descend(noisy(ravine(25), 4.0), GRADIENT_DESCENT, lr=0.04, steps=240)
explorer, data, network = Cloud(step=120), digits(), Network()

# %%
lesson_09.loss_that_stops(exact, guessed, since=80)

# %% [markdown]
# From step 80 on (dotted line) the noisy loss no longer falls. What holds it up, and what would lower it?
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 44 for the core; 4 to 20 for each section below it |
# | **You need** | lessons [01, The ravine](01_the_ravine.ipynb), [03, Averages](03_averages_with_memory.ipynb) and [04, Momentum](04_momentum.ipynb) |
# | **You will be able to** | derive where a noisy loss levels off · trade batch size against learning rate · write a schedule, and say where it helps |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# ## Remember
#
# Two questions, on lessons 01 and 04.

# %%
predict("09 remember steps")

# %%
predict("09 remember rate")

# %% [markdown]
# ## Where is the run?
#
# The noise has standard deviation 4 along each weight.

# %% tags=["predicts-C06"]
predict("09 stopped")

# %% tags=["shows-C06"]
lesson_09.where_it_is(guessed, since=80)

# %% [markdown]
# **That a loss has stopped falling does not mean that the run is at rest:** this one *hovers*. With exact gradients the steps of a converging run shorten by themselves; with noise that lasts they do not.
#
# ## The disease in one sentence
#
# Close to a minimum at which the samples disagree, a mini-batch gradient is mostly noise, and at a constant learning rate the weights keep following it.
#
# ## Derive: gradient plus noise
#
# A **mini-batch** gradient is the mean over $B$ of the $n$ samples, drawn at random. The mean of all such guesses is the full gradient $g$, so
#
# $$g_B = g + \text{noise of mean } 0.$$

# %% [markdown]
# How large is the noise? Let $\sigma^2$ be the variance of one sample's gradient. A mean of $B$ independent draws has the variance $\sigma^2/B$. A mini-batch draws no sample twice, which lowers the variance further:
#
# $$s^2 = \frac{\sigma^2}{B}\cdot\frac{n-B}{n-1},$$
#
# and at $B = n$ no noise is left. We test it on the digits at the first weights: 400 mini-batches of each size, squared distances summed over all weights.

# %%
place, n, draw = network.init(0), data.y_train.size, np.random.default_rng(0)
samples = [(data.x_train[:, [i]], data.y_train[[i]]) for i in range(n)]
each = np.array([network.gradient(place, *sample) for sample in samples])
errors = {}
for size in (1, 4, 16, 64, 256, 1024):
    chosen = np.array([draw.permutation(n) < size for _ in range(400)])
    errors[size] = np.sum((chosen / size @ each - each.mean(axis=0)) ** 2, axis=1)
lesson_09.error_by_batch(errors, each.var(axis=0).sum(), n)

# %% [markdown]
# As long as $B$ is small against $n$, the error itself falls as $1/\sqrt B$: halving it takes four times the samples.
#
# ## Predict
#
# How does η turn this noise into a loss? Lock in your answer, and the explorer opens.

# %%
predict("09 half the rate", opens=explorer)

# %% [markdown]
# ## Derive: the floor
#
# In one direction of curvature λ the guess is $\lambda w + s z$, with an independent $z$ of mean 0 and variance 1 at each step:
#
# $$w \leftarrow (1-\eta\lambda)\,w - \eta s z.$$
#
# The mean of $w$ shrinks as without noise. The variance $V$ of $w$ shrinks by the square of that factor, and every step adds to it:
#
# $$V \leftarrow (1-\eta\lambda)^2\, V + \eta^2 s^2.$$
#
# $V$ settles where it no longer changes. Find it on paper before you read on.

# %%
check("variance of w", ...)

# %% [markdown]
# With $1-(1-\eta\lambda)^2 = \eta\lambda\,(2-\eta\lambda)$, for $0 < \eta\lambda < 2$,
#
# $$V = \frac{\eta s^2}{\lambda\,(2-\eta\lambda)}, \qquad \text{mean loss}\; \frac{\lambda}{2} V = \frac{\eta s^2}{2\,(2-\eta\lambda)} \approx \frac{\eta s^2}{4} \;\text{ for short steps.}$$

# %%
square = sp.expand(trace(gradient_descent, g=curvature * w + s * z)["w"] ** 2)
kept, added = square.coeff(z, 0) / w**2, square.coeff(z, 2)
(settled,) = sp.solve(sp.Eq(V, kept * V + added), V)
floor_of_descent = sp.simplify(curvature / 2 * settled)
print("the floor:", sp.simplify(floor_of_descent - lr * s**2 / (2 * (2 - lr * curvature))) == 0)

# %% [markdown]
# This is the **noise floor** of one direction; the floors of all directions add up. It is proportional to $s^2$. For short steps it is also proportional to η, and **it does not depend on λ**: with equal noise, a steep direction and a flat one hover at the same loss.
#
# ## Measure: two phases
#
# Four hundred descents for each of three learning rates, beside what the two recursions above predict:

# %%
start = np.broadcast_to(np.array([[2.0], [-10.0]]), (2, 400))
many = {
    rate: descend(noisy(ravine(25), 4.0), GRADIENT_DESCENT, start, steps=480, lr=rate)
    for rate in (0.04, 0.02, 0.01)
}
lesson_09.two_phases(many, noise=4.0)

# %% [markdown]
# A noisy descent has **two phases**. At first the distance from the minimum decides, and of these three the largest η is quickest. Later the floor decides, and the largest η has the highest. A constant η has to serve both.
#
# ## Predict: a larger batch
#
# Now the digits and the network of lessons 03 and 04, gradient descent for ten epochs, twelve seeds. We raise the batch size from 8 to 128, and η in proportion. An epoch then has a sixteenth of the steps.

# %% jupyter={"source_hidden": true}
sizes, quotients = (8, 32, 128), np.array([0.003, 0.01, 0.03])
losses = {}
for B in sizes:
    rates = B * quotients[:, None]
    ends = train_side_by_side(
        network, GRADIENT_DESCENT, data, range(12), lr=rates, batch=B, epochs=10
    )
    losses |= {(q, B): seen for q, seen in zip(quotients, ends.losses)}

# %%
predict("09 quotient", measured=lambda: np.median(losses[0.01, 128]) / np.median(losses[0.01, 8]))

# %% [markdown]
# ## Derive: one temperature
#
# With $s^2 = \sigma^2/B$, for small batches, the floor for short steps is $\eta\sigma^2/(4B)$ in each direction. In physics each direction of a quadratic has the mean energy $T/2$, $T$ the *temperature*:
#
# $$T = \frac{\eta\,\sigma^2}{2B}.$$
#
# For short steps only the quotient η/B counts, on the way down as well: over equal epochs it fixes the sum of η. A network is not a quadratic; does this hold there?

# %%
lesson_09.batch_and_rate(losses, blind=np.log(10), epochs=10)

# %% [markdown]
# Along a line the loss changes little, though batch and learning rate grow up to sixteenfold; between lines it changes a lot. That is **linear scaling**: double the batch, double the learning rate. It fails at the latest where η is too large even for exact gradients, as at the cross.

# %% [markdown]
# ## Implement: a schedule
#
# Two phases ask for two learning rates. A **schedule** is a function of the step count $t = 1, 2, \dots$; pass it in place of a number, as `lr=` or `beta=`. Write a widely used one: η rises in a straight line to its peak, here the *top* (the *warm-up*), then falls to 0 along half a cosine wave.

# %%
def my_schedule(t):
    """0.1 t / 20 up to t = 20, then half a cosine from 0.1 to 0 at t = 120, then 0."""
    ...


check("warm-up, then cosine", my_schedule)

# %% [markdown]
# ## Play
#
# Two hundred runs, and the ellipse where theory expects most. Watch the two phases with *Play*, then take up the goal. On the slider of η, *best* marks the lowest expected loss at step 120, *limit* the largest stable constant η.

# %%
explorer

# %% jupyter={"source_hidden": true}
explorer.filmstrip(
    {"step": 20},
    {"step": 120},
    {"batch": 64, "lr": 0.076, "step": 120},
    {"lr": 0.074, "schedule": "cosine to 0", "step": 120},
)

# %% [markdown]
# ## Measure: schedules at an equal budget
#
# Does decay pay on digits? Ten epochs, batches of 16, twice: with the labels as they are, and with one label in five, on average, drawn at random, which ten epochs do not fit. Of the training samples 347 are held out; on them each schedule's top is chosen, one of seven. Fresh seeds then run at that top.

# %% jupyter={"source_hidden": true}
draw, labels, tests = np.random.default_rng(0), data.y_train.copy(), {}
swapped = draw.random(n) < 0.2
labels[swapped] = draw.integers(10, size=swapped.sum())
learnt, held_out = slice(1000), slice(1000, None)
sets = {
    name: Data(data.x_train[:, learnt], y[learnt], data.x_train[:, held_out], y[held_out])
    for name, y in {"labels as they are": data.y_train, "a fifth at random": labels}.items()
}
budget = 10 * batches_per_epoch(1000, 16)
tops = np.array([0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6])
shapes = {
    "constant": lambda top: top,
    "two drops": lambda top: step_decay(top, 0.1, budget // 3),
    "1/t": lambda top: inverse_time(top, budget / 10),
    "cosine": lambda top: cosine(top, budget),
}


def learn(labels, plan, seeds):
    """Ten epochs for every learning rate of a plan and every seed."""
    made = dict(lr=plan, batch=16, epochs=10)
    return train_side_by_side(network, GRADIENT_DESCENT, sets[labels], seeds, **made)


def lower(labels):
    """Whether the cosine ends with the lower training loss."""
    ends = (fresh[labels, name].losses for name in ("cosine", "constant"))
    return ratio(*ends).high < 1

# %%
tried, chosen, fresh = {}, {}, {}
for key in [(labels, shape) for labels in sets for shape in shapes]:
    tried[key] = learn(key[0], shapes[key[1]](tops[:, None]), range(5))
    validation = dict(zip(tops, -tried[key].accuracies.mean(axis=1)))
    chosen[key] = theory.best_of_grid(validation)
    fresh[key] = learn(key[0], shapes[key[1]](chosen[key]), range(10, 30))

# %%
predict("09 decay", measured=lambda: tuple(map(lower, sets)))

# %%
for key, runs in fresh.items():
    tests[key] = [100 * network.accuracy(w, data.x_test, data.y_test) for w in runs.w]
lesson_09.on_digits({key: runs.losses for key, runs in fresh.items()}, tests)

# %% [markdown]
# With labels wrong at random, noise stays: decay lowers the training loss *and* the test error. Where the network fits the samples, each gradient goes to 0 with its loss. **Noise that dies by itself leaves no floor**, at learning rates below a limit (exercise 1): here decay costs training loss, since it shortens the steps. In test accuracy we detect no difference.
#
# **Verdict.** Where noise stays, a constant learning rate ends at a floor, and decay lowers it. Where the noise dies, there is no floor to lower.

# %% [markdown]
# ## You will also hear
#
# - **Stochastic gradient descent (SGD)**: gradient descent with mini-batch gradients.
# - **Noise scale**, or temperature: η/B up to a factor. (The *gradient noise scale* is a batch size.)
# - **Linear scaling rule**: keep η/B constant.
# - **Interpolation**: the network fits every sample, and the noise dies.
# - **Learning-rate annealing**, or decay: η falls.
# - In PyTorch: `torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)`, then `scheduler.step()` after each `optimizer.step()`.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Where every sample fits, the noise shrinks with the distance. Below which learning rate does no floor remain?
#
# **2 Tune.** The goal of the explorer, with schedules of your own: functions of `t`, or numbers. The check runs yours two thousand times and says what the remaining loss consists of.
#
# **3 Explain.** A paper compares a cosine from 0.1 with a constant 0.1, and the cosine wins. Which runs would you ask for? `hint("compare schedules")` helps; `solution("compare schedules")` outlines an answer.

# %%
check("noise that dies", ...)

# %%
check("mean loss below 0.16", {"lr": ..., "beta": ...})

# %% [markdown]
# ## Summary
#
# - *The floor.* $\eta s^2/(2(2-\eta\lambda))$ in each direction, about $\eta s^2/4$ for short steps.
# - *Batch against learning rate.* The floor follows η/B; on digits so did the loss, up to the limit of stability.
# - *Schedules.* First the distance decides, then the noise. Decay lowers the floor of noise that stays; where noise died, on digits, it cost training loss.
#
# Whether a network's noise leads to flatter minima is a question for [lesson 11](11_flat_sharp_and_the_edge.ipynb). First, convex problems on which Adam fails: [lesson 10](10_when_adam_fails.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The floor of momentum, 20 minutes
#
# It is said that momentum averages many gradients and so reduces the noise. Read this before you turn it on to get a lower loss.

# %% [markdown]
# In the explorer of the core, at batch size 8, you raise β from 0 to 0.9 and leave η = 0.01 as it is.

# %%
predict("09 floor of momentum")

# %% [markdown]
# Now $v$ and $w$ are noisy together, and they share their noise. A step multiplies the pair by the matrix $A$ of lesson 05 and adds $z$ times a vector $b$; both come from the kernel. The covariance $P$ of the pair settles where $P = A P A^\top + b\,b^\top$, a *discrete Lyapunov equation*: here three linear equations.

# %%
step = trace(momentum, g=curvature * w + s * z)
A, b = iteration_matrix(momentum), sp.Matrix([sp.diff(step[name], z) for name in ("v", "w")])
vv, vw, ww = sp.symbols("vv vw ww")
P = sp.Matrix([[vv, vw], [vw, ww]])
(found,) = sp.solve(list(A * P * A.T + b * b.T - P), [vv, vw, ww], dict=True)
variance = upright(found[ww])
Equations({"variance of w": variance, "variance of v": upright(found[vv])})

# %%
floor = sp.simplify(curvature / 2 * variance)
short = sp.limit(floor / lr, lr, 0) * lr
nine = sp.simplify((short / short.subs(beta, 0)).subs(beta, sp.Rational(9, 10)))
equal = sp.solve(sp.Eq(floor, floor_of_descent), lr)[0] * curvature
same = sp.simplify(floor.subs(beta, 0) - floor_of_descent) == 0
print("at beta = 0 it is the floor of descent:", same)
print("the two floors are equal at lr times curvature =", upright(equal))
print("at beta = 9/10 and short steps it is", nine, "times as high")
Equations({"mean loss": upright(floor), "short steps": upright(short)})

# %% [markdown]
# **Momentum at the same η raises the floor where $\eta\lambda < 1 + \beta$, for short steps tenfold at β = 0.9.** (From there to 2 it lowers the floor.) The belief that it averages noise away has a true core: an *average* of gradients is less noisy. But momentum is a sum, and the weights add up all the noise: in the long run, where the loss is flat, each noise $z$ moves $w$ by $\eta/(1-\beta)$ times $s z$.
#
# At equal *effective* learning rate $\eta/(1-\beta)$ the floors are equal, for short steps. So $T = \eta\sigma^2/(2B(1-\beta))$.

# %% [markdown]
# The derived covariance goes back into the equation, and so does a tempting slip: the variance of descent times $(1-\beta)/(1+\beta)$, as if momentum were an average.

# %%
averaged = P.subs({**found, ww: (1 - beta) / (1 + beta) * settled})
for name, proposed in (("derived", P.subs(found)), ("averaged away", averaged)):
    left = sp.simplify(A * proposed * A.T + b * b.T - proposed)
    print(f"{name}: it solves the equation: {left == sp.zeros(2, 2)}")

# %% [markdown]
# And the numbers: 4000 runs that start at the minimum, after 400 steps, in the steep and in the flat direction, with the standard error of a variance of so many values.

# %%
for rate, kept in ((0.04, 0.0), (0.004, 0.9), (0.04, 0.5), (0.06, 0.9)):
    origin = np.zeros((2, 4000))
    runs = descend(noisy(ravine(25), 4.0), MOMENTUM, origin, steps=400, lr=rate, beta=kept)
    seen = runs.positions[-1].var(axis=1)
    formula = theory.noise_variance(rate, np.array([25, 1]), 4.0, kept)
    print(f"lr = {rate}, beta = {kept}:", end=" ")
    for axis, x, f in zip(("steep", "flat"), seen, formula):
        print(f"{axis} {x:.4f} ± {x * np.sqrt(2 / 4000):.4f}, predicted {f:.4f}", end="; ")
    print()

# %%
check("momentum and noise", ...)

# %%
check("same temperature", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## A drop and the velocity, 5 minutes
#
# A schedule combined with momentum means different things in different libraries. Read this before you copy one.

# %% [markdown]
# Momentum can be written with η inside the velocity or outside of it (lesson 04). At a constant η both make the same path. Now η drops tenfold after step 15, in a valley of curvature 1 without noise, from $w = 1$.

# %% tags=["predicts-C30"]
predict("09 drop")

# %% tags=["shows-C30"]
drop = lambda t: 0.02 if t <= 15 else 0.002
for rule in (MOMENTUM, MOMENTUM_RATE_OUTSIDE):
    run = descend(ravine(1), rule, (1.0, 1.0), steps=60, lr=drop, beta=0.9)
    seen = ", ".join(f"{run.positions[t, 0]:.3f} at step {t}" for t in (15, 25, 60))
    print(f"{rule.name}: w = {seen}")

# %% [markdown]
# Inside, what the velocity holds keeps its old scale and dies out over some $1/(1-\beta)$ steps; outside, all of it is cut at once. A published schedule has to say which convention it uses.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The floor on real data, 8 minutes
#
# Can a floor be computed before a single step, on real data, where the noise differs from weight to weight? For a linear model it can.

# %% [markdown]
# A linear model of the digits with squared loss is exactly quadratic: we know its minimum, its curvatures and the variance of its gradients there. The formula then gives the floor direction by direction, with momentum too. Runs start at the minimum; their batches are drawn afresh, or epochs are shuffled as in the runs above.

# %% jupyter={"source_hidden": true}
linear, x = Network((64, 10), loss="squared"), np.vstack([data.x_train, np.ones(n)])
wanted = np.eye(10)[data.y_train].T
solved = np.linalg.lstsq(x.T, wanted.T, rcond=None)[0].T
errors = solved @ x - wanted
at_minimum = linear.pack([(solved[:, :64], solved[:, 64:])])
least = linear.loss(at_minimum, data.x_train, data.y_train)
curvatures, axes = np.linalg.eigh(x @ x.T / n)
power = (axes.T @ x) ** 2 @ (errors**2).T / n
alive = curvatures > 1e-9


def foretold(rate, memory, B):
    """The loss above the minimum at which it should hover: all directions, all ten outputs."""
    noise = np.sqrt(power[alive] / B)
    spread = theory.noise_variance(rate, curvatures[alive, None], noise, memory)
    return float((curvatures[alive, None] / 2 * spread).sum())

# %% jupyter={"source_hidden": true}
def hovers(rate, memory, B, seed, shuffled, steps=2400):
    """Mean loss above the minimum over the second half of a run that starts in it."""
    draw, place = np.random.default_rng(seed), solved.copy()
    velocity, seen, order = np.zeros_like(solved), [], np.empty(0, dtype=int)
    for count in range(steps):
        if shuffled and order.size < B:
            order = draw.permutation(n)
        chosen, order = (order[:B], order[B:]) if shuffled else (draw.integers(n, size=B), order)
        slope = (place @ x[:, chosen] - wanted[:, chosen]) @ x[:, chosen].T / B
        momentum(place, slope, velocity, lr=rate, beta=memory)
        if count >= steps // 2 and count % 40 == 0:
            seen.append(np.sum((place @ x - wanted) ** 2) / (2 * n) - least)
    return np.mean(seen)

# %%
settings = (0.01, 0, 8), (0.04, 0, 32), (0.002, 0.9, 8), (0.02, 0.9, 32), (0.05, 0, 8), (0.08, 0, 8)
formula = np.array([foretold(*setting) for setting in settings])
with one_thread():
    drawn, shuffled = (
        np.array([[hovers(*setting, seed, way) for seed in range(3)] for setting in settings])
        for way in (False, True)
    )
lesson_09.hovering(formula, drawn, shuffled, settings)

# %% [markdown]
# Where every batch is drawn afresh, the mean over seeds agrees with the prediction within a few per cent. At still larger learning rates a run hovers higher, since a mini-batch gives a noisy curvature, too. A shuffled epoch is less noisy, most of all where η is small: its batches are not independent, since each sample that one leaves out is in another. So with shuffled epochs and a small η a run hovers below the formula.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## What a larger batch buys, 12 minutes
#
# "Double the batch, double the learning rate": when is that right, and when does a larger batch only cost more?

# %% [markdown]
# The mean loss after one step along a noisy gradient is a parabola in η. In one direction of curvature λ, with slope $g$ and noise of variance $\sigma^2/B$, it is $\frac{g^2}{2\lambda} - \eta g^2 + \frac{\eta^2\lambda}{2}\,(g^2 + \sigma^2/B)$. Its lowest point:

# %%
G, sigma, size = sp.symbols("g sigma B", positive=True)
after = G**2 / (2 * curvature) - lr * G**2 + lr**2 * curvature * (G**2 + sigma**2 / size) / 2
(best_rate,) = sp.solve(sp.diff(after, lr), lr)
critical = sp.simplify(size * (1 / (curvature * best_rate) - 1))
Equations({"best learning rate": sp.simplify(best_rate), "critical batch": critical})

# %% [markdown]
# That learning rate is $(1/\lambda)/(1 + B_c/B)$. Far below the **critical batch** $B_c$ it grows nearly in proportion to $B$, and doubling both costs next to nothing; far above it a larger batch buys next to nothing. In many directions $B_c = \mathrm{tr}(H\Sigma)/g^\top H g$ (McCandlish and others, 2018). On the way down $g$ shrinks, so $B_c$ grows:

# %%
H = np.diag([25.0, 1.0])
for steep, flat in ((2.0, -10.0), (0.1, -2.0), (0.02, -0.2)):
    slope = ravine(25).gradient(np.array([steep, flat]))
    size = 144 * np.trace(H) / (slope @ H @ slope)
    print(f"{steep} along the steep axis, {flat} along the flat: critical batch {size:.2g}")

# %%
check("compute the floor", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Decay trades speed for floor, 5 minutes
#
# What a schedule buys on the ravine, exactly and at every step.

# %% [markdown]
# Four schedules get 120 steps, with batches of 8. Each begins at the best of 71 learning rates, its *top*. The highest tried is 0.08, the limit of a constant η: above it, the loss along w1 grows as long as η stays there. The expected losses are exact.

# %%
on_ravine = {
    "constant": lambda top: lambda t: top,
    "two drops": lambda top: step_decay(top, 0.1, 40),
    "1/t": lambda top: inverse_time(top, 20),
    "cosine": lambda top: cosine(top, 120),
}
reach = dict(tops=np.linspace(0.01, 0.08, 71), steps=120)
lesson_09.schedules(on_ravine, **reach, noise=12 / np.sqrt(8))

# %% [markdown]
# The constant η is a compromise: a higher one leaves more noise, a lower one more distance. The others start high, to cover the distance, and end low, to lower the floor. Two of them begin at the limit; from a somewhat higher top they would end lower still, after a loss that grows at first. Do not judge too early: at step 40 the schedule with two drops has the most noise.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## How a learning rate may fall, 12 minutes
#
# Proofs ask for a sum without bound and a finite sum of squares. What is needed, and where does the cosine stand?

# %% [markdown]
# Robbins and Monro (1951) ask for two things. The learning rates must add up to infinity, or the run stops on its way. And their squares must add up to something finite, which keeps the *sum* of all noise finite: so every single run converges, with probability 1.

# %%
t = sp.Symbol("t", positive=True, integer=True)
for falling in (sp.Integer(1), 1 / sp.sqrt(t), 1 / t, 1 / t**2):
    sums = [sp.Sum(x, (t, 1, sp.oo)).is_convergent() for x in (falling, falling**2)]
    verdicts = [("endless", "finite")[bool(x)] for x in sums]
    print(f"learning rate {falling}: the sum is {verdicts[0]}, that of squares {verdicts[1]}")

# %% [markdown]
# Of these four only $1/t$ meets both. But the two conditions suffice; they are not needed. Here is the mean square of $w$ itself, exactly, for learning rates that begin at 0.5, with λ = s = 1 and from $w = 3$:

# %%
powers = {"1": 0, "t^-0.3": 0.3, "1/sqrt(t)": 0.5, "1/t": 1, "1/t^2": 2}
for name, power in powers.items():
    plan = lambda t: 0.5 / t**power
    means, variances = theory.noisy_path(plan, 0, 1.0, 1.0, 3.0, 10_000)
    told = [f"{means[t] ** 2 + variances[t]:.2g} after {t:,}" for t in (100, 1000, 10_000)]
    print(f"learning rate 0.5 · {name:9}: {', '.join(told)}")

# %% [markdown]
# The constant learning rate hovers and $1/t^2$ stops on its way. For the other three the mean square falls: the floor is proportional to η, and where η goes to 0 slowly enough, the mean square follows it. So $1/\sqrt t$ works as well; here it is ahead of $1/t$ at first and behind it in the end.
#
# $1/t$ has a meaning, too. In one direction, let $\eta_t = 1/(\lambda t)$ and run the kernel on the gradients $\lambda w + s z_t$:

# %%
place, noises = w, sp.symbols("z1:5")
for count, noise in enumerate(noises, 1):
    seen = curvature * place + s * noise
    place = trace(gradient_descent, w=place, lr=1 / (curvature * count), g=seen)["w"]
sp.factor(sp.expand(place))

# %% [markdown]
# The start is forgotten at once, and what is left is the plain *mean* of all the noise so far, over −λ: its variance is $s^2/(\lambda^2 t)$, and it keeps falling. In a ravine no single $1/(\lambda t)$ suits both curvatures, so other schedules are in use. The **cosine** begins and ends with slope 0, its mean is half of its top, and its value on the way is computed below:

# %%
show_kernel(cosine)

# %%
share, top = sp.symbols("x eta_0", positive=True)
wave = top * (1 + sp.cos(sp.pi * share)) / 2
ends = [sp.diff(wave, share).subs(share, x) for x in (0, 1)]
print("slopes at both ends:", *ends, "  mean:", sp.integrate(wave, (share, 0, 1)))
for quarter in (sp.Rational(k, 4) for k in (1, 2, 3)):
    left = float(wave.subs(share, quarter) / top)
    print(f"after {quarter} of the steps: {left:.3f} of the top")

# %% [markdown]
# Schedules can be nested: `warm_up(cosine(0.1, 120), 20)` is the product of the two. Its cosine starts at $t = 1$, not where the warm-up ends.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## How the tops were chosen, 5 minutes
#
# A comparison of schedules depends on how each is tuned. Here is what each top of the core's study gave on held-out samples, and what another way of choosing would have shown.

# %%
lesson_09.accuracies(tops, {key: 100 * x.accuracies.mean(axis=1) for key, x in tried.items()})

# %% [markdown]
# The held-out labels are as often wrong as the others, so the right panel lies lower. The core's comparison takes the top that is best in this picture. If each schedule takes the top with the lowest *training* loss instead:

# %%
words = "lower", "cannot be told apart", "higher"
for labels in sets:
    ends = []
    for shape in ("constant", "cosine"):
        runs = tried[labels, shape].losses
        lowest = theory.best_of_grid(dict(zip(tops, np.median(runs, axis=1))))
        ends.append(learn(labels, shapes[shape](lowest), range(10, 30)).losses)
    c = ratio(ends[1], ends[0])
    print(f"{labels}: training loss, cosine over constant: {c}, {c.says(*words)}")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Raising the momentum, 8 minutes
#
# It is often advised to let β rise, from 0.5 to 0.9. Here are the values of the paper that made it known, and a test.

# %% [markdown]
# Sutskever and others (2013) let β rise every 250 steps, as $1 - 1/(2(\lfloor t/250\rfloor + 1))$ up to a cap, and lower it for the last thousand steps. By the section on momentum's floor a rising β *raises* the floor at equal η. Batches of 16, 15 epochs, eight seeds, four learning rates each:

# %%
values = (f"{sutskever(1)(t):.3f} at t = {t}" for t in (1, 250, 500, 750, 1000))
print("Sutskever's β, without a cap:", ", ".join(values))
steps = 15 * batches_per_epoch(n, 16)
rising = {
    "constant 0.9": 0.9,
    "0.5 to 0.9": anneal(0.5, 0.9, steps // 2),
    "Sutskever to 0.9": sutskever(0.9),
    "Sutskever to 0.99": sutskever(0.99),
}

# %%
ladder = np.array([0.05, 0.1, 0.15, 0.2])
found = {
    name: train_side_by_side(
        network, MOMENTUM, data, range(8), lr=ladder[:, None], beta=plan, batch=16, epochs=15
    ).losses
    for name, plan in rising.items()
}

# %%
each_best = {}
for name, losses in found.items():
    lowest = theory.best_of_grid(dict(zip(ladder, np.median(losses, axis=1))))
    each_best[name] = losses[list(ladder).index(lowest)]
    print(f"{name}: best at {lowest}", end="")
    if name != "constant 0.9":
        c = ratio(each_best[name], each_best["constant 0.9"])
        print(f"; loss at least twice that of constant 0.9: {c.low > 2}", end="")
    print()

# %% [markdown]
# On this small task a rising β gains nothing, each plan at its best learning rate: it means a smaller effective learning rate at the beginning, and loses time. Sutskever's networks were deep autoencoders with a long first phase, where β = 0.99 paid; this is no verdict on them.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Warm-up, 10 minutes
#
# Why would one begin with a small learning rate? Measured on digits, for gradient descent and for Adam.

# %% [markdown]
# A learning rate that would be right later can throw the run off at once, if the curvature or the noise is higher at first than later. Here, with cross-entropy, both are. (Lesson 11 trains with squared error and full batches, where curvature grows.)

# %%
def early_and_late(seed):
    """Top eigenvalue of the Hessian, and the variance of one sample's gradient, twice."""
    arrived = train(network, GRADIENT_DESCENT, data, lr=0.5, epochs=12, seed=seed).w
    whole, found = lambda w: network.gradient(w, data.x_train, data.y_train), []
    for place in (network.init(seed), arrived):
        some = [(data.x_train[:, [i]], data.y_train[[i]]) for i in range(0, n, 4)]
        each = np.array([network.gradient(place, *sample) for sample in some])
        found += [sharpness(whole, place), each.var(axis=0).sum()]
    return found

# %%
seen = np.median([early_and_late(seed) for seed in range(3)], axis=0)
for name, (curved, noise) in zip(("the first weights", "12 epochs"), seen.reshape(2, 2)):
    print(f"after {name}: largest curvature {curved:.1f}, noise of one sample {noise:.1f}")

# %% [markdown]
# For Adam a common rule of thumb is a warm-up of $2/(1-\beta_2)$ steps (Ma and Yarats, 2021): by then most of the weight of $s$ lies on gradients that it has seen. At β₂ = 0.999 that is more than this whole training has. Twelve epochs with batches of 64, a warm-up over the first three, twelve seeds; we print whether the loss is higher *with* it, or how many runs are lost:

# %%
steps = round(2 / (1 - 0.999))
total = 12 * batches_per_epoch(n, 64)
print(f"{steps} steps, with {1 - 0.999**steps:.2f} of the weight; this training has {total}")
ladders = {GRADIENT_DESCENT: (0.5, 1, 2, 4), ADAM: (0.003, 0.01, 0.03, 0.1)}
without, warmed = {}, {}
for rule, ladder in ladders.items():
    rates = np.array(ladder)[:, None]
    for kept, gentle in ((without, 1), (warmed, total // 4)):
        kept[rule] = train_side_by_side(
            network, rule, data, range(12), lr=warm_up(rates, gentle), epochs=12
        ).losses

# %%
for rule, ladder in ladders.items():
    for k, rate in enumerate(ladder):
        lost = [int(np.sum(~(runs[rule][k] < np.log(10)))) for runs in (without, warmed)]
        c = ratio(warmed[rule][k], without[rule][k]).says(*words) if not any(lost) else "lost "
        how_many = [("none", "some", "all")[(x > 0) + (x == 12)] for x in lost if any(lost)]
        print(f"{rule.name}, lr = {rate}, without and with: {c}{' and '.join(how_many)}")
    middles = [dict(zip(ladder, np.median(runs[rule], axis=1))) for runs in (without, warmed)]
    at = [theory.best_of_grid(middle) for middle in middles]
    pair = warmed[rule][ladder.index(at[1])], without[rule][ladder.index(at[0])]
    print(f"   best {at[0]} without, {at[1]} with; loss with one {ratio(*pair).says(*words)}")

# %% [markdown]
# At η = 2 gradient descent is thrown off in some runs without a warm-up, and with one reaches its lowest median. Whether that pays, these seeds cannot tell: against the best learning rate without a warm-up there is no detectable difference. At the lower learning rates a warm-up costs time, and Adam gains nothing by it here. **A warm-up can make a higher learning rate usable; that the higher one is better does not follow.**

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Simulated annealing, two wells, 15 minutes
#
# A falling learning rate is often called *annealing*, and then taken for *simulated* annealing. Do the two do the same?

# %% [markdown]
# Simulated annealing needs no gradient: propose a random move, accept it if it goes downhill, and if it climbs by $\Delta E$ accept it with a certain probability; lower the temperature $T$ slowly. At a fixed $T$, places of height $E$ should be visited in proportion to $e^{-E/T}$. It suffices that moves between any two places are equally frequent both ways. Which probability does that?

# %%
check("accept a climb", ...)

# %% [markdown]
# Uphill the ratio of visits is $e^{-\Delta E/T}$, so that is the probability. SymPy checks both ways:

# %%
E, climb, heat = sp.Symbol("E", real=True), *sp.symbols("Delta T", positive=True)
accept = lambda rise: sp.exp(-sp.Max(rise, 0) / heat)
visits = lambda height: sp.exp(-height / heat)
for sign, word in ((1, "up"), (-1, "down")):
    there = visits(E) * accept(sign * climb)
    back = visits(E + sign * climb) * accept(-sign * climb)
    print(f"moves {word} are as frequent as those back:", sp.simplify(there - back) == 0)

# %%
show_kernel(metropolis)

# %% [markdown]
# Now a tilted double well, and 200 searches that all begin in the *higher* well. Either η decays, or the temperature.

# %% tags=["predicts-C17"]
predict("09 wells")

# %% jupyter={"source_hidden": true}
well = tilted_well()


def descents(noise, top=0.1, steps=1000):
    """Where 200 descents end whose learning rate falls to 0."""
    place, draw, plan = np.full(200, 0.96), np.random.default_rng(4), anneal(top, 0.0, steps)
    for count in range(1, steps + 1):
        guess = well.slope(place) + noise * draw.normal(size=200)
        gradient_descent(place, guess, lr=plan(count))
    return place


def annealings(high=0.5, low=0.02, steps=1000):
    """Where 200 searches end whose temperature falls."""
    place, draw = np.full(200, 0.96), np.random.default_rng(4)
    for count in range(steps):
        heat = high * (low / high) ** (count / (steps - 1))
        metropolis(place, well.value, draw, temperature=heat, width=0.5)
    return place

# %% tags=["shows-C17"]
ends = annealings()
print(f"simulated annealing, T from 0.5 to 0.02: {np.sum(ends < 0)} of 200 in the deeper well")
for noise in (0, 1, 3):
    heat = theory.temperature(0.1, noise)
    print(f"descent, η from 0.1 to 0, noise {noise}, T from {heat:.2g}: "
          f"{np.sum(descents(noise) < 0)} of 200")
lesson_09.two_wells(well, ends, temperature=0.02)

# %% [markdown]
# With exact gradients, short steps that get shorter never climb, however slow the decay. But look at the last row. *Noise* can climb, and its temperature $T$ plays the same part: for short steps, at a constant η, noisy descent visits places in proportion to $e^{-f/T}$ with $T = \eta s^2/2$, as this search does. If $T$ is small against the barrier nothing happens in these 1000 steps; if not, a falling η lowers it, which is an annealing of sorts. Real gradient noise, though, is what the data make it.

# %%
check("descent that is annealed", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Errors in print, 4 minutes
#
# For teachers and the curious: a slip in a good text.

# %% [markdown]
# A footnote of *Why Momentum Really Works* derives the mean loss under noise. Read what it prints, with care.

# %%
check("printed noise", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 4 minutes
#
# Claims about noise and schedules that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | one must slow down when nearing a minimum | imprecise: an exact gradient shortens the steps by itself; noise that stays asks for a falling η |
# | use *simulated annealing* in case you overshoot | wrong: what is meant is a falling η; with exact gradients and short steps it never climbs |
# | start β at 0.5 and anneal it to 0.9 | advice of its time: at tuned learning rates it gained nothing here |
# | momentum averages the noise away | for short steps it multiplies the floor by $1/(1-\beta)$ at one η, and leaves it as it is at equal effective learning rate |
# | RMSProp *anneals* by itself, so no learning rate needs adjusting | wrong: lesson 06 finds a cycle whose steps keep the length η |
# | a larger batch trains better | at equal η/B and epochs, about as well, up to the limit of stability |

# %% [markdown]
# ## References
#
# - H. Robbins, S. Monro, "A stochastic approximation method", *Ann. Math. Statist.* 22 (1951), 400–407, [doi:10.1214/aoms/1177729586](https://doi.org/10.1214/aoms/1177729586).
# - N. Metropolis, A. Rosenbluth, M. Rosenbluth, A. Teller, E. Teller, "Equation of state calculations by fast computing machines", *J. Chem. Phys.* 21 (1953), 1087–1092, [doi:10.1063/1.1699114](https://doi.org/10.1063/1.1699114).
# - S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by simulated annealing", *Science* 220 (1983), 671–680, [doi:10.1126/science.220.4598.671](https://doi.org/10.1126/science.220.4598.671).
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning", *ICML* 2013, [PMLR 28](https://proceedings.mlr.press/v28/sutskever13.html), 1139–1147.
# - G. Goh, "Why Momentum Really Works", *Distill* 2017, [doi:10.23915/distill.00006](https://doi.org/10.23915/distill.00006).
# - S. Mandt, M. Hoffman, D. Blei, "Stochastic gradient descent as approximate Bayesian inference", *JMLR* 18 (2017), [arXiv:1704.04289](https://arxiv.org/abs/1704.04289).
# - K. Liu, L. Ziyin, M. Ueda, "Noise and fluctuation of finite learning rate stochastic gradient descent", *ICML* 2021, [arXiv:2012.03636](https://arxiv.org/abs/2012.03636).
# - S. Smith, Q. Le, "A Bayesian perspective on generalization and stochastic gradient descent", *ICLR* 2018, [arXiv:1710.06451](https://arxiv.org/abs/1710.06451).
# - P. Goyal and others, "Accurate, large minibatch SGD: training ImageNet in 1 hour", [arXiv:1706.02677](https://arxiv.org/abs/1706.02677).
# - S. McCandlish, J. Kaplan, D. Amodei, "An empirical model of large-batch training", [arXiv:1812.06162](https://arxiv.org/abs/1812.06162).
# - I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", *ICLR* 2017, [arXiv:1608.03983](https://arxiv.org/abs/1608.03983).
# - J. Ma, D. Yarats, "On the adequacy of untuned warmup for adaptive optimization", *AAAI* 2021, [arXiv:1910.04209](https://arxiv.org/abs/1910.04209).
#
# Before: [08, The axes matter](08_the_axes_matter.ipynb). Next: [10, When Adam fails](10_when_adam_fails.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
