"""The refund request: draft credit notes for finance to check, post and pay."""
