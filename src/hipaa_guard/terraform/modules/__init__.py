"""Modules as they are written: their files, the root modules among them, and their inputs."""
