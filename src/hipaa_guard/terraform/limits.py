"""Limits of the evaluator: a scanned tree is hostile, so everything that can grow has an end.

Reaching a limit never ends a scan: the value or block concerned is left out or unknown, and a `Gap` says so.
"""

from __future__ import annotations

FILE_BYTES = 5 * 1024 * 1024
"""Largest file that is read."""

NESTING = 200
"""Deepest nesting of brackets, templates and blocks."""

MODULE_DEPTH = 20
"""Longest chain of module calls."""

INSTANCES_PER_BLOCK = 1_000
"""Most instances of one block with `count` or `for_each`."""

INSTANCES_PER_SCAN = 200_000
"""Most instances of all blocks and module calls of one scan."""

DYNAMIC_BLOCKS = 500_000
"""Most blocks that all dynamic blocks of one scan make."""

TEXT_LENGTH = 1024 * 1024
"""Longest string, in characters."""

LIST_LENGTH = 100_000
"""Longest list or map."""

STEPS = 5_000_000
"""Most evaluation steps of one scan: function calls, turns of a `for`, arguments."""

ROWS = 10_000
"""Most rows that one root module has in the coverage; one more says that there are others."""

FILES = 50_000
"""Most files and directories looked at in search of Terraform."""
