"""What outsiders run: each file needs Python and `rbcl`, and nothing of this project."""
