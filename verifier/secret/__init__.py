"""Files that hold secrets of trustees, registrars and witnesses."""
