"""A file imports only what Package.swift allows its target, and Package.swift allows only what is imported.

The compiler refuses an import upwards only because the upper target is built later; sideways it finds whatever has
been built already.
"""
import json
import re
import subprocess

from repository import ROOT, code, exists, files, finish, read

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)\n]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.M)

dump = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
targets = {target["name"]: target for target in json.loads(dump.stdout)["targets"]}


def allowed(target):
    """The names of what a target depends on, modules of other packages included."""
    return {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}


others = set().union(*map(allowed, targets.values())) - set(targets)
findings = []
for name, target in targets.items():
    place = target.get("path") or ("Tests/" if target["type"] == "test" else "Sources/") + name
    if not exists(place):
        findings.append(f"Package.swift: {name}: there is no folder {place}")
    imported = set()
    for path in files(place):
        for module in IMPORT.findall(code(read(path))):
            imported.add(module)
            if module in (set(targets) | others) - allowed(target) - {name}:
                findings.append(f"{path}: imports {module}, which Package.swift does not allow {name}")
    for module in sorted(allowed(target) - imported):
        findings.append(f"Package.swift: {name} may use {module}, and no file of it does")

finish(findings, "files import what Package.swift allows, and all of it")
