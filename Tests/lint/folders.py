"""The folders of a target form no cycle, and the folders of tests mirror those of the sources.

Folder A uses folder B if a file of A contains the name of a type or function that only B declares at its top level.
Names are matched as text, not as the compiler resolves them: a top-level name must not be a word of everyday use.
"""
import collections
import os
import re

from repository import ROOT, code, exists, files, finish, read

ATTRIBUTES = r"(?:@\w+(?:\([^)\n]*\))?\s+)*"
TYPE = re.compile(
    rf"^{ATTRIBUTES}(?:(?:public|package|internal|final|indirect)\s+)*"
    r"(?:struct|class|enum|protocol|typealias|actor)\s+(\w+)", re.M)
FUNCTION = re.compile(rf"^{ATTRIBUTES}(?:(?:public|package|internal)\s+)*func\s+(\w+)", re.M)


def uses(target):
    """Of each folder of a target the folders that it uses, with the names and the files that use them."""
    texts, declared = {}, collections.defaultdict(set)
    for path in files(f"Sources/{target}"):
        folder = os.path.dirname(os.path.relpath(path, f"Sources/{target}")).split("/")[0] or "."
        texts[path] = folder, code(read(path))
        for declaration in (TYPE, FUNCTION):
            for name in declaration.findall(texts[path][1]):
                declared[name].add(folder)
    home = {name: folders.copy().pop() for name, folders in declared.items() if len(folders) == 1}
    graph = collections.defaultdict(lambda: collections.defaultdict(list))
    for path, (folder, text) in sorted(texts.items()):
        for name in sorted(set(re.findall(r"\b[A-Za-z_]\w*\b", text))):
            if home.get(name, folder) != folder:
                graph[folder][home[name]].append(f"{name} in {os.path.basename(path)}")
    return graph


def reachable(graph, start):
    """The folders that `start` uses, also by way of others."""
    found, open_folders = set(), [start]
    while open_folders:
        for other in graph.get(open_folders.pop(), ()):
            if other not in found:
                found.add(other)
                open_folders.append(other)
    return found


findings = []
for target in sorted(os.listdir(os.path.join(ROOT, "Sources"))):
    graph = uses(target)
    reach = {folder: reachable(graph, folder) for folder in list(graph)}
    for folder in sorted(graph):
        for other in sorted(graph[folder]):
            if folder in reach.get(other, ()):
                names = graph[folder][other]
                more = f" and {len(names) - 3} more" if len(names) > 3 else ""
                findings.append(f"Sources/{target}: cycle: {folder} uses {other}: {', '.join(names[:3])}{more}")

for path in files("Tests"):
    target, *folders = path.split("/")[1:-1]
    source = "/".join(["Sources", target.removesuffix("Tests"), *folders])
    if target.endswith("Tests") and folders and not exists(source):
        findings.append(f"{path}: the tests of {target} mirror the sources, and there is no folder {source}")

finish(findings, "folders of a target form no cycle, folders of tests mirror them")
