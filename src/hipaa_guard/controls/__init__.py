"""Controls: their form, loading them, and judging an inventory by them."""
