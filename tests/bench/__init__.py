"""Measures the finished product as a person meets it; see docs/performance.md for what the figures mean."""
