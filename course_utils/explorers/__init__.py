"""Sliders on a stage: one file, one explorer."""
