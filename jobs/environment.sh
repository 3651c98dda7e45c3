# shellcheck shell=bash
# Sourced by the scripts: installs what is missing, builds, and sets what MPI needs in containers and on small machines.
# LCFT_MPI is that of the build (README): openmpi unless it says mpich.

# lcft_install PACKAGE...: Debian packages that are not installed yet; without root, says what to load.
lcft_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep 'ok installed' >/dev/null || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "installing: ${missing[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && return 0
    echo "apt-get could not install: ${missing[*]}" >&2
    return 1
  fi
  lcft_provided && return 0
  cat >&2 <<EOF
Missing, and not installable without root: ${missing[*]}
On a Debian machine ask for:  apt-get install ${missing[*]}
On a cluster load the modules that provide Open MPI, serial HDF5, zlib, libdeflate, OpenSSL and pkg-config, for example
  module load openmpi hdf5 zlib libdeflate openssl pkgconf
and check with:  pkg-config --exists ompi-c hdf5 zlib libdeflate libcrypto && mpirun --version && h5dump --version
EOF
  return 1
}

# Whether modules provide what the packages would.
lcft_provided() {
  command -v pkg-config >/dev/null && pkg-config --exists ompi-c hdf5 zlib libdeflate libcrypto \
    && command -v mpirun >/dev/null && command -v h5dump >/dev/null
}

# shellcheck disable=SC2034
LCFT_PACKAGES="libopenmpi-dev openmpi-bin libhdf5-dev zlib1g-dev libdeflate-dev libssl-dev pkg-config hdf5-tools"
# What an installed lcft (jobs/install.sh) needs and no more, on Debian 12.
# shellcheck disable=SC2034
LCFT_RUNTIME_PACKAGES="openmpi-bin libopenmpi3 libhdf5-103-1 zlib1g libdeflate0 libssl3 libstdc++6"

# lcft_binary: prints the path of the program: LCFT, that of the build, or that of the installation whose script asks.
lcft_binary() {
  local here candidate
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  for candidate in ${LCFT:+"$LCFT"} "$here/.build/release/lcft" "$here/../../bin/lcft"; do
    if [ -x "$candidate" ]; then
      realpath -s "$candidate"
      return
    elif [ -n "${LCFT:-}" ]; then
      break
    fi
  done
  echo "there is no ${LCFT:-lcft: swift build -c release --product lcft makes it}" >&2
  return 1
}

# lcft_build: builds .build/release/lcft for this machine's own processor, or for the one that LCFT_MARCH names, and
# prints its path. Nothing but the program is built, not the tests, the checks or the benchmarks.
lcft_build() {
  if [ "$(uname -m)" = x86_64 ]; then export LCFT_MARCH=${LCFT_MARCH-native}; fi
  swift build -c release --product lcft >&2 && realpath .build/release/lcft
}

# Containers run as root, which mpirun refuses unless told twice.
if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
# Locks fail on many NFS and Lustre mounts; files here are written under a temporary name and renamed.
export HDF5_USE_FILE_LOCKING=FALSE

# lcft_launcher RANKS: sets the array `launcher` to the mpirun that starts so many ranks, also more than there are cores.
lcft_launcher() {
  if [ "${LCFT_MPI:-openmpi}" = mpich ]; then
    # Debian has it under this name, beside another MPI's.
    launcher=("$(command -v mpirun.mpich || echo mpirun)" -n "$1")
  elif [ "$1" -gt "$(nproc)" ]; then
    launcher=(mpirun --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 -n "$1")
  else
    launcher=(mpirun --bind-to core -n "$1")
  fi
}

# lcft_mpirun RANKS COMMAND...: starts the command on so many ranks.
lcft_mpirun() {
  local launcher
  lcft_launcher "$1"
  "${launcher[@]}" "${@:2}"
}
