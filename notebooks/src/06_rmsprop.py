# %% [markdown]
# # 06 · Trust only the sign
#
# At the start of our ravine, compare the way to the minimum with what the gradient asks for.

# %% jupyter={"source_hidden": true}
import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, hint, predict, solution
from course_utils.explorers import Cycle
from course_utils.figures import lesson_06
from course_utils.networks import Data, Network, batches_per_epoch, digits, ratio, train
from course_utils.optimizers import ADAGRAD, GRADIENT_DESCENT, RMSPROP, RMSPROP_INSIDE, SIGN_DESCENT

# %% jupyter={"source_hidden": true}
from course_utils.optimizers import adagrad, anneal, centred_rmsprop, gradient_descent, rmsprop
from course_utils.optimizers import rmsprop_inside, show_kernel, sign_descent, smoothed
from course_utils.surfaces import ravine
from course_utils.symbolic import Equations, c, curvature, eps, g, lr, prove, rho, s, trace, unroll
from course_utils.symbolic import upright, w

surface, explorer = ravine(25), Cycle(step=12)
start = np.array(surface.start)
data, network = digits(), Network()
grids = (
    (RMSPROP, (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)),
    (GRADIENT_DESCENT, (0.01, 0.03, 0.1, 0.3, 1, 3)),
)


def last_losses(rule, seeds=range(3, 9), nudge=0.0, **hyper):
    """Training loss after 12 passes, one number a seed; the first weights times 1 + nudge."""
    starts = {seed: network.init(seed) * (1 + nudge) for seed in seeds}
    runs = [train(network, rule, data, epochs=12, seed=k, w=starts[k], **hyper) for k in seeds]
    return np.array([run.losses[-1] for run in runs])


typical = lambda rate: np.median(last_losses(RMSPROP, lr=rate))
slowdown = lambda: typical(1e-4) / typical(1e-2)

# %%
lesson_06.way_and_gradient(surface)

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 43 for the core; 2 to 15 for each section below it |
# | **You need** | lessons [01, The ravine](01_the_ravine.ipynb) and [03, Averages with memory](03_averages_with_memory.ipynb) |
# | **You will be able to** | derive RMSProp from the sign of a gradient, and prove your kernel · give the length of its first, its steady and its last step · test on data, with seeds, whether it needs a learning rate |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## Remember
#
# Two quick questions, on lessons 01 and 03.

# %%
predict("06 remember limit")

# %%
predict("06 remember average")

# %% [markdown]
# ## Predict
#
# Gradient descent steps by $-\eta g$. **RMSProp**, the rule of this lesson, steps by $-\eta$ times each weight's gradient over the recent size of that gradient. Now we measure the loss in another currency: all losses are multiplied by 1000. The valley stays.

# %% tags=["predicts-C25"]
predict("06 other units")

# %% [markdown]
# ## The disease in one sentence
#
# The size of a gradient depends on curvature and on units, and says little about how far to go; its sign says which way is down.
#
# ## Measure: the loss in another currency
#
# Gradient descent has the learning rate 0.076, which suits our ravine. The loss is multiplied by $c$, a tenth, 1 or 1.1.

# %% tags=["shows-C25"]
runs = {c: descend(ravine(25, c=c), GRADIENT_DESCENT, lr=0.076, steps=60) for c in (0.1, 1, 1.1)}
lesson_06.scaled_losses(runs, lr=0.076)

# %% [markdown]
# In turn, it is slow, converges and diverges. A gradient's size is in units of loss per weight, and gradient descent treats it as a distance. In the first picture the signs are right, and the sizes are reversed.
#
# ## Derive: the best step in a box
#
# Which short step $p$ lowers the loss most? To first order the loss changes by
#
# $$g \cdot p = g_1 p_1 + g_2 p_2 = \|g\|\,\|p\| \cos \angle(g, p).$$
#
# In a **ball**, $\|p\| \le \eta$, that is least when $p$ has full length and points against $g$. In a **box**, $|p_1| \le \eta$ and $|p_2| \le \eta$, each weight chooses by itself, and goes all the way against its own slope.

# %%
lesson_06.ball_and_box(surface.gradient(start))

# %% [markdown]
# ## Derive: trust only the sign
#
# The steepest descent in a box is **sign descent**:
#
# $$w \leftarrow w - \eta\,\mathrm{sign}(g).$$
#
# Every weight moves by η a step, and near the bottom it jumps from side to side.
#
# With mini-batches it gets worse. In an example by Hinton, who proposed RMSProp, nine batches in ten have the gradient 0.1, and the tenth has −0.9. They cancel, so the weight should stay where it is; their signs do not.

# %% [markdown]
# ## Derive: the recent size
#
# A sign is $g/|g|$. There each gradient is divided by its own size, so they no longer cancel. The cure is a divisor that changes slowly. RMSProp (RMS: root mean square) keeps, for each weight, an average $s$ of the *squares*, which cannot cancel, and divides by its root, which has the unit of a gradient:
#
# $$s \leftarrow \rho s + (1-\rho)\,g^2, \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt{s} + \varepsilon}.$$
#
# The tiny ε keeps the division possible; from here on it is 0. At ρ = 0 this is sign descent. How far do Hinton's ten batches carry a weight, in η?

# %%
ten = np.array([0.1] * 9 + [-0.9])
print(f"sign descent: {np.sign(ten).sum():+.2f}")
for share in (0.9, 0.99, 0.999):
    squares = smoothed(np.tile(ten**2, 1200), beta=share)  # long enough for s to settle
    print(f"RMSProp at rho = {share}: {(ten / np.sqrt(squares[-10:])).sum():+.2f}")

# %% [markdown]
# With a long memory hardly any drift is left.
#
# ## Derive: how long is a step?
#
# Begin with the first one. The average starts at zero.

# %%
predict("06 first step")

# %% [markdown]
# Let the gradient be the same $g$ at every step. After $t$ steps an average from zero holds the share $1-\rho^t$ (lesson 03), so
#
# $$s_t = (1-\rho^t)\,g^2 \qquad\text{and}\qquad \text{step } t = \frac{\eta\,|g|}{\sqrt{s_t}} = \frac{\eta}{\sqrt{1-\rho^t}}.$$
#
# The first step is the longest, and soon a step is η: **on a steady slope RMSProp moves every weight by η, steep or flat.**
#
# ## Derive: other units
#
# Multiply the loss by $c > 0$. If $s$ is $c^2$ times as large before a step (0 at the start), it still is afterwards, and the step is the same:
#
# $$\frac{c\,g}{\sqrt{c^2 s}} = \frac{g}{\sqrt{s}}.$$

# %% tags=["shows-C25"]
three = unroll(rmsprop, 3, g=[g, g, g], eps=0)["s"]
print("s_3 is (1 - rho^3) g^2:", sp.expand(three - (1 - rho**3) * g**2) == 0)
for n, length in zip((1, 2, 10, 50), theory.rmsprop_step(0.9, np.array([1, 2, 10, 50]))):
    print(f"  rho = 0.9, step {n}: {length:.3f} eta")
# trace: one step on symbols
plain, scaled = trace(rmsprop, eps=0), trace(rmsprop, g=c * g, s=c**2 * s, eps=0)
print("s after it is c^2 times as large:", scaled["s"].equals(c**2 * plain["s"]))
print("the step is the same:", sp.simplify(scaled["w"] - plain["w"]) == 0)

# %% [markdown]
# So the two learning rates are different kinds of number: gradient descent's is a weight over a gradient, RMSProp's a length. **To give several rules one η is to compare units.**
#
# ## Measure: which weight has the large average?
#
# Whose gradients would RMSProp divide by more? Along 30 zig-zag steps of gradient descent, we average their squares, weight by weight.

# %% tags=["predicts-C19"]
predict("06 large average")

# %% tags=["shows-C19"]
zig_zag = descend(surface, GRADIENT_DESCENT, lr=0.076, steps=30)
own = descend(surface, RMSPROP, lr=0.1, steps=90)
lesson_06.two_averages(smoothed(zig_zag.gradients[:30] ** 2, beta=0.9), own, lr=0.1)

# %% [markdown]
# In this zig-zag it is w1's: squares do not cancel. On RMSProp's own path the two change places, since w1 arrives while w2 is still far. The divisor belongs to the path, not to the axis.
#
# ## Derive: what happens at the bottom
#
# Near the minimum gradients become small. Does RMSProp slow down there by itself (*implicit annealing*), as has been claimed? We take η = 0.2 on our ravine.

# %% tags=["predicts-C16"]
predict("06 last step")

# %% [markdown]
# In one direction the gradient is λw. Suppose that the weight jumps between $a$ and $-a$. Then all gradients have the size $\lambda a$, so $s$ settles at $(\lambda a)^2$, and the step from $a$ leads to
#
# $$a - \eta\,\frac{\lambda a}{\sqrt{(\lambda a)^2}} = a - \eta.$$
#
# This is $-a$ if $a = \eta/2$: **an exact cycle, ±η/2, for every curvature λ and every ρ below 1.** One step of the kernel from there:

# %%
there = trace(rmsprop, w=lr / 2, g=curvature * lr / 2, s=(curvature * lr / 2) ** 2, eps=0)
print("w after the step:", sp.simplify(there["w"]))
print("s is the same:", sp.simplify(there["s"] - (curvature * lr / 2) ** 2) == 0)
lesson_06.hops(lr=0.2, curvature=25)

# %% tags=["shows-C16"]
run = descend(surface, RMSPROP, lr=0.2, steps=300)
lesson_06.last_steps(run, 0.2, floor=theory.rmsprop_floor(0.2, 25, 1))

# %% [markdown]
# While the gradient falls, the average lags behind and the steps are short. Then the average forgets the slope, the tiny gradient is divided by its own tiny size, and the steps grow back to η. At ±η/2 the loss is $\lambda\eta^2/8$ in each direction: there RMSProp settles, its **floor** at a constant η, with ε near 0. (On $w^4$ the steps can go to 0.)
#
# ## Implement: your turn
#
# Fill in RMSProp. Change `w` and `s` in place, or return both; ε stands outside the root. `hint("RMSProp")` helps in steps.

# %%
def my_rmsprop(w, g, s, *, lr, rho, eps):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps)."""
    ...


check("RMSProp", my_rmsprop)

# %% [markdown]
# ## Prove: the kernel is the formula
#
# The course's kernel, against sign descent, and its proof.

# %%
show_kernel(rmsprop, since=sign_descent)

# %%
average = rho * s + (1 - rho) * g**2
prove(rmsprop, s=average, w=w - lr * g / (sp.sqrt(average) + eps))

# %% [markdown]
# ## Play
#
# Gradient descent keeps the learning rate that suits $c = 1$. The arrow is RMSProp's next step in units of η. Press *Play*, try the presets, then reach the goal. Where θ turns the ravine, the picture holds the valley still and turns the axes of the weights.

# %%
explorer

# %% [markdown]
# ## Measure: does it need no learning rate?
#
# RMSProp is said to need no tuning of η. We test that on the digits of lesson 04: 12 passes, six seeds, learning rates a factor of about three apart.

# %% tags=["predicts-C15"]
predict("06 no rate", measured=slowdown)

# %% tags=["shows-C15"]
sweeps = {rule.name: {r: last_losses(rule, lr=r) for r in grid} for rule, grid in grids}
for name, sweep in sweeps.items():
    of = {r: np.median(x) for r, x in sweep.items()}
    good = [f"{r:g}" for r, m in of.items() if m <= 2 * min(of.values())]
    print(f"{name}: within twice the lowest loss: {', '.join(good)}, of {len(of)} learning rates")
lesson_06.losses_by_rate(sweeps)

# %% [markdown]
# It does need one: of these rates, one or two are good for each rule. The default is 0.001 in Keras and 0.01 in PyTorch; here the first leaves several times the loss of the second.
#
# **Verdict.** RMSProp divides each weight's gradient by its recent size. With ε near 0 every weight moves by η a step on a steady slope, however steep and in whatever units; at the bottom of a parabola its steps come back to η, unless η is lowered.

# %% [markdown]
# ## You will also hear
#
# - **Adaptive method**: it scales each weight's step by its gradients. **Second moment**: the average $s$.
# - **Diagonal preconditioner**: the factors $1/\sqrt{s}$.
# - In PyTorch: `torch.optim.RMSprop(model.parameters(), lr=0.01, alpha=0.9)`, where ρ is `alpha`, 0.99 by default.
#
# ## Exercises
#
# **1 Derive.** Close to the minimum $s$ is almost 0. Which rule is left, and from which ε on does it come to rest?

# %%
check("the eps that stops it", ...)

# %% [markdown]
# **2 Tune.** On `ravine(25)`, from the course's start, bring RMSProp's loss below 1e-3 within 150 steps, for good, at constant settings and ρ = 0.9. Begin at the marks on the explorer's ε.

# %%
check("RMSProp below 1e-3", {"lr": ..., "eps": ...})

# %% [markdown]
# **3 Explain.** A comparison gives gradient descent, momentum and RMSProp one learning rate, 0.01, and ranks them. What is the ranking worth? `solution("one rate for all")` outlines an answer.
#
# ## Summary
#
# - *Sign to RMSProp.* $-\eta\,\mathrm{sign}(g)$ is the steepest descent in a box; RMSProp divides by a recent size, not by $|g|$.
# - *Steps*, with ε near 0. First $\eta/\sqrt{1-\rho}$; η on a steady slope; η again at the bottom of a parabola.
# - *A learning rate.* On the digits RMSProp needs one.
#
# RMSProp steps by about η in noise. [Lesson 07](07_adam.ipynb) averages the gradient, too.

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Why the cycle attracts, 6 minutes
#
# Is ±η/2 a fluke of one start, or do runs fall into it? The same question, and the same tool, as in lesson 05: the eigenvalues of one step.

# %% [markdown]
# The step from η/2 leads to −η/2. Look at the weight in a mirror after each step, $w \to -w$, and the cycle becomes a point that stays. Near a point that stays, one step multiplies a small deviation of $(w, s)$ by the Jacobian there, and its eigenvalues σ decide. With SymPy:

# %%
step = trace(rmsprop, g=curvature * w, eps=0)
mirrored = sp.Matrix([-step["w"], step["s"]]).jacobian([w, s])
around = sp.simplify(mirrored.subs({w: lr / 2, s: (curvature * lr / 2) ** 2}))
sigma = sp.Symbol("sigma")
polynomial = sp.expand((sigma * sp.eye(2) - around).det())
at_ends = {f"polynomial at {x}": upright(polynomial.subs(sigma, x)) for x in (1, -1)}
rings = sp.solve(sp.discriminant(polynomial, sigma), rho)
product = {"product of the two": sp.expand(around.det())}
Equations({**product, **at_ends, "discriminant 0 at ρ": sp.Tuple(*rings)})

# %% [markdown]
# The product of the two is ρ, below 1, and the polynomial is positive at 1 and −1: both eigenvalues lie inside the unit circle for every ρ between 0 and 1. So the cycle attracts its neighbourhood. For ρ between 1/9 and 1 they are complex, and in the long run each step multiplies a deviation by $\sqrt\rho$. η and λ are not in it. And from far away?

# %%
starts = np.random.default_rng(0).uniform(-10, 10, (2, 300))
for share in (0.5, 0.9, 0.95):
    run = descend(surface, RMSPROP, start=starts, lr=0.2, rho=share, eps=0, steps=2000)
    near = np.all(np.abs(np.abs(run.positions[-1]) / 0.1 - 1) < 0.02, axis=0).sum()
    print(f"rho = {share}: {near} of {starts.shape[1]} starts end at ±eta/2 along both weights")

# %% [markdown]
# At ρ = 0.999 it takes thousands of steps to climb back, and floating point may round the weight to zero first.

# %%
check("the floor", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The rule that does anneal, 12 minutes
#
# AdaGrad is older than RMSProp and forgets nothing. Read this to see what "slows down by itself" means where it is true, and what it costs.

# %% [markdown]
# **AdaGrad** (Duchi, Hazan and Singer, 2011) keeps the *sum* of all squares in place of their average:
#
# $$s \leftarrow s + g^2, \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt{s} + \varepsilon}.$$
#
# On a steady slope $s$ is $t g^2$ after $t$ steps, so step $t$ is $\eta/\sqrt t$. SymPy runs three of them:

# %%
unroll(adagrad, 3, g=[g, g, g], eps=0)

# %%
def my_adagrad(w, g, s, *, lr, eps):
    """s <- s + g^2, then w <- w - lr g / (sqrt(s) + eps)."""
    ...


check("AdaGrad", my_adagrad)

# %%
show_kernel(adagrad, since=rmsprop)

# %%
prove(adagrad, s=s + g**2, w=w - lr * g / (sp.sqrt(s + g**2) + eps))

# %%
check("AdaGrad's step", ...)

# %% [markdown]
# The steps shrink for ever, and yet they lead as far as you like: $n$ of them go about $2\sqrt n\,\eta$. So AdaGrad *anneals*, and on our ravine it has no floor. Its price is that it never forgets: after a cliff it crawls on the plain, where RMSProp is soon back at nine tenths of η.

# %%
print(f"10000 steps lead {theory.adagrad_distance(10_000):.1f} eta far; twice the root is 200")
settles = descend(surface, ADAGRAD, lr=2, steps=300)
print(f"on the ravine at lr = 2: below 1e-3 for good from step {settles.settles_at(1e-3)}")
print(f"below 1e-15 at step 300: {settles.losses[-1] < 1e-15}")
print("100 gradients of size 100, then 100 of size 1; the last step, in units of lr:")
for name, kernel, hyper in (("AdaGrad", adagrad, {}), ("RMSProp", rmsprop, {"rho": 0.9})):
    place, memory = np.zeros(1), np.zeros(1)
    for k in range(200):
        before = place.copy()
        kernel(place, np.array([100.0 if k < 100 else 1.0]), memory, lr=1.0, eps=0, **hyper)
    print(f"  {name}: {abs(place - before)[0]:.3f}")

# %%
explorer.filmstrip({"step": 240}, {"adagrad": True, "lr": 1.5, "step": 240})

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Rare words, 4 minutes
#
# What AdaGrad was made for: data in which some features are rare. Read this to see, on data, what it gains to give each weight its own step length.

# %% [markdown]
# We make such data: short texts of ten words out of 300, word number $k$ drawn in proportion to $1/k$, and a label, liked or not, that depends on the words. A network without a hidden layer is logistic regression. As a control, the same with all words equally frequent.

# %% jupyter={"source_hidden": true}
def texts(seed, power, many=2000, words=300):
    """Columns of zeros and ones, a row a word, word k drawn as 1/k^power; half are to train on."""
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
# Three rules: gradient descent; gradient descent whose learning rate falls like AdaGrad's, η/√t; AdaGrad. Each gets its best of four learning rates, found on three data sets, and then runs on eight fresh ones, two passes in batches of ten.

# %%
racers = {
    "gradient descent": (GRADIENT_DESCENT, (0.5, 1, 2, 4), float),
    "gradient descent, η/√t": (GRADIENT_DESCENT, (5, 10, 20, 40), falling),
    "AdaGrad": (ADAGRAD, (0.3, 0.6, 1.2, 2.4), float),
}


def last(power, rule, rate, seeds):
    """Loss on all training texts after the last pass, one number a seed."""
    sets, same = collections[power], {"epochs": 2, "batch": 10, "w": np.zeros(logistic.parameters)}
    runs = [train(logistic, rule, sets[k], lr=rate, seed=k, **same) for k in seeds]
    return np.array([run.losses[-1] for run in runs])

# %%
words = "lower", "too close to call", "higher"
for power, name in ((1, "rare words"), (0, "all words equally frequent")):
    ends = {}
    for who, (rule, grid, schedule) in racers.items():
        tried = {r: np.median(last(power, rule, schedule(r), range(3))) for r in grid}
        tuned = theory.best_of_grid(tried)
        ends[who] = last(power, rule, schedule(tuned), range(3, 11))
        print(f"{name}, {who}: best η {tuned:g}, median loss {np.median(ends[who]):.3f}")
    for other in ("gradient descent", "gradient descent, η/√t"):
        quotient = ratio(ends["AdaGrad"], ends[other])
        print(f"  AdaGrad over {other}: {quotient}, {quotient.says(*words)}")

# %% [markdown]
# With rare words AdaGrad leaves about two thirds of the loss, and a falling learning rate alone does not explain it. With equally frequent words the gap is smaller. A rare word is seen seldom, so its sum stays small and its steps long. It is one kind of data, and training loss.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## What ε does, 8 minutes
#
# It guards against 0/0, and can do more: end the cycle, or change the rule where gradients are tiny. Read this before you copy an ε from one library to another.

# %% [markdown]
# We ask again for a cycle between $a$ and $-a$. With ε outside the root the step is $\eta\lambda a/(\lambda a + \varepsilon)$, which is $2a$ for
#
# $$a = \frac{\eta}{2} - \frac{\varepsilon}{\lambda}.$$
#
# SymPy finds it, and the one with ε inside the root:

# %%
a = sp.Symbol("a", positive=True)
cycles = {}
for where, kernel in (("outside", rmsprop), ("inside", rmsprop_inside)):
    step = trace(kernel, w=a, g=curvature * a, s=(curvature * a) ** 2)
    cycles[f"a, ε {where}"] = sp.solve(sp.Eq(step["w"], -a), a)[0]
quiet = {f"it is 0 from ε {n.split()[-1]}": sp.solve(x, eps)[0] for n, x in cycles.items()}
Equations({**cycles, **quiet})

# %% [markdown]
# ε shortens the jumps, and from $\varepsilon = \eta\lambda/2$ on there is no cycle left. The reason is close at hand: near the minimum $s$ is almost 0 and the rule is gradient descent with the learning rate η/ε, which converges below 2/λ. **ε is a second learning rate in disguise.** Inside the root it is the square of that, so $10^{-8}$ inside acts like $10^{-4}$ outside. Both sides of the border, measured:

# %%
for name, rule in (("outside", RMSPROP), ("inside", RMSPROP_INSIDE)):
    inside = name == "inside"
    border = theory.smallest_quiet_eps(0.2, 25, inside)
    print(f"eps {name}, border for w1 at lr = 0.2: {border:.4g}")
    for share in (0.5, 0.95, 1.05):
        run = descend(surface, rule, lr=0.2, eps=share * border, steps=4000)
        expected = theory.rmsprop_cycle(0.2, 25, share * border, inside)
        jump = abs(run.positions[-1, 0])
        print(f"  {share} of it: w1 ends at distance {jump:.4f}, predicted {expected:.4f}")

# %% [markdown]
# In (a) below ε is tiny; in (b) it is large enough to end the cycles of both weights. The marks on the explorer's ε show the borders.

# %%
explorer.filmstrip({"step": 240}, {"eps": 10**0.5, "step": 240})

# %% [markdown]
# At the usual $10^{-8}$ none of this is seen on our ravine; where gradients are tiny, it is. In float16 both $10^{-8}$ and $10^{-10}$, a value met in articles, are zero, and then a weight that has not yet felt a gradient makes 0/0. (bfloat16, the other half-precision format, has the range of float32 and keeps both.)

# %%
for name, kernel in (("outside", rmsprop), ("inside", rmsprop_inside)):
    place = np.zeros(1)
    kernel(place, np.array([1e-8]), np.zeros(1), lr=1.0, rho=0.9, eps=1e-8)
    print(f"gradient 1e-8, eps 1e-8 {name}: the first step is {abs(place[0]):.4f} eta")
print("in float16 1e-8 and 1e-10 are", float(np.float16(1e-8)), "and", float(np.float16(1e-10)))
print(descend(surface, RMSPROP, start=(0, -10), lr=0.1, eps=0, steps=10).stopped)

# %% [markdown]
# Does a proof notice where ε sits? The kernel with ε inside, against the formula with ε outside:

# %%
average = rho * s + (1 - rho) * g**2
prove(rmsprop_inside, w=w - lr * g / (sp.sqrt(average) + eps))

# %% [markdown]
# Move ε inside the root of your `my_rmsprop`, and hand the new function in.

# %%
check("RMSProp, eps inside", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## A turned ravine, 7 minutes
#
# RMSProp works weight by weight. Read this, or lesson 08, before you expect it to cure a ravine that lies along no axis.

# %% [markdown]
# We turn the ravine by 45°, so that its floor runs diagonally between w1 and w2. Each rule may choose its best constant η again. Who needs more steps than before?

# %% tags=["predicts-C18"]
predict("06 turned")

# %% jupyter={"source_hidden": true}
rules = {
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
print("kappa = 100: steps until the loss has fallen a thousandfold for good, each at its best η")
for degrees in (0, 2, 10, 45):
    turned = ravine(100, theta=np.radians(degrees))
    counts = [f"{name}: {fewest(turned, *rule):.0f}" for name, rule in rules.items()]
    print(f"  {degrees}° " + "; ".join(counts))

# %%
explorer.filmstrip({"step": 60}, {"theta": 45, "step": 60})

# %% [markdown]
# Gradient descent does not notice: turning its path turns its gradients. The rules that look at weights one by one do. Why? The best scales give both weights the same curvature (lesson 08 proves it; a search below agrees). Then the Hessian $H$ has ones on its diagonal and a number $q$ beside it, and the curvatures $1 \pm q$. What κ is left?

# %%
theta, kappa = sp.symbols("theta kappa", positive=True)
turn = sp.Matrix([[sp.cos(theta), -sp.sin(theta)], [sp.sin(theta), sp.cos(theta)]])
H = turn * sp.diag(kappa, 1) * turn.T
q = H[0, 1] / sp.sqrt(H[0, 0] * H[1, 1])
left_over = lambda angle: sp.simplify(((1 + q) / (1 - q)).subs(theta, angle))
print("along the axes kappa becomes", left_over(0), "and at 45 degrees", left_over(sp.pi / 4))
for degrees in (2, 10, 45):
    hessian = ravine(100, theta=np.radians(degrees)).hessian(start)
    scales = np.array([[1, k] for k in np.geomspace(0.05, 20, 4001)])
    searched = np.linalg.cond(hessian * scales[:, :, None] * scales[:, None, :]).min()
    law = theory.best_scaled_kappa(100, np.radians(degrees))
    print(f"{degrees}°: left of kappa = 100: {law:.2f}, by search {searched:.2f}")

# %% [markdown]
# **Scaling weights cures a ravine that lies along the axes, and does nothing for one at 45°.** There, from the course's start, both rules at their best are slower than gradient descent. (From a few other starts one long jump lands by luck.) With ρ = 0.9 RMSProp gains little even at 0°, since a floor below the goal asks for a small η. And turned, the floor rises: both weights jump at once, along the diagonal on which the valley is steeper.

# %%
several = np.random.default_rng(0).uniform(-10, 10, (2, 300))
for degrees in (0, 10, 45):
    turned = ravine(25, theta=np.radians(degrees))
    ends = descend(turned, RMSPROP, start=several, lr=0.2, steps=3000).losses[-1]
    floor = theory.turned_floor(0.2, 25, 1, np.radians(degrees))
    near = (np.abs(ends / floor - 1) < 0.02).sum()
    print(f"{degrees}°: floor {floor:.2f}, reached from {near} of {ends.size} starts")

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Dividing by the spread, 2 minutes
#
# A variant in most libraries, the option `centered`. Read this to see why it is bold on a slope.

# %% [markdown]
# Graves (2013) subtracts the squared average of the gradient from the average square, and divides by the root of that, the spread alone. On a steady slope:

# %%
steady = unroll(centred_rmsprop, 4, g=[g] * 4, eps=0)
Equations({"its square over g squared, 4 steps": upright(sp.expand(steady["c"] / g**2))})

# %% [markdown]
# That is the spread squared, and it fades like $\rho^t$; the spread itself, by which the step is divided, fades like $\rho^{t/2}$. So on a steady slope the steps grow without bound until ε stops them: what is certain is trusted more and more. That is bold on a slope and risky at its end.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Schedules, and chaos at the bottom, 4 minutes
#
# A constant η leaves RMSProp on its floor. Read this to see what a falling one does on the digits, and why a large one gives no loss that can be quoted to three digits.

# %% [markdown]
# We tune both rules of the core on other seeds, and compare them; then RMSProp at the two defaults; then constant learning rates with those that fall to 0.

# %%
tuned = {}
for rule, grid in grids:
    tried = {r: np.median(last_losses(rule, range(3), lr=r)) for r in grid}
    tuned[rule.name] = theory.best_of_grid(tried)
best = ratio(*(sweeps[name][rate] for name, rate in tuned.items()))
rates_used = " over ".join(f"{name} at {rate:g}" for name, rate in tuned.items())
says = "lower", "too close to call", "higher"
print(f"losses, each tuned on other seeds, {rates_used}: {best.says(*says)}")
ten_times = ratio(sweeps["RMSProp"][1e-3], sweeps["RMSProp"][1e-2])
print(f"RMSProp at 0.001 over RMSProp at 0.01: {ten_times}, {ten_times.says(*says)}")

# %%
steps = 12 * batches_per_epoch(1347, 64)
for r in (1e-3, 1e-2, 3e-2):
    lowered = ratio(last_losses(RMSPROP, lr=anneal(r, 0, steps)), sweeps["RMSProp"][r])
    print(f"loss with η falling from {r:g} to 0, against constant η = {r:g}: {lowered.says(*says)}")
print("on the ravine, below 1e-3 for good in 200 steps:")
for name, eta in (("constant η = 0.2", 0.2), ("η falling from 0.2 to 0", anneal(0.2, 0, 200))):
    settled = descend(surface, RMSPROP, lr=eta, steps=200).settles_at(1e-3)
    print(f"  {name}: {f'from step {settled}' if settled else 'never'}")

# %% [markdown]
# Of the three, the schedule helps at the largest learning rate. And here is why we have printed no loss at the largest ones of the grids. We start again from weights that differ by one part in $10^{14}$:

# %%
for r, where in ((1e-2, "0.01"), (1e-1, "0.1")):
    one, other = (last_losses(RMSPROP, seeds=range(3, 6), nudge=x, lr=r) for x in (0, 1e-14))
    change = np.abs(other / one - 1)
    small, large = change.max() < 1e-9, change.max() > 0.1
    print(f"at {where}: largest change below a billionth: {small}, above a tenth: {large}")

# %% [markdown]
# At a small learning rate training forgets the nudge; at a large one it becomes a different run. Do not quote such end points; report their spread.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Often said, 15 minutes
#
# Claims about RMSProp that one meets in articles, posts and talks, and what we find.

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | Hinton had a random idea in a class | lecture 6e of 2012 introduces it as Rprop made fit for mini-batches; it was never published as a paper |
# | it dampens oscillations, in another way than momentum | imprecise: it makes the steps of the weights alike, and ends in an oscillation of its own, ±η/2 |
# | it takes away the need to adjust the learning rate | wrong: tested above; its step *is* η |
# | it chooses another learning rate for each weight | right: η/√s |
# | the weights of the past are ρ, ρ², ρ³ | wrong: 1 − ρ, (1 − ρ)ρ, (1 − ρ)ρ²; at ρ = 0.9 the newest counts 0.1, not 0.9 |
# | gradients along w1 are larger, so the average is large for *w2* | wrong: for w1 |
# | we move in the direction of the gradient | wrong: against it, and not straight against it; at ρ = 0 against its signs |

# %% [markdown]
# | It is said, in our words | We find |
# |---|---|
# | the learning rate is divided by the average | imprecise: by its root, else the units do not cancel |
# | the step for w1 becomes much smaller than for w2 | the *factor* does, where s is larger; the *steps* become alike, and that is the point |
# | η is the initial learning rate | imprecise: nothing changes it; it stays η |
# | ρ = 0.9, tune it if need be | right as advice; PyTorch's default is 0.99 |
# | ε = 1e-10 | TensorFlow 1's default; 1e-8 in PyTorch, 1e-7 in Keras; say whether it is inside the root |
# | it performs *simulated annealing*, with shorter steps near the minimum | wrong twice: nothing is random, and the steps return to η; AdaGrad's shrink |
# | momentum speeds up, RMSProp slows down along oscillations | imprecise: RMSProp also speeds up flat weights; turned by 45°, the ravine keeps its κ |

# %% [markdown]
# Run each cell to see its options, then put the letter of the true one in place of the dots.

# %%
check("which average is large", ...)

# %%
check("implicit annealing", ...)

# %%
check("no learning rate", ...)

# %%
check("divided by the average", ...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Errors in print, 4 minutes
#
# For teachers and the curious: how units find a slip without any calculation.

# %% [markdown]
# *Dive into Deep Learning* unrolls the average of RMSProp as $(1-\gamma)(g_t^2 + \gamma g_{t-1}^2 + \gamma^2 g_{t-2} + \dots)$. One term has another unit than its neighbours.

# %%
check("printed term", ...)

# %% [markdown]
# SymPy, with γ called ρ:

# %%
third = unroll(rmsprop, 3)["s"]
Equations({"s / (1 − ρ) after 3 steps": sp.cancel(third / (1 - rho))})

# %% [markdown]
# Every gradient is squared. A fast.ai notebook of 2022 (12_accel_sgd) has ε outside the root in its RMSProp and inside in its Adam, without comment. Both are right, and one has to say which: $10^{-5}$ inside acts like 0.003 outside, so a reader who copies the number from one to the other changes the rule.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## More exercises, 12 minutes
#
# The kernel of the sign, the first step, and a slip for you to find.

# %% [markdown]
# Rprop (Riedmiller and Braun, 1993), the forerunner of sign descent, lets each weight keep its own step length: longer by a factor 1.2 while the sign stays, halved when it flips. With one length for all, η:

# %%
def my_sign_descent(w, g, *, lr):
    """w <- w - lr sign(g)."""
    ...


check("sign descent", my_sign_descent)

# %%
show_kernel(sign_descent, since=gradient_descent)

# %% [markdown]
# It walks η a step whatever the units, and at the bottom jumps from side to side:

# %%
for scale in (0.1, 1, 1000):
    run = descend(ravine(25, c=scale), SIGN_DESCENT, lr=0.19, steps=60)
    end, loss = run.positions[-1], run.losses[-1] / scale
    print(f"c = {scale:g}: at w1 = {end[0]:.2f}, w2 = {end[1]:.2f}, loss / c = {loss:.2f}")

# %% [markdown]
# How long is RMSProp's first step? A formula in `lr` and `rho`.

# %%
check("RMSProp's first step", ...)

# %% [markdown]
# What does this kernel do wrong in a zig-zag, where gradients flip? Say it before you run the proof.

# %%
def squares_too_late(w, g, s, *, lr, rho, eps):
    s *= rho
    s += (1 - rho) * g
    w -= lr * g / (np.sqrt(s**2) + eps)


mean_square = rho * s + (1 - rho) * g**2
prove(squares_too_late, w=w - lr * g / (sp.sqrt(mean_square) + eps))

# %% [markdown]
# It averages first and squares afterwards, so a zig-zag cancels in $s$ where it should brake.

# %% [markdown]
# ## References
#
# - M. Riedmiller, H. Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", *ICNN* 1993, 586–591, [doi:10.1109/ICNN.1993.298623](https://doi.org/10.1109/ICNN.1993.298623).
# - T. Tieleman, G. Hinton, ["Lecture 6e: RMSProp"](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf), *Neural Networks for Machine Learning*, 2012.
# - J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", [*JMLR* 12](https://jmlr.org/papers/v12/duchi11a.html) (2011), 2121–2159.
# - A. Graves, "Generating sequences with recurrent neural networks", [arXiv:1308.0850](https://arxiv.org/abs/1308.0850).
# - J. Bernstein, Y.-X. Wang, K. Azizzadenesheli, A. Anandkumar, "signSGD: compressed optimisation for non-convex problems", *ICML* 2018, [arXiv:1802.04434](https://arxiv.org/abs/1802.04434).
# - A. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, "The marginal value of adaptive gradient methods in machine learning", *NeurIPS* 2017, [arXiv:1705.08292](https://arxiv.org/abs/1705.08292).
# - S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by simulated annealing", *Science* 220 (1983), 671–680, [doi:10.1126/science.220.4598.671](https://doi.org/10.1126/science.220.4598.671).
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, [arXiv:2106.11342](https://arxiv.org/abs/2106.11342), section RMSProp.
# - fast.ai, [*Practical Deep Learning for Coders*](https://course.fast.ai), part 2 (2022), notebook 12_accel_sgd.
#
# Before: [05, How much momentum?](05_how_much_momentum.ipynb). Next: [07, Adam](07_adam.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
