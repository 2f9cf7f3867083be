"""The rules of an organisation: judged alone and together, drafted, tried, published and shown."""
