"""The JSON contract: the whole result, written and read back."""
