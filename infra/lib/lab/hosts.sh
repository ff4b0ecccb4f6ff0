# Isolated hosts on one machine. A host is a set of namespaces (network, mounts, processes, names), a cable to a common switch, a cgroup, and a
# Docker Engine of its own; files are shared with the machine. Source after say.sh. Needs root.

# In a sandbox everything is below the sandbox's folder, and goes with it.
if [ -n "${KONTENA_TEST_DOCKER:-}" ]; then default_lab=$(dirname "${KONTENA_TEST_DOCKER#unix://}")/lab; else default_lab=/var/tmp/kontena-lab; fi
lab=${KONTENA_LAB:-$default_lab}
net=${KONTENA_LAB_NET:-10.99.0}                                     # the machine is .1, host N is .(10+N)
switch=kontena-lab                                                  # its network namespace: the machine's own rules never see a lab frame
lab_cgroup=/kontena-$(basename "$(dirname "$lab")")-$(basename "$lab")
freezer=/sys/fs/cgroup/freezer
controllers=$(find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d ! -fstype tmpfs)   # what somebody made beside the controllers is none
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then controllers=/sys/fs/cgroup freezer=; fi

host_dir() { echo "$lab/h$1"; }
host_address() { echo "$net.$((10 + $1))"; }
hosts() { local one; for one in "$lab"/h[0-9] "$lab"/h[0-9][0-9]; do [ ! -d "$one" ] || echo "${one##*/h}"; done; }

# The machine's pid of a host's first process; fails when the host is off.
host_init() {
  local pid groups=
  { read -r pid <"$lab/h$1/init.pid"; } 2>/dev/null || return 1
  { read -r -d '' groups <"/proc/$pid/cgroup"; } 2>/dev/null || true
  [[ $groups == *"$lab_cgroup/h$1/"* ]] && echo "$pid"
}
host_is_on() { host_init "$1" >/dev/null; }

# on_host N COMMAND...: nsenter alone would keep the caller's cgroup, and freezing and killing would miss the process.
on_host() {
  local number=$1 pid controller; shift
  pid=$(host_init "$number") || { echo "host $number is off" >&2; return 1; }
  ( for controller in $controllers; do echo "$BASHPID" >"$controller$lab_cgroup/h$number/own/cgroup.procs"; done 2>/dev/null
    exec nsenter -t "$pid" --net --mount --pid --uts --ipc -- "$@" )
}

# engine_api N CURL-ARGUMENT...: a request to the host's engine.
engine_api() { local number=$1; shift; curl -sf --unix-socket "$(host_dir "$number")/docker.sock" "$@"; }
engine_is_up() { engine_api "$1" --max-time 5 http://docker/_ping >/dev/null; }

# host_pids N NAME: the machine's pids of a host's own processes (not its containers') of that name.
host_pids() {
  local pid name
  for pid in $(cat "${controllers%%[[:space:]]*}$lab_cgroup/h$1/own/cgroup.procs" 2>/dev/null); do
    { read -r name <"/proc/$pid/comm"; } 2>/dev/null || continue
    [ "$name" != "${2:0:15}" ] || echo "$pid"
  done
}

make_switch() {
  [ ! -e "/run/netns/$switch" ] || return 0
  ip netns add "$switch"
  ip -n "$switch" link set lo up
  ip -n "$switch" link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
  ip netns exec "$switch" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 2>/dev/null || true
  ip -n "$switch" link set br0 up
  ip link add kontena-lab type veth peer name machine netns "$switch"
  ip addr add "$net.1/24" dev kontena-lab
  ip link set kontena-lab up
  ip -n "$switch" link set machine master br0 up
}

make_cgroups() {
  local controller path
  for controller in $controllers; do
    [ -w "$controller/cgroup.procs" ] || continue
    mkdir -p "$controller$lab_cgroup/h$1/own"
    for path in "$lab_cgroup" "$lab_cgroup/h$1" "$lab_cgroup/h$1/own"; do
      [ -z "$freezer" ] || [ ! -e "$controller/cpuset.cpus" ] || {
        cat "$controller/cpuset.cpus" >"$controller$path/cpuset.cpus"; cat "$controller/cpuset.mems" >"$controller$path/cpuset.mems"; }
      [ -n "$freezer" ] || [[ $path == */own ]] || echo "+cpu +memory +pids" >"$controller$path/cgroup.subtree_control" 2>/dev/null || true
    done
  done
}

# create_host N: namespaces and cable, as of a machine that was just switched on: nothing runs on it yet but its first process.
create_host() {
  local number=$1 dir launcher controller pid; dir=$(host_dir "$number")
  make_switch
  mkdir -p "$dir"/{disk,exec,run,etc-docker,log}
  # What the engine and the agent write is on a disk of the host's own when a size was asked for; it outlives the power.
  [ -z "${KONTENA_LAB_DISK:-}" ] || mountpoint -q "$dir/disk" || mount -t tmpfs -o "size=$KONTENA_LAB_DISK" "lab-h$number" "$dir/disk"
  make_cgroups "$number"
  rm -f "$dir"/{init.pid,on,docker.sock}
  ( for controller in $controllers; do echo "$BASHPID" >"$controller$lab_cgroup/h$number/own/cgroup.procs"; done 2>/dev/null
    exec setsid unshare --net --mount --pid --uts --ipc --fork --kill-child --mount-proc --propagation private \
      bash "$root/infra/lib/lab/first-process.sh" "$dir" "$number" ) >"$dir/log/init.log" 2>&1 </dev/null &
  launcher=$!; disown
  until_true 10 test -e "$dir/on" || refuse "host $number did not start: $(tail -n 1 "$dir/log/init.log")" "see $dir/log/init.log; infra/lab down"
  pid=$(pgrep -P "$launcher" | head -n 1)
  echo "$pid" >"$dir/init.pid"
  # The address of its card never changes: a host that comes back must not fight what others remember of it.
  ip -n "$switch" link del "h$number" 2>/dev/null || true
  ip link add "h$number" netns "$switch" type veth peer name eth0 address "02:6b:6c:61:62:$(printf %02x "$number")" netns "$pid"
  ip -n "$switch" link set "h$number" master br0 up
  on_host "$number" ip addr add "$(host_address "$number")/24" dev eth0
  on_host "$number" ip link set eth0 up
}

# start_engine N: and waits until it answers. A pid file of another boot may name a living process by now.
start_engine() {
  local number=$1 dir; dir=$(host_dir "$number")
  ! engine_is_up "$number" || return 0
  rm -f "$dir"/{docker.sock,docker.pid} "$dir/exec/containerd/containerd.pid"
  # shellcheck disable=SC2086
  on_host "$number" setsid dockerd --data-root "$dir/disk/docker" --exec-root "$dir/exec" --pidfile "$dir/docker.pid" --host "unix://$dir/docker.sock" \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "$lab_cgroup/h$number" --userland-proxy=false --log-level warn \
    ${KONTENA_LAB_DOCKERD_ARGS:-} >>"$dir/log/dockerd.log" 2>&1 </dev/null &
  disown
  until_true 60 engine_is_up "$number" || refuse "the engine of host $number did not start: $(tail -n 1 "$dir/log/dockerd.log")" "see $dir/log/dockerd.log"
}

# kill_engine N: with its containerd; the containers go on.
kill_engine() {
  local pid
  for pid in $(host_pids "$1" dockerd) $(host_pids "$1" containerd); do kill -KILL "$pid" 2>/dev/null || true; done
}

# power_off N: everything on the host ends at once, as when the cord is pulled. Its disk stays.
power_off() {
  local number=$1 pid controller
  if pid=$(host_init "$number"); then
    thaw "$number"
    kill -KILL "$pid"
    until_true 20 test ! -d "/proc/$pid" || true
  fi
  rm -f "$(host_dir "$number")"/{init.pid,on,docker.sock}
  ip -n "$switch" link del "h$number" 2>/dev/null || true
  for controller in $controllers; do find "$controller$lab_cgroup/h$number" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
}

freeze_to() {
  if [ -n "$freezer" ]; then
    echo "$2" >"$freezer$lab_cgroup/h$1/freezer.state"
    until_true 5 grep -q "$2" "$freezer$lab_cgroup/h$1/freezer.state"
  else
    [ "$2" = FROZEN ] && echo 1 >"$controllers$lab_cgroup/h$1/cgroup.freeze" || echo 0 >"$controllers$lab_cgroup/h$1/cgroup.freeze"
  fi
}
freeze() { freeze_to "$1" FROZEN; }
thaw() { freeze_to "$1" THAWED; }
is_frozen() {
  local state=
  if [ -n "$freezer" ]; then read -r state <"$freezer$lab_cgroup/h$1/freezer.state"; else read -r state <"$controllers$lab_cgroup/h$1/cgroup.freeze"; fi 2>/dev/null || true
  [ "$state" = FROZEN ] || [ "$state" = 1 ]
}

# cut_cable N both|in|out: packets to or from the host are dropped, those of its containers too; connections are not told.
cut_cable() {
  [ "$2" = out ] || on_host "$1" iptables -w -t raw -I PREROUTING -i eth0 -m comment --comment lab-cut -j DROP
  [ "$2" = in ] || on_host "$1" iptables -w -t mangle -I POSTROUTING -o eth0 -m comment --comment lab-cut -j DROP
}
slow_cable() { on_host "$1" tc qdisc replace dev eth0 root tbf rate "$2" burst 16kbit latency 400ms; }
# The switch's end of the cable, so that the host's card still says 1500.
narrow_cable() { ip -n "$switch" link set "h$1" mtu "$2"; }
mend_cable() {
  narrow_cable "$1" 1500
  local table
  for table in raw mangle; do
    on_host "$1" sh -c "iptables -w -t $table -S | grep lab-cut | sed 's/^-A/-D/' | while read -r rule; do iptables -w -t $table \$rule; done"
  done
  on_host "$1" tc qdisc del dev eth0 root 2>/dev/null || true
}

# remove_hosts: all of them, with their disks, the switch and the cgroups.
remove_hosts() {
  local number controller mounted
  for number in $(hosts); do power_off "$number"; done
  awk -v dir="$lab/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mounted; do umount -l "$mounted"; done
  ip link del kontena-lab 2>/dev/null || true
  ip netns del "$switch" 2>/dev/null || true
  for controller in $controllers; do find "$controller$lab_cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
  rm -rf "$lab"/h[0-9]*
}
