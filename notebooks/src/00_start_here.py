# %% [markdown]
# # 00 · Start here: walk down a ravine in the dark
#
# You are the optimizer. Press **Shift + Enter** three times; then click on the map to take a step downhill, as far as you dare.

# %% jupyter={"source_hidden": true}
try:
    from course_utils.environment import check_environment
    from course_utils.exercises import check, hint, predict, seed, solution, tally
    from course_utils.explorers import FirstSteps
    from course_utils.inventory import twelve_questions
except ModuleNotFoundError as missing:
    print(f"Not ready: {missing.name} cannot be imported. In the folder of the course, run python3 course.py (on "
          "Windows: py course.py) and open this lesson from the JupyterLab that it starts.")

# %%
game = FirstSteps()
game

# %% [markdown]
# | About | this lesson |
# |---|---|
# | **Minutes** | 20 for the core; 15, 6 and 3 for the sections below it |
# | **You need** | derivatives, vectors, matrices, a little Python |
# | **You will be able to** | run a lesson, and begin it afresh · move its sliders by mouse or keyboard · lock in a prediction, and ask for a check, a hint, a solution · choose your way through the course |
#
# Not installed (Colab, Kaggle, VS Code)? Run `%pip install git+https://example.org/down-the-ravine` first, then restart the kernel.

# %% [markdown]
# ## You are the optimizer
#
# A network has *weights*, numbers that training sets. The *loss* says how badly the network does with them, and an *optimizer* is a rule that changes the weights to make the loss small. Think of the loss as a landscape over the weights. Here there are two: w1 counts upwards on the map, w2 to the right.
#
# You walk in the dark. All you know is the *gradient* $g$, the partial derivatives of the loss where you stand; the black arrow shows $-g$, the steepest way down.

# %% [markdown]
# Each click is one step. (By keyboard: set *next w1* and *next w2*, then *Go to next*.) When your loss is below 1, or you have had enough, choose *Show the landscape*, then *Play*: two optimizers, gradient descent and momentum, start where you started.

# %% [markdown]
# ## A rival walks
#
# Is it enough to follow the arrow? Gradient descent does: each step is $-g$ times a fixed number, the *learning rate*, here the one that is best in the long run. Momentum, your second rival, also remembers its past steps.

# %%
rivals = FirstSteps(reveal=True)
rivals.filmstrip({"step": 20})

# %% [markdown]
# Gradient descent zig-zags from side to side, and after twenty steps it is still on its way. Momentum crosses the valley too, but its loss ends far lower. Your rivals follow rules of one or two lines, and the course derives each of them. Lesson 01 begins by asking why the arrow rarely points at the minimum.

# %% [markdown]
# ## How a lesson works
#
# A lesson is a page of text and *cells* of code. **Shift + Enter** runs a cell and goes on to the next; *Run → Run All Cells* runs the whole lesson, *Kernel → Restart Kernel* begins afresh. Three dots stand for folded code; click them to open it. No wrong answer can break the course. Try this cell:

# %%
print(check_environment())

# %% [markdown]
# What you have open is your own copy, in the folder `workbook`; save it with **Ctrl + S**. No update of the course overwrites a copy that you have changed. `python3 course.py fresh 00`, typed in a terminal, gives you a new one and keeps the old one beside it.

# %% [markdown]
# Explorers such as the map respond to sliders: drag them, or reach them with **Tab** and move them with the arrow keys. Each comes with a goal to try.

# %% [markdown]
# ## Predict, then look
#
# Lessons ask what you expect before they show what happens. A wrong guess that you committed to often teaches more than a right answer that you read. Choose, and lock it in:

# %%
predict("00 patience")

# %% [markdown]
# What you lock in stays locked, today and on other days: the file `my_progress.jsonl` beside the lessons keeps it, and is sent nowhere. (Delete the file, and every question is open again.) `tally()` shows how you are doing:

# %%
tally()

# %% [markdown]
# ## Check yourself
#
# Exercises are cells that wait for your answer. Run this one to read its question, put your formula in quotation marks where the dots are, and run it again. If your answer is wrong, the cell says which idea went wrong. `hint("first step")` helps a little, three times; `solution("first step")` shows the answer.

# %%
check("first step", ...)

# %% [markdown]
# ## The map of lessons
#
# ![A narrow valley seen from above. Gradient descent leaps from wall to wall on its way to the minimum; momentum, from the same start, soon runs along the valley floor.](../images/zig_zag.svg)
#
# Each lesson answers one question. Its core takes about three quarters of an hour at most; the sections under *Going further* stand alone, and you can skip them. There are three ways through:
#
# - **Lecture**, 90 minutes with a teacher: the heart of 01, 04, 06 and 07.
# - **Workshop**, one day: 00 to 07.
# - **Whole**: all of them, one or two a week.

# %% [markdown]
# | Lesson | The one question | Part of |
# |---|---|---|
# | 00 Start here | What will I be able to do? | workshop, whole |
# | [01 The ravine](01_the_ravine.ipynb) | Why does gradient descent zig-zag? | lecture, workshop, whole |
# | [02 Curvature and Newton](02_curvature_and_newton.ipynb) | What would perfect knowledge of curvature buy? | workshop, whole |
# | [03 Averages with memory](03_averages_with_memory.ipynb) | What does an exponential average remember? | workshop, whole |
# | [04 Momentum](04_momentum.ipynb) | How does memory straighten the path? | lecture, workshop, whole |
# | [05 How much momentum?](05_how_much_momentum.ipynb) | Which β is best, and what does too much do? | workshop, whole |
# | [06 RMSProp](06_rmsprop.ipynb) | What if only the sign were trusted? | lecture, workshop, whole |
# | [07 Adam](07_adam.ipynb) | What do the two memories do together? | lecture, workshop, whole |
# | [08 The axes matter](08_the_axes_matter.ipynb) | Why do per-coordinate methods care how the axes are drawn? | whole |
# | [09 Noise and schedules](09_noise_and_schedules.ipynb) | What changes when the gradient is a guess? | whole |
# | [10 When Adam fails](10_when_adam_fails.ipynb) | Can a good rule be provably bad? | whole |
# | [11 Flat, sharp and the edge](11_flat_sharp_and_the_edge.ipynb) | Do flat minima generalise, and who finds them? | whole |
# | [12 Smoother landscapes](12_smoother_landscapes.ipynb) | Why did batch norm and residual connections change training? | whole |
# | [13 A fair race](13_a_fair_race.ipynb) | Which optimizer would you choose, and how would you show it? | whole |
# | [14 Read your own run](14_read_your_own_run.ipynb) | My training run looks like this: what do I turn? | whole |

# %% [markdown]
# A word that you do not know, or a question such as “is ε inside or outside the root?”: the [index of terms and questions](INDEX.md) leads to its lesson and section. Unsure whether you are ready for 01? *Are you ready?*, below, asks five short questions.

# %% [markdown]
# ## Summary
#
# - *Run and begin afresh.* Shift + Enter runs a cell, the Kernel menu restarts, `course.py fresh` gives you a new copy.
# - *Sliders.* By mouse, or by Tab and the arrow keys.
# - *Predict and check.* A prediction is locked in before the answer shows; `check`, `hint`, `solution` and `tally` do the rest.
# - *Your way.* Lecture, workshop or whole: all three go on with [lesson 01](01_the_ravine.ipynb).

# %% [markdown]
# # Going further
#
# Each section stands alone.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Twelve questions, before
#
# In a class, 15 minutes: they show what the course has given you. Alone, go on to lesson 01 without them.

# %% [markdown]
# One question from each of the lessons 01 to 12. You are not expected to know the answers: where you do not, say so. The same twelve come back in lesson 13, and the difference is what you have learned. To keep it honest, today you see only your score; the answers come then.
#
# With the box ticked, *Hand in* writes one small file into the folder `my_answers` beside this lesson: your choices, the time, a random code, and a nickname if you want one. Nothing is sent anywhere.

# %%
twelve_questions("before")

# %% [markdown]
# (Without the form, `from course_utils.inventory import hand_in`, then `hand_in("before", {1: "a", 2: "?"})` with all twelve numbers does the same.)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Are you ready? 6 minutes
#
# Five short questions on what lesson 01 takes for granted. Where one does not go well, its answer says what to read first.

# %% [markdown]
# Run the cell to read them, then put your answers in place of the dots: the derivative as text, such as `"5*w"`; the gradient, the eigenvalues and the shape as tuples; the loss as a letter. In a class, `seed("your name")` gives you numbers of your own for the same tasks.

# %%
check("prerequisites", derivative=..., gradient=..., eigenvalues=..., shape=..., loss=...)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## The article that this course answers, 3 minutes
#
# Many people met these rules in one text; here is its name, and what we do with it.

# %% [markdown]
# It is [“Intro to optimization in deep learning: Momentum, RMSProp and Adam”](https://blog.paperspace.com/intro-to-optimization-momentum-rmsprop-adam/) (Paperspace, 2018, now with the DigitalOcean community). It is clear and widely read, and it gave this course its ravine. We derive what it states, measure what it claims, and say where it holds: often it does, sometimes under a condition, now and then not. Lessons collect such claims, from this text and others, in a section near their end. None of its sentences or pictures are used.

# %% [markdown]
# ## Where to go next
#
# Next: [01, The ravine](01_the_ravine.ipynb). Look up: [index of terms and questions](INDEX.md).
#
# Text and images: CC BY 4.0. Code: BSD-3-Clause.
