"""Finding orders: what a text can be, what it finds in every Odoo, who may look how often, and which one is meant."""
