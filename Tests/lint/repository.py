"""What the checks in this folder share: the repository's files, Swift's text, and how findings are reported."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(path):
    """The text of a file, by its path from the repository's root."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def exists(path):
    return os.path.exists(os.path.join(ROOT, path))


def files(*places, endings=(".swift",)):
    """The files with one of `endings` at or below `places`, sorted, as paths from the root."""
    found = []
    for place in places:
        if os.path.isfile(os.path.join(ROOT, place)):
            found.append(place)
        for folder, _, names in os.walk(os.path.join(ROOT, place)):
            paths = (os.path.relpath(os.path.join(folder, name), ROOT) for name in names)
            found += [path for path in paths if path.endswith(endings)]
    return sorted(found)


def code(text):
    """Swift's text without comments and without what is in string literals."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"//.*", "", text)
    text = re.sub(r'"""(.*?)"""', '""', text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def finish(findings, rule):
    """Prints the findings and ends the program; the exit code is 1 if there are any."""
    for finding in findings:
        print(finding)
    print(f"{rule}: {len(findings)} findings" if findings else f"{rule}: none breaks it")
    sys.exit(1 if findings else 0)
