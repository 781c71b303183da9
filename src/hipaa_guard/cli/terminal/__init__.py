"""The standard streams, and the progress that a person watches on them."""
