"""From resource instances to an inventory: joins of split resources to main ones, and the view that facts read."""
