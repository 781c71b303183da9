"""From resource instances to an inventory: which split resource belongs to which main one, and what facts see."""
