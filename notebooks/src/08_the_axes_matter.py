# %% [markdown]
# # 08 · Turn the axes
#
# By the end you can say which rules see how the axes are drawn, prove it on their kernels, predict what a turn of the ravine does to each, and explain what Shampoo and Muon do about it.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lessons [02, Newton](02_curvature_and_newton.ipynb), [06, RMSProp](06_rmsprop.ipynb) and [07, Adam](07_adam.ipynb); singular values |
# | **You will be able to** | prove which rules see the axes, and which the scale of the loss · compute what a turn leaves of κ, at 22.5° and at any angle · divide by a matrix · derive the steepest descent in three norms · write full-matrix AdaGrad and a spectral step, and test Shampoo and Muon fairly |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+ADDRESS-OF-THE-COURSE` first, then restart the kernel.

# %%
from dataclasses import replace

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import TurnedAxes
from course_utils.figures import LINES, Captioned, canvas, draw_contours, draw_level, draw_path, label_end, lesson_08, name_axes
from course_utils.networks import Data, Network, batches_per_epoch, by_layer, difference, digits, ratio, train

# %%
from course_utils.optimizers import ADAGRAD, ADAM, CUBIC, FULL_ADAGRAD, GRADIENT_DESCENT, MOMENTUM, MUON, NESTEROV, NEWTON
from course_utils.optimizers import QUINTIC, RMSPROP, SHAMPOO, SIGN_DESCENT, SPECTRAL_DESCENT, Rule, adagrad, averaged_momentum
from course_utils.optimizers import anneal, full_adagrad, muon, newton_schulz, odd_polynomial, polar_factor, root, shampoo, show_kernel
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations
from course_utils.symbolic.rotation import commutes

# %% [markdown]
# ## Remember
#
# Three questions on earlier lessons; answer before you open them.
#
# <details><summary>Newton's step is −H⁻¹g. What does it do on any ravine, however it lies?</summary>It lands on the minimum in one step.</details>
#
# <details><summary>What is the best short step if each weight may move by up to η, and what if the whole step may be η long?</summary>−η sign(g), and −ηg/|g|.</details>
#
# <details><summary>What becomes of RMSProp's path if the loss is multiplied by 1000, and ε is 0?</summary>Nothing.</details>

# %% [markdown]
# ## A broken picture
#
# AdaGrad on our ravine is a marvel: each weight has its own divisor, and 8 steps bring the loss down a thousandfold. Then we turn the ravine by 45°, start and all. It is the same valley, seen by somebody with a tilted head.

# %%
def turned(degrees, kappa=25, c=1):
    """The ravine and its start, turned."""
    surface = ravine(kappa, theta=np.radians(degrees), c=c)
    return replace(surface, domain=((-3, 9.6), (-11.2, 3.3)))


figure, panels = canvas(columns=2, height=4.6)
told = []
for ax, degrees in zip(panels, (0, 45)):
    run = descend(turned(degrees), ADAGRAD, lr=4, steps=200)
    draw_contours(ax, run.surface)
    draw_path(ax, run)
    name_axes(ax, "w2", "w1", f"{degrees}°")
    told.append(f"at {degrees}° below a thousandth of the first loss from step {run.settles_at(run.losses[0] / 1000)}")
Captioned(figure, f"AdaGrad, η = 4, on the ravine with κ = 25: {'; '.join(told)}.")

# %% [markdown]
# Is another learning rate needed? Let us give AdaGrad the best of 72 rates from 0.1 to 100, along the axes and at 45°. `best_of_grid` refuses a best rate at the end of its grid.

# %%
rates = np.geomspace(0.1, 100, 72)


def needs(rule, degrees, kappa=25, lr=rates, **hyper):
    """Steps until the loss has fallen a thousandfold for good: at the one rate, or the best of many."""
    surface = turned(degrees, kappa)
    goal = surface.value(surface.start) / 1000
    counts = dict(zip(lr, descend(surface, rule, steps=250, lr=lr, **hyper).settles_at(goal)))
    return counts[theory.best_of_grid(counts) if len(counts) > 1 else lr[0]]


for degrees in (0, 45):
    print(f"{degrees}°: AdaGrad tuned again {needs(ADAGRAD, degrees):.0f} steps, gradient descent {needs(GRADIENT_DESCENT, degrees, lr=np.array([2 / 26])):.0f}")

# %% [markdown]
# ## Predict
#
# At 45° AdaGrad is slower than the plain gradient, which notices nothing. **How many steps does AdaGrad need half way, at 22.5°, tuned again?** Lock in your answer; then the explorer opens.

# %%
explorer = TurnedAxes(step=60)
predict("08 half way", opens=explorer, measured=lambda: needs(ADAGRAD, 22.5))

# %% [markdown]
# ## The disease in one sentence
#
# A rule that gives each weight a divisor of its own sees the axes, and not the valley.

# %% [markdown]
# ## Derive: turn, then step
#
# Let $Q$ turn the plane. A turned loss has its gradients turned along: at $Qw$ it has the gradient $Qg$. A rule does **not see the axes** if turning and stepping can change places: from $Qw$, with $Qg$, it goes to $Q$ times where it would have gone. `commutes` runs the shipped kernel on symbols, once before and once after a turn by any angle.

# %%
for rule in (GRADIENT_DESCENT, MOMENTUM, NESTEROV, NEWTON):
    print(commutes(rule))

# %% [markdown]
# Each adds vectors and multiplies them by numbers, or solves with a Hessian that turns as well. Memory starts at zero, which no turn moves; so by induction the *whole path* is the turned path, at every angle, for every loss. Now the rules that take signs, squares and roots of single entries, from an empty memory:

# %%
commutes(SIGN_DESCENT)

# %%
for rule, empty in ((ADAGRAD, {"s": 0}), (RMSPROP, {"s": 0}), (ADAM, {"m": 0, "s": 0, "t": 1})):
    print(repr(commutes(rule, **empty)).split(". At ")[0])

# %% [markdown]
# One point refutes. So there are two questions to ask of a rule: does it see the *axes*, and does it see the *scale* of the loss, as in lessons 06 and 07? We run five rules on a ravine that is turned, and on one whose loss is divided by 1000.

# %%
tilt = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
asked = (GRADIENT_DESCENT, {"lr": 0.07}), (MOMENTUM, {"lr": 0.02}), (ADAGRAD, {"lr": 4}), (ADAM, {"lr": 0.3}), (NEWTON, {})
for rule, hyper in asked:
    straight, tilted, smaller = (descend(x, rule, steps=12, **hyper).positions for x in (turned(0), turned(45), turned(0, c=0.001)))
    sees = ["no" if np.allclose(other, straight, atol=1e-5) else "yes" for other in (tilted @ tilt, smaller)]
    print(f"{rule.name:17} sees the axes: {sees[0]:4} sees the scale: {sees[1]}")

# %% [markdown]
# Each cure has had its price. Gradient descent and momentum are blind to the axes and see the scale; AdaGrad and Adam the other way round. Newton sees neither, and asks for the Hessian. We want a rule that sees neither and lives on gradients.

# %% [markdown]
# ## Predict: one learning rate for all
#
# It has a consequence for comparisons. Gradient descent, momentum, AdaGrad and Adam run 60 steps on our ravine, all with η = 0.05. Then the loss is counted in other coins, divided by 100. **Does the winner stay the winner?**

# %% tags=["predicts-C25"]
predict("08 one rate")

# %% tags=["shows-C25"]
four = GRADIENT_DESCENT, MOMENTUM, ADAGRAD, ADAM
ends = {c: {rule.name: descend(turned(0, c=c), rule, lr=0.05, steps=60).losses[-1] / c for rule in four} for c in (1, 0.01)}
winners = [min(of, key=of.get) for of in ends.values()]
for (c, of), winner in zip(ends.items(), winners):
    print(f"c = {c}: best {winner}; loss / c: " + ", ".join(f"{name} {x:.2g}" for name, x in of.items()))

# %% [markdown]
# A learning rate has a unit: for gradient descent a weight over a slope, for Adam a weight. One number for all compares units. From here on every rule is **tuned by itself**: by a formula where there is one, else on a grid that reaches beyond the best on both sides, and we say which.

# %% [markdown]
# ## Derive: what is left of κ
#
# How much can *any* rule do that scales each weight by itself? Turned by θ, the Hessian has entries beside its diagonal:

# %%
kappa, theta, x = sp.symbols("kappa theta x", positive=True)
Q = sp.Matrix([[sp.cos(theta), -sp.sin(theta)], [sp.sin(theta), sp.cos(theta)]])
H = sp.simplify(Q * sp.diag(kappa, 1) * Q.T)
H

# %% [markdown]
# **Predict** before we derive: κ = 100, turned by 45°. Two scales, one for each weight, chosen as well as can be. Which condition number is left?

# %% tags=["predicts-C18"]
predict("08 left at 45")

# %% [markdown]
# Two curvatures with the ratio $K$ have $(\text{sum})^2/\text{product} = K + 2 + 1/K$, which grows with $K$; sum and product are trace and determinant. Scaling the second weight against the first multiplies $H_{22}$ by some $x$, and the determinant too. SymPy looks for the best $x$:

# %%
H11, H12, H22 = sp.symbols("H11 H12 H22", positive=True)
spread = (H11 + x * H22) ** 2 / (x * (H11 * H22 - H12**2))
best_x = sp.solve(sp.diff(spread, x), x)[0]
Equations({"best x": best_x, "K + 2 + 1/K": sp.factor(spread.subs(x, best_x))})

# %% [markdown]
# The best scale makes both diagonal entries equal. Now we put in the turned ravine. The claim: $\sqrt K - 1/\sqrt K$ is $\sqrt\kappa - 1/\sqrt\kappa$ times $|\sin 2\theta|$; squared, so that SymPy need not take roots:

# %%
entries = {H11: H[0, 0], H12: H[0, 1], H22: H[1, 1]}
left_over = spread.subs(x, best_x).subs(entries, simultaneous=True) - 4
law = (sp.sqrt(kappa) - 1 / sp.sqrt(kappa)) ** 2 * sp.sin(2 * theta) ** 2
print("K - 2 + 1/K is what the law says:", sp.simplify(left_over - law) == 0)
Equations({"K − 2 + 1/K": law, "at 45°": law.subs(theta, sp.pi / 4), "at 22.5°": law.subs(theta, sp.pi / 8)})

# %% [markdown]
# **At 45° all of κ is left, at 22.5° more than half, and hardly more where κ is large**: for a large κ it is nearly $\kappa\sin^2 2\theta$, and $\sin^2 45° = \frac12$. A few degrees do harm already, and the larger κ is, the more.

# %%
angles = np.linspace(0, 45, 181)
figure, ax = canvas(height=4.1)
for k, dash, above in ((9, (0, (1, 1.5)), 2), (25, "-", 1), (100, (0, (5, 2)), -4)):
    share = theory.best_scaled_kappa(k, np.radians(angles)) / k
    ax.plot(angles, share, color=LINES["AdaGrad"]["color"], linestyle=dash)
    label_end(ax, 0, share[0], f"κ = {k}", LINES["AdaGrad"]["color"], ha="right", xytext=(-6, above))
ax.plot(angles, np.sin(2 * np.radians(angles)) ** 2, **LINES["predicted"])
ax.axvline(22.5, color=LINES["predicted"]["color"], linewidth=0.7)
name_axes(ax, "angle θ in degrees", "K / κ")
ax.set_xlim(-5, 45)
told = "; ".join(f"of κ = {k} it leaves " + ", ".join(f"{theory.best_scaled_kappa(k, np.radians(d)):.1f} at {d}°" for d in (5, 10, 22.5)) for k in (25, 100))
Captioned(figure, f"What the best scaling leaves of κ, for κ = 9 (dots), 25 (solid), 100 (dashes), and sin² 2θ (fine dots): {told}.")

# %% [markdown]
# ## Measure: who needs how many steps
#
# The best scales can be had from the Hessian: divide the gradient by its diagonal. Scaled like that, the curvatures are $1 \pm q$, so the best learning rate is $2/2 = 1$ at *every* angle, and lesson 01 predicts the steps from $K$.

# %%
def scaled(w, g, H, *, lr):
    """w <- w - lr g / diag(H)."""
    w -= lr * g / np.stack([H[0, 0], H[1, 1]])


SCALED = Rule("descent with the best scales", scaled)
angles = 0, 2, 5, 10, 22.5, 45
for degrees in angles:
    left = theory.best_scaled_kappa(100, np.radians(degrees))
    predicted = theory.steps_for(1e-3, ((left - 1) / (left + 1)) ** 2) if left > 1.001 else 1
    print(f"κ = 100 at {degrees}°: K = {left:.2f}, predicted {predicted:.0f} steps, measured {needs(SCALED, degrees, 100, lr=np.array([1.0])):.0f}")

# %% [markdown]
# And the rules that know gradients only, each with the best of those 72 rates at every angle; gradient descent and momentum at their best settings of lesson 05. The last column is the next section's.

# %% tags=["shows-C18"]
heavy_rate, heavy_beta, _ = theory.best_momentum(100, 1)
rows = {
    "gradient descent": (GRADIENT_DESCENT, {"lr": np.array([2 / 101])}),
    "momentum": (MOMENTUM, {"lr": np.array([heavy_rate]), "beta": heavy_beta}),
    "AdaGrad": (ADAGRAD, {}),
    "Adam, β1 = 0.8": (ADAM, {"beta1": 0.8}),
    "full-matrix AdaGrad": (FULL_ADAGRAD, {}),
}
print(f"{'steps at κ = 100':20}" + "".join(f"{d:>7}°" for d in angles))
for name, (rule, hyper) in rows.items():
    counts = [needs(rule, d, 100, **hyper) for d in angles]
    print(f"{name:20}" + "".join(f"{count:8.0f}" if np.isfinite(count) else "   > 250" for count in counts))

# %% [markdown]
# The first, second and last rows know no angle. AdaGrad goes the way of $K$: at 22.5° it is more than half way, and at 45° worse than descent. Adam suffers too, and less: its first memory is a momentum, which turns κ into something like √κ at any angle. At κ = 25 that hides the turn almost wholly; the explorer shows it.

# %% [markdown]
# ## Derive: divide by a matrix
#
# What would not see the axes? Dividing by the Hessian, as Newton does. **Predict:** for κ = 100 at 45° it has 50.5 on the diagonal and 49.5 beside it. What is the *first entry of its inverse*?

# %% tags=["predicts-C05"]
predict("08 inverse")

# %% tags=["shows-C05"]
steep = ravine(100, np.pi / 4).hessian((0, 0))
start = np.array(ravine(100, np.pi / 4).start)
slope, loss = steep @ start, ravine(100, np.pi / 4).value
ways = {"one over each entry": (1 / steep) @ slope, "one over the diagonal": slope / np.diag(steep), "a linear solve": np.linalg.solve(steep, slope)}
print(f"loss at the start {loss(start):.1f}; after one step with")
for name, step in ways.items():
    left = abs(loss(start - step))
    print(f"   {name}:", "below 1e-20" if left < 1e-20 else f"{left:.3g}")

# %% [markdown]
# **An inverse is not one over each entry.** To divide by $H$ is to find the step $p$ with $Hp = g$. One over each entry made things worse; one over the diagonal is the best scaling, which at 45° does nothing.
#
# AdaGrad has no Hessian. It has the history $\sum g^2$ of each weight, and divides by its root. $S = \sum g g^\top$ has these on its diagonal, and beside it what two weights have in common. So keep all of $S$, and divide by *its* root.

# %%
show_kernel(full_adagrad, since=adagrad)

# %% [markdown]
# `root(S)` is the matrix that gives $S$ when multiplied by itself: same eigenvectors, roots of the eigenvalues, and nothing that is done to single entries. So the kernel should not see the axes. SymPy needs a second or two, since the root of a matrix is two roots inside each other:

# %%
commutes(FULL_ADAGRAD)

# %% [markdown]
# It does not see the scale either: if all gradients are multiplied by $c$, then $S$ by $c^2$, its root by $c$, and the step is as before (with ε = 0).
#
# ## Implement: your turn
#
# Write it. $S$ is a matrix now, the first memory in this course that has another shape than $w$. `hint("full-matrix AdaGrad")` helps.

# %%
def my_full_adagrad(w, g, S, *, lr, eps):
    """S <- S + g g^T, then w <- w - lr (root(S) + eps I)^-1 g."""
    ...


check("full-matrix AdaGrad", my_full_adagrad)

# %% [markdown]
# ## Prove: a planted mistake
#
# The slip of the prediction, once more: keep all of $S$, and then take roots and divide entry by entry on the diagonal.

# %%
def entry_by_entry(w, g, S, *, lr, eps):
    S += g[:, None] * g[None, :]
    w -= lr * g / (np.sqrt(np.diagonal(S)) + eps)


commutes(Rule("the diagonal of S", entry_by_entry, shapes=FULL_ADAGRAD.shapes), S=0)

# %% [markdown]
# It is AdaGrad again, with more memory. And what does the memory cost?

# %%
network = Network()
place = network.init(0)
kept = {"gradient descent": 0, "Adam": 2 * place.size, "full-matrix AdaGrad": place.size**2, "Shampoo": sum(x.size for x in by_layer(SHAMPOO, network).init(place)), "Muon": place.size}
for name, count in kept.items():
    print(f"{name:20} keeps {count:>9,} numbers beside the {place.size} weights")

# %% [markdown]
# Millions for a toy network, and $n^2$ in general: a billion weights would need $10^{18}$ numbers. The last two rows are what people do instead. They use that the weights of a layer are not a list; they are a **matrix**.

# %% [markdown]
# ## Derive: the best step in three norms
#
# Lesson 06 asked for the best short step $P$, to first order, in a ball and in a box. For a matrix there is a third meaning of *short*. A layer computes $Wx$; a step changes that by $Px$, at most by the **spectral norm** of $P$ times the length of $x$. Call a step short if that norm is at most η.

# %%
alpha, gamma = sp.symbols("alpha gamma", real=True)
s1, s2 = sp.symbols("s1 s2", positive=True)
plane = lambda angle: sp.Matrix([[sp.cos(angle), -sp.sin(angle)], [sp.sin(angle), sp.cos(angle)]])
U, V = plane(alpha), plane(gamma)
G, P = U * sp.diag(s1, s2) * V.T, U * V.T
product = sum(a * b for a, b in zip(G, P))
Equations({"G times UVᵀ, summed over entries": sp.simplify(product), "norm of UVᵀ squared": sp.simplify((P.T * P)[0, 0])})

# %% [markdown]
# Let $G = U\,\mathrm{diag}(\sigma)\,V^\top$ be its singular value decomposition. For any $P$, the sum of $G_{ij}P_{ij}$ is $\sum_i \sigma_i\,(U^\top P V)_{ii}$, and an entry of a matrix is at most its spectral norm. So no step does better than $\eta\sum\sigma_i$, and $UV^\top$ reaches it: **the steepest descent in the spectral norm is $-\eta\,UV^\top$**, the gradient with all its singular values set to one. It is called the *polar factor*.

# %%
random = np.random.default_rng(0)
slope = random.normal(size=(3, 2))
steps = random.normal(size=(20_000, 3, 2))
sizes = {"ball": np.sqrt(np.sum(steps**2, axis=(1, 2))), "box": np.abs(steps).max(axis=(1, 2)), "spectral": np.linalg.norm(steps, 2, axis=(1, 2))}
best = {"ball": slope / np.linalg.norm(slope), "box": np.sign(slope), "spectral": polar_factor(slope)}
for name, size in sizes.items():
    tried = np.sum(slope * steps, axis=(1, 2)) / size
    print(f"{name}: the loss falls by {np.sum(slope * best[name]):.3f} η; the best of 20 000 random steps gets {tried.max():.3f}")

# %% [markdown]
# | A short step | is the best one along | and the loss falls by η times | without memory | with memory |
# |---|---|---|---|---|
# | is short as a vector | $g/\lvert g\rvert$ | the length of $g$ | normalised descent | momentum, if it were normalised |
# | moves no weight far | $\mathrm{sign}(g)$ | the sum of $\lvert g_i\rvert$ | sign descent | RMSProp, Adam |
# | changes no output much | $UV^\top$ | the sum of the $\sigma_i$ | spectral descent | Shampoo, Muon |
#
# Write the last one; NumPy's `svd` returns $V$ already transposed.

# %%
def my_spectral_step(w, g, *, lr):
    """w <- w - lr U V^T, with U diag(s) V^T the singular value decomposition of g."""
    ...


check("spectral step", my_spectral_step)

# %% [markdown]
# ## Derive: no decomposition at all
#
# Singular value decompositions are slow on the machines that train large networks; products of matrices are quick. **Muon** (Jordan and others, 2024) takes an odd polynomial, $aX + bXX^\top X + c\,(XX^\top)^2X$, several times. With $X = U\,\mathrm{diag}(\sigma)\,V^\top$ the inner factors cancel. SymPy, with two exact turns:

# %%
a, b, c = sp.symbols("a b c", real=True)
left, right = (np.array([[p, -q], [q, p]]) for p, q in ((sp.Rational(3, 5), sp.Rational(4, 5)), (sp.Rational(5, 13), sp.Rational(12, 13))))
sigma = np.diag([s1, s2])
turned_first, turned_last = odd_polynomial(left @ sigma @ right.T, a, b, c), left @ odd_polynomial(sigma, a, b, c) @ right.T
print("turning and the polynomial change places:", all(sp.expand(gap) == 0 for gap in (turned_first - turned_last).ravel()))
Equations({"σ₁ becomes": sp.expand(odd_polynomial(np.array([[s1]]), a, b, c)[0, 0])})

# %% [markdown]
# So the vectors stay and each singular value goes through $a\sigma + b\sigma^3 + c\sigma^5$. The iteration of **Newton and Schulz** has 3/2, −1/2, 0, and leads every σ between 0 and √3 to 1. Muon's coefficients give up on that for speed:

# %%
line = np.linspace(0, 1, 801)
figure, panels = canvas(columns=2, height=4.0)
for ax, (name, k) in zip(panels, {"cubic: 3/2, −1/2": CUBIC, "Muon: 3.4445, −4.775, 2.0315": QUINTIC}.items()):
    values = line.copy()
    for n in range(1, 6):
        values = k[0] * values + k[1] * values**3 + k[2] * values**5
        ax.plot(line, values, color=LINES["Muon"]["color"], linewidth=0.8 + 0.5 * n, alpha=0.65 + 0.07 * n)
    draw_level(ax, 1, "")
    ax.set_ylim(0, 1.3)
    name_axes(ax, "singular value before", "after 1 to 5 steps", name)
band = [np.interp(z, line, values) for z in (0.01, 1)], values[line >= 0.01]
Captioned(figure, f"Singular values through one to five polynomials (thin to thick). At zero five steps multiply by {CUBIC[0] ** 5:.1f} and by {QUINTIC[0] ** 5:.0f}. The coefficients of the second add up to {sum(QUINTIC):.3f}, so it cannot come to rest at 1; it leaves every value from 0.01 to 1 between {band[1].min():.2f} and {band[1].max():.2f}.")

# %% [markdown]
# A value of 0.01 is near one after five steps, where the cubic would still have it below a tenth. A comment in Muon's code says the results are spread about evenly from 0.5 to 1.5; on [0.01, 1] we find the narrower band above. Here is the kernel, with its look ahead and a factor for tall matrices, and on a gradient of our network:

# %%
show_kernel(muon, since=averaged_momentum)

# %%
data = digits()
first = network.unpack(network.gradient(network.init(0), data.x_train, data.y_train))[0][0]
values = np.linalg.svd(first, compute_uv=False)
near, exact = newton_schulz(first), polar_factor(first)
print(f"the first layer's gradient: {np.sum(values > 1e-10 * values[0])} singular values that are not zero, of which {np.sum(values < 0.01 * np.linalg.norm(values))} are below 1 % of its length")
print(f"cosine of the angle between five steps of Muon and the polar factor: {np.sum(near * exact) / np.linalg.norm(near) / np.linalg.norm(exact):.2f}, gradient and polar factor: {np.sum(first * exact) / np.linalg.norm(first) / np.linalg.norm(exact):.2f}")

# %% [markdown]
# Most of a real gradient lies in few directions. Setting all singular values to one says: the rest matters as much. That is a bold claim, and where a small singular value is noise, it is noise that is enlarged.

# %% [markdown]
# ## Derive: two small matrices for a large one
#
# **Shampoo** (Gupta, Koren and Singer, 2018) keeps AdaGrad's idea of a history. One matrix $L = \sum GG^\top$ for what rows have in common, one $R = \sum G^\top G$ for columns, and a step $L^{-1/4}\,G\,R^{-1/4}$: half of the root from each side. After the first gradient, and ε = 0, the two small roots make

# %%
fourth = sp.Rational(-1, 4)
squares, powers = sp.diag(s1**2, s2**2), sp.diag((s1**2) ** fourth, (s2**2) ** fourth)
U, V = sp.Matrix(left), sp.Matrix(right)
G = U * sp.diag(s1, s2) * V.T
print("G Gᵀ and Gᵀ G have the squares:", sp.expand(G * G.T - U * squares * U.T) == sp.zeros(2), sp.expand(G.T * G - V * squares * V.T) == sp.zeros(2))
print("the first step is U Vᵀ:", sp.expand(U * powers * U.T * G * V * powers * V.T - U * V.T) == sp.zeros(2))

# %%
place = np.zeros((3, 2))
SHAMPOO.start(place, lr=1.0, eps=1e-12)(slope)
print("the kernel's first step is minus the polar factor, to five digits:", np.allclose(-place, polar_factor(slope), atol=1e-5))
show_kernel(shampoo)

# %% [markdown]
# Without memory Shampoo is spectral descent, and Muon comes as near to it as its polynomial does. With it, Shampoo divides by a history, and its steps shrink like AdaGrad's; Muon averages first and forgets. Both may be turned from the left and from the right. We check the kernels on a matrix of weights, three steps each, with random turns of its rows and columns:

# %%
def path(rule, gradients, w, **hyper):
    """The weights after a step for each gradient."""
    w = w.copy()
    step = rule.start(w, **hyper)
    for g in gradients:
        step(g)
    return w


rows_turn, columns_turn = (np.linalg.qr(random.normal(size=(n, n)))[0] for n in (5, 4))
slopes, begin = random.normal(size=(3, 5, 4)), random.normal(size=(5, 4))
for rule in (SPECTRAL_DESCENT, SHAMPOO, MUON, ADAGRAD, ADAM):
    here = path(rule, slopes, begin, lr=0.1)
    there = path(rule, rows_turn @ slopes @ columns_turn.T, rows_turn @ begin @ columns_turn.T, lr=0.1)
    print(f"{rule.name:16} turned from both sides, the turned weights: {np.allclose(rows_turn @ here @ columns_turn.T, there, atol=1e-6)}")

# %% [markdown]
# ## Measure: a valley for matrices
#
# The loss $\frac12\sum W_{ij}(AWB)_{ij}$ has the curvatures $a_i b_j$: a ravine with κ = 100, made of a 3 × 3 and a 2 × 2 matrix. We lay it along the axes, and in eight random turns of rows and columns. Gradient descent has its best rate by formula, the others the best of 18 each time. Steps to a thousandth; full-matrix AdaGrad takes the six weights as a list.

# %%
def steps_needed(rule, A, B, W, grid):
    """Steps until the loss has fallen a thousandfold for good, at the best rate of a grid."""
    counts = {}
    for lr in grid:
        w, above, flat = W.copy(), 0, rule is FULL_ADAGRAD
        step = rule.start(w.ravel() if flat else w, lr=lr)
        goal = np.sum(W * (A @ W @ B)) / 1000
        for k in range(1, 160):
            slope = A @ w @ B
            step(slope.ravel() if flat else slope)
            above = k if np.sum(w * (A @ w @ B)) > goal else above
        counts[lr] = above + 1
    return counts[theory.best_of_grid(counts) if len(grid) > 1 else grid[0]]


bends = np.array([10.0, 3.0, 1.0]), np.array([10.0, 1.0])
grid = np.geomspace(0.3, 60, 18)
racers = {"gradient descent": (GRADIENT_DESCENT, [2 / 101])} | {rule.name: (rule, grid) for rule in (ADAGRAD, FULL_ADAGRAD, SHAMPOO)}

# %%
begin = np.random.default_rng(1).normal(size=(3, 2)) * 10 / np.sqrt(np.outer(*bends))
spins = [(np.eye(3), np.eye(2))] + [tuple(np.linalg.qr(random.normal(size=(n, n)))[0] for n in (3, 2)) for _ in range(8)]
for name, (rule, tried) in racers.items():
    counts = [steps_needed(rule, u @ np.diag(bends[0]) @ u.T, v @ np.diag(bends[1]) @ v.T, u @ begin @ v.T, tried) for u, v in spins]
    print(f"{name:20} along the axes {counts[0]}, turned {min(counts[1:])} to {max(counts[1:])}, median {np.median(counts[1:]):.0f}")

# %% [markdown]
# Shampoo pays for two small matrices and, like the full one, does not notice the turns: this valley is made of rows and columns. A valley that lies across both, a turn of all six weights, it would see.
#
# **SOAP** (Vyas and others, 2024) runs Adam in the eigenvectors of Shampoo's $L$ and $R$: turn the gradient, divide weight by weight, turn back. On our ravine, if the axes of the valley are known, that is Adam at 0°, whatever the angle.

# %% [markdown]
# ## Play
#
# The ravine turns on the screen, and its start with it. Every rule has the rate up to 4 that is best along the axes (longer first steps would leave the picture); *tune again* gives it the best one for what you see. On the right, who arrives when, and the steps at every angle. Turn it slowly from 0° on, then stop at 22.5°. Then change the scale $c$.

# %%
explorer

# %%
explorer.filmstrip(
    {"theta": 0.0, "step": 60},
    {"theta": 22.5, "again": True, "step": 60},
    {"theta": 45.0, "kappa": 100, "step": 60},
    {"c": 10.0, "step": 30},
)

# %% [markdown]
# ## Measure: the digits, tuned alike
#
# The network of the earlier lessons, six passes. Each rule gets five rates, a factor of about three apart, on three seeds; its best one then runs on six fresh seeds. Shampoo and Muon treat every layer as a matrix, a bias as a matrix with one column. We hold the race twice: at a constant rate, and with a rate that falls in a straight line to 0.

# %%
layers = {"Shampoo": by_layer(SHAMPOO, network), "Muon": by_layer(MUON, network)}
fields = {
    "momentum": (MOMENTUM, (0.03, 0.1, 0.3, 1, 3)),
    "AdaGrad": (ADAGRAD, (0.01, 0.03, 0.1, 0.3, 1)),
    "Adam": (ADAM, (0.003, 0.01, 0.03, 0.1, 0.3)),
    "Shampoo": (layers["Shampoo"], (0.3, 1, 3, 10, 30)),
    "Muon": (layers["Muon"], (0.01, 0.03, 0.1, 0.3, 1)),
}
schedules = {"constant": lambda lr: lr, "falling": lambda lr: anneal(lr, 0, 6 * batches_per_epoch(data.y_train.size, 64))}
tuning, fresh = range(3), range(3, 9)

# %%
def runs_of(rule, lr, seeds):
    """Six passes for each seed."""
    return [train(network, rule, data, lr=lr, epochs=6, seed=n) for n in seeds]


last = lambda runs: np.array([run.losses[-1] for run in runs])
trials = {(how, name): {lr: last(runs_of(rule, plan(lr), tuning)) for lr in grid} for how, plan in schedules.items() for name, (rule, grid) in fields.items()}
chosen = {key: theory.best_of_grid({lr: np.median(of[lr]) for lr in of}) for key, of in trials.items()}
raced = {(how, name): runs_of(rule, schedules[how](chosen[how, name]), fresh) for how in schedules for name, (rule, _) in fields.items()}
losses = {key: last(runs) for key, runs in raced.items()}

# %% [markdown]
# **Predict** which rule has the lowest median of the training loss at a constant rate:

# %%
medians = {how: {name: np.median(losses[how, name]) for name in fields} for how in schedules}

# %%
predict("08 digits", measured=lambda: min(medians["constant"], key=medians["constant"].get))

# %%
figure = lesson_08.losses_by_rate({how: {name: trials[how, name] for name in fields} for how in schedules})

# %%
told = "; ".join(f"{how}: " + ", ".join(f"{name} {chosen[how, name]:g}" for name in fields) for how in schedules)
Captioned(figure, f"Training loss on the digits after six passes by learning rate, median and range of {len(tuning)} seeds, at a constant rate and at one that falls to 0. Best rates, {told}.")

# %%
words = "lower", "no difference to be seen", "higher"
hits = {key: 100 * np.array([run.accuracies[-1] for run in runs]) for key, runs in raced.items()}
for how in schedules:
    print(f"{how} rate, {len(fresh)} fresh seeds")
    for name in fields:
        lost = np.sum(losses[how, name] > 10 * medians[how][name])
        print(f"   {name:9} median loss {medians[how][name]:.3f}, runs above ten times that {lost}, mean test accuracy {hits[how, name].mean():.1f} %")
    for one, other in (("Shampoo", "AdaGrad"), ("Shampoo", "Adam"), ("Muon", "Adam")):
        loss, gain = (f((x[how, one]), x[how, other]) for f, x in ((ratio, losses), (difference, hits)))
        print(f"   {one} over {other}: loss {loss}, {loss.says(*words)}; test accuracy {gain.says(*words)}")

# %% [markdown]
# On these six seeds Shampoo's training loss is below its diagonal twin's both times. Muon's place depends on the schedule: its steps, like those of sign descent, do not shrink with the gradient, so that at a constant rate its loss cannot be told from Adam's, and with a falling one it ends far below. Momentum's falling rate, best on three tuning seeds, loses one fresh seed: three are few near an edge. **So a claim about two rules is a claim about two rules and a protocol.**

# %% [markdown]
# And honest limits. A step of either costs more than one of Adam: five polynomials of a matrix, or two eigendecompositions, for every layer. The network is tiny and the training short. Muon's authors train hidden layers with it, and leave the last one and the biases to Adam; we did not. And a loss is not an accuracy: at a constant rate Muon's loss cannot be told from Adam's, and its test accuracy is lower.

# %% [markdown]
# ## Measure: turn the pixels
#
# Do the axes matter on *data*? We mix the 64 pixels by a random turn, the same for all images, and turn the first weights back, so that the network computes what it did. Nothing has changed but the axes. Constant rates, those chosen before.

# %%
def turned_pixels(seed):
    """The digits with turned pixels, and first weights that undo the turn."""
    spin = np.linalg.qr(np.random.default_rng(seed).normal(size=(64, 64)))[0]
    place = network.init(seed)
    first_layer = network.unpack(place)[0][0]
    first_layer[...] = first_layer @ spin.T
    return Data(spin @ data.x_train, data.y_train, spin @ data.x_test, data.y_test), place


mixed = {}
for name, (rule, _) in fields.items():
    again = [train(network, rule, images, lr=chosen["constant", name], epochs=6, seed=n, w=place) for n in fresh for images, place in [turned_pixels(n)]]
    mixed[name] = last(again)

# %% [markdown]
# **Predict** for Adam: what do mixed pixels do to its training loss?

# %%
predict("08 pixels", measured=lambda: ratio(mixed["Adam"], losses["constant", "Adam"]))

# %%
for name in fields:
    change = np.abs(mixed[name] / losses["constant", name] - 1).max()
    quotient = ratio(mixed[name], losses["constant", name])
    print(f"{name:9}", "changed by less than a millionth" if change < 1e-6 else f"loss {quotient}, {quotient.says(*words)}")

# %% [markdown]
# Momentum, Shampoo and Muon do not notice: what we proved holds for a network, too. AdaGrad and Adam do notice, and on these seeds they are *not worse off*. The pixel axes are no good axes for this network; a random turn does a little better. **Seeing the axes is a bet that the axes are good ones**: won with rare words (lesson 06), not won with pixels.

# %% [markdown]
# **Verdict.** Scaling weights one by one is a bet on the axes: turned by θ, a ravine of large κ keeps about κ sin² 2θ of it, half at 22.5° and all at 45°. Momentum, Newton and full-matrix AdaGrad do not see the turn; Shampoo and Muon buy that blindness layer by layer, for turns of rows and columns.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | RMSProp holds back along the oscillations, momentum speeds up towards the minimum | imprecise: RMSProp holds back along *axes*; an oscillation at 45° shakes both weights alike, and neither is held back against the other |
# | higher-order methods are out of reach for large networks | wrong as a general statement (lesson 02); and matrices made of gradients, two small ones a layer, are a cheap stand-in for curvature |
# | adaptive methods follow the contour's topology | they follow the gradients of single weights; a turn of the same contour changes them |
# | momentum is the most widespread method | dated: that was 2018; today AdamW is common for transformers, and large models have been trained with Muon |

# %%
check("along oscillations", ...)

# %% [markdown]
# ## Where this story ends
#
# All of this is about quadratics and one small network. Real curvature changes on the way; histories go stale. Shampoo in practice averages instead of summing, computes its roots seldom, and borrows the length of its steps from another rule (Anil and others, 2020). How much any of them gains over a well-tuned AdamW on a large model is a question for fair races ([lesson 13](13_a_fair_race.ipynb)), and the answers still differ.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** What is left of κ, as a formula; then as a number, half way; then two numbers about matrices.

# %%
check("what is left of kappa", ...)

# %%
check("at 22.5 degrees", ...)

# %%
check("the inverse at 45 degrees", ...)

# %%
check("in the spectral ball", ...)

# %% [markdown]
# **2 Say what you will see.** Run the cell for the options, then put a letter in place of the dots; then let the explorer answer.

# %%
check("who notices 22.5 degrees", ...)

# %% [markdown]
# **3 Tune.** Bring AdaGrad home at 22.5°, from the ravine's own start.

# %%
check("AdaGrad at 22.5 degrees", {"lr": ..., "eps": ...})

# %% [markdown]
# **4 Discuss.** A paper reports that a rule with matrix preconditioners needs half the steps of Adam. What would you ask before you switch? `hint("a new optimizer in print")` helps; `solution("a new optimizer in print")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *Axes and scale.* Gradient descent, momentum and Newton commute with a turn; AdaGrad, RMSProp and Adam do not, and with ε = 0 ignore the scale instead. Full-matrix AdaGrad then sees neither.
# - *What is left of κ.* $\sqrt K - 1/\sqrt K = (\sqrt\kappa - 1/\sqrt\kappa)\,|\sin 2\theta|$: more than half at 22.5°, all at 45°.
# - *Dividing by a matrix* is a linear solve.
# - *Three norms.* Ball, box and spectral norm give $g/|g|$, $\mathrm{sign}(g)$ and $UV^\top$.
# - *Kernels.* Full-matrix AdaGrad and the spectral step; Shampoo and Muon are its versions with memory, tested with their own rates and seeds.

# %% [markdown]
# ## References
#
# - J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", *JMLR* 12 (2011), 2121–2159.
# - V. Gupta, T. Koren, Y. Singer, "Shampoo: preconditioned stochastic tensor optimization", *ICML* 2018, arXiv:1802.09568.
# - K. Jordan and others, "Muon: an optimizer for hidden layers in neural networks", 2024, with the repository KellerJordan/Muon.
# - J. Bernstein, L. Newhouse, "Old optimizer, new norm: an anthology", arXiv:2409.20325.
# - N. Vyas and others, "SOAP: improving and stabilizing Shampoo using Adam", arXiv:2409.11321.
# - R. Anil and others, "Scalable second order optimization for deep learning", arXiv:2002.09018.
# - J. Liu and others, "Muon is scalable for LLM training", arXiv:2502.16982.
# - D. Carlson, E. Collins, Y.-P. Hsieh, L. Carin, V. Cevher, "Preconditioned spectral descent for deep learning", *NeurIPS* 2015.
# - Å. Björck, C. Bowie, "An iterative algorithm for computing the best estimate of an orthogonal matrix", *SIAM J. Numer. Anal.* 8 (1971), 358–364, doi:10.1137/0708036.
#
# Before: [07, Adam](07_adam.ipynb). Next: [09, Noise and schedules](09_noise_and_schedules.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
