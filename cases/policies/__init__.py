"""Drafts of rules: written, tried on what was decided before, and published by a second person."""
