"""How quick the course is, side by side with what one would take instead.

    python -m benchmarks PART...    measure: kernels, descents, growth, hand, course
    python -m benchmarks report     write RESULTS.md and the plots from what was measured

README.md says what each part measures and how to read it.
"""
