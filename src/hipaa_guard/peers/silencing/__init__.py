"""What people told other scanners to leave out, and the accepted risks that this proposes."""
