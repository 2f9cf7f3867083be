"""Speaks to the ticketing tools that agents work in: one small protocol, one file for each tool."""
