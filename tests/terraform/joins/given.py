"""What the tests of this folder share."""

from __future__ import annotations

VERSIONED = 'versioning_configuration {\n status = "Enabled"\n}\n'
