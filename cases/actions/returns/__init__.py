"""The return: goods that are asked back, by transfer or by authorization."""
