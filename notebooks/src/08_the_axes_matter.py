# %% [markdown]
# # 08 · Turn the axes
#
# Four rules descend one ravine, which lies along the axes. Move θ, and ravine and start turn together. Two of the rules do not notice; which two?

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import TurnedAxes
from course_utils.figures import lesson_08
from course_utils.networks import Data, Network, batches_per_epoch, by_layer, difference, digits
from course_utils.networks import ratio, train, train_side_by_side
from course_utils.optimizers import ADAGRAD, ADAM, FULL_ADAGRAD, GRADIENT_DESCENT, MOMENTUM, MUON
from course_utils.optimizers import NEWTON, RMSPROP, SHAMPOO, SIGN_DESCENT, SPECTRAL_DESCENT, Rule

# %% jupyter={"source_hidden": true}
from course_utils.optimizers import adagrad, anneal, averaged_momentum, full_adagrad, muon
from course_utils.optimizers import newton_schulz, odd_polynomial, polar_factor, shampoo
from course_utils.optimizers import show_kernel
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations
from course_utils.symbolic.rotation import commutes

explorer = TurnedAxes(step=60)
rates = np.geomspace(0.05, 200, 36)
around = np.random.default_rng(0).uniform(0, 2 * np.pi, 24)
# As far from the minimum as the course's start, in directions drawn once
starts = np.sqrt(104) * np.array([np.cos(around), np.sin(around)])


def needs(rule, degrees, kappa=100, lr=rates, **hyper):
    """Steps to a thousandth of the loss for good, one a start, at what suits their median best."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    surface, places = ravine(kappa, theta=angle), turn @ starts
    run = descend(surface, rule, places, steps=400, lr=np.array(lr)[:, None], **hyper)
    counts = run.settles_at(surface.value(places) / 1000)
    medians = dict(zip(lr, np.median(counts, axis=1)))
    best = theory.best_of_grid(medians) if len(medians) > 1 else lr[0]
    return counts[list(medians).index(best)]

# %%
explorer

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 42 for the core; 6 to 16 for each section below it |
# | **You need** | lessons [02, Newton](02_curvature_and_newton.ipynb), [06, RMSProp](06_rmsprop.ipynb) and [07, Adam](07_adam.ipynb) |
# | **You will be able to** | prove which rules notice that the axes are turned · compute what the best scales leave of κ at any angle · say for which data one learning rate for each weight pays |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.
#
# ## Remember
#
# Two quick questions, on lessons 02 and 06.

# %%
predict("08 remember Newton")

# %%
predict("08 remember box")

# %% [markdown]
# ## Predict
#
# A turned ravine is the same valley, seen with the head tilted. The explorer shows four rules; here are two others.

# %%
predict("08 turns along")

# %% [markdown]
# ## The disease in one sentence
#
# A rule with a divisor for each weight stretches the picture along the axes, and cannot turn it.
#
# ## Derive: turn, then step
#
# Let $Q$ be a rotation, so $Q^\top Q = I$. The turned loss is $\tilde f(w) = f(Q^\top w)$. By the chain rule its gradient at $Qw$ is $Qg$, with $g$ the gradient of $f$ at $w$. A rule does **not see the axes** if, for every $Q$, from $Qw$ with $Qg$ it goes to $Q$ times the point reached from $w$. Momentum's new velocity is $v' = \beta v - \eta g$. If the old one is turned,
#
# $$\beta\,Qv - \eta\,Qg = Qv', \qquad Qw + Qv' = Q\,(w+v').$$

# %% [markdown]
# Its velocity starts at $0 = Q0$. By induction the *whole path* is the turned path: at every angle, for every differentiable loss. Now AdaGrad's first step, with ε = 0: $-\eta g/\sqrt{g^2} = -\eta\,\mathrm{sign}(g)$. Let $g = (1, 2)$ and turn by 45°. Then $Qg = (-1, 3)/\sqrt2$, and
#
# $$\mathrm{sign}(Qg) = (-1, 1), \qquad\text{but}\qquad Q\,\mathrm{sign}(g) = (0, \sqrt2).$$
#
# One counterexample is enough. `commutes` runs a kernel on symbols and compares a turn before the step with one after:

# %%
commutes(MOMENTUM)

# %%
commutes(ADAGRAD, s=0)

# %% [markdown]
# Sums turn with their vectors: gradient descent, Nesterov and Newton, whose Hessian turns too, do not notice. Rules with signs, squares or quotients of entries do, except at right angles, which exchange axes.
#
# ## Derive: what is left of κ
#
# How much can one scale for each weight do, if it stays fixed? Give weight $i$ the learning rate $\eta d_i^2$. That is gradient descent with η on weights measured in units of $d_i$, and their Hessian is $DHD$ with $D = \mathrm{diag}(d_1, d_2)$.

# %% tags=["predicts-C18"]
predict("08 left at 45")

# %% [markdown]
# Two curvatures with the ratio $K$ have $(\text{sum})^2/\text{product} = K + 2 + 1/K$, which grows with $K \ge 1$. For $DHD$ the sum is its trace, $d_1^2H_{11} + d_2^2H_{22}$, the product its determinant, $d_1^2 d_2^2 \det H$. The mean of two positive numbers is at least the square root of their product, so
#
# $$K + 2 + \frac1K = \frac{(d_1^2H_{11} + d_2^2H_{22})^2}{d_1^2 d_2^2 \det H} \;\ge\; \frac{4 H_{11}H_{22}}{\det H},$$
#
# with equality where $d_1^2H_{11} = d_2^2H_{22}$. **The best scales make both diagonal entries equal.**

# %% [markdown]
# For the ravine turned by θ, $\det H = H_{11}H_{22} - H_{12}^2 = \kappa$ and $H_{12} = \frac12(\kappa-1)\sin 2\theta$. Subtract 4:
#
# $$K - 2 + \frac1K = \frac{4H_{12}^2}{\det H} = \frac{(\kappa-1)^2 \sin^2 2\theta}{\kappa}.$$
#
# Both sides are squares:
#
# $$\boxed{\sqrt K - \frac1{\sqrt K} = \left(\sqrt\kappa - \frac1{\sqrt\kappa}\right)|\sin 2\theta|.}$$

# %%
H11, H12, H22, x = sp.symbols("H11 H12 H22 x", positive=True)
D = sp.diag(1, sp.sqrt(x))  # only the quotient of the two scales counts
scaled_H = D * sp.Matrix([[H11, H12], [H12, H22]]) * D
spread = scaled_H.trace() ** 2 / scaled_H.det()
(best_x,) = sp.solve(sp.diff(spread, x), x)
kappa, theta = sp.symbols("kappa theta", positive=True)
Q = sp.Matrix([[sp.cos(theta), -sp.sin(theta)], [sp.sin(theta), sp.cos(theta)]])
H = Q * sp.diag(kappa, 1) * Q.T
left = (spread - 4).subs(x, best_x).subs({H11: H[0, 0], H12: H[0, 1], H22: H[1, 1]})
law = (kappa - 1) ** 2 * sp.sin(2 * theta) ** 2 / kappa
print("best x:", best_x, "and the law holds:", sp.simplify(left - law) == 0)

# %% [markdown]
# **The law's conditions:** two weights, a quadratic loss, and fixed scales. At 0° it gives $K = 1$, and at 45° $K = \kappa$: there both diagonal entries are equal already, and no scaling changes $q = H_{12}/\sqrt{H_{11}H_{22}}$. For large κ, and away from 0°, $1/\sqrt K$ and $1/\sqrt\kappa$ are small, so $K \approx \kappa \sin^2 2\theta$.
#
# For large $K$ the number of steps of gradient descent grows like $K$ (lesson 01). Use the law:

# %%
predict("08 at 22.5")

# %%
lesson_08.what_is_left((9, 100))

# %% [markdown]
# **At 22.5°, halfway, a little more than half of a large κ is left**, since $\sin^2 45° = \frac12$. And the harm begins early: of κ = 100, more than a tenth is left at 10°.
#
# ## Implement: your turn
#
# The law is for our ravine. Write a function for any Hessian of two weights at a minimum: scale, then take eigenvalues. `hint("what the best scales leave")` helps in steps.

# %%
def my_left_over(H):
    """The condition number of D H D, where D makes both diagonal entries equal."""
    ...


check("what the best scales leave", my_left_over)

# %% [markdown]
# ## Play
#
# In the explorer each rule has the learning rate that is best along the axes, up to 4; *tune again* gives it the best one for what you see. At the bottom right are the steps at every angle. Before you press *45°, tuned again*: which of these curves will that flatten? Then take up the goal.

# %% jupyter={"source_hidden": true}
explorer.filmstrip(
    {"theta": 22.5, "again": True, "step": 60},
    {"theta": 45.0, "kappa": 100, "again": True, "step": 60},
)

# %% [markdown]
# ## Measure: who needs how many steps
#
# Descent with the best fixed scales takes them from the Hessian. The scaled curvatures are then $1 \pm q$, so its best learning rate is $2/2 = 1$ at every angle.

# %%
def scaled(w, g, H, *, lr):
    """w <- w - lr g / diag(H)."""
    w -= lr * g / np.stack([H[0, 0], H[1, 1]])


SCALED = Rule("descent with the best fixed scales", scaled)

# %% [markdown]
# Against it run gradient descent and momentum at their best settings for κ = 100, by formula, and two rules tuned on a grid of 36 learning rates at each angle: AdaGrad, and Adam with β₁ = 0.8. A learning rate tuned to one start may win by a lucky jump. So 24 starts share one, the best for their median.

# %% tags=["shows-C18"]
angles = 0, 2, 5, 10, 15, 22.5, 30, 37.5, 45
heavy_rate, heavy_beta, _ = theory.best_momentum(100, 1)
candidates = {
    "gradient descent": (GRADIENT_DESCENT, {"lr": [2 / 101]}),
    "momentum": (MOMENTUM, {"lr": [heavy_rate], "beta": heavy_beta}),
    "fixed scales": (SCALED, {"lr": [1.0]}),
    "AdaGrad": (ADAGRAD, {}),
    "Adam": (ADAM, {"beta1": 0.8}),
}
counts = {name: [needs(rule, a, **h) for a in angles] for name, (rule, h) in candidates.items()}
lesson_08.steps_by_angle(counts, angles, kappa=100)

# %% [markdown]
# Gradient descent and momentum need the same number at every angle, as proved. The fixed scales follow the law. AdaGrad's scales change at every step, so the law does not bind it, and yet the turn costs it its lead: at 45° gradient descent, tuned for the same median, needs fewer steps. Some starts need a few there, others hundreds. Adam's median suffers less, thanks to its first memory, momentum, which works at any angle. Gradient descent so tuned, and Adam without that memory:

# %%
alike = needs(GRADIENT_DESCENT, 45, lr=np.linspace(0.015, 0.02, 51))
print(f"gradient descent, tuned for the median as well: {np.median(alike):.0f} steps at any angle")
for beta1 in (0, 0.8):
    steps = [np.median(needs(ADAM, a, beta1=beta1)) for a in (0, 45)]
    print(f"Adam, β1 = {beta1}: median {steps[0]:.0f} steps along the axes, {steps[1]:.0f} at 45°")

# %% [markdown]
# ## Measure: are the axes good ones?
#
# We turned the ravine ourselves. In data, somebody chose the axes: a weight for each word, or for each pixel. We multiply all inputs by a random rotation and undo it in the first layer's weights, so the network's outputs start out unchanged. Two data sets: texts with rare words (lesson 06), and digits.

# %% jupyter={"source_hidden": true}
def texts(seed, many=2000, words=300):
    """Columns of zeros and ones, a row a word, word k drawn as 1/k; half are to train on."""
    random = np.random.default_rng(seed)
    share = 1 / np.arange(1.0, words + 1)
    drawn = random.choice(words, size=(10, many), p=share / share.sum())
    x = np.zeros((words, many))
    x[drawn, np.arange(many)] = 1
    liking = random.normal(0, 1.5, words) @ x
    y = (random.random(many) < 1 / (1 + np.exp(-liking))).astype(int)
    return Data(x[:, : many // 2], y[: many // 2], x[:, many // 2 :], y[many // 2 :])


def turned(data, network, w, seed):
    """The data with turned inputs, and weights of which the first layer's undo the turn."""
    size = len(data.x_train)
    spin = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]
    w = w.copy()
    first = network.unpack(w)[0][0]
    first[...] = first @ spin.T
    return Data(spin @ data.x_train, data.y_train, spin @ data.x_test, data.y_test), w

# %% jupyter={"source_hidden": true}
data, network = digits(), Network()
grids = {
    "rare words": {"momentum": (0.1, 0.2, 0.4), "AdaGrad": (0.3, 0.6, 1.2),
                   "Adam": (0.01, 0.03, 0.1, 0.3)},
    "digits": {"momentum": (0.1, 0.3, 1), "AdaGrad": (0.03, 0.1, 0.3, 1),
               "Adam": (0.01, 0.03, 0.1)},
}
RULES = {rule.name: rule for rule in (MOMENTUM, ADAGRAD, ADAM)}


def setting(task, seed, turn):
    """Network, data, first weights and what else a run needs."""
    if task == "digits":
        net, images, w, more = network, data, network.init(seed), {"epochs": 6}
    else:
        net, images, more = Network((300, 2)), texts(seed), {"epochs": 2, "batch": 10}
        w = np.zeros(net.parameters)
    images, w = turned(images, net, w, seed) if turn else (images, w)
    return net, images, {"w": w, "seed": seed, **more}


def ends(task, name, lr, seeds, turn):
    """Training losses after the last pass, one a seed."""
    made = [setting(task, seed, turn) for seed in seeds]
    return np.array([train(n, RULES[name], x, lr=lr, **m).losses[-1] for n, x, m in made])


def tuned(task, name, turn, seeds=range(3, 11)):
    """Losses of fresh seeds at the learning rate that is best on three others."""
    tried = {r: np.median(ends(task, name, r, range(3), turn)) for r in grids[task][name]}
    return ends(task, name, theory.best_of_grid(tried), seeds, turn)

# %% [markdown]
# Each rule gets the best of three or four learning rates on three seeds, before the turn and again after it, and then runs on eight fresh ones.

# %%
quotients = {}
for task, rules in grids.items():
    for name in rules:
        quotients[task, name] = ratio(tuned(task, name, turn=True), tuned(task, name, turn=False))
higher = tuple(quotients[task, "Adam"].low > 1 for task in grids)

# %%
predict("08 inputs", measured=lambda: higher)

# %%
lesson_08.losses_after_a_turn(quotients, seeds=8)

# %% [markdown]
# Momentum does not notice: the proof holds for networks, too. AdaGrad and Adam do worse where the axes were *words*, many of them rare, which need their own step lengths. Where the axes were *pixels*, a random turn helps both of them on these seeds. **To scale weight by weight is to assume that the axes are good ones.**

# %% [markdown]
# **Verdict.** Rules that add whole vectors do not see the axes. One fixed scale for each weight, chosen as well as can be, cures a ravine along the axes, leaves a little more than half of a large κ at 22.5°, and all of it at 45°. Whether a rule that goes weight by weight pays depends on what the axes of the data mean.

# %% [markdown]
# ## You will also hear
#
# - **Rotation equivariant** (some write *invariant*): does not see the axes. **Coordinate-wise**, **per-parameter**: sees them.
# - **Diagonal preconditioner**: one scale for each weight. **Jacobi preconditioner**: $1/\mathrm{diag}(H)$.
# - **Full-matrix**, **Kronecker-factored**: preconditioners that also turn.
# - In PyTorch: `torch.optim.Adagrad` and `Adam` scale weight by weight; `torch.optim.Muon` takes matrices only.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** A number from the law, with paper and pencil.
#
# **2 Tune.** With AdaGrad, reach the goal on the ravine turned by 22.5°, from the course's start.
#
# **3 Sketch and explain.** Draw a long ellipse, and over it two crosses of axes, one along it and one turned by 45°. Show why AdaGrad's divisors help on the first and not on the second; then name data whose axes you expect to be good ones. `hint("two crosses")` helps; `solution("two crosses")` outlines an answer.

# %%
check("at 22.5 degrees", ...)

# %%
check("AdaGrad at 22.5 degrees", {"lr": ..., "eps": ...})

# %% [markdown]
# ## Summary
#
# - *Who notices a turn.* Rules that take signs, squares or quotients of single entries do. Those that add whole vectors (gradient descent, momentum) do not, nor does Newton, whose Hessian turns.
# - *What the best scales leave.* $\sqrt K - 1/\sqrt K = (\sqrt\kappa - 1/\sqrt\kappa)\,|\sin 2\theta|$ for two weights with fixed scales on a quadratic.
# - *When it pays.* Where an axis means one thing, as a word does. On the pixels of our digits it does not.
#
# Next, gradients that are estimates: [lesson 09](09_noise_and_schedules.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Axes and scale, 12 minutes
#
# A rule may notice how the axes are drawn, or in which unit the loss is measured. Read this before you compare two rules at one learning rate.

# %% [markdown]
# We run five rules on the ravine, on the ravine turned by 45°, and on one whose loss is divided by 1000. Is the path the same, up to the turn?

# %%
tilt = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
asked = {GRADIENT_DESCENT: {"lr": 0.07}, MOMENTUM: {"lr": 0.02}, ADAGRAD: {"lr": 4}}
asked |= {ADAM: {"lr": 0.3}, NEWTON: {}}
for rule, hyper in asked.items():
    surfaces = ravine(25), ravine(25, np.pi / 4), ravine(25, c=0.001)
    straight, tilted, smaller = (
        descend(surface, rule, steps=12, **hyper).positions for surface in surfaces
    )
    same = [np.allclose(x, straight, atol=1e-5) for x in (tilted @ tilt, smaller)]
    axes, scale = ("no" if one else "yes" for one in same)
    print(f"{rule.name:17} sees the axes: {axes:4} sees the scale: {scale}")

# %% [markdown]
# Gradient descent and momentum do not see the axes and do see the scale; with AdaGrad and Adam, at a tiny ε, it is the other way round. Newton sees neither, and asks for the Hessian. The next section has a rule that sees neither and uses gradients only.
#
# The scale matters for comparisons. Gradient descent, momentum, AdaGrad and Adam run 60 steps on our ravine, all with η = 0.05; then the loss is measured in another unit, divided by 100.

# %% tags=["predicts-C25"]
predict("08 one rate")

# %% tags=["shows-C25"]
four = GRADIENT_DESCENT, MOMENTUM, ADAGRAD, ADAM
for c in (1, 0.01):
    runs = {rule.name: descend(ravine(25, c=c), rule, lr=0.05, steps=60) for rule in four}
    left = {name: run.losses[-1] / c for name, run in runs.items()}
    lowest = min(left, key=left.get)
    print(f"c = {c}: loss / c", ", ".join(f"{name} {x:.2g}" for name, x in left.items()), end="")
    print(f"; lowest: {lowest}")

# %% [markdown]
# A learning rate has a unit: for gradient descent a weight over a slope, for Adam a weight. To give every rule the same number is to compare units. Hence, after this comparison, no two rules of this lesson are compared at one learning rate: each has its own, by a formula where there is one, else on a grid that reaches beyond the best value on both sides.
#
# Two exercises, one on the law (without looking it up) and one on who notices:

# %%
check("what is left of kappa", ...)

# %%
check("who notices 22.5 degrees", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Full-matrix AdaGrad, 16 minutes
#
# A rule that sees neither the axes nor the scale, made of gradients only. Read this to learn what it means to divide by a matrix, and what that costs.

# %% [markdown]
# Newton divides by the Hessian. For κ = 100 at 45° it has 50.5 on the diagonal and 49.5 off it.

# %% tags=["predicts-C05"]
predict("08 inverse")

# %% tags=["shows-C05"]
tilted = ravine(100, np.pi / 4)
H, place = tilted.hessian((0, 0)), np.array(tilted.start)
slope = H @ place
ways = {"one over each entry": (1 / H) @ slope, "one over the diagonal": slope / np.diag(H)}
ways["a linear solve"] = np.linalg.solve(H, slope)
print(f"loss at the start {tilted.value(place):.1f}; after one step with")
for name, step in ways.items():
    left = abs(tilted.value(place - step))
    print(f"   {name}:", "below 1e-20" if left < 1e-20 else f"{left:.3g}")

# %% [markdown]
# **An inverse is not one over each entry.** To divide by $H$ is to find the step $p$ with $Hp = g$. One over each entry made things worse; one over the diagonal is the best fixed scaling, which at 45° does nothing for κ.
#
# AdaGrad has no Hessian. It has the history $\sum g^2$ of each weight, and divides by its root. $S = \sum g g^\top$ has these on its diagonal, and off it the products of two weights' gradients. So keep all of $S$, and divide by *its* root.

# %%
show_kernel(full_adagrad, since=adagrad)

# %% [markdown]
# `root(S)` is the symmetric matrix that gives $S$ when multiplied by itself, with no negative eigenvalue: the eigenvectors of $S$, and the roots of its eigenvalues. Nothing is done to single entries, so the kernel should not see the axes. SymPy needs a second or two, since the root of a two-by-two matrix is a root within a root:

# %%
commutes(FULL_ADAGRAD)

# %% [markdown]
# It does not see the scale either: if all gradients are multiplied by $c > 0$, then $S$ by $c^2$, its root by $c$, and with ε = 0 the step is as before.
#
# Write it. $S$ is a matrix, a memory of another shape than $w$. `hint("full-matrix AdaGrad")` helps.

# %%
def my_full_adagrad(w, g, S, *, lr, eps):
    """S <- S + g g^T, then w <- w - lr (root(S) + eps I)^-1 g."""
    ...


check("full-matrix AdaGrad", my_full_adagrad)

# %% [markdown]
# Here is a planted mistake, the slip of the prediction once more: keep all of $S$, and then take roots and divide entry by entry on the diagonal. It is AdaGrad again, with more memory:

# %%
def entry_by_entry(w, g, S, *, lr, eps):
    S += g[:, None] * g[None, :]
    w -= lr * g / (np.sqrt(np.diagonal(S)) + eps)


slip = Rule("the diagonal of S", entry_by_entry, shapes=FULL_ADAGRAD.shapes)
commutes(slip, S=0)

# %% [markdown]
# Median steps of 24 starts to a thousandth of the loss on the ravine with κ = 100, at the best of 18 learning rates for each angle:

# %%
grid = np.geomspace(1, 100, 18)
for rule in (ADAGRAD, FULL_ADAGRAD):
    steps = [np.median(needs(rule, a, lr=grid)) for a in (0, 22.5, 45)]
    print("%s: median %.3g steps along the axes, %.3g at 22.5°, %.3g at 45°" % (rule.name, *steps))
place = network.init(0)
both_sides = sum(part.size for part in by_layer(SHAMPOO, network).init(place))
kept = {"gradient descent": 0, "Adam": 2 * place.size, "full-matrix AdaGrad": place.size**2}
for name, count in (kept | {"Shampoo": both_sides, "Muon": place.size}).items():
    print(f"{name:20} keeps {count:>9,} numbers beside {place.size} weights")

# %% [markdown]
# Millions for a toy network, $n^2$ in general: a billion weights would need $10^{18}$ numbers. The last two rows, which sections below explain, use the fact that a layer's weights form a matrix, not a list.

# %%
check("the inverse at 45 degrees", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Three norms, 10 minutes
#
# The best short step depends on what *short* means. Read this to see gradient descent, sign descent and spectral descent as three answers to one question.

# %% [markdown]
# Lesson 06 asked for the best short step $P$, to first order, in a ball and in a box. For a matrix there is a third meaning of short. A layer computes $Wx$; a step changes that by $Px$, at most by the **spectral norm** of $P$ times the length of $x$. Call a step short if that norm is at most η.
#
# Let $G = U\,\mathrm{diag}(\sigma)\,V^\top$ be the singular value decomposition of the gradient. For a short $P$
#
# $$\sum_{ij} G_{ij}P_{ij} = \sum_i \sigma_i\,(U^\top P V)_{ii} \le \eta \sum_i \sigma_i,$$
#
# since an entry of $U^\top P V$ is at most the spectral norm of $P$.

# %% [markdown]
# The bound is reached by $P = \eta\,UV^\top$. So **the steepest descent in the spectral norm is $-\eta\,UV^\top$**, the gradient with all its singular values, if none is 0, set to one: its *polar factor*. SymPy confirms that it reaches the bound, for two turns by any angles:

# %%
alpha, gamma = sp.symbols("alpha gamma", real=True)
s1, s2 = sp.symbols("s1 s2", positive=True)
plane = lambda a: sp.Matrix([[sp.cos(a), -sp.sin(a)], [sp.sin(a), sp.cos(a)]])
U, V = plane(alpha), plane(gamma)
G, P = U * sp.diag(s1, s2) * V.T, U * V.T
product = sp.simplify(sum(a * b for a, b in zip(G, P)))
Equations({"G times UVᵀ": product, "square of UVᵀ": sp.simplify(P.T * P)})

# %%
random = np.random.default_rng(0)
slope = random.normal(size=(3, 2))
steps = random.normal(size=(20_000, 3, 2))
best = {"ball": slope / np.linalg.norm(slope), "box": np.sign(slope)}
best["spectral"] = polar_factor(slope)
sizes = {"ball": np.sqrt(np.sum(steps**2, axis=(1, 2))), "box": np.abs(steps).max(axis=(1, 2))}
sizes["spectral"] = np.linalg.norm(steps, 2, axis=(1, 2))
for name, size in sizes.items():
    tried = np.sum(slope * steps, axis=(1, 2)) / size
    print(f"{name}: the loss falls by {np.sum(slope * best[name]):.3f} η", end="; ")
    print(f"of 20,000 random steps, by at most {tried.max():.3f} η")

# %% [markdown]
# | A short step | goes along | the loss falls by η times | related rules with memory |
# |---|---|---|---|
# | is short as a vector | $g/\lvert g\rvert$ | the length of $g$ | |
# | moves no weight far | $\mathrm{sign}(g)$ | the sum of $\lvert g_i\rvert$ | RMSProp, Adam |
# | changes no output much | $UV^\top$ | the sum of the $\sigma_i$ | Shampoo, Muon |
#
# Write the last one; NumPy's `svd` returns $V$ already transposed.

# %%
def my_spectral_step(w, g, *, lr):
    """w <- w - lr U V^T, with U diag(s) V^T the singular value decomposition of g."""
    ...


check("spectral step", my_spectral_step)

# %%
check("in the spectral ball", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Muon, 12 minutes
#
# Spectral descent without a decomposition, used for large networks. Read this to know what its five steps and three coefficients do.

# %% [markdown]
# Let $G = U\,\mathrm{diag}(\sigma)\,V^\top$ be the gradient of a layer's matrix. Spectral descent steps by $-\eta\,UV^\top$. Singular value decompositions are slow on the machines that train large networks; products of matrices are quick. **Muon** (Jordan and others, 2024) applies an odd polynomial several times, $aX + bXX^\top X + c\,(XX^\top)^2X$. In $XX^\top X$ the inner factors cancel: it is $U\,\mathrm{diag}(\sigma^3)\,V^\top$. SymPy confirms it with two exact turns:

# %%
a, b, c = sp.symbols("a b c", real=True)
s1, s2 = sp.symbols("s1 s2", positive=True)
exact = lambda p, q: np.array([[p, -q], [q, p]]) / sp.sqrt(p**2 + q**2)
left, right = exact(3, 4), exact(5, 12)
sigma = np.diag([s1, s2])
inside = odd_polynomial(left @ sigma @ right.T, a, b, c)
outside = left @ odd_polynomial(sigma, a, b, c) @ right.T
print("the vectors stay:", all(sp.expand(gap) == 0 for gap in (inside - outside).ravel()))
Equations({"σ₁ becomes": sp.expand(odd_polynomial(np.array([[s1]]), a, b, c)[0, 0])})

# %% [markdown]
# So each singular value goes through $a\sigma + b\sigma^3 + c\sigma^5$. The iteration of **Newton and Schulz** has 3/2, −1/2, 0, and takes every σ between 0 and √3 to 1. Muon's coefficients give up on that for speed:

# %%
lesson_08.polynomials()

# %% [markdown]
# In five steps a value of 0.01 rises above two thirds, where the cubic leaves it below a tenth. A comment in Muon's code says the results are spread about evenly from 0.5 to 1.5; on [0.01, 1] we find the narrower band of the caption. Here is the kernel, with its look-ahead and a factor for tall matrices, and then the polynomial on a gradient of our network:

# %%
show_kernel(muon, since=averaged_momentum)

# %%
first = network.unpack(network.gradient(network.init(0), data.x_train, data.y_train))[0][0]
values = np.linalg.svd(first, compute_uv=False)
values = values[values > 1e-10 * values[0]]
small = np.sum(values < 0.01 * np.linalg.norm(values))
print(f"the first layer's gradient: {len(values)} singular values above rounding,", end=" ")
print(f"{small} of them below 1 % of its length")
cosine = lambda x, y: np.sum(x * y) / np.linalg.norm(x) / np.linalg.norm(y)
print("cosine of the angle to the polar factor:", end=" ")
print(f"Muon's five steps {cosine(newton_schulz(first), polar_factor(first)):.2f},", end=" ")
print(f"the gradient {cosine(first, polar_factor(first)):.2f}")

# %% [markdown]
# Most of this gradient lies in a few directions. To set all singular values to one is to say that the rest matters as much. Where a small singular value is noise, that noise is amplified.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Shampoo, 14 minutes
#
# Two small matrices in place of one large one. Read this to see how much of full-matrix AdaGrad they keep, and on which ravines.

# %% [markdown]
# **Shampoo** (Gupta, Koren and Singer, 2018) keeps AdaGrad's idea of a history. One matrix $L = \sum GG^\top$ for what rows have in common, one $R = \sum G^\top G$ for columns, and a step $L^{-1/4}\,G\,R^{-1/4}$: AdaGrad's exponent −1/2, halved for each side.
#
# With $G = U\,\mathrm{diag}(\sigma)\,V^\top$, all σ above 0, after the first gradient $L = U\,\mathrm{diag}(\sigma^2)\,U^\top$ and $R = V\,\mathrm{diag}(\sigma^2)\,V^\top$. With ε = 0 the step is
#
# $$U\,\mathrm{diag}(\sigma^{-1/2}\,\sigma\,\sigma^{-1/2})\,V^\top = UV^\top,$$
#
# the steepest descent in the spectral norm. The kernel agrees:

# %%
random = np.random.default_rng(0)
slope, place = random.normal(size=(3, 2)), np.zeros((3, 2))
SHAMPOO.start(place, lr=1.0, eps=1e-12)(slope)
print("minus U Vᵀ, to five digits:", np.allclose(-place, polar_factor(slope), atol=1e-5))
show_kernel(shampoo)

# %% [markdown]
# Without memory Shampoo is spectral descent, and Muon comes as near to that as its polynomial does. With memory, Shampoo divides by a history, and its steps shrink like AdaGrad's; Muon averages and forgets. A matrix of weights can be turned from the left and from the right. We run the kernels on a matrix of weights, three steps each, with random turns of its rows and columns:

# %%
def path(rule, gradients, w):
    """The weights after a step for each gradient."""
    w = w.copy()
    step = rule.start(w, lr=0.1)
    for g in gradients:
        step(g)
    return w


u, v = (np.linalg.qr(random.normal(size=(n, n)))[0] for n in (5, 4))
slopes, begin = random.normal(size=(3, 5, 4)), random.normal(size=(5, 4))

# %%
for rule in (SPECTRAL_DESCENT, SHAMPOO, MUON, SIGN_DESCENT, ADAGRAD, ADAM):
    here = path(rule, slopes, begin)
    there = path(rule, u @ slopes @ v.T, u @ begin @ v.T)
    turned_along = np.allclose(u @ here @ v.T, there, atol=1e-6)
    print(f"{rule.name:16} turned from both sides, the turned weights: {turned_along}")

# %% [markdown]
# Now a ravine for matrices. The loss $\frac12\sum W_{ij}(AWB)_{ij}$ has the curvatures $a_i b_j$, eigenvalues of $A$ (3 × 3) times those of $B$ (2 × 2): κ = 100. We lay it along the axes, and in five such turns. Gradient descent has its best learning rate by formula, the others the best of 18 each time. Steps to a thousandth; full-matrix AdaGrad takes the six weights as a list.

# %%
def counted(rule, A, B, W, lr):
    """Steps until the loss has fallen a thousandfold for good, within 160."""
    flat = rule is FULL_ADAGRAD
    w, above = W.copy(), 0
    step = rule.start(w.ravel() if flat else w, lr=lr)
    goal = np.sum(W * (A @ W @ B)) / 1000
    for k in range(1, 160):
        slope = A @ w @ B
        step(slope.ravel() if flat else slope)
        above = k if np.sum(w * (A @ w @ B)) > goal else above
    return above + 1

# %%
grid = np.geomspace(0.3, 60, 18)
bends = np.array([10.0, 3.0, 1.0]), np.array([10.0, 1.0])
begin = np.random.default_rng(1).normal(size=(3, 2)) * 10 / np.sqrt(np.outer(*bends))
turn = lambda n: np.linalg.qr(random.normal(size=(n, n)))[0]
spins = [(np.eye(3), np.eye(2))] + [(turn(3), turn(2)) for _ in range(5)]

# %%
for rule in (GRADIENT_DESCENT, ADAGRAD, FULL_ADAGRAD, SHAMPOO):
    found = []
    for u, v in spins:
        valley = u * bends[0] @ u.T, v * bends[1] @ v.T, u @ begin @ v.T
        by_formula = rule is GRADIENT_DESCENT
        tried = {lr: counted(rule, *valley, lr) for lr in ([2 / 101] if by_formula else grid)}
        found.append(tried[2 / 101 if by_formula else theory.best_of_grid(tried)])
    along, *turned_ones = found
    least, most, middle = min(turned_ones), max(turned_ones), np.median(turned_ones)
    print(f"{rule.name:20} along the axes {along}; turned {least} to {most}, median {middle:.0f}")

# %% [markdown]
# Shampoo keeps only two small matrices and, like full-matrix AdaGrad, does not notice these turns, which act on rows and columns. It would notice one that mixes all six weights.
#
# **SOAP** (Vyas and others, 2024) runs Adam in the eigenvectors of Shampoo's $L$ and $R$: turn the gradient, divide weight by weight, turn back.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The digits, tuned alike, 12 minutes
#
# Do the rules that do not see the axes train a network better? Read this as a small model of how to compare optimizers, and of how much one small comparison can say.

# %% [markdown]
# The network of the earlier lessons, six passes. Each rule gets five learning rates, a factor of about three apart, on three seeds; its best one then runs on six fresh seeds. Shampoo and Muon treat every layer as a matrix, a bias as a matrix with one column. We run the race twice: at a constant learning rate, and with one that falls in a straight line to 0.

# %%
fields = {
    "momentum": (MOMENTUM, (0.03, 0.1, 0.3, 1, 3)),
    "AdaGrad": (ADAGRAD, (0.01, 0.03, 0.1, 0.3, 1)),
    "Adam": (ADAM, (0.003, 0.01, 0.03, 0.1, 0.3)),
    "Shampoo": (by_layer(SHAMPOO, network), (0.3, 1, 3, 10, 30)),
    "Muon": (by_layer(MUON, network), (0.01, 0.03, 0.1, 0.3, 1)),
}
last_step = 6 * batches_per_epoch(data.y_train.size, 64)
schedules = {"constant": lambda lr: lr, "falling": lambda lr: anneal(lr, 0, last_step)}


def six_passes(rule, lr, seeds):
    """Last training loss and last test accuracy of every seed, shape (2, seeds)."""
    if rule in RULES.values():
        ends = train_side_by_side(network, rule, data, seeds, lr=lr, epochs=6)
        return np.array([ends.losses, ends.accuracies])
    runs = [train(network, rule, data, lr=lr, epochs=6, seed=n) for n in seeds]
    return np.array([[run.losses[-1], run.accuracies[-1]] for run in runs]).T


trials, raced = {how: {} for how in schedules}, {}


def race(how, plan):
    """Tune every rule on three seeds, then run it on six others."""
    for name, (rule, grid) in fields.items():
        tried = {lr: six_passes(rule, plan(lr), range(3))[0] for lr in grid}
        best = theory.best_of_grid({lr: np.median(x) for lr, x in tried.items()})
        trials[how][name] = tried
        raced[how, name] = best, six_passes(rule, plan(best), range(3, 9))

# %%
race("constant", schedules["constant"])

# %%
race("falling", schedules["falling"])
losses = {key: reached[0] for key, (_, reached) in raced.items()}
typical = {name: np.median(losses["constant", name]) for name in fields}

# %% [markdown]
# **Predict** which rule has the lowest median of the training loss at a constant learning rate:

# %%
predict("08 digits", measured=lambda: min(typical, key=typical.get))

# %%
words = lambda how: ", ".join(f"{name} {raced[how, name][0]:g}" for name in fields)
lesson_08.losses_by_rate(trials, {how: words(how) for how in schedules})

# %%
hits = {key: 100 * reached[1] for key, (_, reached) in raced.items()}
for key, seen in losses.items():
    lost = np.sum(seen > 10 * np.median(seen))
    print(f"{', '.join(key):19} median loss {np.median(seen):.3f},", end=" ")
    print(f"{lost} runs above ten times that; mean test accuracy {hits[key].mean():.1f} %")

# %%
says = "lower", "cannot be told apart", "higher"
for how in schedules:
    print(f"{how}, with 95 % intervals:")
    for one, other in (("Shampoo", "AdaGrad"), ("Shampoo", "Adam"), ("Muon", "Adam")):
        loss = ratio(losses[how, one], losses[how, other])
        gain = difference(hits[how, one], hits[how, other])
        print(f"   {one} over {other}: loss {loss}, {loss.says(*says)};", end=" ")
        print(f"test accuracy {gain.says(*says)}")

# %% [markdown]
# On these six seeds Shampoo's training loss is below AdaGrad's both times. Muon's place depends on the schedule: its steps, like those of sign descent, do not shrink with the gradient. At a constant learning rate its loss cannot be told from Adam's; with a falling one it ends far below. Momentum's falling rate, best on three tuning seeds, fails on one fresh seed: three are few near the limit of stability. **A claim about two rules is a claim about two rules and a protocol.**

# %% [markdown]
# The race has limits. A step of Shampoo or Muon costs more than one of Adam: five polynomials of a matrix, or two eigendecompositions, for every layer. The network is tiny and the training short. Muon's authors train hidden layers with it, and leave the last one and the biases to Adam; we did not. And a loss is not an accuracy: at a constant learning rate Muon's loss cannot be told from Adam's, and its test accuracy is lower.

# %% [markdown]
# Do they notice turned pixels? Constant learning rates, those chosen above, on two of the fresh seeds:

# %%
for name in ("Shampoo", "Muon"):
    rate, reached = raced["constant", name]
    for seed, loss in zip((3, 4), reached[0]):
        mixed, w = turned(data, network, network.init(seed), seed)
        again = train(network, fields[name][0], mixed, lr=rate, epochs=6, seed=seed, w=w)
        same = abs(again.losses[-1] / loss - 1) < 1e-6
        print(f"{name}, seed {seed}: the same loss to a millionth: {same}")

# %% [markdown]
# A last question, for a discussion: a paper reports that a rule with matrix preconditioners needs half the steps of Adam. What would you ask before you switch? `hint("a new optimizer in print")` helps; `solution("a new optimizer in print")` outlines an answer.

# %% [markdown]
# Real curvature changes on the way, and histories go stale. Shampoo in practice averages instead of summing, computes its roots seldom, and borrows the length of its steps from another rule (Anil and others, 2020). How much any of them gains over a well-tuned AdamW on a large model is a question for fair races ([lesson 13](13_a_fair_race.ipynb)), and the answers still differ.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 6 minutes
#
# Claims about axes, oscillations and curvature that one meets in articles, posts and talks, and what we find.

# %%
check("along oscillations", ...)

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | RMSProp holds back along the oscillations, momentum speeds up towards the minimum | imprecise: RMSProp holds back along *axes*; an oscillation at 45° moves both weights alike, and both are held back equally |
# | higher-order methods are out of reach for large networks | wrong as a general statement (lesson 02); and matrices made of gradients, two small ones for each layer, are a cheap substitute for curvature |
# | adaptive methods follow the contour's topology | they follow the gradients of single weights; a turn of the same contour changes their path |
# | momentum is the most widespread method | dated: that was 2018; today AdamW is common for transformers, and large models have been trained with Muon |

# %% [markdown]
# ## References
#
# - J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", [*JMLR* 12](https://jmlr.org/papers/v12/duchi11a.html) (2011), 2121–2159.
# - V. Gupta, T. Koren, Y. Singer, "Shampoo: preconditioned stochastic tensor optimization", *ICML* 2018, [arXiv:1802.09568](https://arxiv.org/abs/1802.09568).
# - K. Jordan and others, ["Muon: an optimizer for hidden layers in neural networks"](https://kellerjordan.github.io/posts/muon/), 2024, with the repository KellerJordan/Muon.
# - J. Bernstein, L. Newhouse, "Old optimizer, new norm: an anthology", [arXiv:2409.20325](https://arxiv.org/abs/2409.20325).
# - N. Vyas and others, "SOAP: improving and stabilizing Shampoo using Adam", [arXiv:2409.11321](https://arxiv.org/abs/2409.11321).
# - R. Anil and others, "Scalable second order optimization for deep learning", [arXiv:2002.09018](https://arxiv.org/abs/2002.09018).
# - J. Liu and others, "Muon is scalable for LLM training", [arXiv:2502.16982](https://arxiv.org/abs/2502.16982).
# - D. Carlson, E. Collins, Y.-P. Hsieh, L. Carin, V. Cevher, "Preconditioned spectral descent for deep learning", [*NeurIPS* 2015](https://papers.nips.cc/paper_files/paper/2015/hash/f50a6c02a3fc5a3a5d4d9391f05f3efc-Abstract.html).
# - Å. Björck, C. Bowie, "An iterative algorithm for computing the best estimate of an orthogonal matrix", *SIAM J. Numer. Anal.* 8 (1971), 358–364, [doi:10.1137/0708036](https://doi.org/10.1137/0708036).
#
# Before: [07, Adam](07_adam.ipynb). Next: [09, Noise and schedules](09_noise_and_schedules.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
