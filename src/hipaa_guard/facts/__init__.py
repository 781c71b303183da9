"""The vocabulary: resources, facts, values that may be unknown. Imports nothing of ours."""
