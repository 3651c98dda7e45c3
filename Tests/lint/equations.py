"""Every row of the tables in docs/equations.md names a symbol that the file named beside it declares.

The last two cells of a row are the symbol and the file. `Type.member` is a member declared in a file that declares
or extends Type. Where the first cell is an equation, the file's comments name it too.
"""
import re

from repository import exists, finish, read

INDEX = "docs/equations.md"
TYPE = r"\b(?:struct|class|enum|protocol|actor|extension|typealias)\s+(?:\w+\.)*{}\b"
MEMBER = r"\b(?:func|var|let|typealias|struct|class|enum|protocol|actor)\s+{0}\b|\bcase\s+(?:[^\n/]*,\s*)?{0}\b"


def missing(symbol, text):
    """The first part of `symbol` that `text` does not declare; None if it declares all."""
    *types, last = symbol.split(".")
    for name in types:
        if not re.search(TYPE.format(re.escape(name)), text):
            return name
    pattern = r"\binit\s*[(<]" if last == "init" else MEMBER.format(re.escape(last))
    found = re.search(pattern, text) or re.search(TYPE.format(re.escape(last)), text)
    return None if found else last


findings, rows = [], 0
for number, line in enumerate(read(INDEX).splitlines(), 1):
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if not line.startswith("|") or len(cells) < 3 or set(line) <= set("|-: "):
        continue
    symbol, path = (re.fullmatch(r"`([\w./+-]+)`", cell) for cell in cells[-2:])
    if not symbol or not path:
        if cells[-1] != "file":
            findings.append(f"{INDEX}:{number}: the last two cells are a symbol and a file, each between backticks")
        continue
    rows += 1
    symbol, path = symbol.group(1), path.group(1)
    if not exists(path):
        findings.append(f"{INDEX}:{number}: there is no file {path}")
        continue
    text = read(path)
    lost = missing(symbol, text)
    if lost:
        findings.append(f"{INDEX}:{number}: {path} declares no {lost} ({symbol})")
    first = re.match(r"eqs?\. ([\d, and]+)", cells[0])
    for equation in re.findall(r"\d+", first.group(1)) if first else ():
        if not re.search(rf"\beqs?\. (?:\d+(?:, | and | to ))*{equation}\b", text):
            findings.append(f"{INDEX}:{number}: no comment in {path} names eq. {equation}")
if rows == 0:
    findings.append(f"{INDEX}: has no table of symbols and files")

finish(findings, "symbols of the equations are where their index says")
