"""The rules of docs/cryptography.md, which all programs of this folder share."""
