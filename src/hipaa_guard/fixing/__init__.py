"""Repairing source: changes that certainly close a gap, tested before they are shown as a patch."""
