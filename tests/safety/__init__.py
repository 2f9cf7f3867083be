"""Proves that nothing leaks, and that nobody sees what is not theirs."""
