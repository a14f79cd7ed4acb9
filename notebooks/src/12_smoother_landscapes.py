# %% [markdown]
# # 12 · Build a smoother landscape
#
# By the end you can carry a gradient backwards through batch norm and through a residual connection, measure how rough the loss of a network is, and say where each of the two parts helps and where it does not.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lessons [04, Momentum](04_momentum.ipynb) and [02, Curvature and Newton](02_curvature_and_newton.ipynb); the chain rule for a network |
# | **You will be able to** | say why depth makes a loss rough · derive and write both backward passes, and check them · show that the length of a unit's weights does not matter under batch norm, and what follows · read a slice through a landscape · test a claim about smoothness with seeds, and find where it fails |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+ADDRESS-OF-THE-COURSE` first, then restart the kernel.

# %%
from functools import cache

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.curvature import plane, random_directions, sharpness
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Landscapes
from course_utils.figures import LINES, Captioned, canvas, draw_level, label_end, name_axes, progress
from course_utils.networks import Network, batches, difference, digits, one_thread, ratio, train
from course_utils.networks.depths import deep_networks
from course_utils.networks.layers import batch_norm, batch_norm_backward, layer_backward

# %%
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM, show_kernel
from course_utils.symbolic import Equations, on_symbols

# %% [markdown]
# ## Remember
#
# Two questions; answer before you open them.
#
# <details><summary>Which learning rates does a direction of curvature λ allow to gradient descent?</summary>Those below 2/λ.</details>
#
# <details><summary>What does a gradient know of the loss one step away?</summary>Nothing: it is exact at one point. How far it can be trusted is a question of curvature.</details>

# %% [markdown]
# ## A broken picture
#
# Digits again. The networks are 16 units wide and between 3 and 24 hidden layers deep, with rectified units; momentum, η = 0.03, ten passes, five seeds. A deeper network can do all that a shallow one can: let the further layers hand on what they get.

# %%
data, seeds, depths = digits(), range(5), (3, 6, 12, 24)
KINDS = {"plain": {}, "skips": {"residual": True}, "batch norm": {"batch_norm": True}, "both": {"batch_norm": True, "residual": True}}


def build(kind, depth):
    """A network of ``depth`` hidden layers of 16 units each."""
    return Network((64, *[16] * depth, 10), "relu", **KINDS[kind])


@cache
def trained(kind, depth, rate, seed):
    """Ten passes over the digits with momentum, in batches of 128."""
    return train(build(kind, depth), MOMENTUM, data, lr=rate, epochs=10, batch=128, seed=seed)


def ends(kind, depth, rate, what="losses"):
    """The last training losses, or test accuracies, of all seeds; a stopped run counts as a guess."""
    last = [getattr(trained(kind, depth, rate, seed), what)[-1] for seed in seeds]
    return np.nan_to_num(last, nan={"losses": np.log(10), "accuracies": 0.1}[what])

# %% [markdown]
# **Predict** before you run on: which of these networks has the lowest *training* loss?

# %%
predict("12 depth", measured=lambda: ratio(ends("plain", 24, 0.03), ends("plain", 3, 0.03)))

# %%
figure, ax = canvas(height=3.6)
look = LINES["plain"]
seen = np.array([ends("plain", depth, 0.03) for depth in progress(depths, "plain networks")])
ax.plot(depths, np.median(seen, axis=1), **look)
ax.fill_between(depths, seen.min(axis=1), seen.max(axis=1), color=look["color"], alpha=0.2, linewidth=0)
draw_level(ax, np.log(10), "guessing")
ax.set_xticks(depths)
name_axes(ax, "hidden layers", "training loss")
deeper = ratio(seen[-1], seen[0])
told = ", ".join(f"{np.median(row):.2f} with {depth}" for depth, row in zip(depths, seen))
Captioned(figure, f"Training loss of plain networks after ten passes, median and range of five seeds: {told} hidden layers. The deepest over the shallowest: {deeper}, {deeper.says('lower', 'not told apart', 'higher')}.")

# %% [markdown]
# This is no overfitting, since it is the *training* loss that is worse; He and others (2016) saw the same in networks of 20 and 56 layers. Good weights exist. The rule does not find them. Something is wrong with the land between.

# %% [markdown]
# ## Predict
#
# Take a trained network of 12 hidden layers, plain, and walk away from it in random directions until every unit has moved by its own length. **On what share of that disc is the loss still below 1?** Guessing costs 2.3. Lock in your answer; then the explorer opens.

# %%
explorer = Landscapes(step=3)
predict("12 disc", opens=explorer, measured=lambda: explorer.shares()[0])

# %% [markdown]
# ## The disease in one sentence
#
# In a deep plain network every layer multiplies what the others do, so that the slope is next to nothing in one place and huge beside it, and a gradient says little about the loss one step away.

# %% [markdown]
# ## Derive: why depth is rough
#
# The smallest deep network is a chain of $L$ weights, one a layer, without activations: it predicts $w_1w_2\cdots w_L\,x$. We take the sample (1, $y$), the loss $(w_1\cdots w_L - y)^2/2$, and ask SymPy what gradient descent feels at zero weights, for $L = 4$.

# %%
y = sp.Symbol("y", real=True)
ws = sp.symbols("w1:5", real=True)
plain_loss = (sp.prod(ws) - y) ** 2 / 2
at_zero = dict.fromkeys(ws, 0)
gradient = lambda loss: sp.Matrix([loss.diff(w) for w in ws])
Equations({
    "gradient at 0": gradient(plain_loss).subs(at_zero).T,
    "Hessian at 0": sp.hessian(plain_loss, ws).subs(at_zero),
    "first entry of the gradient": sp.factor(plain_loss.diff(ws[0])),
})

# %% [markdown]
# Nothing: no slope, no curvature, in any direction. And the last line says what happens elsewhere. The slope along one weight is the *product of all others*. Let all weights be equal to $a$, and compare the slope of the prediction at $a = 0.8$ and $a = 1.2$ for several depths.

# %%
for depth in (4, 12, 24):
    small, large = sp.Rational(8, 10) ** (depth - 1), sp.Rational(12, 10) ** (depth - 1)
    print(f"{depth} weights: slope of the prediction {float(small):.4f} at 0.8 and {float(large):.3g} at 1.2, {float(large / small):,.0f} times as much")

# %% [markdown]
# Here is a plateau beside a cliff, and more so with every layer: a learning rate that suits the cliff stands still on the plateau. With matrices the same happens in every direction of space: products of random matrices stretch some directions and crush the rest.

# %%
random = np.random.default_rng(0)
for depth in (3, 12, 24):
    draws = random.normal(size=(20, depth, 16, 16)) / 4
    bare = [np.linalg.cond(np.linalg.multi_dot(W)) for W in draws]
    eased = [np.linalg.cond(np.linalg.multi_dot(np.eye(16) + W / np.sqrt(depth))) for W in draws]
    power = np.median(np.log10(bare))
    print(f"{depth:2} layers of 16 units: largest over smallest stretch {f'10^{power:.1f}' if power < 15 else 'beyond the 16 digits of a float'}; of I + W/√L instead of W, 10^{np.median(np.log10(eased)):.1f}")

# %% [markdown]
# ## Derive: the residual connection
#
# The second column hints at the first cure. Let each layer *add* to what it gets, $h + f(h)$, instead of replacing it: He and others call $f$ a residual. For the chain that means $1 + w$ in place of $w$.

# %%
skip_loss = (sp.prod([1 + w for w in ws]) - y) ** 2 / 2
Equations({
    "gradient at 0": gradient(skip_loss).subs(at_zero).T,
    "Hessian at 0, where y = 1": sp.hessian(skip_loss, ws).subs({**at_zero, y: 1}),
    "the product of three": sp.expand(sp.prod([1 + w for w in ws[:3]])),
})

# %% [markdown]
# At zero there is a slope now, the same along every weight. The last line shows why: the product is a *sum over all paths*, through any of the layers or around them. The 1 goes around all of them, and no depth can weaken it. Backwards that reads $\mathrm dh = d + f'(h)^{\mathsf T} d$: a sum hands its slope on, undiminished.

# %% [markdown]
# Adding has a price: outputs grow. If each of $L$ blocks adds a share $b$, the product is $(1+b)^L$, a cliff again. Let the blocks share: $b/L$ each.

# %%
b, L = sp.symbols("b L", positive=True)
Equations({"product of L equal blocks, L → ∞": sp.Limit((1 + b / L) ** L, L, sp.oo), "is": sp.limit((1 + b / L) ** L, L, sp.oo)})

# %% [markdown]
# Bounded, whatever the depth. For random matrices variances add up, not values, so the course's networks divide first weights of blocks by $\sqrt L$. And a fine point: with one weight a layer, $1 + w$ is a plain chain under another name, started at 1. What the skip changes is *where we start and what decay pulls us to*: the identity, not zero.

# %% [markdown]
# ## Derive: batch norm, forwards
#
# The second cure takes the size out of play. Over a batch, each unit's $z$ is brought to mean 0 and variance 1; then it is multiplied by a learnt γ, and a learnt $b$ is added, where the bias was:
# $\hat z = (z - \mathrm{mean})/\mathrm{sd}$ with $\mathrm{sd} = \sqrt{\mathrm{variance} + \varepsilon}$, and $\gamma\hat z + b$.
#
# We run the course's function on symbols, three samples of one unit, and look at $\hat z$.

# %%
z, d = on_symbols([sp.symbols("z1:4", real=True)]), on_symbols([sp.symbols("d1:4", real=True)])
gamma, shift, eps = sp.symbols("gamma b epsilon", positive=True)
out, z_hat, sd = batch_norm(z, on_symbols([[gamma]]), on_symbols([[shift]]), eps=eps)
print("mean of z_hat:", sp.simplify(sum(z_hat[0])))
Equations({"variance + ε": sp.factor(sd[0, 0] ** 2 - eps) + eps, "mean of ẑ² at ε = 0": sp.simplify(sum(q**2 for q in z_hat[0]).subs(eps, 0) / 3)})

# %% [markdown]
# ## Derive: batch norm, backwards
#
# Now the part that is easy to get wrong. A change of one sample moves mean and variance, and through them *every* sample of the batch. We guess the pattern of the derivatives from the chain rule and let SymPy decide.

# %%
def pattern(j, i):
    """The derivative of sample j's normal form by sample i's z, times sd."""
    return sp.Integer(i == j) - sp.Rational(1, 3) - z_hat[0, i] * z_hat[0, j] / 3


right = all(sp.simplify(z_hat[0, j].diff(z[0, i]) * sd[0, 0] - pattern(j, i)) == 0 for i in range(3) for j in range(3))
print("sd times the derivative of z_hat_j by z_i is 1[i = j] − 1/n − z_hat_i z_hat_j / n:", right)

# %% [markdown]
# Multiply by γ and the slopes $d_j$ that arrive, and sum over $j$:
#
# $$\mathrm dz_i = \frac{\gamma}{\mathrm{sd}}\Bigl(d_i - \mathrm{mean}(d) - \hat z_i\,\mathrm{mean}(d\,\hat z)\Bigr).$$
#
# Two things have been taken off the slope: its mean, and its part along $\hat z$. That is what it means that shifting or stretching a unit makes no difference.

# %% [markdown]
# ## Implement: your turn
#
# Write the backward pass. The arrays have one row per unit and one column per sample; γ and sd have one column. `hint("batch norm backward")` helps in steps.

# %%
def my_backward(dy, gamma, z_hat, sd):
    """The slope with respect to z, of the shape of dy."""
    ...


check("batch norm backward", my_backward)

# %% [markdown]
# The course's own, and the whole layer as it goes backwards; `past` is the skip.

# %%
show_kernel(batch_norm_backward)

# %%
show_kernel(layer_backward)

# %% [markdown]
# ## Prove
#
# We run the shipped pass on symbols and compare with the derivative that SymPy takes of the shipped forward pass. Then we plant the mistake that most people make, and take mean and variance for constants.

# %%
pushed = sum(q * p for q, p in zip(d[0], out[0]))
dz, db, dgamma = batch_norm_backward(d, on_symbols([[gamma]]), z_hat, sd)
slopes = [(pushed.diff(z[0, i]), dz[0, i]) for i in range(3)] + [(pushed.diff(gamma), dgamma[0, 0]), (pushed.diff(shift), db[0, 0])]
print("batch_norm_backward, all five slopes proved:", all(sp.simplify(true - ours) == 0 for true, ours in slopes))
naive = gamma / sd[0, 0] * d[0, 0]
at = {**dict(zip(z[0], (0, 1, 3))), **dict(zip(d[0], (1, 0, 0))), gamma: 1, eps: 0}
print("with constants for mean and variance: refuted; at z = (0, 1, 3), d = (1, 0, 0) it gives",
      naive.subs(at), "and the derivative is", sp.nsimplify(pushed.diff(z[0, 0]).subs(at)))

# %% [markdown]
# That was one layer. For a whole network we use the **complex step**: $\mathrm{Im}\,L(w + ihe)/h$ is the slope along $e$ without a difference, hence without rounding, for $h$ as small as $10^{-30}$. All four kinds, with tanh and with rectified units, 24 layers deep:

# %%
for kind in KINDS:
    for activation in ("tanh", "relu"):
        net = Network((64, *[16] * 24, 10), activation, **KINDS[kind])
        w, e = net.init(1), np.random.default_rng(2).normal(size=net.parameters)
        few = data.x_train[:, :100], data.y_train[:100]
        step, slope = net.loss(w + 1e-30j * e, *few).imag / 1e-30, net.gradient(w, *few) @ e
        print(f"{kind:10} {activation}: gradient and complex step agree to ten digits: {abs(slope / step - 1) < 1e-10}")

# %% [markdown]
# ## Derive: length does not matter
#
# Under batch norm a unit with weights $cw$ computes what it computes with $w$ (at ε = 0). So the loss is constant along the ray through $w$, and the gradient at right angles to it. SymPy, with two weights, four samples, and a loss that is not tuned to it:

# %%
w1, w2, c = sp.symbols("w1 w2 c", positive=True)
rows = on_symbols([[w1 * p + w2 * q for p, q in ((1, 0), (0, 1), (2, -1), (1, 3))]])
normal = batch_norm(rows, 1, 0, eps=0)[1][0]
loss = sum((q - target) ** 2 for q, target in zip(normal, (1, 0, -1, 2)))
slope = sp.Matrix([loss.diff(w1), loss.diff(w2)])
stretched = slope.subs({w1: c * w1, w2: c * w2}, simultaneous=True)
print("w · gradient:", sp.simplify(w1 * slope[0] + w2 * slope[1]))
print("gradient at cw is the gradient at w over c:", all(sp.simplify(q) == 0 for q in stretched - slope / c))

# %% [markdown]
# Two consequences. By Pythagoras a step of gradient descent makes the weights *longer*: $|w - \eta g|^2 = |w|^2 + \eta^2|g|^2$. And since the gradient falls like $1/|w|$ while only the direction of $w$ counts, the effective learning rate is $\eta/|w|^2$, which falls by itself. **Predict:** eleven steps of gradient descent at ten times the usual rate of 0.3, then training as usual, with 3 hidden layers. Who recovers?

# %%
@cache
def thrown(kind, wild):
    """How many of the seeds read more than 80 % after a wild first pass and nineteen usual ones."""
    rate = lambda t: wild if t <= 11 else 0.3
    ran = [train(build(kind, 3), GRADIENT_DESCENT, data, lr=rate, epochs=20, batch=128, seed=seed) for seed in seeds]
    return sum(run.stopped is None and run.accuracies[-1] > 0.8 for run in ran)


def recovers(wild):
    """The kinds of which every seed recovers."""
    return " and ".join(kind for kind in ("plain", "batch norm") if thrown(kind, wild) == len(seeds)) or "neither"

# %%
predict("12 recovers", measured=lambda: recovers(3.0))

# %%
for wild in (0.3, 3.0, 30.0):
    said = ", ".join(f"{kind} {thrown(kind, wild)}" for kind in ("plain", "batch norm"))
    print(f"first pass at η = {wild:4}: of five seeds read more than 80 % in the end: {said}; so recovers: {recovers(wild)}")

# %% [markdown]
# Ten times too large is forgiven, a hundred times is not: γ, $b$ and the last layer have no norm to protect them.

# %% [markdown]
# ## Play
#
# Each disc is a **slice**: trained weights in the middle, two random directions in the plane, the loss as a map. Random directions alone would mislead, since a network with larger weights would look flatter. Li and others (2018) scale them: each unit's direction gets the length of that unit's weights. On the rim every unit has moved by its own length. Move the depth; then put batch norm on the left.

# %%
explorer

# %%
explorer.filmstrip(
    {"depth": 4, "step": 3},
    {"depth": 12, "right": "batch norm", "step": 3},
    {"depth": 24, "right": "both", "step": 3},
)

# %% [markdown]
# A slice shows two directions out of thousands, and only around the place where a training ended. And the share below 1 mixes two things: how wide the valley is, and how low its middle, which the explorer prints besides. A network that has learnt nothing has no share below 1. The numbers that come next keep the two apart.

# %% [markdown]
# ## Measure: which learning rates can be used
#
# A rough landscape leaves few usable rates. We train each kind at each depth with seven rates and 24 seeds. That is too much for a cell, so the runs are stored with the course; `python -m course_utils.networks.depths` makes them again. We count the seeds that read 85 % of the test set, and call a rate usable if three quarters of them do.

# %%
record = deep_networks()
print(record)
for depth in (3, 12):
    print(f"{depth} hidden layers, of 24 seeds read 85 % at η =", ", ".join(map(str, record.rates)))
    for kind in KINDS:
        counts = {rate: int((record.accuracies[kind, depth, rate] >= 85).sum()) for rate in record.rates}
        usable = [str(rate) for rate, count in counts.items() if count >= 18]
        print(f"   {kind:10}: " + " ".join(f"{count:2}" for count in counts.values()) + f"; usable: {', '.join(usable) or 'none'}")

# %%
best = {(kind, depth): theory.best_of_grid({rate: np.median(record.losses[kind, depth, rate]) for rate in record.rates}) for kind in KINDS for depth in depths}
figure, ax = canvas(height=4.2)
for kind, at, place in (("plain", 3, (0, 8)), ("skips", 2, (-8, -8)), ("batch norm", 5, (30, -14)), ("both", 0, (-8, 0))):
    seen, look = np.array([record.losses[kind, 12, rate] for rate in record.rates]), LINES[kind]
    ax.loglog(record.rates, np.median(seen, axis=1), **look)
    ax.fill_between(record.rates, *np.quantile(seen, (0.25, 0.75), axis=1), color=look["color"], alpha=0.13, linewidth=0)
    label_end(ax, record.rates[at], np.median(seen[at]), kind, look["color"], xytext=place, ha="right")
ax.set(xlim=(0.0003, 1.3), ylim=(0.02, 5))
name_axes(ax, "learning rate η", "training loss")

# %%
told = "; ".join(f"{kind} {np.median(record.losses[kind, 12, best[kind, 12]]):.2g} at η = {best[kind, 12]}" for kind in KINDS)
Captioned(figure, f"Training loss with 12 hidden layers by learning rate: median and middle half of 24 seeds. Lowest medians: {told}.")

# %% [markdown]
# Batch norm widens the range of usable rates most where the network is shallow; at 12 layers it is the two parts together that do.

# %% [markdown]
# ## Measure: three numbers for roughness
#
# At η = 0.03, at 12 layers the best rate for three kinds and one below the best for batch norm alone; twelve seeds. First, how *wide* the valley is: the share of a slice on which the loss is less than 0.5 above that of the middle, which stands beside it. Second, the top eigenvalue of the Hessian. Third, whether a gradient can be *trusted*: the cosine of the gradients before and after a step down of 0.3 % of the weights' length.

# %%
few, ticks = (data.x_train[:, :300], data.y_train[:300]), np.linspace(-1, 1, 11)
inside = np.hypot(*np.meshgrid(ticks, ticks)) <= 1


def trust(net, w):
    """Cosine of the gradients before and after a step of 0.3 % of the length of w."""
    before = net.gradient(w, *few)
    after = net.gradient(w - 0.003 * np.linalg.norm(w) * before / np.linalg.norm(before), *few)
    return before @ after / np.linalg.norm(before) / np.linalg.norm(after)


def settled(kind, depth, seed):
    """A network with its trained weights."""
    return build(kind, depth), trained(kind, depth, 0.03, seed).w


def width(net, w, seed):
    """The share of a slice, in per cent, on which the loss is less than 0.5 above the middle's."""
    across, up = random_directions(w, net.unpack, 2, seed)
    values = plane(lambda v: net.loss(v, *few), w, across, up, ticks, ticks)
    return 100 * (values[inside] < net.loss(w, *few) + 0.5).mean()

# %%
MEASURES = {
    "middle": (".2f", lambda kind, depth, seed: build(kind, depth).loss(settled(kind, depth, seed)[1], *few)),
    "% within 0.5": (".0f", lambda kind, depth, seed: width(*settled(kind, depth, seed), seed)),
    "top eigenvalue": (".0f", lambda kind, depth, seed: top(*settled(kind, depth, seed))),
    "trust at the end": ("+.1f", lambda kind, depth, seed: trust(*settled(kind, depth, seed))),
    "trust at the start": ("+.1f", lambda kind, depth, seed: trust(build(kind, depth), build(kind, depth).init(seed))),
}


def top(net, w):
    """The top eigenvalue of the Hessian."""
    return sharpness(lambda v: net.gradient(v, *few), w)


@cache
def measured(name, kind, depth, several):
    """One of the measures for several seeds; for the first weights, which need no training, for 20."""
    with one_thread():
        return np.array([MEASURES[name][1](kind, depth, seed) for seed in range(20 if "start" in name else several)])

# %%
def table(depth, several, names=tuple(MEASURES)):
    """The median and the range of each measure, a line a kind."""
    print(" " * 10, "".join(f"{name:>20}" for name in names))
    for kind in progress(list(KINDS), f"{depth} hidden layers"):
        rows = [(MEASURES[name][0], measured(name, kind, depth, several)) for name in names]
        said = [f"{np.median(row):{form}} [{row.min():{form}}, {row.max():{form}}]" for form, row in rows]
        print(f"{kind:10}", "".join(f"{words:>20}" for words in said))


table(12, 12)

# %% [markdown]
# With intervals: each kind against plain, in pairs with a seed in common; the quotient, and for cosines the difference. The word comes from the interval.

# %%
words = "less", "not told apart", "more"


def against(kind, base, depth, several):
    """How a kind differs from another in each of the measures, with the word for it."""
    for name in MEASURES:
        compare = difference if "trust" in name else ratio
        compared = compare(measured(name, kind, depth, several), measured(name, base, depth, several))
        print(f"{kind} against {base}, {name}: {compared}, {compared.says(*words)}")


for kind in ("skips", "batch norm", "both"):
    against(kind, "plain", 12, 12)

# %% [markdown]
# The two parts act differently. With skips a gradient can be trusted from the very start; with batch norm alone at the start *less* than without. In what training makes of it each lowers the middle and the top eigenvalue; that the valley is wider the intervals say of skips and of the two together, not of batch norm alone. No single number is "the smoothness".

# %% [markdown]
# ## Measure: what rescaling does to the three numbers
#
# Under batch norm the weights of a hidden layer can be multiplied by any $c > 0$, and the network computes what it did. Without it they can as well, with the bias, if the next layer's weights are divided by $c$: a rectifier lets a factor pass. A property of the *function* cannot change then. Which of the three numbers stays?

# %%
def rescaled(kind, seed, c):
    """A trained network of 12 layers whose sixth layer is c times as large, and computes the same."""
    net, w = build(kind, 12), trained(kind, 12, 0.03, seed).w.copy()
    here, following = net.unpack(w)[5:7]
    here[0][...] *= c
    if kind == "plain":
        here[1][...] *= c
        following[0][...] /= c
    return net, w


with one_thread():
    for kind, c in [(kind, c) for kind in ("plain", "batch norm") for c in (0.1, 1.0, 10.0)]:
        nets = [(*rescaled(kind, seed, c), seed) for seed in range(4)]
        kept = all(abs(net.loss(w, *few) - net.loss(trained(kind, 12, 0.03, seed).w, *few)) < 1e-4 for net, w, seed in nets)
        wide, bent, sure = np.median([(width(*one), top(*one[:2]), trust(*one[:2])) for one in nets], axis=0)
        print(f"{kind:10} times {c:4}: loss as it was: {kept}; within 0.5 {wide:.0f} %, top eigenvalue {bent:.0f}, trust {sure:+.1f}")

# %% [markdown]
# The slice stays, since its directions are scaled unit by unit with the weights. Top eigenvalue and trust do not: they tell of the function *and* of the weights in which it is written, as [lesson 11](11_flat_sharp_and_the_edge.ipynb) found for sharpness. They are about what a step of gradient descent meets at *these* weights. So they compare kinds only as trained from the first weights that we gave them.

# %% [markdown]
# ## Measure: Santurkar's test
#
# Santurkar and others (2018) asked how far the gradient of a step predicts the loss along it. A network with three hidden layers of 64 units learns at η = 0.3 without momentum. At every fifth step we look along the gradient, half to four times as far as the step goes, and note the spread of the loss and the largest change of the gradient.

# %%
def predictiveness(kind, seed, width=64, hidden=3, activation="relu", rate=0.3):
    """Mean spread of the loss along the gradient, and mean change of the gradient, over a training."""
    net = Network((64, *[width] * hidden, 10), activation, **KINDS[kind])
    w, seen = net.init(seed), []
    for t, some in enumerate(batches(data.y_train.size, 128, 6, seed)):
        x, y = data.x_train[:, some], data.y_train[some]
        g = net.gradient(w, x, y)
        if t % 5 == 0:
            ahead = [net.loss_and_gradient(w - far * rate * g, x, y) for far in (0.5, 1, 2, 4)]
            losses, turned = [loss for loss, _ in ahead], [np.linalg.norm(h - g) for _, h in ahead]
            seen.append((max(losses) - min(losses), max(turned)))
        w = w - rate * g
    return np.mean(seen, axis=0)

# %%
settings = {"3 layers of 64, relu": {}, "12 layers of 16, tanh": dict(width=16, hidden=12, activation="tanh", rate=0.1)}
smoother = "smaller with batch norm", "no difference to be seen", "larger with batch norm"
for name, setting in settings.items():
    with one_thread():
        runs = {kind: np.array([predictiveness(kind, seed, **setting) for seed in range(8)]) for kind in ("plain", "batch norm")}
    for column, what in enumerate(("spread of the loss", "change of the gradient")):
        quotient = ratio(runs["batch norm"][:, column], runs["plain"][:, column])
        print(f"{name}: {what}, batch norm over plain: {quotient}, {quotient.says(*smoother)}")

# %% [markdown]
# Read the second half before you believe the first. The finding depends on the network. And the measure is in units of η and of the weights, so a rescaling changes it, as it changes the top eigenvalue and trust above.

# %% [markdown]
# ## Measure: twice as deep
#
# 24 hidden layers, from the stored runs. Each kind gets the one of seven rates that gives it the lowest training loss, in the median of 24 seeds. **Predict:** who reads more than 80 % of the test set, in the median?

# %%
def reads(kind, depth):
    """Test accuracies of all seeds, in per cent, at the rate with the lowest median training loss."""
    return record.accuracies[kind, depth, best[kind, depth]]


def who_reads(least=80):
    """The kinds whose median passes."""
    return ", ".join(kind for kind in KINDS if np.median(reads(kind, 24)) > least) or "nobody"

# %%
predict("12 fails", measured=who_reads)

# %%
figure, ax = canvas(height=4.2)
for kind, place in (("plain", (6, -6)), ("skips", (6, -8)), ("batch norm", (6, 4)), ("both", (6, 6))):
    seen, look = np.array([reads(kind, depth) for depth in depths]), LINES[kind]
    ax.plot(depths, np.median(seen, axis=1), **look)
    ax.fill_between(depths, *np.quantile(seen, (0.25, 0.75), axis=1), color=look["color"], alpha=0.13, linewidth=0)
    label_end(ax, 24, np.median(seen[-1]), kind, look["color"], xytext=place)
ax.set_xticks(depths)
ax.set_xlim(2, 29)
name_axes(ax, "hidden layers", "test accuracy, %")

# %%
told = "; ".join(f"{kind} {np.median(reads(kind, 24)):.0f} % at η = {best[kind, 24]}" for kind in KINDS)
best_run = max(record.accuracies["batch norm", 24, rate].max() for rate in record.rates)
gap = difference(reads("skips", 24), reads("batch norm", 24))
Captioned(figure, f"Test accuracy by depth, each kind at its best rate, median and middle half of 24 seeds. With 24 hidden layers: {told}. Batch norm alone: the best of its {7 * 24} runs, at seven rates, reads {best_run:.0f} %. Skips read {gap} points {gap.says(*words)} than batch norm.")

# %% [markdown]
# Why so few digits for batch norm? Because that network has none. We train **twins**: first weights that differ by $10^{-13}$ of their size, everything else alike, and ask how far apart they end.

# %%
def apart(kind, seed):
    """How far apart twins end, relative to the length of the weights."""
    net, w = build(kind, 24), trained(kind, 24, 0.03, seed).w
    nudge = 1 + 1e-13 * np.random.default_rng(9).normal(size=w.size)
    twin = train(net, MOMENTUM, data, lr=0.03, epochs=10, batch=128, seed=seed, w=net.init(seed) * nudge)
    return np.linalg.norm(twin.w - w) / np.linalg.norm(w)


for kind in ("skips", "batch norm", "both"):
    ended = np.array([apart(kind, seed) for seed in progress(range(3), f"twins, {kind}")])
    print(f"{kind}: twins end more than 1 % apart in {(ended > 0.01).sum()} of 3 seeds, less than a millionth apart in {(ended < 1e-6).sum()}")

# %% [markdown]
# Batch norm alone turns a change in the thirteenth digit into another network; another processor is enough. Where a gradient says nothing about the next point, rounding decides. Now the slices, and what is stable of the table.

# %%
figure, panels = canvas(columns=4, width=11.0, height=3.2)
fine = np.linspace(-1, 1, 17)
for ax, kind in zip(panels, progress(list(KINDS), "slices")):
    net, w = build(kind, 24), trained(kind, 24, 0.03, 0).w
    with one_thread():
        values = plane(lambda v: net.loss(v, *few), w, *random_directions(w, net.unpack, 2, 0), fine, fine)
    ax.contourf(fine, fine, np.log10(values), np.log10((0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 1e4)), cmap="Blues_r")
    ax.contour(fine, fine, values, [values[8, 8] + 0.5], colors=["#1f2328"], linewidths=2)
    ax.set(aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1), title=kind)

# %%
stable = ("plain", "skips", "both")
said = ", ".join(f"{kind} {np.median(measured('middle', kind, 24, 8)):.2g} and {np.median(measured('% within 0.5', kind, 24, 8)):.0f} %" for kind in stable)
Captioned(figure, f"Slices with 24 hidden layers, seed 0; darker is lower, and on the line the loss is 0.5 above the middle's. Loss in the middle and share of the disc within 0.5 of it, medians of eight seeds: {said}.")

# %%
table(24, 8, ("trust at the start",))
against("skips", "plain", 24, 8)
gained = ratio(measured("% within 0.5", "batch norm", 24, 8), measured("% within 0.5", "plain", 24, 8))
print(f"batch norm against plain, % within 0.5: {gained.says(*words)}")

# %% [markdown]
# Read the widths and the eigenvalues: with skips the networks read most digits, without them few, and by neither number can these eight seeds tell the two apart: plain networks lie in a wide valley, too, a high one. **Sharpness alone would not have told us which landscape is good.** The middle and trust do. For batch norm, a gradient says nothing even at the start. Yang and others (2019) explain it: there gradients *explode* backwards, layer by layer. We look.

# %%
def by_layer(kind, seed):
    """Length of the gradient of each block's matrix at the first weights, first to last."""
    net = build(kind, 24)
    g = net.gradient(net.init(seed), *few)
    return np.array([np.linalg.norm(part[0]) for part in net.unpack(g)[1:-1]])


growth = {}
for kind in KINDS:
    lengths = np.median([by_layer(kind, seed) for seed in range(20)], axis=0)
    growth[kind] = lengths[0] / lengths[-1]
    print(f"{kind:10}: gradient of the first block {lengths[0]:.2g}, of the last {lengths[-1]:.2g}, first over last {growth[kind]:.2g}")

# %% [markdown]
# Where does the growth come from, if every layer keeps its outputs at size 1? Let a normal unit $x$ pass the rectifier. Its variance shrinks, and the next batch norm blows it up again, by 1/variance in squares. Backwards the squared slope is divided by that same variance, and the rectifier takes off only the half that it had shut.

# %%
x = sp.Symbol("x", real=True)
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
first, second, kept = (sp.integrate(f * density, (x, 0, sp.oo)) for f in (x, x**2, sp.Integer(1)))
factor = sp.simplify(kept / (second - first**2))
layers = 22
print(f"over the {layers} layers between the first and the last block: {float(sp.sqrt(factor)) ** layers:.0f} times predicted, {growth['batch norm']:.0f} times measured")
Equations({"variance after the rectifier": second - first**2, "share of the slope's square that passes": kept, "growth a layer, in squares": factor, "in lengths": sp.sqrt(factor).evalf(3)})

# %% [markdown]
# A fifth a layer, compounded. The formula is for wide layers and large batches, and ours are narrow; it comes near all the same. With skips most of the slope takes the path around (De and Smith 2020).

# %% [markdown]
# **Verdict.** Depth is rough because layers multiply; skips let them add, and deep networks learn: at 12 and at 24 layers the trained loss is lower and a gradient can be trusted further, and at 12 the valley is also wider. Batch norm takes the length of the weights out of play, which widens the range of usable rates up to 12 layers; alone it does not carry these narrow networks of 24.

# %% [markdown]
# ## Argue: why does batch norm work?
#
# | It was said | Evidence for | Evidence against |
# |---|---|---|
# | it reduces *internal covariate shift*, the drift of each layer's inputs (Ioffe and Szegedy 2015) | it was the motive, and training did improve | noise added after batch norm brings the shift back, and training is as good (Santurkar 2018) |
# | it smooths the loss (Santurkar 2018) | loss and gradients along a step change less; bounds for one layer | not in each network here; deep networks with it alone explode (Yang 2019) |
# | it decouples length and direction, and tunes η by itself (Arora and others 2019) | the derivation above, exact at ε = 0 | explains large rates; says nothing about depth |

# %%
check("why batch norm works", ...)

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | better rules alone are not enough for ever deeper networks | right for one rule here: at none of seven rates does the plain network of 24 layers learn much |
# | batch normalisation and residual connections aim at smoother losses | for residual connections, supported at 12 layers by every measure here, at 24 by some; batch norm was made for another purpose, and its smoothing depends on the depth and on the measure |
# | adaptive methods tame the unruly contours of a deep loss | imprecise: they rescale coordinates; a product of layers is rough in directions that are no coordinate |

# %%
check("smoother losses", ...)

# %% [markdown]
# ## Where this story ends
#
# Our networks are 16 units wide and read digits; width, convolutions and good first weights move the depth at which things break, and plain networks of thousands of layers have been trained from special starts (Xiao and others 2018). Today's language models have skips everywhere and normalise over units instead of samples (layer norm). At test time our batch norm uses the statistics of the training set; most libraries keep running averages.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Two formulas.

# %%
check("batch of two", ...)

# %%
check("mixed curvature", ...)

# %% [markdown]
# **2 Implement and read.** `my_backward` above. Then read slices: in the explorer, 12 hidden layers, batch norm against skips. Which keeps more of its disc below 1, and in how many of the four seeds? How much of that is the middle's doing? Compare with the table of three numbers.

# %% [markdown]
# **3 Tune.** A plain chain of 24 equal weights, as in *why depth is rough*, begins at 0.8. Bring its loss below 1e-6 within 110 steps.

# %%
check("plain chain", {"lr": ...})

# %% [markdown]
# **4 Discuss.** A colleague's network of 50 layers does not train. What do you look at, and what do you try, in which order? `solution("a deep network that does not train")` outlines an answer.

# %%
check("a deep network that does not train", ...)

# %% [markdown]
# ## Summary
#
# - *Depth.* The slope along one layer is the product of all others: plateau beside cliff.
# - *Backwards.* A residual hands its slope on; batch norm takes off the mean and the part along $\hat z$, times γ/sd.
# - *Length.* Under batch norm $w\cdot\nabla = 0$ and $\nabla(cw) = \nabla(w)/c$: η/|w|² counts.
# - *Measures.* A rescaling keeps a slice scaled unit by unit; it changes top eigenvalue and trust.
# - *The claim.* With skips the valley is lower and wider at 12 layers, lower at 24. Batch norm alone fails at 24: its gradients explode.

# %% [markdown]
# ## References
#
# - S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", *ICML* 2015, arXiv:1502.03167.
# - K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", *CVPR* 2016, arXiv:1512.03385; "Identity Mappings in Deep Residual Networks", *ECCV* 2016, arXiv:1603.05027.
# - S. Santurkar, D. Tsipras, A. Ilyas, A. Madry, "How Does Batch Normalization Help Optimization?", *NeurIPS* 2018, arXiv:1805.11604.
# - H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, "Visualizing the Loss Landscape of Neural Nets", *NeurIPS* 2018, arXiv:1712.09913.
# - G. Yang, J. Pennington, V. Rao, J. Sohl-Dickstein, S. Schoenholz, "A Mean Field Theory of Batch Normalization", *ICLR* 2019, arXiv:1902.08129.
# - S. Arora, Z. Li, K. Lyu, "Theoretical Analysis of Auto Rate-Tuning by Batch Normalization", *ICLR* 2019, arXiv:1812.03981.
# - L. Xiao and others, "Dynamical Isometry and a Mean Field Theory of CNNs: How to Train 10,000-Layer Vanilla Convolutional Neural Networks", *ICML* 2018, arXiv:1806.05393.
# - S. De, S. Smith, "Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks", *NeurIPS* 2020, arXiv:2002.10444.
# - W. Squire, G. Trapp, "Using Complex Variables to Estimate Derivatives of Real Functions", *SIAM Review* 40 (1998), 110–112, doi:10.1137/S003614459631241X.
#
# Before: [11, Flat, sharp and the edge](11_flat_sharp_and_the_edge.ipynb). Next: [13, A fair race](13_a_fair_race.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
