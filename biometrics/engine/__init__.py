"""The recognition engine: bytes and arrays in, frozen values out. It knows no web framework."""

from __future__ import annotations

import os

# OpenCV reads this once, when it is first loaded. 24 megapixels is the largest photograph taken;
# without it a forged header made the decoder allocate gigabytes.
MAX_PIXELS = 24_000_000
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))
