"""Formats for pipelines, other tools and people: one module each, a pure function of the assessment."""
