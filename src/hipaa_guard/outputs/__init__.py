"""One file per format. Each is a pure function of the assessment; only JSON can be read back."""

from hipaa_guard.outputs.writing import FORMATS, OutputError, is_for_stdout, parsed, write, write_text

__all__ = ["FORMATS", "OutputError", "is_for_stdout", "parsed", "write", "write_text"]
