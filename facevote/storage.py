"""Static files with hashed names, module imports included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's manifest storage; Django leaves the imports of ES modules unhashed by default."""

    support_js_module_import_aggregation = True
