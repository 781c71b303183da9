"""How long tests wait for other programs."""

HANGS = 3600.0
"""Seconds after which a program is taken to hang. No verdict of a test rests on it: a busy machine takes many minutes."""
