"""Which matrix is in force, why somebody does not see a field, and what was revealed to whom for which reason."""
