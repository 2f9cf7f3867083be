"""Our own holds on customers: placed, lifted, and shown on their orders."""
