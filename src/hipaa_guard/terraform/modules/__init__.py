"""Modules as they are written: which files make one, which are root modules, and what inputs they take."""
