"""The language: from the text of a file to blocks, attributes and expressions, and what an expression is worth."""
