#!/usr/bin/env bash
# A run over the hosts of a hostfile, without a scheduler.
#
#   bash jobs/run-hosts.sh hostfiles/two-hosts 8 jobs/amazon-din.yaml electronics.h5 runs/amazon-din [OPTION OF lcft run...]
#
# Every host has the same build and data under the same paths (LCFT names another executable), and can be reached
# by ssh without a password. LCFT_MAP_BY and LCFT_BIND_TO are what mpirun gets as --map-by and --bind-to (default: core, for
# both). Started again, it resumes where it stopped; kill -USR1 stops it with a checkpoint.
# Options of mpirun come from its own variables: OMPI_MCA_btl_tcp_if_include=eth1 chooses the network.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
usage="usage: run-hosts.sh HOSTFILE RANKS JOB.yaml DATA.h5 OUTPUT [OPTION...]"
hostfile=${1:?$usage} ranks=${2:?$usage} job=${3:?$usage} data=${4:?$usage} output=${5:?$usage}
shift 5
lcft=$(lcft_binary)
exec mpirun --hostfile "$hostfile" -n "$ranks" --map-by "${LCFT_MAP_BY:-core}" --bind-to "${LCFT_BIND_TO:-core}" \
  -x HDF5_USE_FILE_LOCKING \
  "$lcft" run --job "$job" --data "$data" --output "$output" --resume "$@"
