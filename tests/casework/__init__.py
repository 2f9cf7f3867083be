"""Cases: scopes, use cases, constraints, queues, pages, API."""
