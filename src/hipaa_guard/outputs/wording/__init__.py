"""Words that all formats share, and texts of a scan made harmless for the place where they are shown."""
