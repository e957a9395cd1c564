"""Registrars: the codes of the voters, the points that follow from them, and their signatures."""
