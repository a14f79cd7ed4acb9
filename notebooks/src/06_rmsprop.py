# %% [markdown]
# # 06 · Trust only the sign
#
# By the end you can build RMSProp out of the sign of a gradient, say how long its steps are at the start, on a slope and at the bottom, and test what is said about it: that it anneals by itself, and that it needs no learning rate.
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 60 in class, 90 alone with all exercises |
# | **You need** | lessons [01, The ravine](01_the_ravine.ipynb) and [03, Averages](03_averages_with_memory.ipynb); lesson [05, How much momentum](05_how_much_momentum.ipynb) for one section |
# | **You will be able to** | derive the step that trusts only the sign, and RMSProp from it · give the length of its first, its steady and its last step · say which ε brings it to rest, inside and outside the root · tell what a change of units and a turn of the ravine do to it · test on data, with seeds, whether it needs a learning rate |

# %%
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Cycle
from course_utils.figures import LINES, Captioned, canvas, draw_level, draw_rates, label_end, lesson_06, name_axes
from course_utils.networks import Data, Network, batches_per_epoch, digits, ratio, train
from course_utils.optimizers import ADAGRAD, GRADIENT_DESCENT, RMSPROP, RMSPROP_INSIDE, SIGN_DESCENT

# %%
from course_utils.optimizers import adagrad, anneal, centred_rmsprop, gradient_descent, rmsprop, rmsprop_inside
from course_utils.optimizers import show_kernel, sign_descent, smoothed
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, curvature, eps, g, lr, prove, rho, s, trace, unroll, upright, w

# %% [markdown]
# ## Remember
#
# Three questions on earlier lessons; answer before you open them.
#
# <details><summary>Up to which learning rate does gradient descent converge in a direction of curvature λ?</summary>Up to 2/λ.</details>
#
# <details><summary>An exponential average starts at zero and keeps nine tenths. Which share of a steady value does it hold after the first step?</summary>One tenth, 1 − 0.9.</details>
#
# <details><summary>What does momentum do to a push that flips at every step?</summary>It holds it to 1/(1 + β) of itself; it does not cancel it.</details>

# %% [markdown]
# ## A broken picture
#
# The ravine once more, gradient descent with η = 0.076, a good rate. Then we count the loss in other coins: all losses multiplied by a number $c$, a tenth or 1.1. It is the same valley with the same minimum.

# %%
scales = {"c = 1/10": 0.1, "c = 1": 1, "c = 1.1": 1.1}
losses = {name: descend(ravine(25, c=c), GRADIENT_DESCENT, lr=0.076, steps=60).losses / c for name, c in scales.items()}
ends = [f"{name}: {of[-1]:.2g}" for name, of in losses.items()]
Captioned(lesson_06.scaled_losses(losses), f"Gradient descent at one learning rate on one ravine, whose loss is multiplied by c. Loss over c after 60 steps, {'; '.join(ends)}.")

# %% [markdown]
# It creeps, it works, it runs away. The *size* of a gradient counts in coins, and gradient descent takes it for a distance. It is misled within one gradient, too: at the start w1 is 2 away from home and w2 is 10, and what do they get?

# %%
surface = ravine(25)
start, slope = np.array(surface.start), surface.gradient(surface.start)
print(f"way home: {-start[0]:.0f} along w1, {-start[1]:.0f} along w2")
print(f"what the gradient asks for: {-slope[0]:.0f} along w1, {-slope[1]:.0f} along w2")

# %% [markdown]
# The signs are right, and the sizes are upside down.

# %% [markdown]
# ## Predict
#
# **RMSProp** divides the gradient of each weight by the size that this weight's gradient had of late. The article says that this shortens the steps on the way to the minimum, so that it does not overshoot: it calls that implicit annealing. We take η = 0.2 on our ravine. **How long is the step along w1 after 1000 steps?** Lock in your guess; the explorer opens.

# %% tags=["predicts-C16"]
explorer = Cycle(step=12)
predict("06 last step", opens=explorer)

# %% [markdown]
# ## The disease in one sentence
#
# The size of a gradient is an accident of units and curvature; what can be trusted is its sign.

# %% [markdown]
# ## Derive: the best step in a box
#
# Which short step $p$ lowers the loss most? To first order the loss changes by $g \cdot p$, so it depends on what "short" means. Allow all steps of length up to η, a *ball*, and the best one points straight against the gradient. Allow each weight its own ±η, a *box*, and each weight chooses by itself: it goes to the end against its own slope.

# %%
slopes = sp.Matrix(sp.symbols("g1 g2", real=True))
best_in_ball = -lr * slopes / slopes.norm()
best_in_box = -lr * slopes.applyfunc(sp.sign)
Equations({
    "change of the loss in a ball": sp.simplify(slopes.dot(best_in_ball)),
    "change of the loss in a box": slopes.dot(best_in_box),
})

# %%
figure, panels = canvas(columns=2, height=3.9)
random, beats = np.random.default_rng(0), []
turn = np.linspace(0, 2 * np.pi, 200)
shapes = {"ball": (np.cos(turn), np.sin(turn)), "box": ([-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1])}
inside = random.uniform(-1, 1, (2, 4000))
steps = {"ball": -slope / np.linalg.norm(slope), "box": -np.sign(slope)}
room = {"ball": inside[:, np.linalg.norm(inside, axis=0) <= 1], "box": inside}
for ax, (name, (across, up)) in zip(panels, shapes.items()):
    beats.append((slope @ room[name] < slope @ steps[name]).sum())
    ax.fill(across, up, color=LINES["w2"]["color"], alpha=0.12)
    ax.annotate("", (steps[name][1], steps[name][0]), (0, 0), arrowprops={"width": 2.5, "color": LINES["RMSProp"]["color"]})

# %%
for ax, name in zip(panels, shapes):
    ax.axline((steps[name][1], steps[name][0]), slope=-slope[1] / slope[0], **LINES["predicted"])
    ax.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal")
    name_axes(ax, "step along w2 / η", "step along w1 / η", f"best step in a {name}")
said = "; ".join(f"in the {n} ({p[0]:.2f}, {p[1]:.2f})" for n, p in steps.items())
Captioned(figure, f"The best step from our start, in units of η along (w1, w2): {said}. On the dotted line the loss is equal to first order. Of some thousand random steps in each shape, {beats[0]} and {beats[1]} do better.")

# %% [markdown]
# In the ball w1 takes nearly all, since its slope is steeper. In the box both weights use all the room they have: **the steepest descent in a box is $-\eta\,\mathrm{sign}(g)$**.

# %% [markdown]
# ## Derive: trust only the sign
#
# This is **sign descent**. Its forerunner, Rprop (Riedmiller and Braun, 1993), also lets each weight keep its own step length: longer by a factor 1.2 while the sign stays, halved when it flips. We keep one length for all, η.

# %%
show_kernel(sign_descent, since=gradient_descent)

# %%
def my_sign_descent(w, g, *, lr):
    """w <- w - lr sign(g)."""
    ...


check("sign descent", my_sign_descent)

# %%
for c in (0.1, 1, 1000):
    run = descend(ravine(25, c=c), SIGN_DESCENT, lr=0.19, steps=60)
    end = run.positions[-1]
    print(f"c = {c:g}: after 60 steps at w1 = {end[0]:.2f}, w2 = {end[1]:.2f}, loss / c = {run.losses[-1] / c:.2f}")

# %% [markdown]
# The units are gone. What remains is a walk of η a step along every weight, and at the bottom a jump from side to side.
#
# With mini-batches there is worse. Hinton's example: nine batches in ten say +0.1, the tenth says −0.9. They cancel, so the weight should stay where it is. The signs say otherwise:

# %%
ten = np.array([0.1] * 9 + [-0.9])


def drift(kernel, *memory, **hyper):
    """How far ten such gradients carry a weight, in units of lr, once the memory has settled."""
    place, seen = np.zeros(1), []
    for gradient in np.tile(ten, 1200):
        seen.append(place[0])
        kernel(place, np.array([gradient]), *memory, lr=1.0, **hyper)
    return seen[-1] - seen[-11]


print(f"gradient descent: {abs(drift(gradient_descent)):.2f}")
print(f"sign descent: {drift(sign_descent):+.2f}")
for share in (0.9, 0.99, 0.999):
    print(f"RMSProp at rho = {share}: {drift(rmsprop, np.zeros(1), rho=share, eps=0):+.2f}")

# %% [markdown]
# ## Derive: the recent size
#
# A sign is a gradient divided by its own size, $g/|g|$. In Hinton's example each gradient is divided by another number, so nothing cancels. The cure: divide by a size that changes slowly, the same for neighbouring batches. RMSProp keeps for each weight an exponential average $s$ of the *squares*, and divides by its root.

# %%
trace(rmsprop)

# %% [markdown]
# We write ρ for the share that is kept; the article calls it first ν and then p. Squares, since they do not cancel; the root, so that the divisor has the unit of a gradient. Above, with a long memory, hardly any drift is left. With no memory, at ρ = 0, we are back at the sign:

# %%
trace(rmsprop, rho=0, eps=0)

# %%
show_kernel(rmsprop, since=sign_descent)

# %% [markdown]
# The small ε keeps the division possible; for now it is 0.

# %% [markdown]
# ## Derive: how long is a step?
#
# **Predict** the first one. The average starts at zero and ρ = 0.9. How long is the first step, in units of η?

# %%
predict("06 first step")

# %% [markdown]
# Let the gradient be the same at every step. SymPy runs one, two and three steps; we show $s$ in units of $g^2$.

# %%
held = {f"s over g squared, {n} steps": sp.expand(unroll(rmsprop, n, g=[g] * n)["s"] / g**2) for n in (1, 2, 3)}
Equations({**held, "the first step": unroll(rmsprop, 1, eps=0)["w"]})

# %%
on_a_slope = theory.rmsprop_step(0.9, np.array([1, 2, 5, 10, 20, 50]))
for n, length in zip((1, 2, 5, 10, 20, 50), on_a_slope):
    print(f"step {n}: {length:.3f} eta")
first = np.abs(descend(surface, RMSPROP, lr=0.1, steps=1).positions[1] - start) / 0.1
print(f"first step on our ravine: {first[0]:.3f} eta along w1, {first[1]:.3f} eta along w2")

# %% [markdown]
# Step $t$ is $\eta/\sqrt{1-\rho^t}$: the first one is $\eta/\sqrt{1-\rho}$, more than three times too long at ρ = 0.9, and soon it is η. **On a steady slope RMSProp moves every weight by η, steep or flat.** The long first steps are the bias of lesson 03; lesson [07, Adam](07_adam.ipynb) removes it.

# %% [markdown]
# ## Measure: which weight has the large average?
#
# **Predict.** On the ravine gradient descent zig-zags across the valley, here for 30 steps at η = 0.076. We average the squares of its gradients, weight by weight. Which average is the larger one?

# %% tags=["predicts-C19"]
predict("06 large average")

# %% tags=["shows-C19"]
zig_zag = descend(surface, GRADIENT_DESCENT, lr=0.076, steps=30)
squares = smoothed(zig_zag.gradients**2, beta=0.9)
own = descend(surface, RMSPROP, lr=0.1, steps=300)
print("root of s along gradient descent's zig-zag")
for k in (1, 10, 30):
    print(f"  step {k}: w1 {np.sqrt(squares[k - 1, 0]):.1f}, w2 {np.sqrt(squares[k - 1, 1]):.1f}")
print("root of s along RMSProp's own path, and the step it then makes")
for k in (1, 10, 60, 300):
    roots, moved = np.sqrt(own.memory["s"][k]), np.abs(own.positions[k] - own.positions[k - 1])
    print(f"  step {k}: w1 {roots[0]:.2g}, w2 {roots[1]:.2g}; steps {moved[0]:.2f} and {moved[1]:.2f}")

# %% [markdown]
# In this zig-zag it is w1's: larger squares make a larger average. The article's "large for w2" is a slip, which its own next paragraph mends. On RMSProp's path it is w1's at first and at the end. In between w1 has arrived, w2 is still far, and the averages change places. So the divisor is no fixed property of an axis: it is a memory.

# %% [markdown]
# ## Derive: what happens at the bottom
#
# In one direction the gradient is λw. Put the weight at η/2, with an average that fits, and let the kernel make one step:

# %%
there = trace(rmsprop, w=lr / 2, g=curvature * lr / 2, s=(curvature * lr / 2) ** 2, eps=0)
before = Equations({"s before": (curvature * lr / 2) ** 2})
Equations({**before, "s after": sp.simplify(there["s"]), "w after": sp.simplify(there["w"])})

# %% [markdown]
# It lands at −η/2 with the same average, and the next step leads back: **an exact cycle, ±η/2, for every curvature and every ρ**. Is it a freak, or do neighbours fall into it? We mirror $w$ after the step, so that the cycle becomes a point, and look at the Jacobian there, as in lesson 05.

# %%
step = trace(rmsprop, g=curvature * w, eps=0)
mirrored = sp.Matrix([-step["w"], step["s"]]).jacobian([w, s])
around = sp.simplify(mirrored.subs({w: lr / 2, s: (curvature * lr / 2) ** 2}))
sigma = sp.Symbol("sigma")
polynomial = sp.expand((sigma * sp.eye(2) - around).det())
at_ends = {f"polynomial at {x}": upright(polynomial.subs(sigma, x)) for x in (1, -1)}
rings = sp.solve(sp.discriminant(polynomial, sigma), rho)
Equations({"product of the rates": sp.expand(around.det()), **at_ends, "discriminant 0 at ρ": sp.Tuple(*rings)})

# %% [markdown]
# The product of the two rates is ρ, below one, and the polynomial is positive at 1 and −1: both rates lie inside the unit circle for every ρ between 0 and 1. So the cycle attracts its neighbourhood. From ρ = 1/9 on the rates are complex, and each step multiplies a deviation by $\sqrt\rho$ in size. η and λ are not in it. And from far away?

# %%
starts = np.random.default_rng(0).uniform(-10, 10, (2, 300))
for share in (0.5, 0.9, 0.95):
    end = np.abs(descend(surface, RMSPROP, start=starts, lr=0.2, rho=share, eps=0, steps=2000).positions[-1])
    near = np.all(np.abs(end / 0.1 - 1) < 0.02, axis=0).sum()
    print(f"rho = {share}: {near} of {starts.shape[1]} random starts end at distance eta/2 along both weights")

# %% [markdown]
# At ±η/2 the loss is $\lambda(\eta/2)^2/2 = \lambda\eta^2/8$ in each direction. **RMSProp at a constant η, with ε near 0, has a floor, $\eta^2 \sum\lambda/8$, and climbs back to it after it has been below.** (At ρ = 0.999 that takes thousands of steps, and floating point may round the weight to zero first.)

# %%
run = descend(surface, RMSPROP, lr=0.2, steps=300)
floor, lowest = theory.rmsprop_floor(0.2, 25, 1), int(np.argmin(run.losses))
lengths = np.abs(np.diff(run.positions, axis=0))
figure, (left, right) = canvas(columns=2, height=4.0)
for i, name in enumerate(("w1", "w2")):
    left.semilogy(range(1, 301), np.maximum(lengths[:, i], 1e-9), **{**LINES[name], "marker": ""})
    label_end(left, (22, 92)[i], 1e-4, name, LINES[name]["color"])
draw_level(left, 0.2, "η")
left.set_ylim(1e-5, 3)
right.semilogy(run.losses, color=LINES["RMSProp"]["color"])
draw_level(right, floor, "floor")

# %% tags=["shows-C16"]
name_axes(left, "step", "length of the step")
name_axes(right, "step", "loss")
Captioned(
    figure,
    f"RMSProp, η = 0.2, ρ = 0.9. The steps shrink on the way, and the loss falls to {run.losses[lowest]:.0e} at step "
    f"{lowest}. Then the memory has faded, and both steps grow back to η. At step 300 the loss is {run.losses[300]:.2f}; "
    f"the floor is {floor:.2f}.",
)

# %% [markdown]
# Here is the grain of truth in "it slows down by itself". While the gradient falls, the average lags behind, and the steps are short. Then the average has forgotten the slope; the same tiny gradient is divided by ever less, and the steps come back. The loss *rises* several hundredfold and stays.

# %% [markdown]
# ## Derive: the rule that does anneal
#
# **AdaGrad** (Duchi, Hazan and Singer, 2011) is older than RMSProp and does not forget: $s$ is the sum of all squares. On a steady slope SymPy finds:

# %%
show_kernel(adagrad, since=rmsprop)

# %%
unroll(adagrad, 3, g=[g, g, g], eps=0)

# %% [markdown]
# The steps are η, η/√2, η/√3: step $t$ is $\eta/\sqrt t$, whatever the slope. They shrink for ever, and yet they lead as far as you like: $n$ steps go about $2\sqrt n\,\eta$. So AdaGrad *anneals*, and on our ravine it has no floor. Its price is that it never forgets: after a cliff it crawls on the plain, where RMSProp is soon back at nine tenths of η.

# %%
print(f"10000 steps on a steady slope lead {theory.adagrad_distance(10_000):.1f} eta far; twice the root is 200")
settles = descend(surface, ADAGRAD, lr=2, steps=300)
print(f"on the ravine at lr = 2: below 1e-3 for good from step {settles.settles_at(1e-3)}, at step 300 below 1e-15: {settles.losses[-1] < 1e-15}")
print("a cliff, 100 gradients of size 100, and then a plain with gradients of size 1; steps 100 later, in units of lr:")
for name, kernel, hyper in (("AdaGrad", adagrad, {}), ("RMSProp", rmsprop, {"rho": 0.9})):
    place, memory = np.zeros(1), np.zeros(1)
    for k in range(200):
        before = place.copy()
        kernel(place, np.array([100.0 if k < 100 else 1.0]), memory, lr=1.0, eps=0, **hyper)
    print(f"  {name}: {abs(place - before)[0]:.3f}")

# %% [markdown]
# ## Derive: what ε does
#
# It guards against 0/0. Is that all? We ask again for a cycle: a distance $a$ from which the step leads to $-a$, with ε outside the root and with ε inside.

# %%
a = sp.Symbol("a", positive=True)
cycles = {}
for where, kernel in (("outside", rmsprop), ("inside", rmsprop_inside)):
    step = trace(kernel, w=a, g=curvature * a, s=(curvature * a) ** 2)
    cycles[f"a, ε {where}"] = sp.solve(sp.Eq(step["w"], -a), a)[0]
quiet = {f"it is 0 from ε {n.split()[-1]}": sp.solve(x, eps)[0] for n, x in cycles.items()}
Equations({**cycles, **quiet})

# %% [markdown]
# ε shortens the jumps, and from $\varepsilon = \eta\lambda/2$ on there is no cycle left. The reason is close at hand: near the minimum $s$ is almost 0 and the rule is gradient descent with the rate η/ε, which converges below 2/λ. **ε is a second learning rate in disguise.** Inside the root it is the square of that, so $10^{-8}$ inside acts like $10^{-4}$ outside. Both sides of the border, measured:

# %%
for name, rule in (("outside", RMSPROP), ("inside", RMSPROP_INSIDE)):
    border = theory.smallest_quiet_eps(0.2, 25, name == "inside")
    print(f"eps {name}, border for w1 at lr = 0.2: {border:.4g}")
    for share in (0.5, 0.95, 1.05):
        run = descend(surface, rule, lr=0.2, eps=share * border, steps=4000)
        jump, expected = abs(run.positions[-1, 0]), theory.rmsprop_cycle(0.2, 25, share * border, name == "inside")
        print(f"  {share} of it: w1 ends at distance {jump:.4f}, predicted {expected:.4f}")

# %% [markdown]
# At the usual $10^{-8}$ none of this is seen on our ravine; where gradients are tiny, it is. In float16 both $10^{-8}$ and the article's $10^{-10}$ are zero, and then a weight that has not yet felt a gradient makes 0/0. (bfloat16, the other half-precision format, has the range of float32 and keeps both.)

# %%
for name, kernel in (("outside", rmsprop), ("inside", rmsprop_inside)):
    place = np.zeros(1)
    kernel(place, np.array([1e-8]), np.zeros(1), lr=1.0, rho=0.9, eps=1e-8)
    print(f"gradient 1e-8, eps 1e-8 {name}: the first step is {abs(place[0]):.4f} eta")
print("in float16 1e-8 and 1e-10 are", float(np.float16(1e-8)), "and", float(np.float16(1e-10)))
print(descend(surface, RMSPROP, start=(0, -10), lr=0.1, eps=0, steps=10).stopped)

# %% [markdown]
# ## Derive: other units
#
# **Predict.** We multiply the loss by 1000 and leave all settings as they are. Which path changes?

# %% tags=["predicts-C25"]
predict("06 other units")

# %% tags=["shows-C25"]
c = sp.Symbol("c", positive=True)
plain, scaled = trace(rmsprop, eps=0), trace(rmsprop, g=c * g, s=c**2 * s, eps=0)
print("gradient times c, s times c squared: new w minus old new w =", sp.simplify(scaled["w"] - plain["w"]))
print("new s over old new s =", sp.simplify(scaled["s"] / plain["s"]))
paths = [descend(ravine(25, c=k), RMSPROP, lr=0.2, eps=0, steps=60).positions for k in (1, 1000)]
print("paths at c = 1 and c = 1000 agree to 1e-9:", np.abs(paths[0] - paths[1]).max() < 1e-9)
print(descend(ravine(25, c=1000), GRADIENT_DESCENT, lr=0.076, steps=60).stopped)

# %% [markdown]
# By induction: if $s$ is $c^2$ times as large before a step, it is so after it, and the step is the same. (With ε > 0 it is the same once ε is multiplied by $c$ too.) So the two learning rates are not the same kind of number: gradient descent's is a weight over a gradient, RMSProp's is a length. **One η for several rules is no fair comparison.** It compares units.

# %% [markdown]
# ## Derive: a turned ravine
#
# **Predict.** We turn the ravine by 45°, so that its floor runs diagonally between w1 and w2. Each rule may choose its best constant η again. Who needs more steps than before?

# %% tags=["predicts-C18"]
predict("06 turned")

# %%
racers = {
    "AdaGrad": (ADAGRAD, np.geomspace(0.05, 20, 80), {}),
    "RMSProp at ρ = 0.9": (RMSPROP, np.geomspace(0.01, 1, 80), {"rho": 0.9}),
    "RMSProp at ρ = 0.999": (RMSPROP, np.geomspace(0.01, 1, 80), {"rho": 0.999}),
    "gradient descent": (GRADIENT_DESCENT, np.linspace(0.015, 0.0205, 56), {}),
}


def fewest(turned, rule, rates, hyper):
    """Steps for a thousandfold fall of the loss, for good, at the best of the learning rates."""
    run = descend(turned, rule, lr=rates, steps=600, **hyper)
    steps = dict(zip(rates, run.settles_at(1e-3 * turned.value(turned.start))))
    return steps[theory.best_of_grid(steps)]

# %% tags=["shows-C18"]
print("steps until the loss has fallen a thousandfold for good, kappa = 100, each at its best learning rate")
for degrees in (0, 2, 10, 45):
    turned = ravine(100, theta=np.radians(degrees))
    counts = [f"{name}: {fewest(turned, *racer):.0f}" for name, racer in racers.items()]
    print(f"  {degrees}° " + "; ".join(counts))

# %% [markdown]
# Gradient descent does not notice: turning its path turns its gradients. The rules that look at weights one by one do. Why? The best scales give both weights the same curvature (a search below agrees). Then the Hessian $H$ has ones on its diagonal and a number $q$ beside it, and the curvatures $1 \pm q$. What κ is left?

# %%
theta, kappa = sp.symbols("theta kappa", positive=True)
turn = sp.Matrix([[sp.cos(theta), -sp.sin(theta)], [sp.sin(theta), sp.cos(theta)]])
H = turn * sp.diag(kappa, 1) * turn.T
q = H[0, 1] / sp.sqrt(H[0, 0] * H[1, 1])
left_over = lambda angle: sp.simplify(((1 + q) / (1 - q)).subs(theta, angle))
print("along the axes kappa becomes", left_over(0), "and at 45 degrees", left_over(sp.pi / 4))
for degrees in (2, 10, 45):
    turned = ravine(100, theta=np.radians(degrees)).hessian(start)
    scales = np.array([[1, k] for k in np.geomspace(0.05, 20, 4001)])
    searched = np.linalg.cond(turned * scales[:, :, None] * scales[:, None, :]).min()
    print(f"{degrees}°: left of kappa = 100: {theory.best_scaled_kappa(100, np.radians(degrees)):.2f}, by search {searched:.2f}")

# %% [markdown]
# **Scaling weights cures a ravine that lies along the axes, and does nothing for one at 45°.** There both rules, at their best, were slower than gradient descent. With ρ = 0.9 RMSProp gains little even at 0°, since a floor below the goal asks for a small η. And turned, the floor rises: both weights jump at once, along the diagonal on which the valley is steeper. Lesson 08 will ask what to do about it.

# %%
for degrees in (0, 10, 45):
    turned = ravine(25, theta=np.radians(degrees))
    ends = descend(turned, RMSPROP, start=starts, lr=0.2, steps=3000).losses[-1]
    floor = theory.turned_floor(0.2, 25, 1, np.radians(degrees))
    near = (np.abs(ends / floor - 1) < 0.02).sum()
    print(f"{degrees}°: floor {floor:.2f}, reached from {near} of {ends.size} starts")

# %% [markdown]
# ## Implement: your turn
#
# Fill in both. Change `w` and `s` in place, or return both. In each, ε stands outside the root. `hint("RMSProp")` helps in steps.

# %%
def my_adagrad(w, g, s, *, lr, eps):
    """s <- s + g^2, then w <- w - lr g / (sqrt(s) + eps)."""
    ...


check("AdaGrad", my_adagrad)

# %%
def my_rmsprop(w, g, s, *, lr, rho, eps):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps)."""
    ...


check("RMSProp", my_rmsprop)

# %% [markdown]
# ## Prove: the kernel is the formula

# %%
average = rho * s + (1 - rho) * g**2
prove(rmsprop, s=average, w=w - lr * g / (sp.sqrt(average) + eps))

# %%
prove(adagrad, s=s + g**2, w=w - lr * g / (sp.sqrt(s + g**2) + eps))

# %% [markdown]
# Two slips that are easily made. The first takes ε inside for ε outside; the second averages first and squares then, so that a zig-zag cancels where it should brake:

# %%
prove(rmsprop_inside, w=w - lr * g / (sp.sqrt(average) + eps))

# %%
def squares_too_late(w, g, s, *, lr, rho, eps):
    s *= rho
    s += (1 - rho) * g
    w -= lr * g / (np.sqrt(s**2) + eps)


prove(squares_too_late, w=w - lr * g / (sp.sqrt(average) + eps))

# %% [markdown]
# ## Play
#
# Gradient descent in grey, with the rate that suits c = 1; RMSProp in violet. The black arrow is RMSProp's next step in units of η, with its part from each weight. Turning the ravine turns the axes of the weights against the valley: the picture holds the valley still and turns the compass. Try the presets, and watch what $c$ and θ change. The marks on ε show where each weight comes to rest.

# %%
explorer

# %%
explorer.filmstrip(
    {"step": 240},
    {"eps": 10**0.5, "step": 100},
    {"adagrad": True, "lr": 1.5, "step": 40},
    {"theta": 45, "step": 60},
)

# %% [markdown]
# In (a) the cycle, (b) an ε that ends it, (c) AdaGrad, which comes to rest by itself, (d) the turned ravine, where the two parts of a step pull apart and progress is slower.

# %% [markdown]
# ## Measure: rare words
#
# AdaGrad was made for data in which some features are rare. We make such data: short texts of ten words out of 300, word number $k$ drawn in proportion to $1/k$, and a label, liked or not, that depends on the words. A network without hidden layer is logistic regression. As a control, the same with all words equally frequent.

# %%
def texts(seed, power, many=2000, words=300):
    """Columns of zeros and ones, a row a word, word k drawn as 1/k^power; half of them to train on."""
    random = np.random.default_rng(seed)
    share = np.arange(1.0, words + 1) ** -power
    drawn = random.choice(words, size=(10, many), p=share / share.sum())
    x = np.zeros((words, many))
    x[drawn, np.arange(many)] = 1
    liking = random.normal(0, 1.5, words) @ x
    y = (random.random(many) < 1 / (1 + np.exp(-liking))).astype(int)
    return Data(x[:, : many // 2], y[: many // 2], x[:, many // 2 :], y[many // 2 :])


logistic = Network((300, 2))
collections = {p: [texts(seed, p) for seed in range(11)] for p in (1, 0)}
falling = lambda r: lambda t: r / np.sqrt(t)

# %% [markdown]
# Three rules: gradient descent; gradient descent whose rate falls like AdaGrad's, η/√t; AdaGrad. Each gets its best of four rates, found on three data sets, and then runs on eight fresh ones, two passes in batches of ten.

# %%
racers = {
    "gradient descent": (GRADIENT_DESCENT, (0.5, 1, 2, 4), float),
    "gradient descent, η/√t": (GRADIENT_DESCENT, (5, 10, 20, 40), falling),
    "AdaGrad": (ADAGRAD, (0.3, 0.6, 1.2, 2.4), float),
}


def last(power, rule, rate, seeds):
    """Loss on all training texts after the last pass, one number a seed."""
    first = np.zeros(logistic.parameters)
    runs = [train(logistic, rule, collections[power][k], lr=rate, epochs=2, batch=10, seed=k, w=first) for k in seeds]
    return np.array([run.losses[-1] for run in runs])

# %%
words = "lower", "no difference to be seen", "higher"
for power, name in ((1, "rare words"), (0, "all words equally frequent")):
    ends = {}
    for who, (rule, grid, schedule) in racers.items():
        tuned = theory.best_of_grid({r: np.median(last(power, rule, schedule(r), range(3))) for r in grid})
        ends[who] = last(power, rule, schedule(tuned), range(3, 11))
        print(f"{name}, {who}: best rate {tuned:g}, median loss {np.median(ends[who]):.3f}")
    for other in ("gradient descent", "gradient descent, η/√t"):
        quotient = ratio(ends["AdaGrad"], ends[other])
        print(f"  AdaGrad over {other}: {quotient}, {quotient.says(*words)}")

# %% [markdown]
# With rare words AdaGrad leaves about two thirds of the loss, and a falling rate alone does not explain it. With equally frequent words the gap is smaller. A rare word is seen seldom, so its sum stays small and its steps long: each word has its own clock. It is one kind of data, and training loss.

# %% [markdown]
# ## Measure: does it need no learning rate?
#
# RMSProp, the article says, takes away the need to adjust the learning rate. The digits again, 12 passes; rates a factor of about three apart. **Predict:** from the rate 0.0001 to 0.01, how much does the training loss change?

# %%
data, network = digits(), Network()


def last_losses(rule, seeds=range(3, 9), nudge=0.0, **hyper):
    """Loss on all training digits after 12 passes, one number a seed; first weights times 1 + nudge."""
    runs = [train(network, rule, data, epochs=12, seed=k, w=network.init(k) * (1 + nudge), **hyper) for k in seeds]
    return np.array([run.losses[-1] for run in runs])


grids = (RMSPROP, (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)), (GRADIENT_DESCENT, (0.01, 0.03, 0.1, 0.3, 1, 3))
sweeps = {rule.name: {r: last_losses(rule, lr=r) for r in grid} for rule, grid in grids}

# %% tags=["predicts-C15"]
slowdown = lambda: np.median(sweeps["RMSProp"][1e-4]) / np.median(sweeps["RMSProp"][1e-2])
predict("06 no rate", measured=slowdown)

# %% tags=["shows-C15"]
figure, ax = canvas(height=4.4)
for name, at in (("RMSProp", 1e-3), ("gradient descent", 0.03)):
    draw_rates(ax, sweeps[name], name, name, at=at, below=6)
name_axes(ax, "learning rate", "training loss")
medians = {name: {r: np.median(x) for r, x in sweep.items()} for name, sweep in sweeps.items()}
inner = {name: list(of.items())[:-1] for name, of in medians.items()}  # the last run is not repeatable, see below
told = [f"{name}: " + ", ".join(f"{m:.2f} at {r:g}" for r, m in of) for name, of in inner.items()]
worse = " and ".join(f"{name} at {max(of):g}" for name, of in medians.items() if of[max(of)] > 2 * min(of.values()))
text = "Training loss on the digits after 12 passes, a dot for each of 6 seeds, line through the medians"
Captioned(figure, f"{text}. {'; '.join(told)}. More than twice their best: {worse}.")

# %%
for name, of in medians.items():
    good = [f"{r:g}" for r, m in of.items() if m <= 2 * min(of.values())]
    print(f"{name}: within twice the best loss: {', '.join(good)}, of {len(of)} rates")
fresh = {rule.name: {r: np.median(last_losses(rule, range(3), lr=r)) for r in grid} for rule, grid in grids}
tuned = {name: theory.best_of_grid(of) for name, of in fresh.items()}
best = ratio(*(sweeps[name][rate] for name, rate in tuned.items()))
rates_used = " over ".join(f"{name} at {rate:g}" for name, rate in tuned.items())
print(f"losses, each tuned on other seeds, {rates_used}: {best.says(*words)}")
ten_times = ratio(sweeps["RMSProp"][1e-3], sweeps["RMSProp"][1e-2])
print(f"RMSProp at 0.001 over RMSProp at 0.01: {ten_times}, {ten_times.says(*words)}")

# %% [markdown]
# It needs one about as much as gradient descent does: of rates a factor of three apart, one or two are good. The rates 0.001 and 0.01 are the defaults of Keras and of PyTorch for what both call RMSProp (their ρ and the place of ε differ as well, [lesson 13](13_a_fair_race.ipynb)). And a constant rate leaves it on its floor, so a schedule should help where the rate is large enough to get there:

# %%
steps = 12 * batches_per_epoch(1347, 64)
for r in (1e-3, 1e-2, 3e-2):
    lowered = ratio(last_losses(RMSPROP, lr=anneal(r, 0, steps)), sweeps["RMSProp"][r])
    print(f"loss with a rate falling from {r:g} to 0, against constant {r:g}: {lowered.says(*words)}")
settled = [descend(surface, RMSPROP, lr=x, steps=200).settles_at(1e-3) for x in (0.2, anneal(0.2, 0, 200))]
print(f"on the ravine, below 1e-3 for good in 200 steps: constant rate {settled[0] or 'never'}, rate falling to 0 from step {settled[1]}")

# %% [markdown]
# We have printed no loss of RMSProp at large rates, and here is why. We start again from weights that differ by a hundred-trillionth part:

# %%
for r, where in ((1e-2, "0.01"), (1e-1, "0.1")):
    one, other = (last_losses(RMSPROP, seeds=range(3, 6), nudge=x, lr=r) for x in (0, 1e-14))
    change = np.abs(other / one - 1)
    print(f"rate {where}: largest change of the loss below a billionth: {change.max() < 1e-9}, above a tenth: {change.max() > 0.1}")

# %% [markdown]
# A small rate forgets the nudge; a large one makes another run of it. Such end points are worth no digits, only their spread is.

# %% [markdown]
# **Verdict.** RMSProp divides each weight's gradient by its recent size, so on a steady slope every weight moves η a step, whatever the units and however steep. It works weight by weight: that helps a ravine along the axes, the less the more it is turned, and not at 45°. At the bottom the steps stay about η long, unless η is lowered or ε is large.

# %% [markdown]
# ## Test the article
#
# | It says, in our words | We find |
# |---|---|
# | Hinton had a random idea in a class | lecture 6e of 2012 introduces it as Rprop made fit for mini-batches; it was never published as a paper |
# | it dampens oscillations, in another way than momentum | imprecise: it makes the weights equal, and ends in an oscillation of its own, ±η/2 |
# | it takes away the need to adjust the learning rate | wrong: tested above; its step *is* η |
# | it chooses another rate for each weight | right: η/√s |
# | it averages squared gradients, for each weight by itself | right |
# | ν is the share that is kept, later p is | one number; we write ρ |
# | the weights of the past are p, p², p³ | wrong: 1 − ρ, (1 − ρ)ρ, (1 − ρ)ρ²; the newest counts 0.1, not 0.9 |
# | gradients along w1 are larger, so the average is large for *w2* | wrong: for w1 |

# %% [markdown]
# | It says, in our words | We find |
# |---|---|
# | we move in the direction of the gradient | wrong: against it, and not straight against it; at ρ = 0 against its signs |
# | the rate is divided by the average | imprecise: by its root, else the units do not cancel |
# | the step for w1 becomes much smaller than for w2 | the *rate* does, where s is larger; the *steps* become alike, and that is the point |
# | η is the initial learning rate | imprecise: nothing changes it; it stays η |
# | p = 0.9, tune it if need be | right as advice; PyTorch's default is 0.99 |
# | ε = 1e-10 | TensorFlow 1's default; 1e-8 in PyTorch, 1e-7 in Keras; say whether it is inside the root; zero in float16 |
# | it performs *simulated annealing*, with shorter steps near the minimum | wrong twice: nothing is random, and the steps return to η; AdaGrad's shrink |
# | momentum speeds up, RMSProp slows down along oscillations | imprecise: RMSProp also speeds up flat weights; turned by 45°, the ravine keeps its κ |

# %% [markdown]
# ## Errors in print
#
# *Dive into Deep Learning* unrolls the average of RMSProp as $(1-\gamma)(g_t^2 + \gamma g_{t-1}^2 + \gamma^2 g_{t-2} + \dots)$. One term has another unit than its neighbours.

# %%
check("printed term", ...)

# %% [markdown]
# SymPy, with γ called ρ:

# %%
three = unroll(rmsprop, 3)["s"]
Equations({"s / (1 − ρ) after 3 steps": sp.cancel(three / (1 - rho))})

# %% [markdown]
# Every gradient is squared. A fast.ai notebook of 2022 (12_accel_sgd) has ε outside the root in its RMSProp and inside in its Adam, without a word. Both are right, and one has to say which: $10^{-5}$ inside acts like 0.003 outside, so a reader who copies the number from one to the other changes the rule.

# %% [markdown]
# ## Where this story ends
#
# Steps of one length are a poor guide in noise: where gradients are mostly noise, RMSProp still moves η, and averaging the gradient as well is the subject of lesson 07. A variant of Graves (2013) subtracts the squared average, and divides by the spread alone:

# %%
steady = unroll(centred_rmsprop, 4, g=[g] * 4, eps=0)
Equations({"its square over g squared, 4 steps": upright(sp.expand(steady["c"] / g**2))})

# %% [markdown]
# That is the spread squared, and it fades like $\rho^t$; the spread itself, by which the step is divided, fades like $\rho^{t/2}$. So on a steady slope the steps grow without bound until ε stops them: what is certain is trusted more and more. That is bold on a slope and risky at its end.

# %% [markdown]
# ## Exercises
#
# **1 Derive.** Each as an expression in `lr`, `rho`, `t` or `lambda1`: the first step of RMSProp, step number t of AdaGrad on a steady slope, the floor in one direction, and the ε outside the root that ends the cycle.

# %%
check("RMSProp's first step", ...)

# %%
check("AdaGrad's step", ...)

# %%
check("the floor", ...)

# %%
check("the eps that stops it", ...)

# %% [markdown]
# **2 Change a kernel.** Move ε inside the root of your `my_rmsprop`, and hand the new function in.

# %%
check("RMSProp, eps inside", ...)

# %% [markdown]
# **3 Tune.** On `ravine(25)`, from the course's start, bring RMSProp's loss below 1e-3 within 150 steps, for good, at constant settings and ρ = 0.9. The explorer's marks are a good place to begin.

# %%
check("RMSProp below 1e-3", {"lr": ..., "eps": ...})

# %% [markdown]
# **4 Correct the article.** Run each cell to see its options, then put the letter of the true one in place of the dots.

# %%
check("which average is large", ...)

# %%
check("implicit annealing", ...)

# %%
check("no learning rate", ...)

# %%
check("divided by the average", ...)

# %% [markdown]
# **5 Discuss.** A comparison gives gradient descent, momentum and RMSProp one learning rate, 0.01, and ranks them. What is the ranking worth, and what would you do instead? `solution("one rate for all")` outlines an answer.

# %% [markdown]
# ## Summary
#
# - *From the sign to RMSProp.* $-\eta\,\mathrm{sign}(g)$ is the steepest descent in a box; RMSProp divides by a recent size in place of $|g|$.
# - *First, steady, last step* (ε near 0). $\eta/\sqrt{1-\rho}$; η; η at the bottom, with a floor of $\lambda\eta^2/8$ in each direction.
# - *ε.* It ends the cycle from ηλ/2 outside the root, from $(\eta\lambda/2)^2$ inside.
# - *Units and turns.* With ε near 0 the loss's scale changes nothing; 45° take the advantage away.
# - *A learning rate.* It needs one, and a schedule; AdaGrad brings its own, η/√t.

# %% [markdown]
# ## References
#
# - M. Riedmiller, H. Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", *ICNN* 1993, 586–591, doi:10.1109/ICNN.1993.298623.
# - T. Tieleman, G. Hinton, "Lecture 6e: RMSProp", *Neural Networks for Machine Learning*, 2012.
# - J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", *JMLR* 12 (2011), 2121–2159.
# - A. Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850.
# - J. Bernstein, Y.-X. Wang, K. Azizzadenesheli, A. Anandkumar, "signSGD: compressed optimisation for non-convex problems", *ICML* 2018, arXiv:1802.04434.
# - A. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, "The marginal value of adaptive gradient methods in machine learning", *NeurIPS* 2017, arXiv:1705.08292.
# - S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by simulated annealing", *Science* 220 (1983), 671–680, doi:10.1126/science.220.4598.671.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, arXiv:2106.11342, section RMSProp.
# - fast.ai, *Practical Deep Learning for Coders*, part 2 (2022), notebook 12_accel_sgd.
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
