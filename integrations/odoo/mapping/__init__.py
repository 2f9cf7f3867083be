"""Odoo's rows to canonical records: pure functions, proven by recorded answers of 17, 18 and 19."""
