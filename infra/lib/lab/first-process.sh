#!/usr/bin/env bash
# first-process.sh DIR N: sets up the namespaces of host N, in which it is process 1, and stays as its init.
set -euo pipefail
dir=$1 number=$2
mount --bind "$dir/run" /run                       # locks and containerd's sockets stay private
[ -L /var/run ] || mount --bind "$dir/run" /var/run
mkdir -p /run/lock /etc/docker
mount --bind "$dir/etc-docker" /etc/docker         # the engine's key, and so its id
echo 'nameserver 127.0.0.1' >"$dir/resolv.conf"    # nothing answers, at once: a pull of an unknown image must not wait for it
mount --bind "$dir/resolv.conf" /etc/resolv.conf
printf '127.0.0.1 localhost\n127.0.1.1 h%s\n' "$number" >"$dir/hosts"
mount --bind "$dir/hosts" /etc/hosts
# A /sys of this network, with the cgroup tree, which a fresh mount does not have.
mount -t sysfs sysfs /mnt
mount --rbind /sys/fs/cgroup /mnt/fs/cgroup
mount --rbind /mnt /sys
hostname "h$number"
ip link set lo up
sysctl -qw net.ipv4.ip_forward=0                   # as on a fresh machine: the engine turns it on and closes FORWARD itself
touch "$dir/on"
exec docker-init -- sleep infinity
