#!/bin/sh
# Makes this machine a node: installs the agent from the master, unless it is here, and joins.
#   KONTENA_TOKEN=TOKEN install.sh https://MASTER:PORT [--ca-fingerprint SHA256] [--name NAME] [--label LABEL]...
# `kontena node create NAME` prints the line that fetches it, checks it and runs it.
set -eu

stop() { echo "kontena: $1" >&2; exit 1; }

main() {
  [ "$(id -u)" -eq 0 ] || stop "this installs a package and needs root: put sudo before sh"
  [ $# -ge 1 ] || stop "the address of the master is missing"
  master=${1%/} fingerprint=
  case $master in https://*) ;; *) stop "'$master' is no https:// address of a master" ;; esac
  previous=
  for word in "$@"; do
    if [ "$previous" = --ca-fingerprint ]; then fingerprint=$(printf %s "$word" | tr -d : | tr A-F a-f); fi
    previous=$word
  done
  [ -S "${KONTENA_DOCKER_SOCKET:-/var/run/docker.sock}" ] || stop "there is no Docker Engine on this machine (no /var/run/docker.sock); install it first: apt-get install docker.io, or https://docs.docker.com/engine/install/"
  if command -v kontena-agent >/dev/null && ! is_half_installed; then
    echo "kontena: the agent is installed already"
  else
    install_agent
  fi
  kontena-agent join "$@"
  if [ ! -d /run/systemd/system ]; then
    echo "kontena: there is no systemd here; start the agent by what this machine has: kontena-agent"
  fi
}

# As dpkg leaves it when something that it needs is missing.
is_half_installed() {
  command -v dpkg-query >/dev/null && status=$(dpkg-query -W -f '${Status}' kontena-node-agent 2>/dev/null) && [ "$status" != "install ok installed" ]
}

install_agent() {
  for program in dpkg curl sha256sum base64 awk; do
    command -v "$program" >/dev/null || stop "$program is missing; on a system without Debian's packages run the agent as a container: infra/docs/nodes.md"
  done
  [ "$(dpkg --print-architecture)" = amd64 ] || stop "the package is for amd64, and this machine is $(dpkg --print-architecture)"
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trust=
  if [ -n "$fingerprint" ]; then
    # Whoever answers is believed only for the one certificate that has the fingerprint.
    curl -fsSk --proto =https --max-time 30 "$master/v1/ca.pem" -o "$folder/sent.pem" || stop "$master does not give its certificate authority"
    awk -v folder="$folder" '/-----BEGIN CERTIFICATE-----/ { n++; on = 1 } on { print > (folder "/one." n ".pem") } /-----END CERTIFICATE-----/ { on = 0 }' "$folder/sent.pem"
    for one in "$folder"/one.*.pem; do
      [ -e "$one" ] && [ "$(sed '/-----/d' "$one" | base64 -d | sha256sum | cut -d' ' -f1)" = "$fingerprint" ] && trust=$one
    done
    [ -n "$trust" ] || stop "the authority of $master does not have the fingerprint $fingerprint: it is another master, or its authority was made anew"
  fi
  echo "kontena: fetching the agent from $master"
  curl -fsS --proto =https --max-time 600 --retry 20 --retry-delay 3 ${trust:+--cacert "$trust"} "$master/v1/agent.deb" -o "$folder/agent.deb" || stop "the agent's package could not be fetched from $master"
  chmod 0755 "$folder"; chmod 0644 "$folder/agent.deb"
  # apt fetches what the package needs; without it, or without its sources, what is missing is said.
  dpkg -i "$folder/agent.deb" >"$folder/said" 2>&1 || {
    command -v apt-get >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$folder/agent.deb" || { cat "$folder/said" >&2; stop "the agent's package could not be installed"; }
  }
}

main "$@" # nothing runs before all of it has come
