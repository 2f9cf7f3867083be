"""One order as a viewer may see it: read once for everybody, judged, told in time, kept for a moment."""
