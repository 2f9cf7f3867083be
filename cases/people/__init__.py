"""Who is looking: accounts, roles, grants, tokens, and the viewer that decisions are made for."""
