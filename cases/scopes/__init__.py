"""Which brand and region an order is of, and who may see which."""
