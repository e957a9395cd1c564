"""A registrar's work: drawing codes, keeping them, writing letters, changing the roll."""
