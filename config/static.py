from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for everything, also for what an ES module imports; cached for ever by browsers."""

    support_js_module_import_aggregation = True
