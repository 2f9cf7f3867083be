"""Brings the whole installation up on one machine and takes it down again without leftovers."""
