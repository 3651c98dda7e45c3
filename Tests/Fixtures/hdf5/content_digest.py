"""Prints the content digest of an lcft file, computed with h5py and hashlib alone.

Usage: content_digest.py FILE.h5                the digest of the whole
       content_digest.py FILE.h5 --parts        of a data set of version 2: the text that its digest is made of
       content_digest.py FILE.h5 --block B      of a data set of version 2: the digest of one block of users, from
                                                that block's rows alone

The second, independent statement of what docs/files.md says is the Python package's.
"""
import os
import sys

import h5py

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "python", "src"))
from lcft.digests import block_line, content_digest, dataset_text  # noqa: E402

with h5py.File(sys.argv[1], "r") as file:
    if sys.argv[2:] == ["--parts"]:
        print(dataset_text(file), end="")
    elif sys.argv[2:3] == ["--block"]:
        print(block_line(file, int(sys.argv[3])).split()[-1])
    else:
        print(content_digest(file))
