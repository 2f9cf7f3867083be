"""Actions that change something in Odoo: proposed by one person, approved by another, carried out exactly once.

One package is one action (``refund``, ``returns``); the rest is the engine that all of them use.
"""
