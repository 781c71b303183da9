"""Limits of the evaluator: a scanned tree is hostile, so everything that can grow has an end.

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
"""Most instances of one block with `count` or `for_each`."""

INSTANCES_PER_SCAN = 50_000
"""Most instances in one scan of blocks and module calls with `count` or `for_each`, and of what is in such calls."""

KEY_LENGTH = 1024
"""Longest key of an instance with `for_each`, in characters: it is part of the address, which every finding has."""

NAME_LENGTH = 2048
"""Longest name of a resource, in characters, that is taken for one: no ARN of AWS's is longer."""

REASON_LENGTH = 1000
"""Longest reason that is given for a value that is not known, in characters: it may quote a text of the source."""

NESTED_BLOCKS = 100_000
"""Most blocks inside of others that are evaluated in one scan: once for each instance of a resource, and for each turn
of a dynamic one."""

TEXT_LENGTH = 1024 * 1024
"""Longest string, in characters."""

LIST_LENGTH = 100_000
"""Longest list or map."""

STEPS = 2_000_000
"""Most evaluation steps of one scan: function calls with what they are given, turns of a `for`, arguments."""

STEP_OF_TEXT, STEP_OF_LETTERS, STEP_OF_ELEMENTS = 500, 10, 8
"""How many characters of ASCII, how many beyond it, and how many elements that a function is given count as a step."""

SIZE = 160 * 1024 * 1024
"""Most memory, in bytes, that the values of one scan take: all texts and elements that evaluation makes and that are
kept, and those that it makes meanwhile. Each value has limits of its own; a thousand of the largest are a gigabyte."""

ROWS = 10_000
"""Most rows that one root module has in the coverage; one more says that there are others."""

FILES = 50_000
"""Most files and directories looked at in search of Terraform."""
