#!/usr/bin/env bash
# Runs the blocks of code of README.md, of the pages of docs and of schemas/README.md as they stand, in a folder for
# each page with small made-up files under the names that the page gives them: commands on 2 ranks whatever they ask
# for, parts of jobs by a dry run, Python, lines of Swift by looking for them in the sources; and looks in what commands
# print for the lines that are quoted. What is not run is in the list below, with the reason; a block that is in no list
# fails, and so does an entry of the list without a block. Prints a line per check and 'N passed, N failed'.
#
#   bash Tests/documents.sh [PAGE...]            such as docs/data.md; all if none is given
set -u
cd "$(dirname "$0")/.." || exit 1
repository=$PWD
. jobs/environment.sh
. Tests/checks.sh
. Tests/page.sh

# Pages that other scripts run, or that have nothing to run.
elsewhere="docs/predict.md: Tests/predict.sh runs it
docs/python.md: Tests/python.sh runs it
docs/from-raw-files-to-a-served-model.md: Tests/python.sh runs it
docs/install.md: builds and installations, which Tests/run.sh and Tests/install.sh make
docs/paper.md: equations, and commands that take hours"

# PAGE | how the block's first line begins | why it is not run
not_run='
README.md | git clone | needs the address of a repository
README.md | bash jobs/quickstart.sh | the part quickstart of Tests/run.sh, and Tests/run.sh itself
README.md | quickstart: DIN, 2000 users | the last digits depend on the processor
docs/adding-a-method.md | diff --git | Tests/extend.sh follows it
docs/adding-a-method.md | git apply | Tests/extend.sh follows it
docs/adding-a-model.md | diff --git | Tests/extend.sh follows it
docs/adding-a-model.md | git apply | Tests/extend.sh follows it
docs/adding-a-model.md | bash Tests/run.sh | parts of the tests
docs/cluster.md | LCFT_MPI=mpich swift build | Tests/mpich.sh does it
docs/files.md | def add(digest | Tests/Fixtures/hdf5/content_digest.py and the Python package have it
docs/files.md | $ h5ls -r ml.h5 | a layout, of another log
docs/files.md |   lcft-dataset 2 | a form of text
docs/files.md | lcft-catalogue 1 | a form of text
docs/files.md | $ h5ls -r checkpoint-epoch-1.h5 | a layout, of another log
docs/files.md | mix(z): | a formula
docs/measures.md | sum_i c_i m_i | a formula
docs/measures.md | 1 / S sum_s | a formula
docs/methods.md | z_j = log | a formula
docs/methods.md | mean of loss | a formula
docs/methods.md | sum of (p_b | a formula
docs/methods.md | L(s) = | a formula
docs/methods.md | A_m = | a formula
docs/methods.md | d_m,g = | a formula
docs/methods.md | advantage_m,g = | a formula
docs/methods.md | shift = | a formula
docs/models.md | model: {name: DIN, features: all} | three alternatives
docs/models.md | v = [user | a formula
docs/models.md | bias + user | a formula
docs/models.md | x = [user ; user'"'"'s features ; per history | a formula
docs/models.md | x = [user ; user'"'"'s features ; attention | a formula
docs/models.md | r = sigmoid | a formula
docs/schemas.md | history: | a part of a schema
docs/speed.md | LCFT_BENCHMARKS=1 swift build | measurements, which take a quiet machine
docs/sweep.md | lcft sweep jobs/table2.yaml --output runs/table2 --launcher | Tests/sweep.sh does its rows of Amazon
docs/sweep.md | lcft import csv | Tests/sweep.sh does these rows
docs/watching.md | runs/amazon-din  running | runs of other hosts
docs/watching.md | tail -f | does not end
docs/watching.md | validation: 168203 | another log'

prepare_pages
wanted=$* entries_used='' pages_done="docs/your-own-log.md docs/rolling-days.md"
if [ -z "$wanted" ]; then
  run_page "$repository/docs/your-own-log.md" 7
  # What no line of the page can quote: every method has a user AUC better than chance.
  user_aucs() { sed -n '/^method *user AUC/,/^user AUC/p' "$blocks/06.log"; }
  check "results of four methods" [ "$(user_aucs | grep -cE '^(cloud|local|soft1|soft2) +0\.[6-9]')" -eq 4 ]
  run_page "$repository/docs/rolling-days.md" 5
fi

# What the pages call by name: mpirun with two ranks of this host, lcft with a small world, schedulers that look at the
# script and its files, and Python.
stand_ins=$scratch/stand-ins
mkdir "$stand_ins"
cat >"$stand_ins/mpirun" <<END
#!/bin/bash
. '$repository/jobs/environment.sh'
lcft_launcher 2
[ "\${launcher[0]}" != mpirun ] || launcher[0]='$(command -v mpirun)'
while [[ \${1-} == -* ]]; do
  case \$1 in
    -n | --hostfile | --map-by | --bind-to) shift 2 ;;
    -x) launcher+=("\$1" "\$2") && shift 2 ;;
    *) echo "mpirun \$1: not known here" >&2 && exit 1 ;;
  esac
done
exec "\${launcher[@]}" "\$@"
END
cat >"$stand_ins/lcft" <<END
#!/bin/bash
arguments=()
for word in "\$@"; do
  if [ "\${last-}" = --users ] && [[ \$word =~ ^[0-9]{4,}$ ]]; then word=100; fi
  arguments+=("\$word") last=\$word
done
exec '$scratch/programs/lcft' "\${arguments[@]}"
END
cat >"$stand_ins/sbatch" <<'END'
#!/bin/bash
while [[ $1 == --* ]]; do shift; done
bash -n "$1" && ls "$1" "$2" >/dev/null
END
cat >"$stand_ins/qsub" <<'END'
#!/bin/bash
[ "$1" = -v ] && bash -n "$3" && IFS=, read -ra variables <<<"$2" && export "${variables[@]}" \
  && ls "$JOB" "$DATA" >/dev/null
END
printf '#!/bin/bash\nexec "%s" "$@"\n' "$LCFT_PYTHON" >"$stand_ins/python3"
# shellcheck disable=SC2016
command -v unzip >/dev/null || printf '#!/bin/bash\nexec "%s" -m zipfile -e "$1" .\n' "$LCFT_PYTHON" >"$stand_ins/unzip"
chmod +x "$stand_ins"/*
export PATH=$stand_ins:$PATH LCFT=$stand_ins/lcft PYTHONPATH=$repository/python/src PYTHONDONTWRITEBYTECODE=1

# what_of PAGE KIND FIRST: sets `action` to what is done with the block: run, text, python, job, schema, source, why it
# is not run, or nothing; and `entry` to the line of the list.
what_of() {
  local page begins why
  action='' entry=''
  while IFS= read -r entry; do
    page=${entry%% | *} why=${entry##* | }
    begins=${entry#* | } begins=${begins% | *}
    if [ "$page" = "$1" ] && [[ $3 == "$begins"* ]]; then
      action="not run: $why"
      return
    fi
  done <<<"$not_run"
  entry=''
  case $2 in
    bash) action=run ;;
    text | python) action=$2 ;;
    swift) action=source ;;
    yaml) if [[ $3 == log:* ]]; then action=schema; else action=job; fi ;;
    indented)
      if [[ $3 =~ ^(lcft|mpirun)\  ]]; then action=run; fi
      if [[ $3 =~ ^(model|training|validation|finetuning|metrics|grouping|search):( |$) ]]; then action=job; fi
      ;;
  esac
}

run_python() { (cd "$folder" && "$LCFT_PYTHON" "$1") >"$2" 2>&1; }
# A schema imports what its page has; a part of a job must be one, with what it leaves out.
try_schema() {
  (cd "$folder" && cp "$1" block.yaml && lcft import table --schema block.yaml --output block.h5) >"$2" 2>&1
}
try_job() {
  (cd "$folder" && cp "$1" block.yaml \
    && lcft train --job block.yaml --data "$base/electronics.h5" --output block --dry-run) >"$2" 2>&1
}

# page PATH [FILE...]: the blocks of a page, in a folder that begins with the files of the folder `base`.
page() {
  local path=$1 file number kind line first block printed='' name
  shift
  if [ -n "$wanted" ] && [[ " $wanted " != *" $path "* ]]; then return; fi
  pages_done+=" $path"
  folder=$scratch/pages/$path
  mkdir -p "$folder/.blocks"
  for file in jobs hostfiles schemas; do ln -s "$repository/$file" "$folder/$file"; done
  for file in "$@"; do
    mkdir -p "$(dirname "$folder/$file")"
    cp -r "$base/$file" "$folder/$file"
  done
  while IFS=$'\t' read -r -u 3 number kind line first; do
    block=$folder/.blocks/$number.block name="$path:$line"
    what_of "$path" "$kind" "$first"
    case $action in
      run)
        printed=${block%.block}.log
        # The blocks of this page are alternatives, which have one folder for their outputs.
        [ "$path" != docs/methods.md ] || rm -rf "$folder/runs"
        check "$name: $(grep -v '^ ' "$block" | tail -n 1)" run_block "$block" "$printed" "$printed"
        ;;
      text) check "$name: lines that are quoted" quoted "$block" "${printed:-/dev/null}" "${printed:-/dev/null}" ;;
      python) check "$name: Python" run_python "$block" "${block%.block}.log" "${block%.block}.log" ;;
      job) check "$name: part of a job" try_job "$block" "${block%.block}.log" "${block%.block}.log" ;;
      schema) check "$name: a schema" try_schema "$block" "${block%.block}.log" "${block%.block}.log" ;;
      source) check "$name: lines of the sources" "$LCFT_PYTHON" "$repository/Tests/Fixtures/page_blocks.py" sources \
        "$block" "$repository/Sources" ;;
      not\ run:*)
        entries_used+="$entry"$'\n'
        echo "$action: $name: $first"
        ;;
      *) check "$name: '$first' is run by no rule and in no list" false ;;
    esac
  done 3< <("$LCFT_PYTHON" "$repository/Tests/Fixtures/page_blocks.py" split "$repository/$path" "$folder/.blocks")
}

amazon="reviews_Electronics_5.json.gz meta_Electronics.json.gz"
base=$scratch/base
mkdir "$base"
make_base() (
  cd "$base" && "$LCFT_PYTHON" "$repository/Tests/Fixtures/make_raw_files.py" || exit 1
  ln -s "$repository/jobs" jobs
  # shellcheck disable=SC2086
  lcft import amazon --reviews ${amazon% *} --metadata ${amazon#* } --output electronics.h5 \
    && lcft import movielens --directory ml-20m --output ml-20m.h5 \
    && lcft import taobao --user-behavior UserBehavior.csv --on-error skip --output taobao.h5 \
    && cp electronics.h5 sports.h5 \
    && lcft run --job jobs/amazon-din.yaml --data electronics.h5 --output runs/amazon-din \
    && lcft run --job jobs/amazon-widedeep.yaml --data electronics.h5 --output runs/amazon-widedeep
) >"$scratch/base.log" 2>&1
check "files to run the pages on" make_base "$scratch/base.log"

shop="views.tsv.gz views-1.tsv.gz views-2.tsv.gz members.csv skus.jsonl"
# shellcheck disable=SC2086
{
  page README.md ml-20m.zip $amazon
  page schemas/README.md ml-1m All_Beauty.jsonl.gz meta_All_Beauty.jsonl.gz
  page docs/adding-a-method.md
  page docs/adding-a-model.md
  page docs/cluster.md electronics.h5
  page docs/data.md $amazon $shop ml-20m All_Beauty.jsonl.gz meta_All_Beauty.jsonl.gz UserBehavior.csv raw_sample.csv \
    ad_feature.csv behavior_log.csv ml-100k
  page docs/groups.md electronics.h5 runs/amazon-din
  page docs/held-out-samples.md electronics.h5 runs/amazon-din
  page docs/methods.md electronics.h5
  page docs/online-test.md
  page docs/planning.md electronics.h5
  page docs/presets.md electronics.h5
  page docs/results-and-report.md electronics.h5 runs
  page docs/scale.md
  page docs/schemas.md $shop ml-100k
  page docs/speed.md electronics.h5
  page docs/stopped-and-resumed.md electronics.h5
  page docs/sweep.md electronics.h5 ml-20m.h5 taobao.h5 sports.h5
  page docs/watching.md runs
}
# Pages without commands, but perhaps with formulas.
for name in README compatibility equations files jobs measures models words; do
  page "docs/$name.md"
done

every_page() {
  local path lacking=0
  for path in README.md schemas/README.md docs/*.md; do
    if [[ " $pages_done " != *" $path "* ]] && ! grep -q "^$path: " <<<"$elsewhere"; then
      echo "$path: no script runs it"
      lacking=1
    fi
  done
  return "$lacking"
}
every_entry() {
  local entry lacking=0
  while IFS= read -r entry; do
    if [ -n "$entry" ] && ! grep -qxF -- "$entry" <<<"$entries_used"; then
      echo "no such block: $entry"
      lacking=1
    fi
  done <<<"$not_run"
  return "$lacking"
}
if [ -z "$wanted" ]; then
  check "every page is run" every_page
  check "every entry of the list is a block" every_entry
fi
finish
