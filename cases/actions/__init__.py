"""Actions that change something in Odoo: proposed by one person, approved by another, carried out exactly once.

One file is one action (``refund_request``); the rest is the engine that all of them use.
"""
