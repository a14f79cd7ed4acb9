"""Tests that drive the lessons in JupyterLab with a real headless Chromium."""
