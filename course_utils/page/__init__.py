"""What JupyterLab's page lacks for keyboards and screen readers; widgets bring it along."""

from importlib.resources import files

SCRIPT, SHEET = (files(__package__).joinpath(f"page.{kind}").read_text("utf-8")
                 for kind in ("js", "css"))  # fmt: skip
