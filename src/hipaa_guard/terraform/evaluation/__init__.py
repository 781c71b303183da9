"""Module instances and their contents: calls, resources with their arguments, data sources, providers."""
