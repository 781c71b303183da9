"""What must be: the controls, grouped as the law groups its safeguards."""
