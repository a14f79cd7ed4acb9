# %% [markdown]
# # 00 · Start here: walk down a ravine in the dark
#
# ![A narrow valley seen from above. Gradient descent leaps from wall to wall on its way to the minimum; momentum, from the same start, soon runs along the valley floor.](../images/zig_zag_still.svg)
#
# By the end you have run a lesson, moved its sliders, seen a formula proved, and found out whether you are a better optimizer than gradient descent. (The same picture [in motion](../images/zig_zag.svg).)
#
# | About | this lesson |
# |---|---|
# | **Minutes** | 20, and 15 for the twelve questions |
# | **You need** | derivatives, vectors, a little Python |
# | **You will be able to** | run and restart a lesson · use its sliders by mouse and by keyboard · ask for a check, a hint, a solution · say which lessons you need |

# %%
try:
    from course_utils.environment import check_environment
    from course_utils.exercises import check, hint, predict, seed, solution
    from course_utils.inventory import twelve_questions
    from course_utils.explorers import FirstSteps, along_the_arrow
    from course_utils.optimizers import gradient_descent
    from course_utils.symbolic import g, lr, prove, w

    print(check_environment())
except ModuleNotFoundError as missing:
    print(f"Not ready: {missing.name} cannot be imported. Close JupyterLab, run python3 course.py in the "
          "folder of the course (on Windows: py course.py), and open this lesson again.")

# %% [markdown]
# ## How a lesson works
#
# A lesson is a page of text and *cells* of code. Click into a cell and press **Shift + Enter** to run it and go on to the next; run the one above first. *Run → Run All Cells* runs the whole lesson, *Kernel → Restart Kernel* begins afresh. Nothing you type can break the course: a wrong answer gets a sentence, not a crash.

# %% [markdown]
# You are working in your own copy of this lesson, and your answers stay in it when you save it (**Ctrl + S**). No update of the course overwrites a copy that you have changed; `python3 course.py fresh 00`, typed in a terminal, gives you a new one and keeps the old one beside it.

# %% [markdown]
# ## You are the optimizer
#
# A network has *weights*, numbers that training sets. The *loss* says how badly it does with them, and an *optimizer* is the rule that changes the weights to make it small. The loss is a landscape over the weights, and we walk down it in the dark.
#
# All one knows at a point is the gradient $g$, the slope under one's feet; the black arrow shows $-g$, straight downhill. (w1 points up, w2 to the right.)

# %% [markdown]
# Click on the map to step there, as far as you dare. (By keyboard: set *next w1* and *next w2*, then *Go to next*.) When your loss is below 1, or your patience at an end, show the ground and press *Play*.

# %%
game = FirstSteps()
game

# %% [markdown]
# *Play* brings two rivals from your start, gradient descent and momentum. They walk by rules of one or two lines, with settings that the course teaches you to choose. And here is a walker who always follows the arrow, to the lowest point on that line:

# %%
eager = FirstSteps(who="the walker", walk=along_the_arrow(20), reveal=True)
eager.filmstrip({"step": 20})

# %% [markdown]
# Even a walker who takes the lowest point on every arrow goes back and forth. The arrow rarely points at the minimum. Lesson 01 finds out why.

# %% [markdown]
# ## What this course is
#
# In 14 lessons we derive the update rules of today's optimizers, write each as a few lines of NumPy, prove that the lines are the formula, and test on real data what is said about them. Each lesson answers one question.
#
# | Lesson | Question | Minutes |
# |---|---|---|
# | 00 Start here | What will I be able to do? | 20 |
# | [01 The ravine](01_the_ravine.ipynb) | Why does gradient descent zig-zag? | 60 |
# | [02 Curvature and Newton](02_curvature_and_newton.ipynb) | What would perfect knowledge of curvature buy? | 60 |
# | [03 Averages with memory](03_averages_with_memory.ipynb) | What does an exponential average remember? | 45 |
# | [04 Momentum](04_momentum.ipynb) | How does memory straighten the path? | 60 |
# | [05 How much momentum?](05_how_much_momentum.ipynb) | Which β is best, and what does too much do? | 75 |
# | [06 RMSProp](06_rmsprop.ipynb) | What if only the sign were trusted? | 60 |
# | [07 Adam](07_adam.ipynb) | What do the two memories do together? | 60 |
# | [08 The axes matter](08_the_axes_matter.ipynb) | Why do per-coordinate methods care how the axes are drawn? | 60 |
# | [09 Noise and schedules](09_noise_and_schedules.ipynb) | What changes when the gradient is a guess? | 60 |
# | [10 When Adam fails](10_when_adam_fails.ipynb) | Can a good rule be provably bad? | 45 |
# | [11 Flat, sharp and the edge](11_flat_sharp_and_the_edge.ipynb) | Do flat minima generalise, and who finds them? | 75 |
# | [12 Smoother landscapes](12_smoother_landscapes.ipynb) | Why did batch norm and residual connections change training? | 60 |
# | [13 A fair race](13_a_fair_race.ipynb) | Which optimizer would you choose, and how would you show it? | 90 |

# %% [markdown]
# ## A proof in one line
#
# Gradient descent, one of your rivals, takes the weights $w$ and subtracts the gradient $g$ times a *learning rate*, η on paper and `lr` in code. Every rule of the course is proved to be what the code computes. The function `gradient_descent` is run on symbols in place of numbers, and SymPy compares what comes out with the formula.

# %%
prove(gradient_descent, w=w - lr * g)

# %% [markdown]
# ## Predict, then look
#
# Lessons ask for a prediction before they show the answer. A wrong guess that you have written down teaches more than a right one that you have read. The small file `my_progress.jsonl` beside the lessons keeps what you predict and solve for another day, and goes nowhere. Try it:

# %%
predict("00 patience")

# %% [markdown]
# ## Check yourself
#
# Four questions on what lesson 01 takes for granted. Run the cell to read them, then put your answers in place of the dots: the derivative as text, such as `"5*w"`, the eigenvalues and the shape as tuples, the loss as a letter. `hint("prerequisites")` gives a hint, three in all; `solution("prerequisites")` shows the answers. In a class, `seed("your name")` gives you numbers of your own for the same tasks.

# %%
check("prerequisites", derivative=..., eigenvalues=..., shape=..., loss=...)

# %% [markdown]
# ## Twelve questions, before
#
# One question from each of the lessons 01 to 12. You are not expected to know the answers: where you do not, say so. The same twelve come back in lesson 13, and the difference is what you have learned. To keep it honest, you see your score today and the answers then.
#
# With the box ticked, *Hand in* writes one small file into the folder `my_answers` beside this lesson: your choices, the time, a random code, and a nickname if you want one. Nothing is sent anywhere.

# %%
twelve_questions("before")

# %% [markdown]
# (Without the form, `from course_utils.inventory import hand_in`, then `hand_in("before", {1: "a", 2: "?"})` with all twelve numbers does the same.)

# %% [markdown]
# ## Where to go next
#
# If the four questions went well, take [lesson 01](01_the_ravine.ipynb). If one did not, its feedback says what to read first.

# %% [markdown]
# ## Summary
#
# - *Run and restart.* Shift + Enter runs a cell; the Kernel menu begins afresh.
# - *Sliders.* Mouse, or Tab and the arrow keys.
# - *Checks.* `check`, `hint`, `solution`, and predictions that are locked in before the answer shows.
# - *Which lessons.* The table above; the four questions tell you whether you are ready for 01, and the twelve let you see later what the course gave you.
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
