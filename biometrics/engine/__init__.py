"""The recognition engine: bytes and arrays in, frozen values out. It imports no Django."""

from __future__ import annotations

import os

# The largest photo that is accepted: 50 megapixels and a little more, because telephones call their
# largest pictures so. OpenCV reads the variable once, when it is first loaded. Without this limit,
# a forged JPEG header of 693 bytes made the decoder allocate 5.2 GiB.
MAX_PIXELS = 51_000_000
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))
