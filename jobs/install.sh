#!/usr/bin/env bash
# Builds lcft with the Swift runtime inside, and installs it with all that belongs to it. The program then runs on machines
# that have no Swift, as long as they have the libraries that docs/install.md names.
#
#   bash jobs/install.sh PREFIX                for example ~/lcft, /usr/local or /sw/lcft/0.2.0
#   bash jobs/install.sh --uninstall PREFIX    removes what was installed there, and nothing else
#
#   LCFT_MARCH     the processor to build for: native, or any name that clang knows. Without it two programs are built, for
#                  x86-64-v3, and for x86-64-v4 (AVX-512), which the first one starts on hosts that have it
#   LCFT_MPI       the MPI library to build for, openmpi (the default) or mpich
#   LCFT_SCRATCH   the folder to build in (.build-install in the repository)
#   DESTDIR        a folder that stands for / until the files are moved there, as packages and images want it
#
# Installed again, it replaces its own files, and refuses to replace any other. Expected on 2 quiet cores: 10 minutes.
set -euo pipefail

refuse() {
  echo "install.sh: $*" >&2
  exit 1
}
say() { echo "== $*" >&2; }
explain() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

action=install
if [ "${1:-}" = --uninstall ]; then
  action=uninstall
  shift
fi
[[ $# -eq 1 && $1 != -* && -n $1 ]] || explain
prefix=$(realpath -ms "$1")
[[ $prefix != / ]] || refuse "/ is no PREFIX: try /usr/local"
# Paths of both kinds are put into scripts and modules, which take them as words.
[[ $prefix != *[[:space:]\"\$\\]* ]] || refuse "'$prefix': a PREFIX has no spaces, quotes, \$ or backslashes"
root=${DESTDIR:+$(realpath -ms "$DESTDIR")}$prefix
here=$(cd "$(dirname "$0")/.." && pwd)
manifest=share/lcft/manifest
umask 022

# listed: what the manifest of PREFIX lists: files, and the folders that were made for them, which end in /, innermost
# first.
listed() { cat "$root/$manifest" 2>/dev/null || true; }

# remove: takes away what standard input lists, of PREFIX. A folder that holds something else by now stays.
remove() {
  local path
  while read -r path; do
    case $path in
      '') ;;
      */) rmdir --ignore-fail-on-non-empty "$root/$path" 2>/dev/null || true ;;
      *) rm -f "$root/$path" ;;
    esac
  done
}

if [ "$action" = uninstall ]; then
  [ -f "$root/$manifest" ] || refuse "$root/$manifest is not there: nothing was installed in $root"
  [ -w "$root/$manifest" ] || refuse "$root: you cannot remove what is there"
  paths=$(listed)
  remove <<<"$paths"
  rmdir --ignore-fail-on-non-empty "$root"
  say "$(grep -vc '/$' <<<"$paths") files removed from $root"
  exit
fi

# What is missing is found before any work.
command -v swift >/dev/null || refuse "swift is not on the PATH: a toolchain of Swift 6.0 or later builds lcft (swift.org/install)"
runtime=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": *"\(.*\)".*/\1/p')
[ -f "${runtime}_static/linux/libswiftCore.a" ] \
  || refuse "this Swift toolchain has no static runtime (${runtime}_static/linux): take one from swift.org"
case ${LCFT_MPI:-openmpi} in
  openmpi) needs="ompi-c:libopenmpi-dev" ;;
  mpich) needs="mpich:libmpich-dev" ;;
  *) refuse "LCFT_MPI is '$LCFT_MPI'; known: openmpi, mpich" ;;
esac
missing=() packages=()
for need in $needs hdf5:libhdf5-dev zlib:zlib1g-dev libdeflate:libdeflate-dev libcrypto:libssl-dev; do
  pkg-config --exists "${need%:*}" 2>/dev/null || { missing+=("${need%:*}") packages+=("${need#*:}"); }
done
command -v pkg-config >/dev/null || packages+=(pkg-config)
[ ${#packages[@]} -eq 0 ] \
  || refuse "pkg-config does not find ${missing[*]}: apt-get install ${packages[*]}, or load the modules that provide them"
stage=$(mktemp -d)
trap 'rm -rf "$stage"; rmdir --ignore-fail-on-non-empty "$root" 2>/dev/null' EXIT
mkdir -p "$root" 2>/dev/null && [ -w "$root" ] || refuse "$root: you cannot write there"

# The first one is the program that users start, and that switches to the other (docs/install.md, "The processor").
targets=("${LCFT_MARCH-}")
if [ -z "${LCFT_MARCH+set}" ] && [ "$(uname -m)" = x86_64 ]; then targets=(x86-64-v3 x86-64-v4); fi
scratch=${LCFT_SCRATCH:-$here/.build-install}
[ "${LCFT_MPI:-openmpi}" = openmpi ] || scratch=$scratch-$LCFT_MPI
# What it says to the program is for users, not for the one that is built here.
unset LCFT_PROCESSOR
for target in "${targets[@]}"; do
  program=libexec/lcft/$target/lcft
  [ "$target" != "${targets[0]}" ] || program=bin/lcft
  say "build${target:+ for $target} (5 minutes the first time)"
  build=$scratch${target:+/$target}
  # What debuggers need would be made only to be stripped.
  LCFT_MARCH=$target swift build --package-path "$here" --scratch-path "$build" -c release --product lcft \
    --static-swift-stdlib -debug-info-format none >&2 || refuse "the build has failed, for the reason above"
  install -D -s -m 755 "$build/release/lcft" "$stage/$program"
  ! ldd "$stage/$program" | grep -E 'libswift|libFoundation|not found' >&2 \
    || refuse "the program needs the libraries above, which nodes may not have"
done
lcft=$stage/bin/lcft
version=$("$lcft" --version) \
  || refuse "the program does not run on this processor${LCFT_MARCH:+, as it is built for LCFT_MARCH=$LCFT_MARCH: install on a node that is one}"
version=$(sed -n '1s/^lcft //p' <<<"$version")

say "completions, manual, module file, documents, jobs, schemas and the Python package"
# completion SHELL FILE
completion() {
  mkdir -p "$stage/$(dirname "$2")"
  "$lcft" --generate-completion-script "$1" >"$stage/$2"
}
completion bash share/bash-completion/completions/lcft
completion zsh share/zsh/site-functions/_lcft
completion fish share/fish/vendor_completions.d/lcft.fish
share=$stage/share/lcft
bash "$here/jobs/manual.sh" "$lcft" "$stage/share/man/man1" "$prefix/share/lcft"
mkdir -p "$share/jobs" "$share/schemas" "$share/docs"
cp "$here"/README.md "$here"/CHANGELOG.md "$here"/CITATION.cff "$share"
cp "$here"/docs/*.md "$here"/docs/*.ipynb "$here"/docs/*.svg "$share/docs"
cp "$here"/schemas/* "$share/schemas"
# Scripts that build the program first belong to the sources.
cp "$here"/jobs/*.yaml "$here"/jobs/*.sbatch "$here"/jobs/*.pbs "$share/jobs"
cp "$here"/jobs/{environment,run-hosts,whole-experiment}.sh "$share/jobs"
tar --create --gzip --file "$share/lcft-python-$version.tar.gz" --directory "$here" --sort=name --owner=0 --group=0 \
  --numeric-owner --exclude='.*' --exclude=__pycache__ --exclude='*.egg-info' --exclude=build --exclude=tests \
  --transform "s,^python,lcft-python-$version," python

module=$stage/share/modulefiles/lcft/$version
mkdir -p "$(dirname "$module")"
sed -e "s|@prefix@|$prefix|" -e "s|@version@|$version|" "$here/jobs/module.tcl" >"$module"
# The program finds MPI and HDF5 where it found them when it was built.
if [ -n "${LOADEDMODULES:-}" ]; then printf 'module load %s\n' "${LOADEDMODULES//:/ }" >>"$module"; fi
chmod -R u+rwX,go+rX "$stage"

say "files into $root"
# Folders that were there before are not the installation's to remove.
{
  (cd "$stage" && find . -mindepth 1 ! -type d -printf '%P\n')
  (cd "$stage" && find . -mindepth 1 -depth -type d -printf '%P/\n') | while read -r folder; do
    if [ ! -d "$root/$folder" ] || listed | grep -xF "$folder" >/dev/null; then echo "$folder"; fi
  done
} >"$share/manifest"
while read -r file; do
  if [[ $file != */ ]] && { [ -e "$root/$file" ] || [ -L "$root/$file" ]; } && ! listed | grep -xF "$file" >/dev/null; then
    refuse "$root/$file is there and not of an installation: remove it, or choose another PREFIX"
  fi
done <"$share/manifest"
stale=$(listed | grep -vxF -f "$share/manifest" || true)
# tar makes files anew and does not write into those that are there: a program that runs goes on.
tar --create --directory "$stage" . \
  | tar --extract --directory "$root" --no-same-owner --no-overwrite-dir --keep-directory-symlink
remove <<<"$stale"
"$lcft" --version
