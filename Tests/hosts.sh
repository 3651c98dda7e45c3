# shellcheck shell=bash
# Sourced by scripts that need several hosts, after checks.sh: makes them on this machine. A host is a network namespace on
# a switch (a bridge in a namespace of its own), with its own name, /etc/hosts, shared memory and sshd; ranks on all run as
# one job over TCP.
spaces=() hosts=() switch=lcft-$$-switch

end_hosts() {
  trap - EXIT INT TERM
  local space
  {
    for space in "${spaces[@]}"; do
      # shellcheck disable=SC2046
      kill -KILL $(ip netns pids "$space")
    done
    wait
  } 2>/dev/null
  for space in "${spaces[@]}" "$switch"; do ip netns del "$space" 2>/dev/null; done
  rm -rf "$scratch"
}

# make_hosts COUNT CHECKS: node1, node2, ..., whose cables are called `cable`, and a folder `scratch` that all of them see,
# in which `hostfile` names them. Where that cannot be, skips so many checks and ends the script.
make_hosts() {
  local host space
  [ "$(id -u)" -eq 0 ] || skip_all "$2" "hosts are made of namespaces by root only"
  lcft_install openssh-server openssh-client iproute2 util-linux procps || skip_all "$2" "sshd or ip cannot be installed"
  scratch=$(mktemp -d)
  for host in $(seq "$1"); do spaces+=("lcft-$$-$host"); done
  trap end_hosts EXIT
  trap 'exit 130' INT TERM
  {
    ip netns add "$switch" && ip -n "$switch" link add switch type bridge && ip -n "$switch" link set switch up \
      && unshare --uts --mount true
  } 2>"$scratch/why" || skip_all "$2" "no network namespaces here: $(head -n 1 "$scratch/why")"
  mkdir "$scratch/local"
  printf '127.0.0.1 localhost\n' >"$scratch/hosts"
  for host in $(seq "$1"); do
    printf '10.77.0.%s node%s\n' "$host" "$host" >>"$scratch/hosts"
    echo "node$host slots=4" >>"$scratch/hostfile"
  done
  sed 's/^root:![^:]*:/root:*:/' /etc/shadow >"$scratch/shadow"
  chmod 600 "$scratch/shadow"
  ssh-keygen -q -t ed25519 -N '' -f "$scratch/key"
  cat >"$scratch/ssh_config" <<END
Host *
  IdentityFile $scratch/key
  StrictHostKeyChecking no
  UserKnownHostsFile $scratch/known_hosts
  LogLevel ERROR
END
  for host in $(seq "$1"); do
    space=${spaces[host - 1]}
    {
      ip netns add "$space" && ip link add cable netns "$space" type veth peer name "port$host" netns "$switch" \
        && ip -n "$switch" link set "port$host" master switch up
    } 2>"$scratch/why" || skip_all "$2" "no network namespaces here: $(head -n 1 "$scratch/why")"
    ip -n "$space" addr add "10.77.0.$host/24" dev cable
    ip -n "$space" link set lo up
    ip -n "$space" link set cable up
    ssh-keygen -q -t ed25519 -N '' -f "$scratch/host_key$host"
    cat >"$scratch/sshd_config$host" <<END
HostKey $scratch/host_key$host
AuthorizedKeysFile $scratch/key.pub
PermitRootLogin yes
StrictModes no
UsePAM no
PidFile none
END
    ip netns exec "$space" unshare --uts --mount bash -c "
      hostname node$host
      mount --bind '$scratch/hosts' /etc/hosts && mount --bind '$scratch/shadow' /etc/shadow &&
      mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /run && mkdir /run/sshd &&
      mount -t tmpfs tmpfs '$scratch/local' && exec /usr/sbin/sshd -D -E '$scratch/sshd$host.log' -f '$scratch/sshd_config$host'
    " >"$scratch/start$host.log" 2>&1 &
    hosts+=($!)
  done
  export OMPI_MCA_plm_rsh_agent="ssh -F $scratch/ssh_config" OMPI_MCA_mpi_yield_when_idle=1
  for host in $(seq 2 "$1"); do
    for _ in {1..100}; do
      [ "$(on 1 ssh -F "$scratch/ssh_config" "node$host" hostname 2>"$scratch/why")" = "node$host" ] && continue 2
      sleep 0.1
    done
    skip_all "$2" "node1 cannot reach node$host: $(cat "$scratch/why" "$scratch"/start?.log | head -n 1)"
  done
}

# on HOST COMMAND...: as if logged in there.
on() {
  local process=${hosts[$1 - 1]}
  shift
  # A process that changes its view of the files loses its folder.
  nsenter --target "$process" --net --uts --mount -- bash -c 'cd "$0" && exec "$@"' "$PWD" "$@"
}

# limit_cable SPACE RATE root|parent ID: what the host of this namespace sends goes at this rate at most, all of it or what
# comes out of another queue.
limit_cable() { tc -n "$1" qdisc add dev cable "${@:3}" tbf rate "$2" burst 128kb latency 100ms; }

# Bytes that node1 has sent and received over its cable.
over_cable() { on 1 awk '$1 == "cable:" { print $2 + $10 }' /proc/net/dev; }
