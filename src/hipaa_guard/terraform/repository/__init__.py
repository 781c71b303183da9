"""The repository that a scanned tree stands in: its top, its commits, and the paths that its files may name."""
