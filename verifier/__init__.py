"""What outsiders run. This folder works on its own: it needs Python and `rbcl`, nothing else."""
