"""What a control is, loading controls, and judging an inventory by them."""
