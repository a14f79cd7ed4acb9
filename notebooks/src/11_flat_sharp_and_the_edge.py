# %% [markdown]
# # 11 · Argue about flat and sharp minima
#
# By the end you can measure how sharp a minimum is, say what decides it, test a claim about who finds flat minima, and argue both sides of the literature.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 75 in class, 120 alone with all exercises |
# | **You need** | lessons [04, Momentum](04_momentum.ipynb), [05, How much momentum?](05_how_much_momentum.ipynb) and [07, Adam](07_adam.ipynb) |
# | **You will be able to** | define sharpness, and measure it without writing the Hessian out · test "sharp is bad" with a change of scale · derive the sharpness that each rule can bear, and see what training makes of it · pre-register, run and report a comparison of two rules · write a fair paragraph on what is known |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+ADDRESS-OF-THE-COURSE` first, then restart the kernel.

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import adam_scale, hessian, sharpness
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Edge, Rescaling, Wells
from course_utils.figures import LINES, Captioned, canvas, draw_level, label_end, lesson_11, name_axes, progress
from course_utils.networks import CurveFit, Network, batches, batches_per_epoch, difference, digits, follow, one_thread, ratio, record, train
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP

# %%
from functools import cache

from course_utils.optimizers import gradient_descent, momentum, uncorrected_adam
from course_utils.surfaces import sharp_and_flat
from course_utils.symbolic import Equations, curvature, lr, stability_limit, upright

# %% [markdown]
# ## Remember
#
# Three questions; answer before you open them.
#
# <details><summary>In a direction of curvature λ, from which learning rate does gradient descent run away? And momentum?</summary>2/λ, and 2(1 + β)/λ.</details>
#
# <details><summary>What does Adam feel in place of a curvature λ, if its s stands still?</summary>λ/(√s + ε): the learning rate of each weight is divided by √s + ε.</details>
#
# <details><summary>What does a product of the Hessian with a vector cost?</summary>About as much as two gradients; the Hessian is never written out.</details>

# %% [markdown]
# ## A broken picture
#
# A small network learns twenty points of a curve. Every step uses all twenty, so nothing is left to chance, and the learning rate is 0.2. **Predict:** of the last 500 of 2000 steps, how many raise the loss?

# %%
x = np.arange(-19, 20, 2) / 19
task = CurveFit(x, 4 * x * x * x - 3 * x, hidden=(8, 8))
calm = follow(task, GRADIENT_DESCENT, [0], lr=0.2, steps=2000, every=10)
went_up = int((np.diff(calm.losses[-501:, 0]) > 0).sum())

# %% tags=["predicts-C22"]
predict("11 rises", measured=lambda: went_up)

# %% tags=["shows-C22"]
smooth = int(np.argmax(np.diff(calm.losses[:, 0]) > 0))
Captioned(lesson_11.rising_loss(calm.losses[:, 0]), f"Gradient descent on a network 1-8-8-1, η = 0.2, no mini-batches. The first {smooth} steps all lower the loss, to {calm.losses[smooth, 0]:.3f}. Of the last 500 steps {went_up} raise it, and yet it ends at {calm.losses[-1, 0]:.3f}.")

# %% [markdown]
# At first the loss falls at every step. Then it leaps, falls back, and from there on many steps go the wrong way, while the loss goes down in the long run. What is it that changed, if the data, the rule and the rate did not?

# %% [markdown]
# ## Predict
#
# The *sharpness* is the largest eigenvalue of the Hessian: how strongly the loss curves in its steepest direction. It changes while the network learns. **Where does it end, after 2000 steps with η = 0.2?** Lock in your answer; then the explorer opens.

# %%
explorer = Edge(lr=10**-0.7, step=200)
predict("11 edge", opens=explorer, measured=lambda: calm.sharpness[-50:].mean())

# %% [markdown]
# ## The disease in one sentence
#
# We speak of flat and sharp minima as if a minimum had a shape of its own, and forget that the shape depends on how we write the weights, and on the learning rate that had to live there.

# %% [markdown]
# ## Derive: sharpness
#
# At a minimum the gradient is zero, and a small move $d$ raises the loss by $\frac12\, d \cdot H d$. Among moves of one length, the worst is along the eigenvector of the largest eigenvalue $\lambda$. **A minimum is sharp if λ is large, flat if it is small.**
#
# A network with 2410 weights has a Hessian of 5.8 million entries. We need one eigenvalue. Start from a random vector, multiply by $H$, shorten to length 1, and again: the eigenvalue of the largest size wins.

# %%
H = sp.diag(3, 1)
vector = sp.Matrix([1, 1])
for count in range(1, 5):
    vector = H * vector
    share = vector[1] / vector[0]
    quotient = (vector.T * H * vector)[0] / (vector.T * vector)[0]
    print(f"after {count} products: w2 / w1 = {share}, v·Hv / v·v = {quotient} = {float(quotient):.4f}")

# %% [markdown]
# Each product multiplies the unwanted part by 1/3, and the error of the quotient by about 1/9. Lanczos's method, which the course's `sharpness` calls from a library, uses all products so far and needs fewer of them.

# %% [markdown]
# ## Implement: your turn
#
# Fill in this *power method*. `product(v)` gives $Hv$; return the estimate $v \cdot Hv$ for the last $v$ of length 1. `hint("power method")` helps in steps.

# %%
def my_sharpness(product, v, steps):
    """Multiply by H and shorten to length 1, ``steps`` times; then v · Hv."""
    ...


check("power method", my_sharpness)

# %% [markdown]
# Is the course's `sharpness` right? We count its products, and compare with NumPy on the whole Hessian of a network that is small enough.

# %%
data, calls = digits(), []
tiny = Network((64, 4, 10), loss="squared")
tiny_gradient = lambda w: calls.append(1) or tiny.gradient(w, data.x_train[:, :200], data.y_train[:200])
weights = tiny.init(1)
with one_thread():
    found = sharpness(tiny_gradient, weights)
    print(f"by Lanczos {found:.6f}, with fewer than 60 products: {len(calls) < 60}")
    whole = np.linalg.eigvalsh(hessian(tiny_gradient, weights))
print(f"by NumPy   {whole[-1]:.6f}, from all {weights.size} columns; the smallest eigenvalue is {whole[0]:.3f}")

# %% [markdown]
# ## Derive: one function, every sharpness
#
# Take the smallest deep network: two layers of one unit each, $x \mapsto w_2 w_1 x$, and the sample (1, 1). Its loss is $(w_1 w_2 - 1)^2/2$. Every point $(a, 1/a)$ is a minimum, and all of them are *the same function* of $x$. **Predict: which values does the sharpness take among them?**

# %% tags=["predicts-C23"]
rescaling = Rescaling()
predict("11 rescaling", opens=rescaling)

# %%
w1, w2, a = sp.symbols("w1 w2 a", positive=True)
loss = (w1 * w2 - 1) ** 2 / 2
at_minimum = sp.hessian(loss, (w1, w2)).subs({w1: a, w2: 1 / a})
sharp = sp.expand(max(at_minimum.eigenvals(), key=sp.count_ops))
least = sp.solve(sp.diff(sharp, a), a)
Equations({"eigenvalues": list(at_minimum.eigenvals()), "sharpness": sharp, "smallest at a": least[0], "where it is": sharp.subs(a, least[0])})

# %%
rescaling

# %% [markdown]
# Slide $a$: the bold line in the middle, the function, does not move. Now let gradient descent begin beside a sharp minimum, and raise η past the mark. It cannot stay, and slides along the valley until the sharpness is below 2/η, or, if η is far too large, runs away.

# %%
rescaling.filmstrip({"a": 10**0.6, "lr": 0.1, "step": 60}, {"a": 10**0.6, "lr": 0.18, "step": 60})

# %% [markdown]
# The same trick works in any network of rectified units: multiply one layer's weights and biases by α > 0, divide the next layer's weights by α. Dinh and others (2017) did this to refute flatness as an explanation of generalisation. We train one on digits and do it.

# %%
relu = Network((64, 32, 10), activation="relu")
trained = train(relu, MOMENTUM, data, lr=0.05, epochs=8, seed=0).w
relu_gradient = lambda w: relu.gradient(w, data.x_train, data.y_train)


def rescaled(w, alpha):
    """The same function: first layer times alpha, weights of the second divided by it."""
    (W1, b1), (W2, b2) = relu.unpack(w)
    return relu.pack([(alpha * W1, alpha * b1), (W2 / alpha, b2)])

# %% tags=["shows-C23"]
for alpha in (0.1, 1, 10):
    w = rescaled(trained, alpha)
    moved = np.abs(relu.scores(w, data.x_test) - relu.scores(trained, data.x_test)).max()
    with one_thread():
        absolute, relative = sharpness(relu_gradient, w), sharpness(relu_gradient, w, scale=1 / (w**2 + 1e-12))
    print(f"alpha = {alpha:4}: test {100 * relu.accuracy(w, data.x_test, data.y_test):.1f} %, scores moved by less than 1e-9: {moved < 1e-9}, "
          f"sharpness {absolute:.3g}, relative {relative:.3g}")

# %% [markdown]
# One function, one accuracy, and sharpness that differs fiftyfold. So sharpness alone cannot say how well a network generalises; at most the sharpness of minima *that a given training finds* can. The last column measures every move relative to its weight ($P = \mathrm{diag}(1/w^2)$): it does not see the trick, and is one cure that has been proposed (Kwon and others 2021).

# %% [markdown]
# ## Derive: the limits
#
# In lesson 05 we asked which learning rate a given curvature can bear. Turn the question round: the rate is given, **which curvature can it bear?** SymPy reads the limits off the kernels and solves for λ. Adam's divisor is frozen at 1 there, so its λ is an eigenvalue of $P^{-1}H$ with $P = \mathrm{diag}(\sqrt{\hat s} + \varepsilon)$, the Hessian as Adam feels it.

# %%
largest = {
    "gradient descent": stability_limit(gradient_descent),
    "momentum": stability_limit(momentum),
    "Adam": stability_limit(uncorrected_adam, beta2=1, s=1, eps=0),
}
bears = {name: upright(sp.solve(sp.Eq(rate, lr), curvature)[0]) for name, rate in largest.items()}
print("at beta1 = 9/10, Adam:", bears["Adam"].subs(sp.Symbol("beta1", positive=True), sp.Rational(9, 10)))
Equations({f"sharpness that {name} bears": value for name, value in bears.items()})

# %% [markdown]
# If training sharpens the minimum it walks towards, it will meet this limit sooner or later. What then? On a quadratic the answer is divergence. A network is no quadratic.

# %% [markdown]
# ## Play
#
# Ten learning rates start from the same weights; the limit of each is drawn before the run. Press *Play* and watch the dots on the right climb. Then change the rule. One step of the explorer is ten of the training.

# %%
explorer

# %%
explorer.filmstrip(
    {"lr": 0.1, "step": 200},
    {"lr": 10**-0.5, "step": 200},
    {"rule": "momentum, β = 0.5", "step": 200},
    {"rule": "Adam", "step": 200},
)

# %% [markdown]
# Cohen and others (2021, 2022) found this in many networks, trained on full batches: the sharpness rises to the limit of the rule and hovers there, while the loss goes up and down and in the long run down. They call it the **edge of stability**. Where training meets the edge, the learning rate says how sharp the minimum will be. With momentum the meeting can throw a run far below its limit; look at β = 0.9.

# %% [markdown]
# ## Derive: why it stays
#
# Damian and others (2023) explain the brake. Take $f = w_2 w_1^2/2 - w_2$: the curvature across is $w_2$, and the second term raises it at a steady pace. SymPy writes down a step of gradient descent.

# %%
model = w2 * w1**2 / 2 - w2
step = {v: sp.factor(v - lr * sp.diff(model, v)) for v in (w1, w2)}
Equations({"next w1": step[w1], "next w2": sp.expand(step[w2]), "curvature along w1": sp.diff(model, w1, 2)})

# %%
place, path = np.array([1.0, 198.0]), []
for count in range(3000):
    path.append(place)
    place = place - 0.01 * np.array([place[1] * place[0], place[0] ** 2 / 2 - 1])
across, along = np.array(path).T
figure, ax = canvas(height=3.4)
ax.plot(along[:2000], color=LINES["w2"]["color"], linewidth=2)
draw_level(ax, 200, "2/η")
name_axes(ax, "step", "curvature w2")
Captioned(figure, f"The model with η = 0.01 from (1, 198): over 3000 steps the curvature stays between {along.min():.1f} and {along.max():.1f}, with a mean of {along.mean():.0f}, and w1² is {np.mean(across[1000:] ** 2):.1f} on average. The limit is 200.")

# %% [markdown]
# Above 2/η the zig-zag in $w_1$ grows. A large $w_1^2$ turns the second equation round, the curvature falls below 2/η, the zig-zag dies, and it begins again. In the long run $w_2$ can stand still only if $w_1^2$ is 2 on average: the zig-zag grows until it is strong enough to hold the curvature. **The oscillation is the brake.**

# %% [markdown]
# ## Measure: the edge on digits
#
# Now 300 digits, a network 64-16-16-16-10 with squared loss, all data at every step, three seeds. For gradient descent and momentum the rate is warmed up over 800 steps, since the first sharpness would be too much for it. The rates are chosen so that both have the limit 5.

# %%
pictures, names = data.x_train[:, :300], data.y_train[:300]
deep = Network((64, 16, 16, 16, 10), loss="squared")


def at_the_edge(rule, rate, seed, network=deep, warm=800, **hyper):
    """Sharpness (for Adam of P^-1 H) every 100 of 1600 steps, and the last weights."""
    w, seen = network.init(seed), []
    step = rule.start(w, lr=lambda t: rate * min(1, t / warm), **hyper)
    slope = lambda w: network.gradient(w, pictures, names)
    with one_thread():
        for t in range(1, 1601):
            step(slope(w))
            if t % 100 == 0:
                seen.append(sharpness(slope, w, adam_scale(step.memory["s"], t) if rule is ADAM else None))
    return np.array(seen), w

# %%
settings = {"gradient descent": (GRADIENT_DESCENT, 0.4, {}, theory.descent_limit(0.4)),
            "momentum": (MOMENTUM, 0.6, {"beta": 0.5}, theory.momentum_limit(0.5, 0.6)),
            "Adam": (ADAM, 0.03, {"warm": 1}, theory.averaged_limit(0.9, 0.03))}
edges = {name: [at_the_edge(rule, rate, seed, **hyper) for seed in progress(range(3), name)] for name, (rule, rate, hyper, _) in settings.items()}
shares = {name: np.array([seen for seen, _ in edges[name]]) / settings[name][3] for name in settings}

# %%
close = {name: 10 * int(np.ceil(10 * np.abs(rows[:, -5:].mean(axis=1) - 1).max())) for name, rows in shares.items()}
Captioned(lesson_11.shares_of_limits(shares, range(100, 1601, 100)), f"Sharpness over its derived limit on 300 digits, three seeds a rule. The mean of the last five measurements lies, in all seeds, within {', '.join(f'{percent} per cent ({name})' for name, percent in close.items())} of the limit.")

# %% [markdown]
# What is held for Adam is the curvature that *it* feels; for its plain sharpness no limit is derived, whatever comes out. And the edge has its limits: with cross-entropy, the usual loss of a classifier, the curvature fades as the network grows sure of its answers.

# %%
with one_thread():
    plain = {name: np.mean([sharpness(lambda w: deep.gradient(w, pictures, names), w) for _, w in edges[name]]) for name in edges}
print("plain sharpness at the end, mean of three seeds: " + ", ".join(f"{name} {value:.0f}" for name, value in plain.items()))
seen, _ = at_the_edge(GRADIENT_DESCENT, 0.4, 0, Network(deep.sizes))
print(f"cross-entropy: highest sharpness {seen[3:].max():.1f} after the first 300 steps, last {seen[-1]:.1f}, limit 5")

# %% [markdown]
# ## Measure: the batch size
#
# Keskar and others (2017) reported that *large batches* end in sharp minima; it is this paper that revived the subject. It varied the batch and not the rule: both sides ran Adam. We repeat the curve task with η = 0.1 and mini-batches of 2, 5 and 10 of the 20 points. **Predict:** on all 20 points, how sharp does a run with batches of 2 end, compared with one that uses all of them at every step?

# %%
sizes, few = (2, 5, 10, 20), range(8)
by_batch = {size: follow(task, GRADIENT_DESCENT, few, lr=0.1, steps=2000, every=50, batch=None if size == 20 else size) for size in progress(sizes, "batch sizes")}
ends = {size: run.sharpness[-10:].mean(axis=0) for size, run in by_batch.items()}

# %%
predict("11 batch", measured=lambda: ratio(ends[2], ends[20]))

# %%
Captioned(lesson_11.ends_by_batch({size: ends[size] for size in sizes}, 20), f"Sharpness over the last 500 of 2000 steps, a dot for each of {len(few)} seeds: " + ", ".join(f"batch {size}: mean {ends[size].mean():.1f}" for size in sizes) + ".")

# %%
for size in (2, 5, 10):
    compared = ratio(ends[size], ends[20])
    print(f"batch {size} over all 20: {compared}, {compared.says('flatter', 'no difference to be seen', 'sharper')}")
print("mean training loss over the last 500 steps:", ", ".join(f"{size}: {by_batch[size].losses[-500:].mean():.2f}" for size in sizes))

# %% [markdown]
# Smaller batches, flatter ends, and none of the means reaches 2/η: the noise keeps the zig-zag alive, so the brake bites early. This is Keskar's observation about *curvature*. That flatness is why small batches generalised better in their experiments is a second claim, and nothing here tests it: on 20 points of a curve there is no test set.

# %% [markdown]
# ## Play: two wells and noise
#
# Why should SGD find flat minima, and Adam not? The picture that many have in mind needs a single weight: a sharp well beside a flat one, both of height 0. Noise in the gradient throws a run out of the sharp well sooner than out of the flat one.

# %%
wells, between = sharp_and_flat(), np.linspace(-1, 1, 2001)
barrier = between[wells.value(between).argmax()]
print(f"curvature {wells.bend(-1):.0f} at w = -1 and {wells.bend(1):.0f} at w = 1; the barrier at w = {barrier:.2f} is {wells.value(barrier):.2f} high")
Equations({"loss": wells.expression})

# %% [markdown]
# Two thousand runs begin at $w = -1.25$ in the sharp well. Every gradient gets normal noise with the standard deviation σ.

# %%
def ends_with_noise(rule, sigma, slope=wells.slope, runs=2000, steps=2000, **hyper):
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
    print(f"σ = 20, {rule.name}, η = {rate}: {in_the_flat_well(rule, 20, lr=rate):.0f} % end in the flat well")

# %% [markdown]
# There is the story in two lines: the same noise, the same start, and only one of the two leaves. **Predict:** Adam takes η = 0.1 instead. How many of its runs end in the flat well now?

# %%
leaving = Wells(step=20)
predict("11 wells", opens=leaving, measured=lambda: in_the_flat_well(ADAM, 20, lr=0.1))

# %%
leaving

# %% [markdown]
# Each dot is one of a hundred runs, over the first 1000 steps. Press *Play*, then move η and σ: on the right all rates are counted at once. The dotted line is the barrier; runs are counted left and right of it, and left of the notch the bowl of the flat well goes on. Without noise, gradient descent leaves once η is above the limit 2/100 of the sharp well. With much noise, some runs climb back.

# %%
leaving.filmstrip(
    {"noise": 4.0, "step": 100},
    {"noise": 10.0, "step": 40},
    {"rule": "Adam", "lr": 10**-1.8, "noise": 20.0, "step": 100},
    {"rule": "Adam", "lr": 0.1, "noise": 20.0, "step": 100},
)

# %% [markdown]
# What decides, if not the rule? We measure how far each setting spreads the runs in a sharp well *without* a way out, $50(w+1)^2$, and compare with the width of ours from its bottom to the barrier.

# %%
plans = [(GRADIENT_DESCENT, 5, {"lr": 0.01}), (GRADIENT_DESCENT, 10, {"lr": 0.01}), (GRADIENT_DESCENT, 20, {"lr": 0.01}),
         (MOMENTUM, 10, {"lr": 0.001, "beta": 0.9}), (MOMENTUM, 10, {"lr": 0.002, "beta": 0.9}), (MOMENTUM, 20, {"lr": 0.001, "beta": 0.9}),
         (RMSPROP, 20, {"lr": 0.02, "rho": 0.99}), (RMSPROP, 20, {"lr": 0.1, "rho": 0.99}),
         (ADAM, 20, {"lr": 0.02}), (ADAM, 20, {"lr": 0.1})]
closed = lambda w: 100 * (w + 1)
spreads = [ends_with_noise(rule, sigma, closed, steps=500, **hyper).std() for rule, sigma, hyper in plans]
left = [in_the_flat_well(rule, sigma, **hyper) for rule, sigma, hyper in plans]
for place in np.argsort(spreads):
    rule, sigma, hyper = plans[place]
    print(f"{rule.name:16} σ = {sigma:2}, η = {hyper['lr']:5}: spread {spreads[place]:.2f}, {left[place]:3.0f} % leave")

# %%
figure, ax = canvas(height=3.6)
for rule in (GRADIENT_DESCENT, MOMENTUM, RMSPROP, ADAM):
    own, look = [k for k, plan in enumerate(plans) if plan[0] is rule], LINES[rule.name]
    ax.plot([spreads[k] / (1 + barrier) for k in own], [left[k] for k in own], look["marker"], color=look["color"], markersize=9, label=rule.name)
ax.legend(loc="lower right", frameon=False)
name_axes(ax, "spread in a closed sharp well / width to the barrier", "end in the flat well, %")
few = max(share for across, share in zip(spreads, left) if across < 0.25 * (1 + barrier))
many = min(share for across, share in zip(spreads, left) if across > 0.35 * (1 + barrier))
Captioned(figure, f"Ten settings of four rules, 2000 runs each (95 % interval at most ± {196 * np.sqrt(0.25 / 2000):.1f} points). Where the spread is below a quarter of the width, at most {few:.0f} % leave; where it is above 0.35 of it, at least {many:.0f} %, whichever the rule.")

# %% [markdown]
# The story is true on this curve at these settings, and it turns round: gradient descent stays if its noise is small, Adam leaves if its rate is large. Adam divides by $\sqrt{\hat s}$, and where the noise fills $\hat s$, η alone sets the size of its steps. **What decides here is how far the noisy steps spread, against the width of the well.**
#
# This is one weight and made-up noise; nothing here says how a network's wells look. Zhou and others (2020, below) argue with noise of heavy tails.

# %% [markdown]
# ## Measure: the article's claim, registered first
#
# The article ends with a claim: SGD with momentum *seems* to find flatter minima than adaptive methods, and flatter minima generalise better. We test it on digits in two settings. Before you see anything, this is the plan; it will not be changed afterwards.

# %% [markdown]
# | Part | Plan |
# |---|---|
# | **Task I** | 400 digits, 64-32-32-32-10, squared loss, until the training loss is 0.01 |
# | **Task II** | 900 digits, 64-32-10, cross-entropy, until the training loss is 0.02 |
# | **Rules** | momentum (β = 0.9) and Adam (0.9, 0.999), mini-batches alike |
# | **Tuning** | each rule's rates; the one with the best mean accuracy on *validation* digits, among those with which all seeds arrive within the cap, 110 passes in task I, 60 in II |
# | **Runs** | 12 seeds; pairs share first weights and batches |
# | **Reported** | sharpness (ratio) and *test* accuracy (difference), with 95 % intervals; every run in one picture |

# %%
tasks = {
    "I": dict(network=Network((64, 32, 32, 32, 10), loss="squared"), samples=400, batch=20, goal=0.01, passes=110,
              rates={"momentum": (0.03, 0.04, 0.055, 0.075, 0.1), "Adam": (0.002, 0.004, 0.008, 0.016)}),
    "II": dict(network=Network((64, 32, 10)), samples=900, batch=50, goal=0.02, passes=60,
               rates={"momentum": (0.05, 0.1, 0.2, 0.4, 0.6), "Adam": (0.005, 0.01, 0.03, 0.06, 0.09)}),
}
rules, seeds = {"momentum": MOMENTUM, "Adam": ADAM}, range(12)

# %%
def arrive(rule, rate, seed, network, samples, batch, goal, passes, rates):
    """Train until the training loss is at the goal: sharpness there, validation and test accuracy."""
    x, y, per = data.x_train[:, :samples], data.y_train[:samples], batches_per_epoch(samples, batch)
    w = network.init(seed)
    step = rule.start(w, lr=rate)
    for t, some in enumerate(batches(samples, batch, passes, seed), 1):
        step(network.gradient(w, x[:, some], y[some]))
        if t % per == 0 and not network.loss(w, x, y) > goal:
            break
    else:
        return [np.nan] * 3
    judged = (data.x_train[:, samples:], data.y_train[samples:]), (data.x_test, data.y_test)
    return [sharpness(lambda w: network.gradient(w, x, y), w), *(100 * network.accuracy(w, *part) for part in judged)]


@cache
def ends_of(task, name, rate):
    """The three numbers of all seeds, shape (3, seeds); the first seed that does not arrive ends the runs of a rate."""
    ends = np.full((3, len(seeds)), np.nan)
    with one_thread():
        for place, seed in enumerate(progress(seeds, f"task {task}, {name}, {rate}")):
            ends[:, place] = arrive(rules[name], rate, seed, **tasks[task])
            if np.isnan(ends[0, place]):
                break
    return ends

# %% [markdown]
# The last line of the plan is the analysis. The words are chosen by the intervals, not by us.

# %%
sharper_words = "Adam ends flatter", "no difference to be seen", "Adam ends sharper"
accuracy_words = "momentum reads fewer", "no difference to be seen", "momentum reads more"


def tuned(task, name):
    """The rate with the fewest validation errors; one with which a seed does not arrive has no mean (NaN) and cannot win."""
    return theory.best_of_grid({rate: 100 - ends_of(task, name, rate)[1].mean() for rate in tasks[task]["rates"][name]})


def outcome(task):
    """Adam's sharpness over momentum's, and momentum's test accuracy minus Adam's, both tuned."""
    heavy, adaptive = (ends_of(task, name, tuned(task, name)) for name in rules)
    return ratio(adaptive[0], heavy[0]), difference(heavy[2], adaptive[2])

# %% [markdown]
# **Now register.** At equal training loss, tuned rates, on task I: who ends sharper, and who reads more test digits? Locking in the first one starts the runs, about half a minute.

# %% tags=["predicts-C24"]
predict("11 sharper", measured=lambda: outcome("I")[0])

# %%
predict("11 reads", measured=lambda: outcome("I")[1])

# %% tags=["shows-C24"]
def told(task_name):
    """Every rate of both rules on a task, the tuned ones marked, and what their intervals allow."""
    for name in rules:
        for rate in tasks[task_name]["rates"][name]:
            sharp_ends, valid, test = ends_of(task_name, name, rate)
            came = np.isfinite(sharp_ends)
            said = f"sharpness {np.exp(np.log(sharp_ends).mean()):5.2f}, validation {valid.mean():.1f} %, test {test.mean():.1f} %"
            print(f"{task_name:2} {name:8} lr = {rate:5}: {said if came.all() else f'seed {seeds[came.sum()]} does not arrive, the rate is out'}"
                  + (" <- tuned" if rate == tuned(task_name, name) else ""))
    sharper, reads = outcome(task_name)
    print(f"   sharpness, Adam over momentum: {sharper}: {sharper.says(*sharper_words)}")
    print(f"   test accuracy, momentum minus Adam: {reads} points: {reads.says(*accuracy_words)}")


told("I")

# %%
told("II")

# %%
figure, panels = canvas(columns=2, width=10.5, height=4.8)
for ax, task_name in zip(panels, tasks):
    for name, rate in ((name, rate) for name in rules for rate in tasks[task_name]["rates"][name]):
        sharp_ends, _, test = ends_of(task_name, name, rate)
        best, look = rate == tuned(task_name, name), LINES[name]
        ax.semilogx(sharp_ends, test, look["marker"], color=look["color"], markerfacecolor=look["color"] if best else "none", markersize=7 if best else 5, markeredgewidth=0.8)
    ax.minorticks_off()
    ticks = {"I": (5, 7, 10, 14), "II": (0.2, 0.3, 0.5, 0.7, 1)}[task_name]
    ax.set_xticks(ticks, list(map(str, ticks)))
    name_axes(ax, "sharpness at the goal", "test accuracy, %" if task_name == "I" else "", f"task {task_name}")

# %%
def words_of(task_name):
    """The tuned pair in a sentence, and how sharpness and accuracy go together over all runs."""
    sharper, reads = outcome(task_name)
    every = np.hstack([ends_of(task_name, name, rate) for name in rules for rate in tasks[task_name]["rates"][name]])
    every = every[:, np.isfinite(every[0])]
    together = np.corrcoef(np.log(every[0]), every[2])[0, 1]
    return f"Task {task_name}: {sharper.says(*sharper_words)} ({sharper}); {reads.says(*accuracy_words)} ({reads} points); over all {every.shape[1]} runs log sharpness and accuracy correlate with {together:+.1f}"


for ax, task_name in zip(panels, tasks):
    for name in rules:
        sharp_ends, _, test = ends_of(task_name, name, tuned(task_name, name))
        middle, half = test.mean(), difference(test, np.full(len(seeds), test.mean())).high
        ax.errorbar(np.exp(np.log(sharp_ends).mean()), middle, half, fmt=LINES[name]["marker"], color=LINES[name]["color"], markersize=13, markeredgecolor="white", capsize=6, linewidth=2.4)
        up = 1 if name == "momentum" else -1
        label_end(ax, np.exp(np.log(sharp_ends).mean()), middle + up * half, name, LINES[name]["color"], xytext=(0, 14 * up), ha="center")
Captioned(figure, "Every run at its goal: momentum (squares) and Adam (hexagons), hollow at other rates, full at the tuned one, large its mean with a 95 % interval. " + ". ".join(map(words_of, tasks)) + ".")

# %% [markdown]
# How much of that is the rule, and how much the rate? We compare every rate of Adam with every rate of momentum, and the spread within one rule.

# %%
for task_name, plan in tasks.items():
    all_came = {name: [one for one in (ends_of(task_name, name, rate)[0] for rate in rates) if np.isfinite(one).all()] for name, rates in plan["rates"].items()}
    pairs = [ratio(q, p) for p in all_came["momentum"] for q in all_came["Adam"]]
    said = [pair.says("flatter", "not told apart", "sharper") for pair in pairs]
    print(f"task {task_name}, {len(pairs)} pairs of rates, Adam is: " + ", ".join(f"{word} in {said.count(word)}" for word in ("sharper", "not told apart", "flatter")))
    for name, ends_by_rate in all_came.items():
        means = [np.exp(np.log(one).mean()) for one in ends_by_rate]
        print(f"   within {name} alone, the sharpest rate over the flattest: {max(means) / min(means):.1f} times")

# %% [markdown]
# Two small networks, one data set, plain sharpness. With these seeds tuned Adam ends sharper in task I and flatter in task II. Compare other rates and the answer changes: the rate alone moves the sharpness more than the change of the rule did.
#
# **Tuning is part of the protocol.** In task I both tuned rates are the slowest with which all seeds arrive: validation prefers slow training, slow training ends sharper, and the cap of passes ends the grid. With another cap it is another comparison.

# %% [markdown]
# Would other seeds say the same? The *whole* plan, its tuning included, was repeated with fresh dozens of seeds by `tools/flat_or_sharp.py`, which takes some minutes; its record is stored.

# %%
again = record("flat_or_sharp")
print(f"{again['command']}, {again['date']}")
for one in again["plans"]:
    first, last = one["seeds"]
    tuned_at = ", ".join(f"{name} {rate}{' (slowest)' if rate == one['slowest that arrives'][name] else ''}" for name, rate in one["tuned"].items())
    effect, low, high = one["sharpness, Adam over momentum"]
    print(f"task {one['task']:2} seeds {first} to {last}, tuned: {tuned_at}; sharpness {effect} [{low}, {high}], {one['sharper']}; {one['reads']}")

# %%
for task_name in tasks:
    sharp_told = [one["sharper"] for one in again["plans"] if one["task"] == task_name]
    read = [one["reads"] for one in again["plans"] if one["task"] == task_name]
    ends_said = ", ".join(f"{word} in {sharp_told.count(word)}" for word in sharper_words)
    reads_said = ", ".join(f"{word} in {read.count(word)}" for word in accuracy_words)
    print(f"task {task_name}, {len(sharp_told)} plans with fresh seeds: {ends_said}; {reads_said}")

# %% [markdown]
# In task I every dozen says *sharper*, by different factors. In task II the word turns round with the rates that the validation digits happen to pick, and yet each interval is narrow: **an interval at a tuned rate knows nothing of the scatter of the tuning.** A claim about two rules needs repetitions of the whole plan.

# %% [markdown]
# **Verdict.** Sharpness is measured in a ruler that the weights choose; full-batch training tends to sharpen until it meets the limit of its rule, so the learning rate and the batch decide much of it; and whether flat minima generalise better is a question of which minima one compares.

# %% [markdown]
# ## Argue both sides
#
# The literature, with what each paper did. Learn it so well that you can defend either column.
#
# | For | What they did | What limits it |
# |---|---|---|
# | Hochreiter, Schmidhuber 1997 | flat minima need fewer bits to write down, hence should generalise; a method that looks for them | small nets; flatness measured in given weights |
# | Keskar and others 2017 | large batches end sharper and test worse | about batches: small and large ones both ran Adam, and other rules, tried on large batches, gave similar results (their section 2); so the flat minima are Adam's, too |
# | Wilson and others 2017 | a problem on which adaptive rules provably fail to generalise; larger test errors on four tasks | how well Adam was tuned was disputed |

# %% [markdown]
# | For | What they did | What limits it |
# |---|---|---|
# | Jiang and others 2020 | of some forty measures on thousands of networks, some sharpness measures predict the gap best | plain ones do worse than those relative to the weights |
# | Foret and others 2021 | SAM: descend the worst loss nearby; better tests on many sets | others find what it does is not only flatness (Wen and others 2023) |
# | Zhou and others 2020 | a model in which SGD leaves sharp wells sooner than Adam | a model of noise with heavy tails |

# %% [markdown]
# | Against | What they did | What limits it |
# |---|---|---|
# | Dinh and others 2017 | rescaling: the same function as sharp as you like | refutes plain measures, not relative ones |
# | Choi and others 2019 | tune everything of each rule: the more general rule never did worse | a large budget for tuning |
# | Andriushchenko and others 2023 | large modern networks: sharpness, also relative, goes with the learning rate rather than with generalisation; sometimes sharper is better | correlations over trained networks; they show no cause |
# | Cohen and others 2021, 2022 | the rate sets the sharpness; Adam is held in its own measure | full batches; squared loss shows it best |

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | the three methods come to rest in different minima of the same loss | right: the runs above share start, data and loss and end elsewhere. *Optimal local* minima is confused: none is shown to be optimal |
# | SGD with momentum finds flatter minima than adaptive methods | contested: tuned Adam ended sharper in one of our tasks, in the other the word changes with the seeds that tune; rate and batch move the sharpness at least as much, and Adam is held in another measure |
# | flatter minima generalise better | contested: false for plain sharpness by rescaling; in task II the sharper runs, over all rates, read more |
# | so adaptive methods generalise worse | contested: Wilson for, Choi against; see our intervals |

# %%
check("who finds flat minima", ...)

# %%
check("flat generalises", ...)

# %%
check("what Keskar compared", ...)

# %% [markdown]
# ## Where this story ends
#
# Our sharpness is one number, the worst direction; the trace, volumes and averages over noise are others, and they need not agree. Our networks have a few thousand weights and train for seconds. What makes a loss smooth in the first place is for [lesson 12](12_smoother_landscapes.ipynb). The edge of stability was shown for full batches; with mini-batches there are limits of a similar kind, and their theory is young.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Three formulas.

# %%
check("rescaled sharpness", ...)

# %%
check("too sharp to stay", ...)

# %%
check("what Adam bears", ...)

# %% [markdown]
# **2 Experiment.** `my_sharpness` above; then measure: at a rate of your choice, is the sharpness of Adam in the explorer nearer to 38/η than that of momentum with β = 0.9 to its limit?
#
# **3 Tune.** Gradient descent begins beside the minimum (4, 1/4) of $(w_1 w_2 - 1)^2/2$, as in the second explorer. Find a learning rate with which it comes to rest within 60 steps at a sharpness below 4.

# %%
check("land in the flat", ...)

# %% [markdown]
# **4 Discuss.** Write a paragraph of about 120 words: *Does SGD with momentum generalise better because it finds flatter minima?* Then mark it yourself, or a neighbour's, a point a line. `solution("fair paragraph")` outlines one.
#
# | A fair paragraph | |
# |---|---|
# | defines sharpness, and says in which weights it is measured | 1 |
# | splits the claim: who is flatter, and does flat help | 1 |
# | gives the best evidence for each side, two papers each, with what they compared | 2 |
# | names a confounder: rate, batch, training loss or tuning | 1 |
# | reports own numbers with seeds and interval, a null result as "cannot tell" | 1 |
# | says what would change its mind | 1 |

# %%
check("fair paragraph", ...)

# %% [markdown]
# ## Summary
#
# - *Sharpness.* The largest eigenvalue of the Hessian.
# - *The change of scale.* $(w_1w_2-1)^2/2$: one function, sharpness $a^2 + 1/a^2$ from 2 to infinity. Plain sharpness alone cannot say which generalises better.
# - *The limits.* 2/η, 2(1 + β)/η, and 38/η for Adam in its own measure; full-batch training tends to rise to them.
# - *Two wells.* Spread against width decides who leaves.
# - *The comparison.* Plan first, tune both, equal loss, pairs; intervals choose the words. Repeat the tuning, too.
# - *The literature.* Three claims, not one: batches, rules, and whether flat helps.

# %% [markdown]
# ## References
#
# - S. Hochreiter, J. Schmidhuber, "Flat Minima", *Neural Computation* 9 (1997), 1–42, doi:10.1162/neco.1997.9.1.1.
# - N. Keskar and others, "On Large-Batch Training for Deep Learning: Generalization Gap and Sharp Minima", *ICLR* 2017, arXiv:1609.04836.
# - L. Dinh, R. Pascanu, S. Bengio, Y. Bengio, "Sharp Minima Can Generalize For Deep Nets", *ICML* 2017, arXiv:1703.04933.
# - A. Wilson and others, "The Marginal Value of Adaptive Gradient Methods in Machine Learning", *NeurIPS* 2017, arXiv:1705.08292.
# - D. Choi and others, "On Empirical Comparisons of Optimizers for Deep Learning", arXiv:1910.05446.
# - Y. Jiang and others, "Fantastic Generalization Measures and Where to Find Them", *ICLR* 2020, arXiv:1912.02178.
# - P. Foret and others, "Sharpness-Aware Minimization for Efficiently Improving Generalization", *ICLR* 2021, arXiv:2010.01412.
# - P. Zhou and others, "Towards Theoretically Understanding Why SGD Generalizes Better Than Adam in Deep Learning", *NeurIPS* 2020, arXiv:2010.05627.
# - J. Kwon and others, "ASAM: Adaptive Sharpness-Aware Minimization", *ICML* 2021, arXiv:2102.11600.
# - J. Cohen and others, "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", *ICLR* 2021, arXiv:2103.00065.
# - J. Cohen and others, "Adaptive Gradient Methods at the Edge of Stability", arXiv:2207.14484.
# - A. Damian, E. Nichani, J. Lee, "Self-Stabilization: The Implicit Bias of Gradient Descent at the Edge of Stability", *ICLR* 2023, arXiv:2209.15594.
# - M. Andriushchenko and others, "A Modern Look at the Relationship between Sharpness and Generalization", *ICML* 2023, arXiv:2302.07011.
# - K. Wen, Z. Li, T. Ma, "Sharpness Minimization Algorithms Do Not Only Minimize Sharpness To Achieve Better Generalization", *NeurIPS* 2023, arXiv:2307.11007.
#
# Before: [10, When Adam fails](10_when_adam_fails.ipynb). Next: [12, Smoother landscapes](12_smoother_landscapes.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
