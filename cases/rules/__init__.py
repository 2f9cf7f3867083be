"""The rules of an organisation for what its customers may get: one file per rule, its data beside its judgement.

Pure: no Django. Stored facts and a version of the rules go in, outcomes with their sentences come out.
"""
