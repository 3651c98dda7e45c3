"""Words that a native reader stumbles over, in sources, documents and scripts, with what to write instead."""
import re

from repository import files, finish, read

WORDS = [
    (r"foretell|foretold", "estimate"),
    (r"dearest", "most expensive"),
    (r"not to be had", "not available, cannot allocate"),
    (r"\b(?:is|are) to be\b", "must be"),
    (r"\bshall be told\b", "must be reported"),
    (r"\b(?:is|are) said\b(?! to)", "is printed"),
    (r"\bbehind it\b", "after it"),
    (r"\bgo(?:es|ing)? on after\b|\bgoOn\b", "resume"),
    (r"\ban? [a-z]+ a line\b", "per line"),
    (r"\bless (?:cloud|local)\b", "vs. cloud, vs. local"),
    (r"\bwishes\b", "requests"),
]
PLACES = ["README.md", "CONTRIBUTING.md", "docs", "Package.swift", "Sources", "Benchmarks", "jobs", "hostfiles", "python"]
ENDINGS = (".swift", ".h", ".c", ".md", ".sh", ".sbatch", ".pbs", ".py", ".yaml")

findings = []
for path in files(*PLACES, endings=ENDINGS):
    for number, line in enumerate(read(path).splitlines(), 1):
        for pattern, instead in WORDS:
            for match in re.finditer(pattern, line, re.I):
                findings.append(f"{path}:{number}: '{match.group()}': write {instead}")

finish(findings, "words are plain")
