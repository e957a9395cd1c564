"""The version of this release; pyproject.toml has the same one."""

VERSION = "0.1.0"
