"""Cases of the controls that keep other accounts out, made for every kind with a resource policy."""
