"""``python -m hipaa_guard``."""

from hipaa_guard.cli import main

main()
