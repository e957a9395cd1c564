"""Static files with hashed names. The imports inside JavaScript modules use these names too."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, which also rewrites module imports; by default Django leaves them."""

    # Django takes import("./x.js") for an import even in a comment, and then circles of types for
    # circles of imports. Comments therefore name types by @import.
    support_js_module_import_aggregation = True
    # One pass resolves one level of imports. The ballot's libraries are nine levels below a page.
    max_post_process_passes = 15
