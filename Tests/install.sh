#!/usr/bin/env bash
# Installs lcft by jobs/install.sh and looks at what is there: completions, manual, module, uninstallation, refusals. Then
# goes through the steps of jobs/Containerfile with a Debian root of debootstrap in the place of its second image: it has
# the run-time libraries and nothing of Swift, and synthesizes, trains on 2 ranks and reports. Prints
# 'N passed, N failed, N skipped'.
#
#   bash Tests/install.sh [lcft]
#
# With the path of another lcft, its bits are compared with those of the installed one.
set -uo pipefail
# Mounts end with the script.
if [ -z "${LCFT_OWN_MOUNTS:-}" ] && [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
  LCFT_OWN_MOUNTS=1 exec unshare --mount --propagation private bash "$0" "$@"
fi
other=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.." || exit 1
# Both programs of an installation are made.
unset LCFT_MARCH LCFT_PROCESSOR
. jobs/environment.sh
. Tests/checks.sh
scratch=$(mktemp -d) || exit 1
root=$scratch/root
clean_up() {
  # What is mounted is never removed from.
  umount "$root/proc" "$root/sys" "$root/dev/shm" 2>/dev/null
  umount "$root" 2>/dev/null
  rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT
skipped=0

log=$scratch/log.log
# logged COMMAND... LOG: what it prints goes into the log, which `check` shows where it fails.
logged() { "${@:1:$#-1}" >"${!#}" 2>&1; }
# refused TEXT COMMAND...: exits with 1 and one line, which has the text.
refused() {
  local text=$1
  "${@:2}" >"$scratch/refusal" 2>&1
  [ $? -eq 1 ] && grep -qF -- "$text" "$scratch/refusal" && [ "$(wc -l <"$scratch/refusal")" -eq 1 ] \
    || { cat "$scratch/refusal"; return 1; }
}
# skip COUNT WHY
skip() {
  echo "skipped: $2"
  skipped=$((skipped + $1))
}

# An installation into a folder that holds something else already.
prefix=$scratch/prefix
mkdir -p "$prefix/bin" "$prefix/share"
echo mine >"$prefix/bin/other"
mkdir "$scratch/tools"
for tool in bash dirname realpath; do ln -s "$(command -v "$tool")" "$scratch/tools"; done
check "refused: no Swift" refused "swift is not on the PATH" env PATH="$scratch/tools" bash jobs/install.sh "$prefix"
check "refused: no HDF5" refused "libhdf5-dev" env PKG_CONFIG_LIBDIR=/nowhere bash jobs/install.sh "$prefix"
check "refused: a folder that cannot be written" refused "/proc" bash jobs/install.sh /proc/lcft
check "refused: nothing to uninstall" refused "nothing was installed" bash jobs/install.sh --uninstall "$prefix"
check "install" logged bash jobs/install.sh "$prefix" "$log"
lcft=$prefix/bin/lcft
[ -x "$lcft" ] || finish

# The program for processors with AVX-512.
better=$prefix/libexec/lcft/x86-64-v4/lcft
without_swift() { ! find "$prefix/bin/lcft" "$prefix/libexec" -type f -exec ldd {} + | grep -E 'libswift|libFoundation|swift/usr|not found'; }
check "no library of Swift is needed" without_swift
built_for() { "${@:2}" "$1" --version | sed -n 's/^built for *//p'; }
linked_program() {
  ln -s "$lcft" "$scratch/linked" && [ "$(built_for "$scratch/linked")" = x86-64-v4 ]
}
if [ "$(uname -m)" != x86_64 ]; then
  skip 5 "one program is enough where there are no levels of x86-64"
elif grep -qw avx512vl /proc/cpuinfo; then
  check "it switches to the program for AVX-512" [ "$(built_for "$lcft")" = x86-64-v4 ]
  check "through a link as well" linked_program
  check "unless it is told not to" [ "$(built_for "$lcft" env LCFT_PROCESSOR=x86-64-v3)" = x86-64-v3 ]
  # One rank of each.
  both_in_one_run() {
    local model run
    "$lcft" synthesize --users 200 --items 100 --actions --features --output "$scratch/both.h5" || return 1
    for model in LR WideDeep DeepFM PNN DCNv2 DIN EdgeRec; do
      printf '%s\n' "model: {name: $model}" 'training: {epochs: 1, optimizer: adam, learning_rate: 0.01}' \
        'finetuning: {methods: [cloud, local, soft1, hard, balanced2, grouped], epochs: 2}' >"$scratch/$model.yaml"
      run=(run --job "$scratch/$model.yaml" --data "$scratch/both.h5" --output)
      mpirun --oversubscribe --bind-to none -n 1 env LCFT_PROCESSOR=x86-64-v3 "$lcft" "${run[@]}" "$scratch/$model-both" \
        : -n 1 "$lcft" "${run[@]}" "$scratch/$model-both" \
        && "$better" "${run[@]}" "$scratch/$model-alone" && [ -n "$(digests "$scratch/$model-both")" ] \
        && [ "$(digests "$scratch/$model-both")" = "$(digests "$scratch/$model-alone")" ] || return 1
    done
  }
  check "a run of both has the bits of one" logged both_in_one_run "$log"
else
  check "it is the program for all processors" [ "$(built_for "$lcft")" = x86-64-v3 ]
  check "refused: AVX-512" refused "lacks" env LCFT_PROCESSOR=x86-64-v4 "$lcft" --version
  skip 2 "this processor has no AVX-512"
fi
[ "$(uname -m)" != x86_64 ] \
  || check "refused: a processor that nothing was built for" refused "has no such build" env LCFT_PROCESSOR=znver4 "$lcft" --version
commit() { git --no-optional-locks describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null || echo unknown; }
check "lcft --version names the commit" [ "$("$lcft" --version | sed -n 's/^commit *//p')" = "$(commit)" ]
version=$("$lcft" --version | sed -n '1s/^lcft //p')
documented() { grep -q "^## $version" CHANGELOG.md && grep -qx "version: $version" CITATION.cff; }
check "its version is that of CHANGELOG.md and CITATION.cff" documented
contents() { (cd "$prefix" && find . -type f -exec sha256sum {} + | sort); }
contents >"$scratch/first"
check "installed again" logged bash jobs/install.sh "$prefix" "$log"
# The archive's own time is all that may differ.
same_again() { diff <(contents | grep -v tar.gz) <(grep -v tar.gz "$scratch/first"); }
check "with the same files" same_again

lcft_install mandoc environment-modules zsh fish || exit 1
pages() {
  local command
  mandoc -T lint -W warning "$prefix"/share/man/man1/*.1 || return 1
  for command in $("$lcft" help | sed -n '/^SUBCOMMANDS:/,$s/^  \([a-z][a-z-]*\) .*/\1/p'); do
    mandoc -T utf8 "$prefix/share/man/man1/lcft-$command.1" | col -b | grep "lcft $command" >/dev/null || { echo "$command"; return 1; }
  done
}
check "a manual page for every command" pages
options() { mandoc -T utf8 "$prefix/share/man/man1/lcft-import-csv.1" | col -bx | grep '^  --timestamp-column ' >/dev/null; }
check "with its options" options
completes() {
  bash -c '. "$1/share/bash-completion/completions/lcft" && complete -p lcft' - "$prefix" \
    && zsh -f -c 'fpath=($1/share/zsh/site-functions $fpath); autoload -Uz compinit && compinit -u -d $1/.zcompdump &&
      [[ $_comps[lcft] == _lcft ]] && rm $1/.zcompdump && zsh -n $1/share/zsh/site-functions/_lcft' - "$prefix" \
    && PATH=$prefix/bin:$PATH HOME=$scratch XDG_DATA_DIRS=$prefix/share fish -c 'complete -C "lcft synth"' | grep synthesize >/dev/null
}
check "completion in bash, zsh and fish" logged completes "$log"
# With the paths of the module alone.
module_works() {
  . /usr/share/modules/init/bash
  module use "$prefix/share/modulefiles"
  module load lcft
  [ "$(command -v lcft)" = "$prefix/bin/lcft" ] && [ "$(. "$LCFT_SHARE/jobs/environment.sh" && lcft_binary)" = "$LCFT" ] \
    && [ -f "$LCFT_SHARE/jobs/quickstart.yaml" ] && [ -f "$LCFT_SHARE/schemas/movielens-20m.yaml" ] || return 1
  module unload lcft
  ! command -v lcft && [ -z "${LCFT:-}" ]
}
check "module load and unload" env -u LCFT bash -c "$(declare -f module_works); prefix=$prefix; module_works"
package() {
  mkdir "$scratch/package" && tar xzf "$prefix"/share/lcft/lcft-python-*.tar.gz -C "$scratch/package" --strip-components=1 \
    && diff -r -x __pycache__ "$scratch/package/src/lcft" python/src/lcft && diff "$scratch/package/pyproject.toml" python/pyproject.toml
}
check "the Python package's sources" package

check "uninstall" logged bash jobs/install.sh --uninstall "$prefix" "$log"
check "all else is still there" [ "$(cd "$prefix" && find . | sort | xargs)" = ". ./bin ./bin/other ./share" ]
mkdir -p "$prefix/share/zsh"
ln -s ../other "$prefix/bin/lcft"
check "refused: another program of this name" refused "is there and not of an installation" \
  env -u LCFT bash -c 'bash jobs/install.sh "$1" 2>&1 | grep "^install.sh" && exit 1' - "$prefix"

# The steps of the recipe. Those of the first stage run here, where the sources are.
staged=$scratch/staged
stage_one() { bash -c "${1//\/staged/$staged}"; }
stage_two() { env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "${settings[@]}" chroot "$root" "$@"; }
copied() {
  local from=${1//\/source/$PWD} to=$root$2
  cp -a "${from//\/staged/$staged}." "$to" 2>/dev/null || cp "$from" "$to"
}
stage=0 settings=() bare=yes
bare_root() {
  . /etc/os-release
  # In memory, 0.4 GB, where dpkg's many syncs cost nothing.
  mkdir "$root" && mount -t tmpfs -o mode=755,dev tmpfs "$root" && debootstrap --variant=minbase "$VERSION_CODENAME" "$root" \
    && mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" && mount -t tmpfs tmpfs "$root/dev/shm"
}
while IFS= read -r line; do
  case $stage:$line in
    0:FROM*) stage=1 ;;
    1:FROM*debian:bookworm-slim)
      stage=2
      if [ -z "${LCFT_OWN_MOUNTS:-}" ]; then
        skip 15 "a Debian root takes root's rights and mounts of its own (unshare --mount)"
        bare=
      elif ! grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then
        skip 15 "this is not Debian 12, whose libraries a Debian root has"
        bare=
      else
        lcft_install debootstrap || exit 1
        check "a bare Debian root" logged bare_root "$log"
        check "without Swift" [ -z "$(find "$root" -xdev \( -name 'libswift*' -o -name swiftc \))" ]
      fi
      ;;
    1:RUN*) check "recipe: ${line#RUN }" logged stage_one "${line#RUN }" "$log" ;;
    2:RUN*) [ -z "$bare" ] || check "recipe: ${line#RUN }" logged stage_two sh -c "${line#RUN }" "$log" ;;
    2:COPY*)
      read -r _ _ from to <<<"$line"
      [ -z "$bare" ] || check "recipe: copy $from" logged copied "$from" "$to" "$log"
      ;;
    2:ENV*) read -ra settings <<<"${line#ENV }" ;;
  esac
done <jobs/Containerfile

# What a user does there.
in_root() { logged stage_two "$@"; }
run=(run --job /usr/local/share/lcft/jobs/quickstart.yaml)
if [ -n "$bare" ]; then
  mkdir -p "$root/data"
  stage_two lcft --version
  check "it is the program that was staged" [ "$(stage_two lcft --version)" = "$("$staged/usr/local/bin/lcft" --version)" ]
  check "synthesize" in_root lcft synthesize --users 300 --items 200 --output /data/world.h5 "$log"
  check "a run on 2 ranks" in_root mpirun --oversubscribe --bind-to none -n 2 lcft "${run[@]}" --data /data/world.h5 \
    --output /data/run "$log"
  check "describe" in_root lcft describe /data/run/results.h5 "$log"
  check "report" in_root lcft report /data/run --output /data/report "$log"
  check "with its page" [ -s "$root/data/report/report.html" ]
  check "as another user" in_root setpriv --reuid 65534 --regid 65534 --clear-groups lcft status /data/run "$log"
  check "uninstall" in_root sh -c 'cd /usr/local && grep -v "/$" share/lcft/manifest | xargs rm && ! command -v lcft' "$log"
  same_bits() {
    lcft_mpirun 2 "$other" "${run[@]/#\/usr\/local/$staged/usr/local}" --data "$root/data/world.h5" --output "$scratch/run" \
      && [ -n "$(digests "$scratch/run")" ] && [ "$(digests "$scratch/run")" = "$(digests "$root/data/run")" ]
  }
  if [ -n "$other" ]; then
    check "the same bits as the build here" logged same_bits "$log"
  else
    skip 1 "no other build to compare bits with"
  fi
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
