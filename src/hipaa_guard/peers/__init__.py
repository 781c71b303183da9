"""Results of other scanners: read, mapped to our controls, and laid beside ours."""
