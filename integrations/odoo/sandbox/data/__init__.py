"""Invents a believable retailer, the same one every time for the same seed."""
