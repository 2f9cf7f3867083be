"""An own process that stands in for a real Odoo server, for demos and tests."""
