"""What becomes of tickets here: cases, notes, webhooks and the settings around them."""
