"""The replacement: the same goods once more, at a discount of 100 %."""
