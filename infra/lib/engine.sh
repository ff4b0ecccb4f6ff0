# A Docker Engine to work with. Source after say.sh, packages.sh and processes.sh.

export DOCKER_HOST=${DOCKER_HOST:-unix:///var/run/docker.sock}

engine_answers() { curl -sf --max-time 3 --unix-socket "${DOCKER_HOST#unix://}" http://docker/_ping; }

need_engine() {
  engine_answers >/dev/null 2>&1 && return 0
  local socket=${DOCKER_HOST#unix://}
  if [ -S "$socket" ] && [ ! -w "$socket" ]; then
    refuse "you may not use the Docker Engine at $socket" "sudo usermod -aG docker $(id -un), log in again; or run this with sudo"
  fi
  [ "$(id -u)" -eq 0 ] || refuse "no Docker Engine answers at $DOCKER_HOST, and only root can install or start one" "start it (sudo systemctl start docker), or run this with sudo"
  command -v dockerd >/dev/null || need_packages "running containers" docker.io iptables
  if [ -d /run/systemd/system ]; then
    step "start the Docker Engine" systemctl start docker
  else
    start dockerd dockerd --host "$DOCKER_HOST" --log-level warn
    step "start the Docker Engine" until_true 30 engine_answers || refuse "the Docker Engine did not start: $(tail -n 1 "$home/log/dockerd.log")" "see $home/log/dockerd.log"
  fi
}
