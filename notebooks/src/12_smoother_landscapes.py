# %% [markdown]
# # 12 · Build a smoother landscape
#
# Two networks learn the same digits with the same rule and the same learning rate. Both have 16 units in every hidden layer; one of them is deeper.

# %% jupyter={"source_hidden": true}
from functools import cache

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import plane, random_directions, sharpness
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Landscapes
from course_utils.figures import lesson_12, progress
from course_utils.networks import Network, batches, difference, digits, one_thread, ratio, train
from course_utils.networks import train_side_by_side
from course_utils.networks.depths import KINDS, deep_networks

# %% jupyter={"source_hidden": true}
from course_utils.networks.layers import batch_norm, batch_norm_backward, layer_backward
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, show_kernel
from course_utils.symbolic import Equations, on_symbols

data, record, explorer = digits(), deep_networks(), Landscapes(step=3)
few, ticks = (data.x_train[:, :300], data.y_train[:300]), np.linspace(-1, 1, 11)
disc = [(x, y) for x in ticks for y in ticks if np.hypot(x, y) <= 1]
ws, at_zero = sp.symbols("w1:4", real=True), dict.fromkeys(sp.symbols("w1:4", real=True), 0)
z = on_symbols([sp.symbols("z1:4", real=True)])
d = on_symbols([sp.symbols("d1:4", real=True)])
gamma, b, eps, c = sp.symbols("gamma b epsilon c", positive=True)


def build(kind, depth, width=16, activation="relu"):
    """A network of ``depth`` hidden layers."""
    return Network((64, *[width] * depth, 10), activation, **KINDS[kind])


ten_passes = dict(lr=0.03, epochs=10, batch=128)


@cache
def trained(kind, depth, seeds):
    """The weights of each seed after ten passes over the digits with momentum."""
    return train_side_by_side(build(kind, depth), MOMENTUM, data, range(seeds), **ten_passes).w

# %%
losses = {}
for depth in (3, 24):
    net = build("plain", depth)
    runs = [train(net, MOMENTUM, data, seed=seed, **ten_passes) for seed in range(5)]
    losses[f"{depth} hidden layers"] = [run.losses for run in runs]
lesson_12.training(losses, seeds="five seeds")

# %% [markdown]
# The deeper network could do all that the shallow one does: its extra layers need only pass their input on. This is not overfitting: the *training* loss stays high (He and others 2016).
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 43 for the core; 4 to 14 for each section below it |
# | **You need** | lessons [02, Curvature](02_curvature_and_newton.ipynb), [04, Momentum](04_momentum.ipynb); the chain rule for a network |
# | **You will be able to** | say why depth makes a loss rough and what a skip changes · derive and write batch norm's backward pass · judge a measure of smoothness by rescaling |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# ## Remember
#
# Two quick questions, on lessons 02 and 11.

# %%
predict("12 remember parabola")

# %%
predict("12 remember rescaling")

# %% [markdown]
# ## Predict
#
# Both networks used momentum with η = 0.03. Perhaps the deeper one needs another learning rate.

# %%
predict("12 another rate", measured=lambda: np.median(lesson_12.at_best(record, "plain", 24)))

# %% [markdown]
# Now look at the terrain. The smallest deep network is a chain of $L$ weights without activations, $p = w_1 w_2 \cdots w_L$. Let every weight be $a$. At $a = 1$ the slope of $p$ along a weight, $\partial p/\partial w_1$, is 1.

# %%
predict("12 chain")

# %% [markdown]
# ## The disease in one sentence
#
# In a deep plain network every layer multiplies what the others do, so the slope can be nearly zero here and huge close by, and a gradient says little about the loss one step away.
#
# ## Derive: why depth is rough
#
# The slope along one weight is the product of all the *others*:
#
# $$\frac{\partial p}{\partial w_1} = w_2 w_3 \cdots w_L = a^{L-1}.$$

# %%
lesson_12.slope_of_a_chain(depths=(4, 12, 24))

# %% [markdown]
# A plateau beside a cliff, both worse with every layer. With a learning rate small enough for the cliff, gradient descent hardly moves on the plateau.
#
# ## Derive: the residual connection
#
# The first cure is a **skip**: each layer *adds* to its input, $h + f(h)$ in place of $f(h)$. In the chain, $w$ becomes $1 + w$:
#
# $$(1+w_1)(1+w_2)(1+w_3) = 1+(w_1+w_2+w_3)+(w_1w_2+w_1w_3+w_2w_3)+w_1w_2w_3,$$
#
# a sum over all paths, through each layer or around it. At $w = 0$:

# %%
chains = {"plain": sp.prod(ws), "skips": sp.prod([1 + w for w in ws])}
slopes = {name: [p.diff(w).subs(at_zero) for w in ws] for name, p in chains.items()}
Equations({f"slopes at 0, {name}": sp.Matrix([found]) for name, found in slopes.items()})

# %% [markdown]
# Backwards, let $d$ be the slope of the loss with respect to a layer's output. For $h + f(h)$, the chain rule gives $\mathrm dh = d + f'(h)^{\mathsf T} d$: the skip passes $d$ on unchanged. (With one weight per layer this is a plain chain started at 1. What a skip changes is where training *starts*: near the identity.)
#
# ## Derive: batch norm, forwards
#
# The second cure removes scale. Over a batch, each unit's weighted sum $z$ is brought to mean 0 and variance 1, then multiplied by a learnt γ and shifted by a learnt $b$:
#
# $$m=\mathrm{mean}(z),\qquad\mathrm{sd}^2=\mathrm{mean}\bigl((z-m)^2\bigr)+\varepsilon,\qquad\hat z=\frac{z-m}{\mathrm{sd}},\qquad\text{output}\;\gamma\hat z+b.$$

# %% [markdown]
# ## Derive: batch norm, backwards
#
# One $z_i$ of $n$ moves $m$ and sd, and through them every $\hat z_j$. The mean's derivative is $1/n$. For sd, differentiate $\mathrm{sd}^2$; since the deviations $z_j - m$ add up to 0, one term is left:
#
# $$2\,\mathrm{sd}\,\frac{\partial\,\mathrm{sd}}{\partial z_i}=\frac2n(z_i-m),\qquad\frac{\partial\,\mathrm{sd}}{\partial z_i}=\frac{\hat z_i}{n},\qquad\frac{\partial\hat z_j}{\partial z_i}=\frac{1}{\mathrm{sd}}\Bigl(1_{i=j}-\frac1n-\frac{\hat z_i\hat z_j}{n}\Bigr).$$
#
# Multiply by γ and by the slopes $d_j$ that arrive, and sum over $j$:
#
# $$\mathrm dz_i=\frac{\gamma}{\mathrm{sd}}\Bigl(d_i-\mathrm{mean}(d)-\hat z_i\,\mathrm{mean}(d\,\hat z)\Bigr).$$

# %% [markdown]
# The slope $d$ loses its mean and its part along $\hat z$, because shifting a batch, or at ε = 0 stretching it, leaves $\hat z$ as it is.
#
# ## Implement: your turn
#
# Write the backward pass. Arrays have one row per unit and one column per sample; γ and sd have one column, and `dy` is $d$. `hint("batch norm backward")` helps in steps. Below is the course's own.

# %%
def my_backward(dy, gamma, z_hat, sd):
    """The slope with respect to z, of the shape of dy."""
    ...


check("batch norm backward", my_backward)

# %%
show_kernel(batch_norm_backward)

# %% [markdown]
# ## Prove: the kernel is the derivative
#
# SymPy differentiates the *forward* pass on three samples, and we compare. Then a common mistake: mean and sd treated as constants, at z = 0, 1, 3 and d = 1, 0, 0.

# %%
out, z_hat, sd = batch_norm(z, gamma, b, eps=eps)
loss = sum(d_j * y_j for d_j, y_j in zip(d[0], out[0]))
dz = batch_norm_backward(d, gamma, z_hat, sd)[0]
true = [loss.diff(one) for one in z[0]]
print("proved:", all(sp.simplify(t - k) == 0 for t, k in zip(true, dz[0])))
at = {**dict(zip(z[0], (0, 1, 3))), **dict(zip(d[0], (1, 0, 0))), gamma: 1, eps: 0}
naive = gamma / sd[0, 0] * d[0, 0]
print("true slope:", true[0].subs(at), "   with constants:", naive.subs(at))

# %% [markdown]
# ## Derive: length does not matter
#
# Under batch norm with ε = 0, a unit computes the same with $cw$, $c > 0$, as with $w$, so $\mathcal L(cw) = \mathcal L(w)$. Differentiate in $c$ at $c = 1$, then in $w$:
#
# $$w\cdot\nabla\mathcal L(w)=0,\qquad\nabla\mathcal L(cw)=\tfrac1c\,\nabla\mathcal L(w).$$
#
# So a step of gradient descent is perpendicular to $w$ and makes it longer. Only the direction of $w$ counts; it turns as if the learning rate were $\eta/|w|^2$.
#
# ## Measure: which learning rates can be used
#
# Four kinds of network, seven learning rates from 0.001 to 1, 24 seeds each. A learning rate is *usable* if at least three quarters of the seeds reach a test accuracy of 85 %.

# %%
predict("12 range", measured=lambda: lesson_12.reach(record, "batch norm", "plain", depth=3))

# %%
lesson_12.usable_rates(record, depths=(3, 12))

# %% [markdown]
# With 3 hidden layers batch norm tolerates learning rates that ruin plain networks: too long a step makes the weights longer, so $\eta/|w|^2$ falls. With 12, none of the seven works for plain networks, and only the two parts together have learning rates whose whole interval lies above three quarters.

# %% [markdown]
# ## Play
#
# A **slice** is a disc around trained weights, spanned by two random directions. In each, a unit's part is as long as that unit's weights (Li and others 2018), so at the rim every unit has moved by about its own length.

# %%
predict("12 height", opens=explorer)

# %%
explorer

# %% jupyter={"source_hidden": true}
explorer.filmstrip({"depth": 4, "step": 3}, {"depth": 12, "right": "batch norm", "step": 3})

# %% [markdown]
# Move the depth, then put batch norm on the left. Two things decide the share below 1: how wide the valley is, and how low its middle.
#
# ## Measure: a width that is not a height
#
# The **width** is the share of the disc on which the loss is less than 0.5 above that of the *middle*: a high middle alone does not make it small. Twelve seeds, 12 hidden layers:

# %% jupyter={"source_hidden": true}
def middle(net, w, seed):
    """The loss at the trained weights."""
    return net.loss(w, *few)


def width(net, w, seed):
    """The share of a slice, in per cent, on which the loss is less than 0.5 above the middle's."""
    across, up = random_directions(w, net.unpack, 2, seed)
    losses = np.array([net.loss(w + x * across + y * up, *few) for x, y in disc])
    return 100 * (losses < net.loss(w, *few) + 0.5).mean()


@cache
def measured(measure, kind, depth, seeds):
    """A measure of trained networks, one number a seed."""
    net = build(kind, depth)
    with one_thread():
        ends = enumerate(trained(kind, depth, seeds))
        return np.array([measure(net, w, seed) for seed, w in ends])


def against_plain(measure, depth, seeds, compare=ratio, kinds=("skips", "batch norm", "both")):
    """Each kind of network against plain, in pairs with one seed."""
    plain = measured(measure, "plain", depth, seeds)
    return {kind: compare(measured(measure, kind, depth, seeds), plain) for kind in kinds}

# %%
lesson_12.forest(
    {
        "loss in the middle": against_plain(middle, depth=12, seeds=12),
        "width": against_plain(width, depth=12, seeds=12),
    },
    against="plain",
)

# %% [markdown]
# Both together widen the valley; batch norm alone may not, and for skips alone other seeds leave that open. All three lower the middle. But a wide valley is not always good: at 24 layers plain networks lie in one, high up (*Three numbers for roughness*, below).
#
# ## Measure: what rescaling does
#
# Under batch norm, multiplying a hidden layer's weights by $c > 0$ leaves the function unchanged. Without it, the bias has to be multiplied as well and the next layer's weights divided by $c$, since a rectifier passes positive factors on:
#
# | Measure | It asks |
# |---|---|
# | width | how much of the slice is less than 0.5 above the middle |
# | top eigenvalue | how strong the largest curvature is |
# | trust | the cosine of the gradients before and after a step of 0.3 % of the weights' length |

# %%
predict("12 which change")

# %% jupyter={"source_hidden": true}
def top(net, w, seed=None):
    """The top eigenvalue of the Hessian."""
    return sharpness(lambda v: net.gradient(v, *few), w)


def trust(net, w, seed=None):
    """Cosine of the gradients before and after a step of 0.3 % of the length of w."""
    before = net.gradient(w, *few)
    after = net.gradient(w - 0.003 * np.linalg.norm(w) * before / np.linalg.norm(before), *few)
    return before @ after / np.linalg.norm(before) / np.linalg.norm(after)


def rescaled(kind, seed, c):
    """A trained network of 12 hidden layers, its sixth c times as large, the loss as it was."""
    net, before = build(kind, 12), trained(kind, 12, 12)[seed]
    w = before.copy()
    here, following = net.unpack(w)[5:7]
    here[0][...] *= c
    if kind == "plain":
        here[1][...] *= c
        following[0][...] /= c
    assert abs(net.loss(w, *few) - net.loss(before, *few)) < 1e-4
    return net, w, seed


def by_factor(measure, kind, factors=(0.1, 1, 10), seeds=4):
    """The median of a measure over the seeds, for each factor."""
    with one_thread():
        return {
            c: np.median([measure(*rescaled(kind, n, c)) for n in range(seeds)]) for c in factors
        }

# %%
measures = {"width, %": width, "top eigenvalue": top, "trust": trust}
seen = {
    name: {kind: by_factor(measure, kind) for kind in ("plain", "batch norm")}
    for name, measure in measures.items()
}
lesson_12.rescaling(seen, seeds=4)

# %% [markdown]
# Width is unchanged: its directions are scaled unit by unit with the weights. Top eigenvalue and trust can change although the function does not: they describe what a step meets at *these* weights.
#
# **Verdict.** Depth makes a loss rough because layers multiply. A skip makes them add; under batch norm the length of a unit's weights does not matter. In our narrow networks with 12 hidden layers each part lowers the trained loss, and only both together clearly widen the valley and have a broad range of usable learning rates.

# %% [markdown]
# ## You will also hear
#
# - **Degradation problem**: the first picture.
# - **Vanishing and exploding gradients**: a product of slopes far below or above 1.
# - **Shortcut connection**, **identity mapping**: the skip; a **block** is the $f$ beside it.
# - **Scale invariance**, **effective learning rate**: $\mathcal L(cw) = \mathcal L(w)$ and $\eta/|w|^2$.
# - In PyTorch: `x = x + block(x)`, `torch.nn.BatchNorm1d(features)`.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Batch norm on a batch of two samples.
#
# **2 Tune.** A plain chain of 24 equal weights, beginning at 0.8.
#
# **3 Explain.** A colleague's network of 50 layers does not train. What do you look at and try, in which order? `solution("a deep network that does not train")` outlines an answer.

# %%
check("batch of two", ...)

# %%
check("plain chain", {"lr": ...})

# %% [markdown]
# ## Summary
#
# - *Depth.* The slope along one layer is the product of all others: a plateau beside a cliff. A skip turns it into a sum over paths.
# - *Batch norm, backwards.* γ/sd times the slope without its mean and its part along $\hat z$.
# - *Measures.* A share below a fixed loss mixes width with height. Rescaling can change top eigenvalue and trust, not a slice scaled unit by unit.
#
# Our networks are narrow; plain ones of 10,000 layers have been trained from special starts (Xiao and others 2018). Next: [lesson 13](13_a_fair_race.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## What adding costs, 4 minutes
#
# Why blocks are scaled down in a deep network with skips, and what products of random layers do.

# %% [markdown]
# If each of $L$ layers adds a share $b > 0$ of its input, the product is $(1+b)^L$, a cliff again. With $b/L$ each it stays below $e^b$. For random matrices it is variances that add up, so our networks divide the initial weights of each block by $\sqrt L$. This is how such products stretch space, compared with products of plain layers:

# %%
lesson_12.stretches(depths=(3, 12, 24))

# %% [markdown]
# Plain products stretch some directions and crush others, the more so the deeper they are: the plateau and the cliff in many dimensions. Weight decay changes its meaning, too: it pulls each layer with a skip towards the identity, and a plain one towards zero.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Thrown far away, 8 minutes
#
# What the effective learning rate does after first steps that are far too long, and what it cannot repair.

# %% [markdown]
# First, SymPy confirms the two equations of *length does not matter* for four samples and one loss. A third follows from them by Pythagoras: $|w - \eta g|^2 = |w|^2 + \eta^2|g|^2$.

# %%
w1, w2 = sp.symbols("w1 w2", positive=True)
normal = batch_norm(on_symbols([[w1, w2, 2 * w1 - w2, w1 + 3 * w2]]), 1, 0, eps=0)[1][0]
some_loss = sum((q - target) ** 2 for q, target in zip(normal, (1, 0, -1, 2)))
g = sp.Matrix([some_loss.diff(w1), some_loss.diff(w2)])
print("w · gradient:", sp.simplify(w1 * g[0] + w2 * g[1]))
scaled = g.subs({w1: c * w1, w2: c * w2}, simultaneous=True)
print("gradient at cw, less the gradient over c:", list(sp.simplify(scaled - g / c)))

# %% [markdown]
# Three hidden layers, gradient descent. For the first eleven steps, one pass over the data, the learning rate is ten times the usual 0.3; then nineteen passes follow as usual. A kind of network *recovers* if all five seeds end above 80 % test accuracy.

# %% jupyter={"source_hidden": true}
@cache
def thrown(kind, wild):
    """How many of five seeds end above 80 % after a wild first pass and nineteen usual ones."""
    plan = dict(lr=lambda t: wild if t <= 11 else 0.3, epochs=20, batch=128)
    ends = train_side_by_side(build(kind, 3), GRADIENT_DESCENT, data, range(5), **plan)
    return int(np.sum(ends.accuracies > 0.8))


def recovers(wild):
    """The kinds of which every seed recovers."""
    return " and ".join(k for k in ("plain", "batch norm") if thrown(k, wild) == 5) or "neither"

# %%
predict("12 recovers", measured=lambda: recovers(3.0))

# %%
for wild in (0.3, 3.0, 30.0):
    counts = ", ".join(f"{kind} {thrown(kind, wild)}" for kind in ("plain", "batch norm"))
    print(f"first pass at η = {wild:4}: of five seeds end above 80 %: {counts}")

# %% [markdown]
# With batch norm, networks recover from ten times the usual learning rate, but not from a hundred times. A likely reason: γ, $b$ and the last layer are not normalised, so nothing shortens their next steps.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## A whole network backwards, 6 minutes
#
# The backward pass of a layer with skip and batch norm, and a check of gradients without cancellation that you can use on your own code.

# %%
show_kernel(layer_backward)

# %% [markdown]
# `past` is the skip. To check a whole network we use the **complex step** (Squire and Trapp 1998): $\mathrm{Im}\,L(w + ihe)/h$ is the slope along $e$, and since nothing is subtracted, $h$ may be as small as $10^{-30}$. All four kinds, 24 hidden layers:

# %%
for kind in KINDS:
    for activation in ("tanh", "relu"):
        net = build(kind, 24, activation=activation)
        w, e = net.init(1), np.random.default_rng(2).normal(size=net.parameters)
        some = data.x_train[:, :100], data.y_train[:100]
        step, slope = net.loss(w + 1e-30j * e, *some).imag / 1e-30, net.gradient(w, *some) @ e
        print(f"{kind:10} {activation}: ten digits agree: {abs(slope / step - 1) < 1e-10}")

# %% [markdown]
# One more formula, for the residual chain:

# %%
check("mixed curvature", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Santurkar's test, 8 minutes
#
# The best-known evidence that batch norm smooths a landscape, repeated on two networks.

# %% [markdown]
# Santurkar and others (2018) asked how well the gradient at a step predicts the loss along it. While a network learns by gradient descent, at every fifth step we look along the gradient, half to four times as far as the step goes, and note the spread of the loss and the largest change of the gradient. The deeper network has tanh units.

# %% jupyter={"source_hidden": true}
def along_the_gradient(kind, depth, units, activation, rate, seed):
    """Mean spread of the loss along the gradient, and mean change of it, over a training."""
    net = build(kind, depth, units, activation)
    w, seen = net.init(seed), []
    for t, some in enumerate(batches(data.y_train.size, 128, 6, seed)):
        x, y = data.x_train[:, some], data.y_train[some]
        g = net.gradient(w, x, y)
        if t % 5 == 0:
            ahead = [net.loss_and_gradient(w - far * rate * g, x, y) for far in (0.5, 1, 2, 4)]
            spread = max(loss for loss, _ in ahead) - min(loss for loss, _ in ahead)
            seen.append((spread, max(np.linalg.norm(there - g) for _, there in ahead)))
        w = w - rate * g
    return np.mean(seen, axis=0)


def santurkar(*network, seeds=8):
    """Batch norm over plain: the spread of the loss, and the change of the gradient."""
    with one_thread():
        norm, plain = (
            np.array([along_the_gradient(kind, *network, seed) for seed in range(seeds)]).T
            for kind in ("batch norm", "plain")
        )
    return [ratio(*pair) for pair in zip(norm, plain)]

# %%
networks = {"3 × 64, relu": (3, 64, "relu", 0.3), "12 × 16, tanh": (12, 16, "tanh", 0.1)}
found = {name: santurkar(*network) for name, network in networks.items()}
spread = {name: pair[0] for name, pair in found.items()}
turned = {name: pair[1] for name, pair in found.items()}
lesson_12.forest({"spread of the loss": spread, "change of the gradient": turned}, "plain")

# %% [markdown]
# Compare the two rows: the finding depends on the network. Both measures also depend on η and on the scale of the weights, so a rescaling can change them, as it changes top eigenvalue and trust in the core.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Twice as deep, 14 minutes
#
# Which kinds still learn with 24 hidden layers, with a derivation of why. Read it before you add a part to a deep network that does not train.

# %%
lesson_12.loss_by_rate(record, depth=12)

# %% [markdown]
# That was 12 hidden layers. With 24, each kind gets the learning rate, of the seven, that gives it the lowest median training loss over 24 seeds.

# %% jupyter={"source_hidden": true}
def who_exceeds(least=80):
    """The kinds whose median test accuracy is higher, with 24 hidden layers."""
    medians = {kind: np.median(lesson_12.at_best(record, kind, 24)) for kind in KINDS}
    return ", ".join(kind for kind, median in medians.items() if median > least) or "nobody"


def by_layer(kind, seed):
    """Length of the gradient of each block's matrix at the first weights, first to last."""
    net = build(kind, 24)
    g = net.gradient(net.init(seed), *few)
    return np.array([np.linalg.norm(part[0]) for part in net.unpack(g)[1:-1]])


def slice_of(kind, at=np.linspace(-1, 1, 17)):
    """The losses on a square around a trained network of 24 hidden layers, seed 0."""
    net, w = build(kind, 24), trained(kind, 24, 8)[0]
    with one_thread():
        return plane(
            lambda v: net.loss(v, *few), w, *random_directions(w, net.unpack, 2, 0), at, at
        )

# %%
predict("12 deep", measured=who_exceeds)

# %%
lesson_12.accuracy_by_depth(record)

# %%
planes = {kind: slice_of(kind) for kind in progress(list(KINDS), "slices")}
lesson_12.slices(planes, np.linspace(-1, 1, 17), "Networks of 24 layers, seed 0")

# %% [markdown]
# Yang and others (2019) explain it: with batch norm alone, gradients *explode* backwards, layer by layer, before any training. We measure that:

# %%
lengths = {kind: np.median([by_layer(kind, n) for n in range(20)], axis=0) for kind in KINDS}
lesson_12.gradients_by_layer(lengths, seeds=20)

# %% [markdown]
# Why, if every layer keeps its outputs at size 1? A unit $x$ with a normal distribution passes the rectifier. Its variance shrinks to $V$, and the next batch norm divides by $\sqrt V$. Backwards, the square of the slope is divided by $V$ as well, while the rectifier removes only the half that it blocks:
#
# $$V = \tfrac12 - \tfrac1{2\pi}, \qquad \text{growth a layer, in squares: } \frac{1/2}{V} = \frac{\pi}{\pi - 1}.$$

# %%
x = sp.Symbol("x", real=True)
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
mean, square = (sp.integrate(f * density, (x, 0, sp.oo)) for f in (x, x**2))
growth = sp.simplify(sp.Rational(1, 2) / (square - mean**2))
print("growth a layer, in squares:", growth)
seen = lengths["batch norm"][0] / lengths["batch norm"][-1]
print(f"over 22 layers: {float(sp.sqrt(growth)) ** 22:.0f} times predicted, {seen:.0f} measured")

# %% [markdown]
# The gradient grows by about a fifth per layer, compounded. The formula assumes wide layers and large batches; ours are narrow, and it still comes close. With skips, most of the slope takes the path around each block (De and Smith 2020).

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Twins, 5 minutes
#
# If two trainings start a rounding error apart, how far apart do they end? Read it if you want your runs to be repeatable.

# %% [markdown]
# The first weights of the twins differ by $10^{-13}$ of their size; everything else is the same. Both have 24 hidden layers.

# %%
def apart(kind, seeds=3):
    """How far apart the twins of each seed end, relative to the length of the weights."""
    net, w = build(kind, 24), trained(kind, 24, 8)[:seeds]
    nudge = 1 + 1e-13 * np.random.default_rng(9).normal(size=net.parameters)
    begin = nudge * [net.init(seed) for seed in range(seeds)]
    twins = train_side_by_side(net, MOMENTUM, data, range(seeds), w=begin, **ten_passes).w
    return np.linalg.norm(twins - w, axis=1) / np.linalg.norm(w, axis=1)


for kind in progress(["skips", "batch norm", "both"], "twins"):
    ends = apart(kind)
    far, near = (ends > 0.01).sum(), (ends < 1e-6).sum()
    print(f"{kind}: more than 1 % apart in {far} of 3 seeds, less than a millionth in {near}")

# %% [markdown]
# With batch norm alone, a change in the thirteenth digit leads to a different network; another processor can be enough for that. Where a gradient says nothing about the next point, rounding decides.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Three numbers for roughness, 8 minutes
#
# All three measures of the core on all four kinds, at 12 and at 24 hidden layers. Read it before you call a landscape smooth by one number.

# %% [markdown]
# All numbers are of trained networks; trust is also measured at the first weights, before any training. Each kind is compared with plain, for trust by the difference of two cosines.

# %% jupyter={"source_hidden": true}
def trust_at_start(net, w, seed):
    """The cosine at the first weights."""
    return trust(net, net.init(seed))


def all_measures(depth, seeds, kinds=("skips", "batch norm", "both")):
    """Each kind against plain, in every measure; the first weights need no training."""
    return {
        "middle": against_plain(middle, depth, seeds, kinds=kinds),
        "width": against_plain(width, depth, seeds, kinds=kinds),
        "top eigenvalue": against_plain(top, depth, seeds, kinds=kinds),
        "trust": against_plain(trust, depth, seeds, difference, kinds),
        "trust, first weights": against_plain(trust_at_start, depth, seeds, difference),
    }

# %%
lesson_12.forest(all_measures(depth=12, seeds=12), against="plain")

# %% [markdown]
# The two parts act differently. With skips a gradient can be trusted further, also at the first weights; with batch norm alone it can be trusted *less* there than in plain networks, and further only after training, which other seeds leave open. Batch norm lowers the top eigenvalue, alone and with skips; for skips alone other seeds leave that open. No single number measures smoothness.

# %%
lesson_12.forest(all_measures(depth=24, seeds=8, kinds=("skips", "both")), against="plain")

# %% [markdown]
# Batch norm alone is left out where training comes in, since at this depth rounding decides where it ends (*Twins*, above). Networks with skips learn here, plain ones hardly do; and yet neither width nor top eigenvalue tells these two apart: plain networks lie in a wide valley too, but a high one. **Sharpness alone would not have told which landscape is good.** The middle and trust do.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Why does batch norm work?, 6 minutes
#
# Three of the published explanations, each with evidence for and against.

# %% [markdown]
# | Explanation | Evidence for | Evidence against |
# |---|---|---|
# | it reduces *internal covariate shift*, the drift of each layer's inputs (Ioffe and Szegedy 2015) | it was the motive, and training did improve | noise added after batch norm brings the shift back, and training is as good (Santurkar 2018) |
# | it smooths the loss (Santurkar 2018) | loss and gradients along a step change less; bounds for one layer | not in every network here; with it alone, gradients explode in deep ones (Yang 2019) |
# | it decouples length and direction, and tunes η by itself (Arora and others 2019) | the derivation in the core, exact at ε = 0 | explains large learning rates; says nothing about depth |

# %%
check("why batch norm works", ...)

# %% [markdown]
# At test time our batch norm uses the statistics of the training set; most libraries use running averages of batches.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 5 minutes
#
# Claims about smooth landscapes that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | better rules alone are not enough for ever deeper networks | right for one rule here: the plain network of 24 layers learns little with any of seven learning rates |
# | batch normalisation and residual connections aim at smoother losses | for skips, supported at 12 layers by every measure here, with these seeds, and at 24 by some; batch norm was made for another purpose, and its smoothing depends on the depth and on the measure |
# | adaptive methods tame the unruly contours of a deep loss | imprecise: they rescale coordinates, and a product of layers is rough in directions that are no coordinate |

# %%
check("smoother losses", ...)

# %%
check("a deep network that does not train", ...)

# %% [markdown]
# ## References
#
# - S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", *ICML* 2015, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
# - K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", *CVPR* 2016, [arXiv:1512.03385](https://arxiv.org/abs/1512.03385); "Identity Mappings in Deep Residual Networks", *ECCV* 2016, [arXiv:1603.05027](https://arxiv.org/abs/1603.05027).
# - S. Santurkar, D. Tsipras, A. Ilyas, A. Madry, "How Does Batch Normalization Help Optimization?", *NeurIPS* 2018, [arXiv:1805.11604](https://arxiv.org/abs/1805.11604).
# - H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, "Visualizing the Loss Landscape of Neural Nets", *NeurIPS* 2018, [arXiv:1712.09913](https://arxiv.org/abs/1712.09913).
# - G. Yang, J. Pennington, V. Rao, J. Sohl-Dickstein, S. Schoenholz, "A Mean Field Theory of Batch Normalization", *ICLR* 2019, [arXiv:1902.08129](https://arxiv.org/abs/1902.08129).
# - S. Arora, Z. Li, K. Lyu, "Theoretical Analysis of Auto Rate-Tuning by Batch Normalization", *ICLR* 2019, [arXiv:1812.03981](https://arxiv.org/abs/1812.03981).
# - L. Xiao and others, "Dynamical Isometry and a Mean Field Theory of CNNs: How to Train 10,000-Layer Vanilla Convolutional Neural Networks", *ICML* 2018, [arXiv:1806.05393](https://arxiv.org/abs/1806.05393).
# - S. De, S. Smith, "Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks", *NeurIPS* 2020, [arXiv:2002.10444](https://arxiv.org/abs/2002.10444).
# - W. Squire, G. Trapp, "Using Complex Variables to Estimate Derivatives of Real Functions", *SIAM Review* 40 (1998), 110–112, [doi:10.1137/S003614459631241X](https://doi.org/10.1137/S003614459631241X).
#
# Before: [11, Flat, sharp and the edge](11_flat_sharp_and_the_edge.ipynb). Next: [13, A fair race](13_a_fair_race.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
