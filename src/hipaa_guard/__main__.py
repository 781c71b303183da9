"""``python -m hipaa_guard``."""

import os
import sys

# Python looks for modules in the working directory first, and that may be the tree of somebody else.
if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - pathlib would be looked for there
    del sys.path[0]

from hipaa_guard.cli import main

main()
