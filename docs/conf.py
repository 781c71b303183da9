"""Sphinx's settings for the site, which `docs.site` builds."""

from pathlib import Path

project = "hipaa-guard"
author = "hipaa-guard contributors"
version = release = (Path(__file__).parents[1] / "src/hipaa_guard/version.py").read_text().split('"')[-2]

extensions = ["myst_parser"]
myst_heading_anchors = 4  # as GitHub names them, so that a link works in both places
suppress_warnings = ["misc.highlighting_failure"]  # HCL and commands with placeholders

html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False
html_show_sphinx = False
