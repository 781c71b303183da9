"""Scans: reading a source, judging it by the controls, and making the assessment."""
