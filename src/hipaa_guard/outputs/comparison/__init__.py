"""Comparison of two results, and of the results of several tools."""
