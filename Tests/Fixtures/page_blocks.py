"""Blocks of code of a page in Markdown.

    python3 page_blocks.py split PAGE FOLDER     writes each to FOLDER/NN.block and prints NN, kind, line and first line,
                                                 with tabs between; the kind is the fence's word, none or indented
    python3 page_blocks.py sources FILE FOLDER   fails unless every line of FILE, without its remark, is one of a file in
                                                 Swift below FOLDER
"""
import glob
import os
import re
import sys


def blocks(lines):
    """(line, kind, text) of each block; a block that is indented follows an empty line."""
    index, empty = 0, True
    while index < len(lines):
        line, start = lines[index], index + 1
        if line.startswith("```"):
            end = next(i for i in range(index + 1, len(lines)) if lines[i].startswith("```"))
            yield start, line[3:].strip() or "none", lines[index + 1:end]
            index = end
        elif empty and line.startswith("    "):
            while index + 1 < len(lines) and (lines[index + 1].startswith("    ") or not lines[index + 1].strip()):
                index += 1
            yield start, "indented", [one[4:] for one in lines[start - 1:index + 1]]
        empty = not line.strip()
        index += 1


def split(page, folder):
    with open(page, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, (line, kind, text) in enumerate(blocks(lines), 1):
        with open(f"{folder}/{number:02}.block", "w", encoding="utf-8") as file:
            file.write("\n".join(text).rstrip() + "\n")
        print(f"{number:02}", kind, line, text[0], sep="\t")


def sources(path, folder):
    known = set()
    for source in glob.glob(os.path.join(folder, "**", "*.swift"), recursive=True):
        with open(source, encoding="utf-8") as file:
            known.update(line.strip() for line in file)
    with open(path, encoding="utf-8") as file:
        missing = [line for line in file if re.sub(r"\s+//.*", "", line).strip() not in known]
    for line in missing:
        print("in no source:", line.rstrip())
    return not missing


if sys.argv[1] == "split":
    split(*sys.argv[2:])
else:
    sys.exit(0 if sources(*sys.argv[2:]) else 1)
