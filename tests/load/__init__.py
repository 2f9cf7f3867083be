"""Many agents at once, with a realistic mix and things going wrong; see docs/performance.md."""
