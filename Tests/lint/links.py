"""Every link between the documents leads to a file that exists, and every anchor to a heading or an <a id> of it."""
import os
import re
import urllib.parse

from repository import exists, files, finish, read

DOCUMENTS = [
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "Benchmarks", "schemas/README.md", "python/README.md",
]
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|<(?:a|img)\s[^>]*?(?:href|src)=\"([^\"]+)\"")
CODE = re.compile(r"(`+)(.+?)\1")
ANCHOR = re.compile(r"<a\s[^>]*?(?:id|name)=\"([^\"]+)\"")


def outside_code(text):
    """The lines, numbered from 1, that are not in a block of code, and without what stands between backticks."""
    fence, after_blank = None, True
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r" {0,3}(```+|~~~+)", line)
        if mark and (fence is None or line.strip().startswith(fence)):
            fence = None if fence else mark.group(1)
        elif fence is None and not (after_blank and line.startswith("    ")):
            yield number, line
        # A block that is indented goes on until a line that is not.
        after_blank = not line.strip() or (after_blank and line.startswith("    "))


def anchor(heading, known):
    """As GitHub makes it: lower case, without marks, spaces as hyphens, numbered where it is there already."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"<[^>]*>", "", text).strip().lower()
    base = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
    name, count = base, 0
    while name in known:
        count += 1
        name = f"{base}-{count}"
    return name


def anchors(path):
    known = set()
    for _, line in outside_code(read(path)):
        heading = re.match(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$", line)
        if heading:
            known.add(anchor(heading.group(1), known))
        known.update(ANCHOR.findall(CODE.sub("", line)))
    return known


findings, anchors_of = [], {}
for document in files(*DOCUMENTS, endings=(".md",)):
    for number, line in outside_code(read(document)):
        text = CODE.sub(lambda code: "" if "](" in code[2] or "<" in code[2] else code[0], line)
        for one, other in LINK.findall(text):
            link = urllib.parse.unquote(one or other)
            if re.match(r"[a-z][a-z0-9+.-]*:", link, re.I):
                continue
            path, _, place = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(document), path)) if path else document
            if target.startswith(".."):
                findings.append(f"{document}:{number}: {link}: leads out of the repository")
            elif not exists(target):
                findings.append(f"{document}:{number}: {link}: there is no {target}")
            elif place and target.endswith(".md"):
                if target not in anchors_of:
                    anchors_of[target] = anchors(target)
                if place not in anchors_of[target]:
                    findings.append(f"{document}:{number}: {link}: {target} has no heading or anchor '{place}'")

finish(findings, "links and anchors of the documents lead somewhere")
