# shellcheck shell=bash
# Sourced, after Tests/checks.sh, by the scripts that run pages of docs: their commands as they stand, block by block in a folder for each page.

# prepare_pages: makes `scratch`, with a folder `programs`, which is on the PATH and has the binary LCFT, the release build
# if not given, as lcft.
prepare_pages() {
  local binary
  binary=$(built_program "${LCFT:-}") || exit 1
  scratch=$(mktemp -d) || exit 1
  trap 'rm -rf "$scratch"' EXIT
  mkdir "$scratch/programs"
  ln -s "$binary" "$scratch/programs/lcft"
  export PATH=$scratch/programs:$PATH
  # As lcft_mpirun, for machines with a single core.
  if [ "$(nproc)" -lt 2 ]; then export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1; fi
}

# Every line of $1 is printed in $2, perhaps with more after it; how wide columns are does not matter.
quoted() {
  local line
  while IFS= read -r line; do
    tr -s ' ' <"$2" | grep -F -- "$(tr -s ' ' <<<"$line")" >/dev/null || {
      echo "not printed: $line"
      return 1
    }
  done <"$1"
}

run_block() { (cd "$folder" && bash -euo pipefail "$1") >"$2" 2>&1; }

# run_page DOCUMENT COUNT: a check for the commands of each block, and for the lines that are quoted after it; there are at
# least COUNT blocks of commands. Sets `folder`, where they run, and `blocks`, which has what each printed as NN.log.
run_page() {
  local page block name log
  page=$(basename "$1" .md)
  folder=$scratch/$page
  blocks=$folder/.blocks
  mkdir -p "$blocks"
  # Files 01.bash, 01.text, 02.bash, ...: a block of text belongs to the commands before it.
  awk -v folder="$blocks" '
    /^```(bash|text)$/ { kind = substr($0, 4); if (kind == "bash") count++; file = sprintf("%s/%02d.%s", folder, count, kind); next }
    /^```/ { file = ""; next }
    file != "" { print > file }' "$1"
  for block in "$blocks"/*.bash; do
    name=$(basename "$block" .bash) log=${block%.bash}.log
    check "$page, commands $name: $(grep -v '^ ' "$block" | tail -n 1)" run_block "$block" "$log" "$log"
    if [ -f "${block%.bash}.text" ]; then
      check "$page, lines quoted after $name" quoted "${block%.bash}.text" "$log" "$log"
    fi
  done
  check "$page, all blocks were found" [ "$(find "$blocks" -name '*.bash' | wc -l)" -ge "$2" ]
}
