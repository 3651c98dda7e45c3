# Sourced by the test scripts: counts checks, and compares runs.
passed=0 failed=0
export LCFT_PYTHON=${LCFT_PYTHON:-/usr/bin/python3}

# check NAME COMMAND... [LOG]: passes if the command does; otherwise shows the log, which is a last word that ends in
# .log.
check() {
  local name=$1 log=${!#}
  shift
  if [[ $log != *.log ]]; then log=; elif [ "$1" = "[" ] || [ "$1" = said ]; then set -- "${@:1:$#-1}"; fi
  if "$@"; then
    passed=$((passed + 1))
    echo "ok: $name"
  else
    failed=$((failed + 1))
    echo "failed: $name"
    if [ -n "$log" ]; then tail -n 30 "$log" 2>/dev/null | sed 's/^/  | /'; fi
  fi
}

# digests FOLDER: those of a run's checkpoint and results; nothing if it has not ended.
digests() {
  "$LCFT_PYTHON" -c '
import json, sys
digest = json.load(open(sys.argv[1] + "/summary.json"))["digest"]
print(digest["checkpoint"], digest.get("results", ""))' "$1" 2>/dev/null
}

# skip_all COUNT WHY: ends the script.
skip_all() {
  echo "skipped: $2"
  echo "0 passed, 0 failed, $1 skipped"
  exit 0
}

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
