"""The list that lies in a folder of labelled pictures: collecting writes it, training reads it."""

from __future__ import annotations

LABELS_FILE = "labels.csv"
COLUMNS = ("file", "label", "attack_type", "subject", "source", "split")
