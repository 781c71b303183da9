"""Words that all formats share, and functions that make texts of a scan harmless where they are shown."""
