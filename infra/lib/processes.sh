# The platform's processes on this machine: where they keep things, how they start and end. Source after say.sh.

home=${KONTENA_HOME:-$HOME/.local/state/kontena}
api_port=${KONTENA_PORT:-9292}
rabbit_port=${KONTENA_RABBITMQ_PORT:-5682}
redis_port=${KONTENA_REDIS_PORT:-6390}
address=${KONTENA_ADDRESS:-127.0.0.1}      # where the broker, and the api with TLS, listen for other machines; everything else listens on the loopback alone
api_url=http://127.0.0.1:$api_port
services=(grid-manager scheduler log-collector api node-agent)
# A generation-0 budget of 4 MB: the default follows the size of the processor cache, which costs a resting process 50 MB on large machines.
export DOTNET_GCgen0size=0x400000

# The second scheduler is scheduler-2, and so on.
service_of() { echo "${1%-[2-9]}"; }
replica_of() { case $1 in *-[2-9]) echo "${1##*-}" ;; *) echo 1 ;; esac; }

# replica_names COUNT: scheduler, scheduler-2, … of every service but the agent.
replica_names() {
  local number
  printf '%s\n' grid-manager scheduler log-collector api
  for number in $(seq 2 "$1"); do printf '%s\n' "grid-manager-$number" "scheduler-$number" "log-collector-$number" "api-$number"; done
}

# Where each process answers /readyz. Replicas are ten ports apart.
url_of() {
  local port=$((api_port + 10 * ($(replica_of "$1") - 1)))
  case $(service_of "$1") in
    standalone | api) echo "http://127.0.0.1:$port" ;;
    grid-manager) echo "http://127.0.0.1:$((port + 1))" ;;
    scheduler) echo "http://127.0.0.1:$((port + 2))" ;;
    log-collector) echo "http://127.0.0.1:$((port + 3))" ;;
    node-agent) echo "http://127.0.0.1:$((port + 4))" ;;
  esac
}

# Where agents and clients on other machines reach an api: its port and 150.
secure_url_of() { echo "https://$address:$((api_port + 150 + 10 * ($(replica_of "$1") - 1)))"; }

binary_of() {
  case $(service_of "$1") in
    api) echo Kontena.Api ;; grid-manager) echo Kontena.GridManager ;; scheduler) echo Kontena.Scheduler ;;
    log-collector) echo Kontena.LogCollector ;; node-agent) echo Kontena.NodeAgent ;; standalone) echo Kontena.Standalone ;;
  esac
}

pid_of() { cat "$home/run/$1.pid" 2>/dev/null; }

# A pid alone may name a stranger after a reboot: the start time written beside it must match as well.
running() {
  local pid started
  { read -r pid started <"$home/run/$1.pid"; } 2>/dev/null || return 1
  [ -n "$pid" ] && [ -n "$started" ] && [ "$(started_at "$pid")" = "$started" ]
}

started_at() { awk '$3 != "Z" {print $22}' "/proc/$1/stat" 2>/dev/null; }

# start NAME COMMAND...: in the background, its pid and start time in run/NAME.pid, its output in log/NAME.log.
start() {
  local name=$1; shift
  mkdir -p "$home/run" "$home/log"
  setsid "$@" >>"$home/log/$name.log" 2>&1 </dev/null &
  local pid=$!
  disown          # a process that is killed is no news of this shell's
  echo "$pid $(started_at "$pid")" >"$home/run/$name.pid"
}

# stop NAME [SIGNAL]: ends the process that start began, and waits until it is gone.
stop() {
  local name=$1 pid
  running "$name" || { rm -f "$home/run/$name.pid"; return 0; }
  read -r pid _ <"$home/run/$name.pid"
  kill -"${2:-TERM}" "$pid" 2>/dev/null
  for _ in $(seq 300); do running "$name" || break; sleep 0.1; done
  running "$name" && kill -KILL -- "-$pid" 2>/dev/null      # with what it started: each has a session of its own
  rm -f "$home/run/$name.pid"
}

# kill_process NAME: with -9, together with what it started (the broker is a child of its script), and waits until it is gone.
kill_process() {
  local pid
  read -r pid _ <"$home/run/$1.pid"
  kill -KILL -- "-$pid" || true               # each has a session of its own
  until_true 10 gone "$1" "$pid" || true
}
gone() { ! running "$1" && ps -e -o pgid=,stat= | awk -v group="$2" '$1 == group && $2 !~ /^Z/ { alive = 1 } END { exit alive }'; }

# Whoever called: root, and with sudo also the person behind it, who then needs no root to use the client.
callers=$(id -un)
if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then callers="root $SUDO_USER"; fi
as_user() {
  local user=$1; shift
  if [ "$user" = "$(id -un)" ]; then "$@"; else sudo --preserve-env=KONTENA_TOKEN --set-home -u "$user" "$@"; fi
}

# trust_authority USER: their client believes what our authority has signed for this address, beside what stands in that file from elsewhere.
trust_authority() {
  as_user "$1" sh -c 'file=$HOME/.kontena/certs/$1.pem pem=$(cat); mkdir -p "${file%/*}"
    case $(cat "$file" 2>/dev/null) in
      "") printf "%s\n" "$pem" >"$file" ;;
      *"$pem"*) ;;
      *) printf "\n%s\n" "$pem" >>"$file" ;;
    esac' sh "$address" <"$home/tls/ca.pem"
}
# distrust_authority USER: the authority is gone for good. A file in which others stand too is left to its owner.
distrust_authority() {
  as_user "$1" sh -c 'file=$HOME/.kontena/certs/$1.pem; [ "$(cat "$file" 2>/dev/null)" != "$(cat)" ] || rm -f "$file"' sh "$address" <"$home/tls/ca.pem"
}

# random N: N characters for passwords and tokens.
random() { head -c 256 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c "$1"; }

# secret NAME: made once, kept in a 0600 file.
secret() {
  local file=$home/secrets/$1
  if [ ! -s "$file" ]; then (umask 077; mkdir -p "$home/secrets"; random 32 >"$file"); fi
  cat "$file"
}

# The house's own authority, and a certificate for the broker, the store and the api; made anew before it ends.
certificates() {
  local names=(localhost 127.0.0.1)
  [ "$address" = 127.0.0.1 ] || names+=("$address")
  (umask 077; mkdir -p "$home/tls"; "$root/artifacts/publish/api/Kontena.Api" certificates "$home/tls" "${names[@]}" "$@")
}

# renew_certificates: makes anew what ends soon, and has broker and store read it; the services look by themselves. Connections that are there stay.
renew_certificates() {
  local file made
  made=$(certificates "$@")
  [[ $made == *"made "* ]] || return 0
  if running redis; then
    file="$home/tls/server"
    REDISCLI_AUTH=$(secret redis) redis-cli --tls --cacert "$home/tls/ca.pem" -p "$redis_port" config set tls-key-file "$file.key" tls-cert-file "$file.pem" >/dev/null
  fi
  # By itself the broker looks within two minutes.
  if running rabbitmq; then (rabbitmq_environment; /usr/lib/rabbitmq/bin/rabbitmqctl -q eval 'ssl:clear_pem_cache().' >/dev/null) || true; fi
}
ca_fingerprint() { certificates | sed -n 's/^ca .* sha256 //p'; }

start_standalone() {
  start standalone env \
    Kontena__DataDirectory="$home/data" Kontena__Http__Urls="$api_url" Kontena__Docker__Host="$DOCKER_HOST" \
    "$root/artifacts/publish/standalone/Kontena.Standalone"
}

# start_service NAME: one process of the distributed form. Log-collectors of one machine share their directory.
start_service() {
  local name=$1 data=$1 urls=
  case $(service_of "$name") in
    node-agent) start_node_agent; return ;;
    log-collector) data=log-collector ;;
    api) urls="$(url_of "$name");$(secure_url_of "$name")" ;;
  esac
  start "$name" env \
    Kontena__DataDirectory="$home/data/$data" Kontena__Http__Urls="${urls:-$(url_of "$name")}" Kontena__Docker__Host="$DOCKER_HOST" \
    Kontena__Bus__RabbitMq="amqps://kontena:$(secret rabbitmq)@$address:$rabbit_port/" \
    Kontena__Bus__Management="http://127.0.0.1:$((rabbit_port + 10000))" \
    Kontena__State__Redis="127.0.0.1:$redis_port,password=$(secret redis),ssl=true" \
    Kontena__Tls__CaFile="$home/tls/ca.pem" Kontena__Tls__Certificate="$home/tls/server.pem" Kontena__Tls__Key="$home/tls/server.key" \
    Kontena__Api__TokenFile="$home/data/admin.token" Kontena__Api__AgentPackage="$root/artifacts/packages" \
    Kontena__Grid__Name=default Kontena__Grid__Token="$(secret grid-token)" \
    "$root/artifacts/publish/$(service_of "$name")/$(binary_of "$name")"
}

# The agent of this machine: it joins once, and has a login of its own from then on.
agent_here() { Kontena__DataDirectory="$home/data/node-agent" Kontena__Http__Urls="$(url_of node-agent)" Kontena__Docker__Host="$DOCKER_HOST" "$@"; }
join_here() { KONTENA_TOKEN=$(secret grid-token) agent_here "$root/artifacts/publish/node-agent/Kontena.NodeAgent" join "$(secure_url_of api)" --ca-fingerprint "$(ca_fingerprint)"; }
start_node_agent() {
  [ -s "$home/data/node-agent/agent/broker.json" ] || step "this machine joins" until_true 90 join_here || refuse "this machine could not join: $(join_here 2>&1)" "see $home/log"
  # As in its unit: native memory in one piece that is given back early.
  agent_here start node-agent env MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 "$root/artifacts/publish/node-agent/Kontena.NodeAgent"
}

# store_tool FORM backup|restore FILE...: the platform's own command, with the settings its services have.
store_tool() {
  local form=$1; shift
  if [ "$form" = embedded ]; then
    Kontena__DataDirectory="$home/data" "$root/artifacts/publish/standalone/Kontena.Standalone" "$@"
  else
    Kontena__DataDirectory="$home/data/grid-manager" Kontena__Api__TokenFile="$home/data/admin.token" \
      Kontena__State__Redis="127.0.0.1:$redis_port,password=$(secret redis),ssl=true" Kontena__Tls__CaFile="$home/tls/ca.pem" \
      "$root/artifacts/publish/grid-manager/Kontena.GridManager" "$@"
  fi
}

start_redis() {
  mkdir -p "$home/data/redis"
  certificates >/dev/null
  (umask 077; printf 'bind 127.0.0.1\nport 0\ntls-port %s\ntls-cert-file %s\ntls-key-file %s\ntls-ca-cert-file %s\ntls-auth-clients no\ndir %s\nappendonly yes\nappendfsync always\nsave ""\nrequirepass %s\n' \
    "$redis_port" "$home/tls/server.pem" "$home/tls/server.key" "$home/tls/ca.pem" "$home/data/redis" "$(secret redis)" >"$home/secrets/redis.conf")
  start redis redis-server "$home/secrets/redis.conf"
}

redis_answers() { REDISCLI_AUTH=$(secret redis) redis-cli --tls --cacert "$home/tls/ca.pem" -p "$redis_port" ping 2>/dev/null | grep -q PONG; }

# The broker without the package's service: its own cookie, ports and folders, so that another broker of this machine is not disturbed.
rabbitmq_environment() {
  local dir=$home/data/rabbitmq
  mkdir -p "$dir" "$home/run" "$home/log"
  (umask 077
    printf 'listeners.tcp = none\nlisteners.ssl.1 = %s:%s\nssl_options.cacertfile = %s\nssl_options.certfile = %s\nssl_options.keyfile = %s\nssl_options.verify = verify_none\nssl_options.versions.1 = tlsv1.3\nssl_options.versions.2 = tlsv1.2\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = %s\ndefault_user = kontena\ndefault_pass = %s\ndisk_free_limit.absolute = 100MB\n' \
      "$address" "$rabbit_port" "$home/tls/ca.pem" "$home/tls/server.pem" "$home/tls/server.key" $((rabbit_port + 10000)) "$(secret rabbitmq)" >"$home/secrets/rabbitmq.conf")
  echo '[].' >"$dir/advanced.config"; : >"$dir/rabbitmq-env.conf"; echo '[rabbitmq_management].' >"$dir/enabled_plugins"
  export HOME=$dir RABBITMQ_NODENAME=kontena@localhost \
    RABBITMQ_DIST_PORT=$((rabbit_port + 20000)) RABBITMQ_MNESIA_BASE=$dir/mnesia RABBITMQ_LOG_BASE=$home/log \
    RABBITMQ_PID_FILE=$dir/pid RABBITMQ_CONFIG_FILE=$home/secrets/rabbitmq.conf RABBITMQ_ADVANCED_CONFIG_FILE=$dir/advanced.config \
    RABBITMQ_CONF_ENV_FILE=$dir/rabbitmq-env.conf RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$((rabbit_port + 20001)) \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
}

start_rabbitmq() {
  certificates >/dev/null
  (rabbitmq_environment
    running epmd || start epmd epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT"
    # Else the broker starts one of its own, which nobody would end.
    until_true 5 eval '! port_free 127.0.0.1 "$ERL_EPMD_PORT"' || true
    start rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server)
}

rabbitmq_answers() {
  # By standard input: arguments can be read by everybody on the machine.
  echo "user = kontena:$(secret rabbitmq)" |
    curl -sf --max-time 3 --config - "http://127.0.0.1:$((rabbit_port + 10000))/api/health/checks/port-listener/$rabbit_port"
}

ready() { curl -sf --max-time 3 "$(url_of "$1")/readyz"; }

# What kept a process from being ready, in its own words.
why_not_ready() { curl -s --max-time 3 "$(url_of "$1")/readyz" || tail -n 5 "$home/log/$1.log"; }
