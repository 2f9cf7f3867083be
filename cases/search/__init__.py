"""Finds orders and cases by whatever a customer can name, without becoming a way to read what is masked."""
