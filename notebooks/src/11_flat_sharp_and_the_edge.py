# %% [markdown]
# # 11 · Argue about flat and sharp minima
#
# A small network learns a curve from twenty points, all of them at every step, and the curvature of its loss grows. On a quadratic whose curvature lies in the tinted zone, gradient descent with this learning rate runs away.

# %% jupyter={"source_hidden": true}
from functools import cache

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import adam_scale, hessian, sharpness
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Edge, Rescaling, Wells
from course_utils.figures import lesson_11, progress
from course_utils.networks import CurveFit, Network, batches, batches_per_epoch, difference, digits
from course_utils.networks import follow, one_thread, ratio, record, train

# %% jupyter={"source_hidden": true}
from course_utils.networks.side_by_side import gradients
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP
from course_utils.optimizers import gradient_descent, momentum, uncorrected_adam
from course_utils.surfaces import sharp_and_flat
from course_utils.symbolic import Equations, curvature, lr, stability_limit, upright

x = np.arange(-19, 20, 2) / 19
curve = CurveFit(x, 4 * x * x * x - 3 * x, hidden=(8, 8))
eight = follow(curve, GRADIENT_DESCENT, range(8), lr=0.2, steps=2000, every=10)
explorer, rescaling = Edge(lr=10**-0.7, step=200), Rescaling()
data = digits()
relu = Network((64, 32, 10), activation="relu")
trained = train(relu, MOMENTUM, data, lr=0.05, epochs=8, seed=0).w

# %%
lesson_11.before_the_limit(eight, lr=0.2)

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 45 for the core; 6 to 15 for each section below it |
# | **You need** | lessons [04, Momentum](04_momentum.ipynb), [05, How much momentum?](05_how_much_momentum.ipynb) and [07, Adam](07_adam.ipynb) |
# | **You will be able to** | derive the sharpness that a learning rate tolerates · say what a change of scale does to a minimum · plan and report a comparison of two rules, and argue both sides |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# ## Remember
#
# Two questions, on lessons 05 and 07.

# %%
predict("11 remember momentum")

# %%
predict("11 remember Adam")

# %% [markdown]
# ## Predict
#
# The **sharpness** is the largest eigenvalue of the Hessian: how strongly the loss curves in its steepest direction. Above, a run with η = 0.2 was stopped before its sharpness passed 2/η = 10. Now it goes on to step 2000. Lock in your answer; then the explorer opens.

# %% tags=["predicts-C22"]
predict("11 edge", opens=explorer, measured=lambda: (eight.sharpness, eight.losses))

# %% [markdown]
# ## The disease in one sentence
#
# We speak of flat and sharp minima as if a minimum had a shape of its own; we forget to ask in which units shape is measured, and which learning rate found the minimum.

# %% [markdown]
# ## Derive: sharpness and its limits
#
# At a minimum a small move $d$ raises the loss by about $\frac12\, d\cdot Hd$, and among moves of one length the worst is along the eigenvector of the largest eigenvalue λ. **A minimum is sharp if λ is large, flat if it is small.**
#
# Along that eigenvector, on a quadratic, gradient descent multiplies the distance by $1-\eta\lambda$ at every step. It converges while
#
# $$|1-\eta\lambda| < 1 \quad\Longleftrightarrow\quad \lambda < \frac{2}{\eta}.$$
#
# In lesson 05 λ was given. Here η is: **which curvature can it tolerate?**

# %% [markdown]
# From lesson 05, momentum tolerates $2(1+\beta)/\eta$. Adam's $m$ is an average, which scales η by $1-\beta_1$: $2(1+\beta_1)/((1-\beta_1)\,\eta)$, or $38/\eta$ at β₁ = 0.9. But Adam divides by $\sqrt{\hat s}+\varepsilon$: with $\hat s$ held fixed, its λ is an eigenvalue of $P^{-1}H$ with $P = \mathrm{diag}(\sqrt{\hat s}+\varepsilon)$. SymPy confirms all three:

# %%
largest = {
    "gradient descent": stability_limit(gradient_descent),
    "momentum": stability_limit(momentum),
    "Adam": stability_limit(uncorrected_adam, beta2=1, s=1, eps=0),
}
tolerated = {name: sp.solve(sp.Eq(rate, lr), curvature)[0] for name, rate in largest.items()}
Equations({f"sharpness that {n} tolerates": upright(value) for n, value in tolerated.items()})

# %% [markdown]
# ## Play
#
# Ten runs, each with its η and limit, share their first weights. One step here is ten of training. Press *Play*, watch the dots on the right, change the rule, and take up the goal.

# %%
explorer

# %% jupyter={"source_hidden": true}
explorer.filmstrip({"lr": 10**-0.5, "step": 200}, {"rule": "Adam", "step": 200})

# %% [markdown]
# ## Measure: each learning rate at its own limit
#
# Five of these runs, against $\eta t$, the learning rate times the step.

# %% tags=["shows-C22"]
rates = (0.063, 0.1, 0.16, 0.25, 0.4)
climb = follow(curve, GRADIENT_DESCENT, [0] * 5, lr=np.array(rates), steps=2000, every=10)
lesson_11.each_at_its_limit(climb, rates, eight, lr=0.2)

# %% [markdown]
# They climb one curve, and each leaves it beyond its own limit. There a zig-zag grows across the valley and the loss leaps; the run is thrown to where the sharpness is lower, and sharpens again. Cohen and others (2021, 2022) found this in many networks and called it the **edge of stability**. A network is not a quadratic: here the limit does not end the run, but sets its sharpness.

# %% [markdown]
# That holds for full batches, and for runs that reach the limit: the explorer's smallest η does not in 2000 steps. At much larger η runs diverge. Momentum at β = 0.9 (preset *Thrown down*) can be thrown far below its limit.
#
# ## Derive: one function, many minima
#
# Take two layers of one unit each, $x \mapsto w_2 w_1 x$, and the sample (1, 1). The loss is $(w_1 w_2 - 1)^2/2$. Wherever $w_1 w_2 = 1$ the loss is 0, and the network is *the same function* of $x$.

# %% tags=["predicts-C23"]
predict("11 rescaling", opens=rescaling)

# %% [markdown]
# At the minimum $w_1 = a$, $w_2 = 1/a$ the second derivatives are $w_2^2 = 1/a^2$ and $w_1^2 = a^2$, the mixed one is $2w_1w_2 - 1 = 1$. The determinant is 0: along the valley the loss does not curve. So the other eigenvalue is the trace,
#
# $$\lambda = a^2 + \frac1{a^2} = \Bigl(a - \frac1a\Bigr)^2 + 2 \;\ge\; 2.$$

# %%
w1, w2, a = sp.symbols("w1 w2 a", positive=True)
H = sp.hessian((w1 * w2 - 1) ** 2 / 2, (w1, w2)).subs({w1: a, w2: 1 / a})
Equations({"eigenvalues": [sp.expand(value) for value in H.eigenvals()]})

# %% [markdown]
# Slide $a$: the minimum's function (dashes) stays. Begin beside a sharp minimum and raise η past the mark: the run slides along the valley to where the sharpness is below 2/η, or, if η is far too large, runs away.

# %%
rescaling

# %% [markdown]
# With rectified units (relu), multiply one layer's weights and biases by α > 0 and divide the next layer's weights by α: the function is unchanged. On digits:

# %% tags=["shows-C23"]
(W1, b1), (W2, b2) = relu.unpack(trained)
slope = lambda w: relu.gradient(w, data.x_train, data.y_train)
for alpha in (0.1, 1, 10):
    w = relu.pack([(alpha * W1, alpha * b1), (W2 / alpha, b2)])
    right = 100 * relu.accuracy(w, data.x_test, data.y_test)
    with one_thread():
        plain, relative = sharpness(slope, w), sharpness(slope, w, scale=1 / (w**2 + 1e-12))
    print(f"α = {alpha:4}: test {right:.1f} %, sharpness {plain:.3g}, relative {relative:.3g}")

# %% [markdown]
# One function, one accuracy, and sharpness more than fiftyfold apart. So Dinh and others (2017) refuted flatness, by itself, as an explanation: **sharpness alone cannot say how well a network generalises**; at most the sharpness of minima *that a given training finds* can. The last column measures moves relative to the weights ($P = \mathrm{diag}(1/w^2)$); rescaling leaves it as it is (Kwon and others 2021).
#
# ## Measure: a claim, registered first
#
# It is often said that SGD with momentum finds flatter minima than adaptive methods. Our plan, fixed before the runs:

# %% [markdown]
# | Part | Plan |
# |---|---|
# | **Tasks** | I: 400 digits, squared loss, until the training loss is 0.01; II: 900 digits, cross-entropy, until 0.02 |
# | **Rules** | momentum (β = 0.9) and Adam (0.9, 0.999); same first weights, same mini-batches |
# | **Tuning** | the learning rate with the best mean accuracy on *validation* digits, if all seeds arrive within a cap on passes |
# | **Reported** | sharpness (ratio) and *test* accuracy (difference), 12 pairs of seeds, 95 % intervals |

# %%
deeper, shallower = Network((64, 32, 32, 32, 10), loss="squared"), Network((64, 32, 10))
tasks = {
    "I": dict(network=deeper, samples=400, batch=20, goal=0.01, passes=110),
    "II": dict(network=shallower, samples=900, batch=50, goal=0.02, passes=60),
}
grid = {
    "I": {"momentum": (0.03, 0.04, 0.055, 0.075, 0.1), "Adam": (0.002, 0.004, 0.008, 0.016)},
    "II": {"momentum": (0.05, 0.1, 0.2, 0.4, 0.6), "Adam": (0.005, 0.01, 0.03, 0.06, 0.09)},
}
rules, seeds = {"momentum": MOMENTUM, "Adam": ADAM}, range(12)

# %% jupyter={"source_hidden": true}
def arrive(rule, rate, network, samples, batch, goal, passes):
    """Train all seeds side by side; the weights of each when it reaches the goal, or NaN."""
    x, y, per = data.x_train[:, :samples], data.y_train[:samples], batches_per_epoch(samples, batch)
    w = np.stack([network.init(seed) for seed in seeds])
    arrived, step = np.full_like(w, np.nan), rule.start(w, lr=rate)
    drawn = [batches(samples, batch, passes, seed) for seed in seeds]
    for t, chosen in enumerate(map(np.stack, zip(*drawn, strict=True)), 1):
        own = np.ascontiguousarray(x[:, chosen].swapaxes(0, 1))
        step(gradients(network, w, own, y[chosen]))
        if t % per == 0:
            for copy in np.flatnonzero(np.isnan(arrived[:, 0])):
                if network.loss(w[copy], x, y) <= goal:
                    arrived[copy] = w[copy]
            if not np.isnan(arrived).any():
                break
    return arrived

# %% jupyter={"source_hidden": true}
@cache
def ends_of(task, name, rate):
    """Sharpness, validation and test accuracy of all seeds at the goal of a task, (3, seeds)."""
    network, samples = tasks[task]["network"], tasks[task]["samples"]
    x, y = data.x_train[:, :samples], data.y_train[:samples]
    judged = (data.x_train[:, samples:], data.y_train[samples:]), (data.x_test, data.y_test)
    ends = np.full((3, len(seeds)), np.nan)
    with one_thread():
        for copy, w in enumerate(arrive(rules[name], rate, **tasks[task])):
            if np.isfinite(w).all():
                right = [100 * network.accuracy(w, *part) for part in judged]
                ends[:, copy] = sharpness(lambda w: network.gradient(w, x, y), w), *right
    return ends

# %%
def tuned(task, name):
    """The learning rate with the fewest validation errors."""
    return theory.best_of_grid(
        {r: 100 - ends_of(task, name, r)[1].mean() for r in grid[task][name]}
    )


def outcome(task):
    """Adam's sharpness over momentum's; momentum's test accuracy minus Adam's; both tuned."""
    heavy, adaptive = (ends_of(task, name, tuned(task, name)) for name in rules)
    return ratio(adaptive[0], heavy[0]), difference(heavy[2], adaptive[2])

# %% [markdown]
# **Now register your answers.** Task I, equal training loss, tuned learning rates. The first starts the runs.

# %% tags=["predicts-C24"]
predict("11 sharper", measured=lambda: outcome("I")[0])

# %%
predict("11 reads", measured=lambda: outcome("I")[1])

# %% tags=["shows-C24"]
ends = {
    (task, name, rate): ends_of(task, name, rate)
    for task in tasks
    for name in progress(rules, f"task {task}")
    for rate in grid[task][name]
}
chosen = {(task, name): tuned(task, name) for task in tasks for name in rules}
lesson_11.at_the_goal(ends, chosen, {task: outcome(task) for task in tasks})

# %% [markdown]
# Within one rule the learning rate moves the sharpness too, in task II by more than the rule does. And **tuning is part of the protocol**: seeds help decide which learning rate wins. We repeated the *whole* plan, its tuning included, with fresh sets of seeds.

# %%
again = record("flat_or_sharp")
lesson_11.whole_plans(again, chosen, {task: outcome(task) for task in tasks})

# %% [markdown]
# In task I Adam ends sharper every time; but its tuned learning rate is the slowest that arrives, so the cap on passes plays a part. In task II the verdict changes with the learning rates that the validation digits pick, though every interval excludes 1: **an interval at a tuned learning rate leaves out the variation of the tuning.**

# %% [markdown]
# **Verdict.** Minima of very different sharpness can compute one function; full-batch training tends to sharpen until it meets the limit of its rule; and which rule ends flatter depends on task and tuning.
#
# ## Argue both sides
#
# | For | What they did | What limits it |
# |---|---|---|
# | Keskar and others 2017 | large batches end sharper and test worse | small and large batches both ran Adam: the flat minima are Adam's, too |
# | Wilson and others 2017 | adaptive rules provably fail on one problem, test worse on four tasks | was Adam tuned well enough? |
#
# | Against | What they did | What limits it |
# |---|---|---|
# | Choi and others 2019 | all settings tuned: the more general rule never did worse | a large budget |
# | Andriushchenko and others 2023 | sharpness, also relative, goes with the learning rate rather than with generalisation | correlations show no cause |
#
# ## You will also hear
#
# - **Progressive sharpening**: the climb to the edge.
# - **Confounder**: what changes along with what one varies, here learning rate and tuning.
# - In PyTorch $Hv$ is `torch.func.jvp(torch.func.grad(loss), (w,), (v,))[1]`.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** The minima of $(w_1w_2-c)^2/2$ are $w_1 = a$, $w_2 = c/a$. What is the sharpness there?
#
# **2 Tune.** Gradient descent begins beside the minimum $w_1 = 4$, $w_2 = 1/4$ of $(w_1w_2-1)^2/2$. Bring it to rest within 60 steps at a sharpness below 4.
#
# **3 Explain.** In 120 words: *does SGD with momentum generalise better because it finds flatter minima?* Split the claim, give evidence for both sides, a confounder and your own interval. `solution("fair paragraph")` outlines one.

# %%
check("rescaled sharpness", ...)

# %%
check("land in the flat", ...)

# %% [markdown]
# ## Summary
#
# - *The limits* are 2/η, 2(1 + β)/η, and for Adam, at β₁ = 0.9, 38/η in its own measure. With full batches the sharpness tends to rise to them and stay there, while many steps raise the loss.
# - *One function.* $(w_1w_2-1)^2/2$: sharpness $a^2 + 1/a^2$. Plain sharpness alone cannot say which network generalises better.
# - *A comparison.* Plan first, tune both, compare pairs at equal loss; repeat the tuning.
# - *Both sides.* Three claims: about batches, rules, and whether flatness helps.

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The edge on digits, 12 minutes
#
# Does the edge also appear on real data? Read this for three rules, and for a loss that leaves the edge again.

# %% [markdown]
# Two hundred digits, a network 64-16-16-16-10 with squared loss, all data at every step, three seeds. For gradient descent and momentum the learning rate is warmed up over 800 steps, since the initial sharpness is far above the limit. Both learning rates are chosen so that this limit is 5.

# %%
pictures, names = data.x_train[:, :200], data.y_train[:200]
deep = Network((64, 16, 16, 16, 10), loss="squared")


def at_the_edge(rule, rate, seed, network=deep, warm=800, **hyper):
    """Sharpness (for Adam of P^-1 H) every 160 of 1600 steps, and the last weights."""
    w, seen = network.init(seed), []
    step = rule.start(w, lr=lambda t: rate * min(1, t / warm), **hyper)
    slope = lambda w: network.gradient(w, pictures, names)
    with one_thread():
        for t in range(1, 1601):
            step(slope(w))
            if t % 160 == 0:
                scale = adam_scale(step.memory["s"], t) if rule is ADAM else None
                seen.append(sharpness(slope, w, scale))
    return np.array(seen), w

# %%
settings = {
    "gradient descent": (GRADIENT_DESCENT, 0.4, {}, theory.descent_limit(0.4)),
    "momentum": (MOMENTUM, 0.6, {"beta": 0.5}, theory.momentum_limit(0.5, 0.6)),
    "Adam": (ADAM, 0.03, {"warm": 1}, theory.averaged_limit(0.9, 0.03)),
}
edges, shares = {}, {}
for name, (rule, rate, hyper, limit) in settings.items():
    edges[name] = [at_the_edge(rule, rate, seed, **hyper) for seed in progress(range(3), name)]
    shares[name] = np.array([seen for seen, _ in edges[name]]) / limit
lesson_11.shares_of_limits(shares, range(160, 1601, 160))

# %% [markdown]
# For Adam, what stays at the limit is the curvature that Adam feels; for its plain sharpness we derived no limit. And with cross-entropy, the usual loss of a classifier, the curvature fades as the network grows sure of its answers:

# %%
slope = lambda w: deep.gradient(w, pictures, names)
with one_thread():
    for name, runs in edges.items():
        print(f"{name}: plain sharpness {np.mean([sharpness(slope, w) for _, w in runs]):.0f}")
seen, _ = at_the_edge(GRADIENT_DESCENT, 0.4, 0, Network(deep.sizes))
print(f"cross-entropy: highest sharpness {seen[1:].max():.1f} after step 300, last {seen[-1]:.1f}")

# %%
check("what Adam bears", ...)

# %%
check("too sharp to stay", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Why it stays at the edge, 10 minutes
#
# On a quadratic a zig-zag above the limit grows without end. Here is a small model in which it stops itself, time after time.

# %% [markdown]
# Damian and others (2023) explain how. Take $f = w_2 w_1^2/2 - w_2$. The curvature along $w_1$ is $w_2$, and the second term raises it at a steady pace. A step of gradient descent:

# %%
model = w2 * w1**2 / 2 - w2
step = {v: sp.factor(v - lr * sp.diff(model, v)) for v in (w1, w2)}
made = {"next w1": step[w1], "next w2": sp.expand(step[w2])}
Equations({**made, "curvature along w1": sp.diff(model, w1, 2)})

# %%
lesson_11.braking(lr=0.01)

# %% [markdown]
# Above 2/η the zig-zag in $w_1$ grows. Once $w_1^2 > 2$, the second equation lowers $w_2$; below 2/η the zig-zag shrinks, and the cycle repeats. While $w_2$ neither rises nor falls from swing to swing, $w_1^2$ must be 2 on average: the zig-zag grows until it is strong enough to hold the curvature. **The oscillation is the brake.** The model has its own limits: each swing is a little larger than the one before, and in the end, sooner at larger η, the brake fails.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Batch size, 8 minutes
#
# Keskar and others (2017) reported that *large batches* end in sharp minima; their paper revived the subject. We look for the same on the curve.

# %% [markdown]
# The paper varied the batch and not the rule: both sides ran Adam. Here it is gradient descent on the twenty points, η = 0.1, with mini-batches of 2, 5, 10 and all 20, eight seeds. The mean sharpness is measured on all 20 points.

# %%
sizes = 2, 5, 10, 20
by_batch = {}
for size in progress(sizes, "batch sizes"):
    some = None if size == 20 else size
    by_batch[size] = follow(
        curve, GRADIENT_DESCENT, range(8), lr=0.1, steps=2000, every=50, batch=some
    )
last = {size: run.sharpness[-10:].mean(axis=0) for size, run in by_batch.items()}

# %%
predict("11 batch", measured=lambda: ratio(last[2], last[20]))

# %%
lesson_11.ends_by_batch(last, 20)

# %%
for size in (2, 5, 10):
    compared = ratio(last[size], last[20])
    word = compared.says("flatter", "no detectable difference", "sharper")
    print(f"batch {size} over all 20: {compared}, {word}")

# %% [markdown]
# Here smaller batches end flatter. With mini-batches the means stay below 2/η; a likely reason is that noise keeps the zig-zag alive, so the brake acts early. This is Keskar's observation about *curvature*. That flatness is why small batches generalised better in their experiments is a second claim, and nothing here tests it: on 20 points of a curve there is no test set.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Two wells and noise, 15 minutes
#
# Why should SGD find flat minima, and Adam not? The picture that many have in mind needs only a single weight: a sharp well beside a flat one, and noise that throws a run out of the sharp one sooner.

# %%
wells, between = sharp_and_flat(), np.linspace(-1, 1, 2001)
barrier = between[wells.value(between).argmax()]
curved = f"curvature {wells.curvature(-1):.0f} at w = -1 and {wells.curvature(1):.0f} at w = 1"
print(f"{curved}; the barrier at w = {barrier:.2f} is {wells.value(barrier):.2f} high")
Equations({"loss": wells.expression})

# %% [markdown]
# A thousand runs begin at $w = -1.25$ in the sharp well. Every gradient gets normal noise with the standard deviation σ.

# %%
def ends_with_noise(rule, sigma, slope=wells.slope, runs=1000, steps=2000, **hyper):
    """Where the runs are after the last step."""
    w, random = np.full(runs, -1.25), np.random.default_rng(0)
    step = rule.start(w, **hyper)
    for _ in range(steps):
        step(slope(w) + sigma * random.standard_normal(runs))
    return w


def in_the_flat_well(rule, sigma, **hyper):
    """Per cent of the runs that end right of the barrier."""
    return 100 * np.mean(ends_with_noise(rule, sigma, **hyper) > barrier)

# %%
for rule, rate in ((GRADIENT_DESCENT, 0.01), (ADAM, 0.02)):
    gone = in_the_flat_well(rule, 20, lr=rate)
    print(f"σ = 20, {rule.name}, η = {rate}: {gone:.0f} % end in the flat well")

# %% [markdown]
# There is the story in two lines: the same noise, the same start, and only gradient descent leaves. Now Adam takes η = 0.1 instead.

# %%
leaving = Wells(step=20)
predict("11 wells", opens=leaving, measured=lambda: in_the_flat_well(ADAM, 20, lr=0.1))

# %%
leaving

# %% [markdown]
# Each dot is one of a hundred runs, over the first 1000 steps. Press *Play*, then move η and σ: on the right all learning rates are counted at once. The dotted line is the barrier; runs are counted left and right of it. Without noise, gradient descent leaves once η is above the limit 2/100 of the sharp well. With much noise, some runs climb back.

# %% jupyter={"source_hidden": true}
thrown = {"rule": "Adam", "lr": 0.1, "noise": 20.0, "step": 100}
leaving.filmstrip({"noise": 10.0, "step": 40}, thrown)

# %% [markdown]
# What decides, if not the rule? We measure how far each setting spreads the runs in a sharp well *without* a way out, $50(w+1)^2$, and compare with the width of ours from its bottom to the barrier.

# %%
plans = [(GRADIENT_DESCENT, sigma, {"lr": 0.01}) for sigma in (5, 10, 20)]
plans += [(MOMENTUM, 10, {"lr": rate, "beta": 0.9}) for rate in (0.001, 0.002)]
plans += [(MOMENTUM, 20, {"lr": 0.001, "beta": 0.9})]
plans += [(RMSPROP, 20, {"lr": rate, "rho": 0.99}) for rate in (0.02, 0.1)]
plans += [(ADAM, 20, {"lr": rate}) for rate in (0.02, 0.1)]
closed = lambda w: 100 * (w + 1)
spreads, left = [], []
for rule, sigma, hyper in plans:
    spreads.append(ends_with_noise(rule, sigma, closed, steps=500, **hyper).std() / (1 + barrier))
    left.append(in_the_flat_well(rule, sigma, **hyper))
lesson_11.spread_and_width([rule for rule, *_ in plans], spreads, left, runs=1000)

# %% [markdown]
# On this curve the story is true at these settings and reversed at others: gradient descent stays if its noise is small, Adam leaves if its learning rate is large. Adam divides by $\sqrt{\hat s}$, and where the noise dominates $\hat s$, η alone sets the size of its steps. **What decides here is how far the noisy steps spread, against the width of the well.**
#
# This is one weight and made-up noise; it does not say how a network's wells look. Zhou and others (2020) argue from heavy-tailed noise.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The power method, 14 minutes
#
# A network with 2410 weights has a Hessian of 5.8 million entries, and we need one eigenvalue of it. Read this to see how it is found from products $Hv$ alone.

# %% [markdown]
# Start from a random vector, multiply by $H$, scale to length 1, and repeat. Each product multiplies the part along an eigenvector by its eigenvalue, so the direction whose eigenvalue is largest in size wins. With eigenvalues 3 and 1:

# %%
vector = sp.Matrix([1, 1])
for count in range(1, 5):
    vector = sp.diag(3, 1) * vector
    found = (vector.T * sp.diag(3, 1) * vector)[0] / (vector.T * vector)[0]
    print(f"after {count}: w2 / w1 = {vector[1] / vector[0]}, v·Hv / v·v = {float(found):.4f}")

# %% [markdown]
# Each product multiplies the unwanted part by 1/3, and the error of the quotient by about 1/9. Fill in this *power method*. `product(v)` gives $Hv$; return the estimate $v \cdot Hv$ for the last $v$ of length 1. `hint("power method")` helps in steps.

# %%
def my_sharpness(product, v, steps):
    """Multiply by H and scale to length 1, ``steps`` times; then v · Hv."""
    ...


check("power method", my_sharpness)

# %% [markdown]
# Lanczos's method, which the course's `sharpness` calls from a library, uses all products so far and needs fewer of them. Is it right? We count its products, and compare with NumPy on the whole Hessian of a network that is small enough.

# %%
calls, tiny = [], Network((64, 4, 10), loss="squared")
some, labels = data.x_train[:, :200], data.y_train[:200]
counted = lambda w: calls.append(1) or tiny.gradient(w, some, labels)
weights = tiny.init(1)
with one_thread():
    found = sharpness(counted, weights)
    print(f"by Lanczos {found:.6f}, with fewer than 60 products: {len(calls) < 60}")
    whole = np.linalg.eigvalsh(hessian(counted, weights))
print(f"by NumPy   {whole[-1]:.6f}, from all {weights.size} columns")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## More of the literature, 6 minutes
#
# For the paragraph of exercise 3, and for anyone who has to defend one side.

# %% [markdown]
# | For | What they did | What limits it |
# |---|---|---|
# | Hochreiter, Schmidhuber 1997 | flat minima need fewer bits to write down, hence should generalise; a method that looks for them | small nets; flatness measured in given weights |
# | Keskar and others 2017, section 2 | other rules, tried on large batches, gave results similar to Adam's | large batches only |
# | Jiang and others 2020 | of some forty measures on thousands of networks, some sharpness measures predict the gap best | plain ones do worse than those relative to the weights |
# | Zhou and others 2020 | a model in which SGD leaves sharp wells sooner than Adam | a model of noise with heavy tails |
# | Foret and others 2021 | SAM: minimise the worst loss nearby; tests better on many tasks | others find that it does more than flatten (Wen and others 2023) |
#
# | Against | What they did | What limits it |
# |---|---|---|
# | Dinh and others 2017 | rescaling: the same function, as sharp as you like | refutes plain measures, not relative ones |
# | Cohen and others 2021, 2022 | the learning rate sets the sharpness; Adam is held in its own measure | full batches; squared loss shows it best |

# %% [markdown]
# Mark your paragraph, or a neighbour's, with the points of this table.
#
# | A fair paragraph | |
# |---|---|
# | defines sharpness, and says in which weights it is measured | 1 |
# | splits the claim: who is flatter, and does flat help | 1 |
# | gives the best evidence for each side, two papers each, with what they compared | 2 |
# | names a confounder: learning rate, batch, training loss or tuning | 1 |
# | reports own numbers with seeds and interval; where the interval allows both, "cannot tell" | 1 |
# | says what would change its mind | 1 |

# %%
check("fair paragraph", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 10 minutes
#
# Claims that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | the three methods come to rest in different minima of the same loss | right: the runs above share start, data and loss and end elsewhere. *Optimal local* minima is confused: none is shown to be optimal |
# | SGD with momentum finds flatter minima than adaptive methods | contested: tuned Adam ended sharper in one of our tasks; in the other the verdict changes with the seeds that tune |
# | flatter minima generalise better | contested: false for plain sharpness by rescaling; in task II, over all learning rates, the sharper runs tended to classify more test digits correctly |
# | so adaptive methods generalise worse | contested: Wilson for, Choi against; see our intervals |

# %% jupyter={"source_hidden": true}
for number in tasks:
    every = np.hstack([ends_of(number, n, r) for n in rules for r in grid[number][n]])
    sharp, _, test = every[:, np.isfinite(every[0])]
    together = np.corrcoef(np.log(sharp), test)[0, 1]
    print(f"task {number}, {sharp.size} runs: log sharpness and test accuracy, {together:+.1f}")

# %%
check("who finds flat minima", ...)

# %%
check("flat generalises", ...)

# %%
check("what Keskar compared", ...)

# %% [markdown]
# Where this story ends: our sharpness is one number, the worst direction; the trace, volumes and averages over noise are others, and they need not agree. The edge was shown for full batches; with mini-batches there are limits of a similar kind, and their theory is young.

# %% [markdown]
# ## References
#
# - S. Hochreiter, J. Schmidhuber, "Flat Minima", *Neural Computation* 9 (1997), 1–42, [doi:10.1162/neco.1997.9.1.1](https://doi.org/10.1162/neco.1997.9.1.1).
# - N. Keskar and others, "On Large-Batch Training for Deep Learning: Generalization Gap and Sharp Minima", *ICLR* 2017, [arXiv:1609.04836](https://arxiv.org/abs/1609.04836).
# - L. Dinh, R. Pascanu, S. Bengio, Y. Bengio, "Sharp Minima Can Generalize For Deep Nets", *ICML* 2017, [arXiv:1703.04933](https://arxiv.org/abs/1703.04933).
# - A. Wilson and others, "The Marginal Value of Adaptive Gradient Methods in Machine Learning", *NeurIPS* 2017, [arXiv:1705.08292](https://arxiv.org/abs/1705.08292).
# - D. Choi and others, "On Empirical Comparisons of Optimizers for Deep Learning", [arXiv:1910.05446](https://arxiv.org/abs/1910.05446).
# - Y. Jiang and others, "Fantastic Generalization Measures and Where to Find Them", *ICLR* 2020, [arXiv:1912.02178](https://arxiv.org/abs/1912.02178).
# - P. Foret and others, "Sharpness-Aware Minimization for Efficiently Improving Generalization", *ICLR* 2021, [arXiv:2010.01412](https://arxiv.org/abs/2010.01412).
# - P. Zhou and others, "Towards Theoretically Understanding Why SGD Generalizes Better Than Adam in Deep Learning", *NeurIPS* 2020, [arXiv:2010.05627](https://arxiv.org/abs/2010.05627).
# - J. Kwon and others, "ASAM: Adaptive Sharpness-Aware Minimization", *ICML* 2021, [arXiv:2102.11600](https://arxiv.org/abs/2102.11600).
# - J. Cohen and others, "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", *ICLR* 2021, [arXiv:2103.00065](https://arxiv.org/abs/2103.00065).
# - J. Cohen and others, "Adaptive Gradient Methods at the Edge of Stability", [arXiv:2207.14484](https://arxiv.org/abs/2207.14484).
# - A. Damian, E. Nichani, J. Lee, "Self-Stabilization: The Implicit Bias of Gradient Descent at the Edge of Stability", *ICLR* 2023, [arXiv:2209.15594](https://arxiv.org/abs/2209.15594).
# - M. Andriushchenko and others, "A Modern Look at the Relationship between Sharpness and Generalization", *ICML* 2023, [arXiv:2302.07011](https://arxiv.org/abs/2302.07011).
# - K. Wen, Z. Li, T. Ma, "Sharpness Minimization Algorithms Do Not Only Minimize Sharpness To Achieve Better Generalization", *NeurIPS* 2023, [arXiv:2307.11007](https://arxiv.org/abs/2307.11007).
#
# Before: [10, When Adam fails](10_when_adam_fails.ipynb). Next: [12, Smoother landscapes](12_smoother_landscapes.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
