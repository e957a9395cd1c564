"""The board: its chained events and their bodies, signed heads, receipts, witnesses' statements."""
