"""The repository around a scanned tree: its top, its commits, and the paths that its files may name."""
