# shellcheck shell=bash
# Sourced by the scripts that run a page of docs: its commands as they stand, block by block in one folder.

# prepare_page DOCUMENT BINARY: sets `scratch`, with the folders `blocks`, `folder` and `programs`, which is on the PATH and
# has BINARY as lcft. Files 01.bash, 01.text, 02.bash, ...: a block of text belongs to the commands before it.
prepare_page() {
  scratch=$(mktemp -d) || exit 1
  trap 'rm -rf "$scratch"' EXIT
  mkdir "$scratch/programs" "$scratch/blocks" "$scratch/folder"
  ln -s "$2" "$scratch/programs/lcft"
  export PATH=$scratch/programs:$PATH
  # As lcft_mpirun, for machines with a single core.
  if [ "$(nproc)" -lt 2 ]; then export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1; fi
  awk -v folder="$scratch/blocks" '
    /^```(bash|text)$/ { kind = substr($0, 4); if (kind == "bash") count++; file = sprintf("%s/%02d.%s", folder, count, kind); next }
    /^```/ { file = ""; next }
    file != "" { print > file }' "$1"
}

# Every line of $1 is printed in $2, perhaps with more after it; how wide columns are does not matter.
quoted() {
  local line
  while IFS= read -r line; do
    tr -s ' ' <"$2" | grep -qF -- "$(tr -s ' ' <<<"$line")" || {
      echo "not printed: $line"
      return 1
    }
  done <"$1"
}

run_block() { (cd "$scratch/folder" && bash -euo pipefail "$1") >"$2" 2>&1; }

# run_page: a check for the commands of each block, and for the lines that are quoted after it.
run_page() {
  local block name log
  cd "$scratch" || exit 1
  for block in "$scratch"/blocks/*.bash; do
    name=$(basename "$block" .bash) log=${block%.bash}.log
    check "commands $name: $(grep -v '^ ' "$block" | tail -n 1)" run_block "$block" "$log" "$log"
    if [ -f "${block%.bash}.text" ]; then
      check "lines quoted after $name" quoted "${block%.bash}.text" "$log" "$log"
    fi
  done
}
