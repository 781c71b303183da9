"""Two results, or those of several tools, beside each other."""
