"""Every file that the documents name exists: their links, and paths from the repository's root."""
import os
import re

from repository import exists, files, finish, read

PATH = re.compile(r"(?<![\w./-])((?:Sources|Tests|Benchmarks|jobs|docs|schemas|hostfiles|python)/[\w./+-]*[\w/])")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")

findings = []
for document in files("README.md", "CONTRIBUTING.md", "docs", "schemas", endings=(".md",)):
    for number, line in enumerate(read(document).splitlines(), 1):
        named = PATH.findall(line)
        links = [link for link in LINK.findall(line) if not re.match(r"\w+:", link)]
        named += [os.path.normpath(os.path.join(os.path.dirname(document), link)) for link in links]
        findings += [f"{document}:{number}: there is no {path}" for path in sorted(set(named)) if not exists(path)]

finish(findings, "files that the documents name exist")
