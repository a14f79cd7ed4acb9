"""What the lessons of Down the Ravine import.

One room for one idea: `surfaces` (what is minimised), `optimizers` (how a step is made),
`descent` (the loop), `theory` (what linear algebra predicts), `symbolic` (a kernel run on
symbols), `libraries` (the same rules in PyTorch, optax and Keras), `networks` (real data) and
`curvature` (what is measured of their losses), `svg` and `figures` (how it is drawn), `explorers`
and `exercises`, `inventory` (the twelve questions). Three serve them: `page` (what every widget
needs in a page), `environment` (whether this Python has it all), `workbook` (the learner's copies).
"""

__version__ = "0.2.0"
