"""Static files with hashed names, module imports included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's manifest storage; Django by default leaves ES module imports unhashed."""

    # Django takes import("./x.js") for an import even in a comment, and then circles of types for
    # circles of imports. Comments therefore name types by @import.
    support_js_module_import_aggregation = True
    # A pass settles one level of imports, and from a page down to the ballot's libraries are nine.
    max_post_process_passes = 15
