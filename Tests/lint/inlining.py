"""`@inlinable` stands in public types only: the compiler keeps no code of a type that is `package`, and other targets
then call what the attribute says is inlined."""
import re
from repository import code, files, finish, read

DECLARATION = re.compile(
    r"^(\s*)(?:@\w+(?:\([^)\n]*\))?\s+)*(public |package |private |fileprivate )?(?:final )?"
    r"(struct|class|enum|extension|protocol) ([\w.]+)")

texts = {path: code(read(path)).splitlines() for path in files("Sources")}
public = {found[4].split(".")[-1] for lines in texts.values() for found in map(DECLARATION.match, lines)
          if found and found[2] == "public "}

findings = []
for path, lines in texts.items():
    enclosing = []
    for number, line in enumerate(lines, 1):
        if found := DECLARATION.match(line):
            indent = len(found[1])
            enclosing = [outer for outer in enclosing if outer[0] < indent] + [(indent, found[4].split(".")[-1])]
        if "@inlinable" in line:
            indent = len(line) - len(line.lstrip())
            types = [name for outer, name in enclosing if outer < indent]
            findings += [f"{path}:{number}: {name} is not public" for name in types if name not in public]

finish(findings, "code that is inlined into other targets is of public types")
