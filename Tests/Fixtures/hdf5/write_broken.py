"""Writes dataset files that are broken in ways that only another program brings about.

Usage: write_broken.py GOOD.h5 FOLDER

Each file is a changed copy of GOOD.h5. Prints a JSON object: file name -> what its error must contain.
"""
import json
import os
import shutil
import sys

import h5py
import numpy as np

GENOME = "/features/items/genome/values"
CATEGORY = "/features/items/category"
good, folder = sys.argv[1:]
cases = {}


def case(name, *expected):
    def change(function):
        path = os.path.join(folder, name + ".h5")
        shutil.copy(good, path)
        with h5py.File(path, "r+") as file:
            function(file)
        cases[name + ".h5"] = list(expected)

    return change


def replace(file, path, **settings):
    if path in file:
        del file[path]
    return file.create_dataset(path, **settings)


@case("soft-link-to-nowhere", "/events/item", "wrong type", "another object")
def _(file):
    del file["events/item"]
    file["events/item"] = h5py.SoftLink("/nowhere")


@case("link-to-missing-file", "/events/item", "wrong type")
def _(file):
    del file["events/item"]
    file["events/item"] = h5py.ExternalLink("missing.h5", "/x")


@case("group-for-dataset", "/events/item", "a data set expected", "a group")
def _(file):
    del file["events/item"]
    file.create_group("events/item")


@case("dataset-for-group", "/events: wrong type", "a group expected")
def _(file):
    del file["events"]
    file["events"] = 1


@case("no-values", "/events/item", "wrong shape")
def _(file):
    replace(file, "events/item", data=h5py.Empty("i4"))


@case("scalar", "/events/item", "one dimension expected, found []")
def _(file):
    replace(file, "events/item", data=np.int32(1))


@case("matrix", "/events/item", "one dimension expected", "[2, 3]")
def _(file):
    replace(file, "events/item", data=np.zeros((2, 3), dtype="i4"))


@case("float-for-integer", "/events/item", "int32 expected", "float64")
def _(file):
    replace(file, "events/item", data=np.zeros(5))


@case("integer-for-float", "/samples/train/probability", "float32 expected", "int64")
def _(file):
    replace(file, "samples/train/probability", data=np.zeros(len(file["samples/train/item"]), dtype="i8"))


@case("numbers-for-strings", "/users/id", "strings expected", "int64")
def _(file):
    replace(file, "users/id", data=np.arange(3))


@case("compound", "/events/item", "int32 expected", "compound")
def _(file):
    replace(file, "events/item", data=np.zeros(3, dtype=[("a", "i4"), ("b", "f4")]))


@case("too-wide-integer", "/events/item", "row 70001", "3000000000", "int32")
def _(file):
    # More events than are read at a time, all of the last user's.
    values = np.zeros(80000, dtype="i8")
    values[70001] = 3_000_000_000
    replace(file, "events/item", data=values, chunks=(1000,), compression="gzip")
    replace(file, "events/timestamp", data=np.zeros(80000, dtype="i8"))
    replace(file, "events/label", data=np.zeros(80000, dtype="u1"))
    replace(file, "features/events/action/values", data=np.zeros(80000, dtype="i4"))
    file["users/event_offsets"][-1] = 80000
    file.attrs["events"] = 80000


@case("too-wide-unsigned", "/events/timestamp", "row 1", str(2**63), "int64")
def _(file):
    values = np.zeros(len(file["events/timestamp"]), dtype="u8")
    values[1] = 2**63
    replace(file, "events/timestamp", data=values)


@case("negative-for-unsigned", "/events/label", "row 2", "-1", "uint8")
def _(file):
    values = np.zeros(len(file["events/label"]), dtype="i8")
    values[2] = -1
    replace(file, "events/label", data=values)


@case("too-large-real", "/samples/train/probability", "row 1", "1e+300", "float32")
def _(file):
    values = np.zeros(len(file["samples/train/probability"]))
    values[1] = 1e300
    replace(file, "samples/train/probability", data=values)


@case("declares-more-than-it-stores", "/events/item", "declares 4398046511104 bytes", "stores 0 bytes")
def _(file):
    replace(file, "events/item", shape=(2**40,), dtype="i4", chunks=(1024,))


@case("declares-more-than-64-bits", GENOME, "wrong shape", "64 bits")
def _(file):
    replace(file, GENOME, shape=(2**40, 2**40), dtype="f4", chunks=(1024, 1))


@case("contiguous-never-written", "/events/item", "stores 0 bytes")
def _(file):
    replace(file, "events/item", shape=(1000,), dtype="i4")


@case("short-genome", GENOME + ": wrong shape", "50 rows expected, found [25, 140]")
def _(file):
    replace(file, GENOME, data=np.zeros((25, 140), dtype="f4"))


@case("flat-genome", GENOME + ": wrong shape", "[rows, width]")
def _(file):
    replace(file, GENOME, data=np.zeros(50, dtype="f4"))


@case("circle", "/events/item: missing data set")
def _(file):
    del file["events/item"]
    file["events/circle"] = file["/"]


@case("values-in-another-data-set", "/events/item", "lie in other files")
def _(file):
    shape = file["events/item"].shape
    layout = h5py.VirtualLayout(shape=shape, dtype="i4")
    layout[...] = h5py.VirtualSource("/etc/passwd", "x", shape=shape)
    del file["events/item"]
    file.create_virtual_dataset("events/item", layout)


@case("values-in-a-raw-file", "/events/item", "lie in other files")
def _(file):
    replace(file, "events/item", shape=(1000,), dtype="i4", external=[("/dev/zero", 0, 4000)])


@case("gzip-twice", "/events/item", "each filter once", "deflate, deflate")
def _(file):
    del file["events/item"]
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_chunk((1000,))
    settings.set_deflate(9)
    settings.set_deflate(9)
    space = h5py.h5s.create_simple((1000,))
    h5py.h5d.create(file.id, b"events/item", h5py.h5t.NATIVE_INT32, space, settings)
    file["events/item"][...] = 0


@case("integers-of-128-bits", "/events/item", "int32 expected", "int128")
def _(file):
    del file["events/item"]
    wide = h5py.h5t.STD_I64LE.copy()
    wide.set_size(16)
    h5py.h5d.create(file.id, b"events/item", wide, h5py.h5s.create_simple((3,)))


@case("changed-content", "block 1 (user rows 1 to 1)", "/blocks/digest says", "changed by another program")
def _(file):
    file["events/label"][3] = 1 - file["events/label"][3]


@case("changed-id", "block 19 (user rows 19 to 19)", "/blocks/digest says")
def _(file):
    ids = file["users/id"]
    ids[19] = b"somebody"


@case("changed-items", "/items: the content's digest", "/parts/digest says")
def _(file):
    ids = file["items/id"]
    ids[0] = b"another"


@case("changed-categories", CATEGORY + ": the content's digest", "/parts/digest says")
def _(file):
    file[CATEGORY + "/values"][0] = 1 - file[CATEGORY + "/values"][0]


@case("changed-vocabulary", "/vocabularies/category: the content's digest", "/parts/digest says")
def _(file):
    values = file["vocabularies/category/value"]
    values[0] = b"another"


@case("changed-attribute", "/features: the content's digest", "/parts/digest says")
def _(file):
    file[CATEGORY].attrs["table"] = b"another"


@case("changed-event-feature", "block 1 (user rows 1 to 1)", "/blocks/digest says")
def _(file):
    values = file["features/events/action/values"]
    values[3] = 4 - values[3]


@case("no-vocabulary", "/vocabularies/category: missing vocabulary of " + CATEGORY)
def _(file):
    del file["vocabularies/category"]


@case("categories-too-large", CATEGORY + "/values: row 2: 6", "/vocabularies/category has 6 rows")
def _(file):
    file[CATEGORY + "/values"][2] = 6


@case("unknown-kind", CATEGORY, "attribute kind: ordinal", "categorical, numeric or vector")
def _(file):
    file[CATEGORY].attrs["kind"] = "ordinal"


@case("no-kind", CATEGORY + ": missing attribute kind")
def _(file):
    del file[CATEGORY].attrs["kind"]


@case("unknown-owner", "/features: shops cannot be a name")
def _(file):
    file.move("features/items", "features/shops")


@case("more-known-than-values", "/vocabularies/category", "attribute known: 7", "0 to 6")
def _(file):
    file["vocabularies/category"].attrs["known"] = 7


@case("features-in-two-places", "has /features and /categories")
def _(file):
    file["categories/id"] = np.array([b"x"])


@case("changed-genome", "/features/items/genome: the content's digest", "/parts/digest says")
def _(file):
    file[GENOME][3, 5] += 1


@case("no-genome", "/features: the content's digest", "/parts/digest says")
def _(file):
    del file["features/items/genome"]


@case("changed-block-table", "content_digest says")
def _(file):
    file["blocks/train_positives"][2] += 1


@case("changed-block-digest", "content_digest says")
def _(file):
    file["blocks/digest"][2] = b"0" * 64


@case("short-block-table", "/blocks/digest: wrong shape: 20 values expected, found [3]")
def _(file):
    replace(file, "blocks/digest", data=np.array([b"0" * 64] * 3))


@case("no-block-table", "/blocks: missing group")
def _(file):
    del file["blocks"]


@case("no-part-digests", "/parts/digest: missing data set")
def _(file):
    del file["parts/digest"]


@case("blocks-of-three", "attribute block_users", "3 is not allowed", "a power of two")
def _(file):
    file.attrs["block_users"] = 3


@case("other-blocks", "/blocks/digest: wrong shape: 1 values expected, found [20]")
def _(file):
    file.attrs["block_users"] = 32


@case("empty-feature", "/features/items/brand: missing attribute kind")
def _(file):
    file.create_group("features/items/brand")


@case("format-is-a-number", "attribute format", "string")
def _(file):
    file.attrs["format"] = 3


@case("version-is-text", "attribute format_version", "int64")
def _(file):
    file.attrs["format_version"] = "one"


@case("version-is-missing", "missing attribute format_version")
def _(file):
    del file.attrs["format_version"]


@case("version-zero", "no version 0")
def _(file):
    file.attrs["format_version"] = 0


@case("newer-version", "made by a newer lcft", "version 99", "update lcft")
def _(file):
    file.attrs["format_version"] = 99


@case("other-format", "lcft-dataset expected", "somebody's")
def _(file):
    file.attrs["format"] = "somebody's \n format"


@case("no-format", "lcft-dataset expected", "not given")
def _(file):
    del file.attrs["format"]


@case("negative-seed", "attribute seed", "-5", "uint64")
def _(file):
    file.attrs["seed"] = -5


@case("two-skipped-lines", "attribute skipped_lines", "[1, 2]")
def _(file):
    file.attrs["skipped_lines"] = [1, 2]


@case("wrong-count", "attribute users", "17")
def _(file):
    file.attrs["users"] = 17


@case("digests-without-files", "attribute source_sha256", "1 digests")
def _(file):
    file.attrs["source_sha256"] = ["00"]


print(json.dumps(cases))
