"""Limits of the evaluator: a scanned tree may be hostile, so everything that can grow has a limit.

Reaching a limit never ends a scan: the value or block concerned is left out or unknown, and a `Gap` says so.
"""

from __future__ import annotations

FILE_BYTES = 5 * 1024 * 1024
"""Largest file that is read."""

DOCUMENT_BYTES = 1024**3
"""Largest plan or state that is read."""

NESTING = 200
"""Deepest nesting of brackets, templates and blocks."""

MODULE_DEPTH = 20
"""Longest chain of module calls."""

INSTANCES_PER_BLOCK = 1_000
"""Maximum number of instances of one block with `count` or `for_each`."""

INSTANCES_PER_SCAN = 50_000
"""Maximum number of instances in one scan: of blocks or calls with `count` or `for_each`, and of blocks in these."""

KEY_LENGTH = 1024
"""Longest key of an instance with `for_each`, in characters: it is part of the address in each finding."""

NAME_LENGTH = 2048
"""Longest text, in characters, that counts as the name of a resource: no ARN is longer."""

REASON_LENGTH = 1000
"""Longest reason of an unknown value, in characters: it may quote a text of the source."""

NESTED_BLOCKS = 100_000
"""Maximum number of nested blocks that are evaluated in one scan: each counts once for each instance of its resource,
a dynamic one once for each turn."""

TEXT_LENGTH = 1024 * 1024
"""Longest string, in characters."""

LIST_LENGTH = 100_000
"""Longest list or map."""

STEPS = 2_000_000
"""Maximum number of evaluation steps of one scan: calls with their arguments, turns of a `for`, arguments of blocks."""

STEP_OF_TEXT, STEP_OF_LETTERS, STEP_OF_ELEMENTS = 500, 10, 8
"""Number of ASCII characters, of other characters, and of elements in a function's arguments that make one step."""

SIZE = 160 * 1024 * 1024
"""Maximum memory, in bytes, of the values of one scan: all texts and elements that are kept, and those of the argument
that is being evaluated. Each value has limits of its own; a thousand of the largest are a gigabyte."""

ROWS = 10_000
"""Maximum number of rows of one root module in the coverage; a further row says that there are more."""

FILES = 50_000
"""Maximum number of files and directories that the search for Terraform looks at."""
