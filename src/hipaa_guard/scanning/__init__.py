"""Scans: a source, the controls and the assessment put together."""
