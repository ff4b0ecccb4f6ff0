# The grid of the lab: broker, store and services on the machine, one agent per host. Source after hosts.sh, with KONTENA_HOME and
# KONTENA_ADDRESS set before processes.sh.

lab_cli=$root/artifacts/publish/cli/kontena
lab_kontena() { HOME=$lab/home "$lab_cli" "$@"; }

start_control_plane() {
  local name
  running redis || start_redis
  running rabbitmq || start_rabbitmq
  step "Redis" until_true 20 redis_answers || refuse "Redis did not start" "see $home/log/redis.log"
  step "RabbitMQ" until_true 120 rabbitmq_answers || refuse "RabbitMQ did not start" "see $home/log/rabbitmq.log"
  for name in $(replica_names "$1"); do running "$name" || start_service "$name"; done
  step "the control plane is ready" until_true 90 all_ready "$1" || refuse "the control plane is not ready" "see $home/log"
}

all_ready() { local name; for name in $(replica_names "$1"); do ready "$name" >/dev/null || return 1; done; }

log_in() {
  local said url; url=$(secure_url_of api)
  # As on another machine: over TLS, by the authority that the master has made for itself.
  mkdir -p "$lab/home/.kontena/certs"
  cp "$home/tls/ca.pem" "$lab/home/.kontena/certs/$address.pem"
  said=$(KONTENA_TOKEN=$(cat "$home/data/admin.token") lab_kontena master login --name lab --skip-grid-auto-select "$url" 2>&1 && lab_kontena grid use default 2>&1) \
    || refuse "the client could not log in at $url: $said" "see $home/log"
}

# agent_of N COMMAND...: on the host, with the settings of its agent. The node is called like the host, hN.
agent_of() {
  local number=$1 dir; dir=$(host_dir "$1"); shift
  on_host "$number" env HOME="$dir" DOTNET_GCgen0size=0x400000 MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 \
    Kontena__DataDirectory="$dir/disk/kontena" Kontena__Docker__Host="unix://$dir/docker.sock" \
    Kontena__Agent__Name="h$number" Kontena__Agent__Labels="${KONTENA_LAB_LABELS:-az=z$number}" Kontena__Http__Urls="http://127.0.0.1:9296" "$@"
}

# join_host N [TOKEN]: the line of nodes.md, by default with the grid's token. Once: the host keeps its own login.
join_host() { KONTENA_TOKEN=${2:-$(secret grid-token)} agent_of "$1" "$root/artifacts/publish/node-agent/Kontena.NodeAgent" join "$(secure_url_of api)" --ca-fingerprint "$(ca_fingerprint)"; }

start_agent() {
  local number=$1 dir; dir=$(host_dir "$number")
  [ -z "$(host_pids "$number" Kontena.NodeAgent)" ] || return 0
  [ -s "$dir/disk/kontena/agent/broker.json" ] || until_true 60 join_host "$number" || refuse "host $number could not join: $(join_host "$number" 2>&1)" "see $home/log"
  agent_of "$number" setsid "$root/artifacts/publish/node-agent/Kontena.NodeAgent" >>"$dir/log/node-agent.log" 2>&1 </dev/null &
  disown
}

stop_agent() {
  local pid
  for pid in $(host_pids "$1" Kontena.NodeAgent); do kill -TERM "$pid" 2>/dev/null || true; done
  until_true 30 agent_is_gone "$1"
}
agent_is_gone() { [ -z "$(host_pids "$1" Kontena.NodeAgent)" ]; }
kill_agent() { local pid; for pid in $(host_pids "$1" Kontena.NodeAgent); do kill -KILL "$pid" 2>/dev/null || true; done; }

# node_is NAME STATE: online, suspect or offline.
node_is() { api_get nodes/default/"$1" | grep -qE "\"status\": *\"$2\""; }
api_get() { curl -sf --max-time 15 -H "Authorization: Bearer $(cat "$home/data/admin.token")" "$api_url/v1/$1"; }

# The images of the lab: kontena-lab/tiny:1 and :2 sleep, kontena-lab/web:1 and :2 answer on port 80. Built once, the same everywhere.
load_images() {
  local number=$1 archive=$lab/images.tar context version
  if [ ! -s "$archive" ]; then
    context=$(mktemp -d)
    cp -L /bin/busybox "$context/busybox"
    cp "$root/infra/examples/hello/web/serve" "$context/serve"
    # busybox looks no names up outside of its own nslookup; this does, as programs do.
    for version in /usr/bin/getent $(ldd /usr/bin/getent | grep -o '/[^ ]*'); do mkdir -p "$context/resolver${version%/*}"; cp -L "$version" "$context/resolver$version"; done
    for version in 1 2; do
      printf 'FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sleep\nCOPY busybox /bin/sh\nENV VERSION=%s\nSTOPSIGNAL SIGKILL\nCMD ["/bin/sleep","1000000"]\n' "$version" >"$context/tiny.$version"
      sed "s/^STOPSIGNAL/COPY resolver \/\nENV VERSION=$version\nSTOPSIGNAL/" "$root/infra/examples/hello/web/Dockerfile" >"$context/web.$version"
    done
    tar -C "$context" -cf "$lab/context.tar" .
    rm -rf "$context"
    for version in 1 2; do
      build_image "$number" "kontena-lab/tiny:$version" "tiny.$version"; build_image "$number" "kontena-lab/web:$version" "web.$version"
    done
    engine_api "$number" 'http://docker/images/get?names=kontena-lab/tiny:1&names=kontena-lab/tiny:2&names=kontena-lab/web:1&names=kontena-lab/web:2' -o "$archive.new"
    mv "$archive.new" "$archive"
  else
    engine_api "$number" http://docker/images/kontena-lab/web:2/json >/dev/null ||
      engine_api "$number" -H 'Content-Type: application/x-tar' --data-binary "@$archive" http://docker/images/load >/dev/null
  fi
}
build_image() {
  local said
  said=$(engine_api "$1" -H 'Content-Type: application/x-tar' --data-binary "@$lab/context.tar" "http://docker/build?t=$2&dockerfile=$3") \
    && [[ $said != *errorDetail* ]] || refuse "image $2 was not built: ${said: -200}" "see $(host_dir "$1")/log/dockerd.log"
}
