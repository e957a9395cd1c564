"""Where files lie, how large a request may be, and how static files are served."""

from __future__ import annotations

from pathlib import Path

from facevote.settings.instance import BASE_DIR, DATA_DIR, DEBUG, env
from facevote.settings.photo_store import storage_of_photos
from facevote.worker_headers import add_headers

# The audit log's heads are noted here too. It protects most on a disk that the database's
# administrator cannot write to.
AUDIT_HEADS_FILE = Path(env.text("AUDIT_HEADS_FILE", default=str(DATA_DIR / "audit-heads.txt")))
PHOTOS_DIR = DATA_DIR / "photos"
LIVENESS_DATA_DIR = Path(env.text("LIVENESS_DATA_DIR", default=str(DATA_DIR / "liveness")))
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# The largest body of a request without its files. Files are limited where they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The largest body of all (facevote/serving/body_limits.py). So every photo and every roll stays in
# memory: none is written to disk unencrypted, and a full temporary folder harms nobody.
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
# The page of a contest sends eight fields and two files for each of up to 400 choices, also where
# no file is chosen.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_NUMBER_FILES = 800

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
VENDOR_DIR = DATA_DIR / "vendor"
VENDOR_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", VENDOR_DIR)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "facevote.storage.StaticStorage"},
    "photos": storage_of_photos(env),
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ADD_HEADERS_FUNCTION = add_headers
