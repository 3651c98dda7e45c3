"""A Swift file holds one idea, in at most 250 lines."""
from repository import files, finish, read

LIMIT = 250

findings = []
for path in files("Package.swift", "Sources", "Tests", "Benchmarks"):
    lines = read(path).count("\n")
    if lines > LIMIT:
        findings.append(f"{path}: {lines} lines")

finish(findings, f"Swift files have at most {LIMIT} lines")
