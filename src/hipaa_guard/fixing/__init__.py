"""Repairing source: what is certain to close a gap, as a patch that was tried before it is shown."""
