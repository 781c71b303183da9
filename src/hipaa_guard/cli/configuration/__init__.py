"""Settings: the options of scans as keys of a file, the commit that has the file, the paths that it may name."""
