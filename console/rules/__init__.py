"""How the rules of an organisation look to the person who sets them: their words, their forms, what changes."""
