"""The console inside other tools: where it may be framed, who is in a frame, and how far the tool is believed."""
