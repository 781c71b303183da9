"""The files that ``init`` writes: from where the program was installed, what is scanned, and what each file says."""
