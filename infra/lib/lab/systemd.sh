# A systemd on a host of the lab, over a copy of the machine's files that is gone when it ends: what a person finds who logs in to a machine to make it a node.
# Source after hosts.sh. Needs systemd-nspawn.

systemd_pid() {
  local pid
  { read -r pid <"$(host_dir "$1")/systemd.pid"; } 2>/dev/null || return 1
  [ -d "/proc/$pid" ] && echo "$pid"
}

# boot_systemd N: in the network of the host, with the engine of the host at its usual place. None of the machine's own services start in it.
boot_systemd() {
  local number=$1 dir; dir=$(host_dir "$number")
  ! systemd_pid "$number" >/dev/null || return 0
  mkdir -p "$dir/systemd"
  # The writable layer is of another file system: one of the same would lie within what it is laid over.
  on_host "$number" sh -euc '
    mountpoint -q "$1" || mount -t tmpfs -o mode=0755 lab-systemd "$1"
    mkdir -p "$1/upper" "$1/work" "$1/root"
    mountpoint -q "$1/root" || mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" lab-systemd "$1/root"
    rm -rf "$1"/root/etc/systemd/system/*.wants "$1/root/etc/kontena" "$1/root/var/lib/kontena"
    tr -d - </proc/sys/kernel/random/uuid >"$1/root/etc/machine-id"' - "$dir/systemd"
  on_host "$number" env SYSTEMD_NSPAWN_API_VFS_WRITABLE=network setsid systemd-nspawn --quiet --register=no --keep-unit --directory="$dir/systemd/root" --machine="h$number" \
    --capability=all --resolv-conf=off --console=pipe --bind="$dir/docker.sock:/run/docker.sock" --boot >"$dir/log/systemd.log" 2>&1 </dev/null &
  disown
  until_true 20 first_of "$dir" || refuse "no systemd started on host $number: $(tail -n 1 "$dir/log/systemd.log")" "see $dir/log/systemd.log"
  until_true 30 systemd_is_up "$number" || refuse "the systemd of host $number is not ready" "see $dir/log/systemd.log"
}

# first_of DIR: notes the machine's pid of the first process, which is below systemd-nspawn.
first_of() { pgrep -x systemd -P "$(pgrep -f "systemd-nspawn.* --directory=$1/systemd/root" | paste -sd,)" >"$1/systemd.pid"; }
systemd_is_up() { in_systemd "$1" systemctl is-system-running 2>/dev/null | grep -qE '^(running|degraded)'; }

# in_systemd N COMMAND...: as root at its prompt.
in_systemd() {
  local number=$1 pid; shift
  pid=$(systemd_pid "$number") || { echo "host $number has no systemd" >&2; return 1; }
  nsenter -t "$pid" --mount --pid --uts --ipc --net --root --wd -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

end_systemd() {
  local pid; pid=$(systemd_pid "$1") || return 0
  kill -KILL "$pid"
  until_true 20 test ! -d "/proc/$pid"
  rm -f "$(host_dir "$1")/systemd.pid"
  on_host "$1" sh -c 'umount "$1/root" && umount "$1"' - "$(host_dir "$1")/systemd" || true
}
