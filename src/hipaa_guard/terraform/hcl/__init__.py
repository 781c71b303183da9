"""The language: from the text of a file to blocks, attributes and expressions, and to the values of expressions."""
