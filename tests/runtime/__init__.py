"""Real processes, real signals: what the runtime promises about starting, ending and leaving nothing behind."""
