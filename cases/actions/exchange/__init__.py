"""The exchange: goods asked back and others sent in their place, with one approval."""
