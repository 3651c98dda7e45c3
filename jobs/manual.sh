#!/usr/bin/env bash
# Writes the manual of lcft, a page for every command (lcft.1, lcft-run.1, lcft-import-csv.1, ...) with what `lcft help`
# prints of it.
#
#   bash jobs/manual.sh LCFT FOLDER [DOCUMENTS]
#
# DOCUMENTS is the folder that the pages name as that of the documents.
set -euo pipefail
lcft=${1:?usage: manual.sh LCFT FOLDER [DOCUMENTS]} folder=${2:?usage: manual.sh LCFT FOLDER [DOCUMENTS]} documents=${3:-}
version=$("$lcft" --version | sed -n '1s/^lcft //p')
date=$(date -u ${SOURCE_DATE_EPOCH:+-d "@$SOURCE_DATE_EPOCH"} +%F)

# page COMMAND...: the pages of a command and of its subcommands.
page() {
  local name help subcommand
  name=$(IFS=-; echo "lcft${*:+-$*}")
  help=$("$lcft" help "$@")
  # The lines are kept as they are, 80 columns from the margin on: they have been laid out for a terminal.
  awk -v name="$name" -v version="$version" -v date="$date" -v documents="$documents" '
    function text(line) {
      gsub(/\\/, "\\e", line)
      gsub(/-/, "\\-", line)
      return line ~ /^[.\047]/ ? "\\&" line : line
    }
    function section(title) { printf ".SH %s\n.in 0\n.nf\n", title; titled = 1; blank = 0 }
    /^OVERVIEW: / { sub(/^OVERVIEW: /, ""); overview = 1 }
    overview && !/^$/ { abstract = abstract (abstract == "" ? "" : " ") $0; next }
    overview {
      overview = 0
      printf ".TH %s 1 %s \"lcft %s\" \"Manual of lcft\"\n.nh\n", text(toupper(name)), date, version
      printf ".SH NAME\n%s \\- %s\n", text(name), text(abstract)
      next
    }
    /^[A-Z][A-Z ]+:( |$)/ { section(substr($0, 1, index($0, ":") - 1)); sub(/^[^:]*: */, ""); if ($0 == "") next }
    /^$/ { blank = titled; next }
    !titled { section("DESCRIPTION") }
    { if (blank) print ""; blank = 0; print text($0) }
    END {
      print ".fi"
      if (documents != "") printf ".SH FILES\n%s: documents, jobs and schemas\n", text(documents)
      if (name != "lcft") printf ".SH SEE ALSO\n.BR lcft (1)\n"
    }' <<<"$help" >"$folder/$name.1"
  for subcommand in $(sed -n '/^SUBCOMMANDS:/,$s/^  \([a-z][a-z-]*\)\( .*\)\{0,1\}$/\1/p' <<<"$help"); do
    page "$@" "$subcommand"
  done
}

mkdir -p "$folder"
page
