#!/usr/bin/env bash
# Installs the Python package with what its tests need, from PyPI, into an environment of its own, and runs them: files
# of every kind, errors, exported models against the logits of lcft, the blocks of docs/python.md and the notebook; and the
# commands of docs/from-raw-files-to-a-served-model.md. Prints 'N passed, N failed, N skipped'; where PyPI cannot be
# reached, it says so and skips.
#
#   bash Tests/python.sh [lcft]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
. Tests/page.sh
LCFT=${1:-${LCFT:-.build/release/lcft}}
prepare_pages
export LCFT=$scratch/programs/lcft
repository=$PWD
lcft_install python3-venv || exit 1

environment=$scratch/environment
"$LCFT_PYTHON" -m venv "$environment" || exit 1
pip() { "$environment/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }
# Modules are compiled when they are imported: most of what the packages have never is.
export PIP_NO_COMPILE=1
pip install 'setuptools>=61' wheel || skip_all 175 "PyPI cannot be reached"

# A copy: an installation leaves files beside the sources.
cp -r python "$scratch/package"

# Without the optional packages: files open, and what needs one of them says which.
bare() {
  pip install "$scratch/package" && "$environment/bin/python" -W error - Tests/Fixtures/version-0.1/results.h5 <<'END'
import sys
import lcft
results = lcft.open(sys.argv[1])
assert len(results.users.id) == len(results.aucs("soft1")) == 60
try:
    results.users()
except lcft.MissingPackageError as error:
    assert "pip install pandas" in str(error)
else:
    sys.exit("pandas is there")
END
}
check "pip install ./python: h5py and numpy are enough to open files" bare
check "pip install './python[tests]'" pip install "$scratch/package[tests]"
check "types (mypy --strict)" env -C python "$environment/bin/mypy" --no-incremental

# From raw files to scores of ONNX Runtime; the comparison must notice another model.
PATH=$environment/bin:$PATH run_page "$PWD/docs/from-raw-files-to-a-served-model.md" 7
another() (
  cd "$folder" && sed -i 's/method="soft1"/method="local"/' export.py && "$environment/bin/python" export.py || exit 1
  ! "$environment/bin/python" serve.py u3.onnx u3-request.npz top.csv >another.log 2>&1 && grep -q 'differs from' another.log
)
check "the scores of another model are noticed" another

tests() {
  env -C "$scratch" HOME="$scratch" "$environment/bin/python" -m pytest -q -p no:cacheprovider \
    --basetemp "$scratch/tests" "$repository/python/tests" "$@"
}
tests 2>&1 | tee "$scratch/log"
status=${PIPESTATUS[0]}
count() { grep -Eo "[0-9]+ $1" <(tail -n 1 "$scratch/log") | grep -Eo '^[0-9]+' || echo 0; }
bad=$(($(count failed) + $(count error)))
# A run that ended early counts as a failure.
if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
passed=$((passed + $(count passed))) failed=$((failed + bad)) skipped=$(count skipped)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
