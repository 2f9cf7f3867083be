"""The crash run: refunds under kills, pauses, lost answers and restarts, judged by a checker of its own."""
