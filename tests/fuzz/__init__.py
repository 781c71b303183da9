"""A fuzz target over the whole path of a Terraform scan: ``python -m tests.fuzz --seconds 60 --seed 1``.

`making` makes a case (a few files) of our own examples and of the provider's schema, `damage` breaks it, `checking`
scans it and says which promise was broken, `shrinking` makes a case that breaks one small.
"""
