# What runs in the lab and what the platform says about it. Source after grid.sh, with $stack set.

# host id service number state, a line for each container of the stack; hosts that are off or frozen and engines that are down are left out.
# An engine that is only slow is asked until it answers: its containers are not gone because it took its time. Looked at many times a second while
# something is timed, so it starts as few programs as it can: what looks must not be what makes the hosts slow.
containers() {
  local number said tries requests listing="http://docker/containers/json?all=true&filters=%7B%22label%22%3A%5B%22io.kontena.stack.name%3D$stack%22%5D%7D"
  for tries in 1 2 3 4 5; do
    requests=()
    for number in $(hosts); do
      ! host_is_on "$number" || is_frozen "$number" || requests+=(${requests[@]+--next} -s --max-time 3 -w "\n#$number %{exitcode}\n" --unix-socket "$lab/h$number/docker.sock" "$listing")
    done
    [ "${#requests[@]}" -gt 0 ] || return 0
    said=$(curl "${requests[@]}" || true)
    [[ $said =~ \#([0-9]+)\ 28($|$'\n') ]] || break
    echo "    the engine of h${BASH_REMATCH[1]} did not answer in 3 s (look $tries)" >&2
  done
  sed 's/},{"Id"/}\n{"Id"/g' <<<"$said" | awk '
    function after(what) { at = index($0, what); rest = substr($0, at + length(what)); return at ? substr(rest, 1, index(rest, "\"") - 1) : "" }
    /"Id":"/ { found[++n] = after("\"Id\":\"") " " after("\"io.kontena.service.name\":\"") " " after("\"io.kontena.service.instance_number\":\"") " " after("\"State\":\"") }
    /^#/ { for (i = 1; i <= n; i++) print substr($1, 2), found[i]; n = 0 }'
}

running_instances() { containers | awk '$5 == "running" { print $3 "-" $4 }' | sort; }
ids_on() { containers | awk -v host="$1" '$5 == "running" && $1 == host { print $2 }' | sort; }
ids() { containers | awk '$5 == "running" { print $2 }' | sort; }
host_of() { containers | awk -v service="$1" '$5 == "running" && $3 == service { print $1 }' | head -n 1; }
# busiest SERVICE [BUT]: the host with most instances of a service, but not BUT.
busiest() { containers | awk -v service="$1" -v but="${2:-0}" '$5 == "running" && $3 == service && $1 != but { n[$1]++ } END { for (host in n) print n[host], host }' | sort -rn | awk 'NR == 1 { print $2 }'; }

# container_started HOST CONTAINER: when it last started, in nanoseconds like now.
container_started() {
  local said; said=$(curl -s --max-time 3 --unix-socket "$lab/h$1/docker.sock" "http://docker/containers/$2/json")
  [[ $said =~ \"StartedAt\":\ *\"([^\"]+)\" ]] && date -d "${BASH_REMATCH[1]}" +%s%N
}

# ask METHOD PATH [JSON]: at whichever api answers.
ask() {
  local one
  for one in $(replica_names "$replicas" | grep '^api'); do
    ! running "$one" || ! curl -sf --max-time 12 -H "Authorization: Bearer $(cat "$home/data/admin.token")" -X "$1" ${3:+-d "$3"} "$(url_of "$one")/v1/$2" || return 0
  done
  return 1
}
nodes_offline() { ask GET grids/default/nodes | grep -o '"connected": *false' | wc -l; }
nodes_online() { ask GET grids/default/nodes | grep -o '"connected": *true' | wc -l; }

now() { date +%s%N; }
since() { awk "BEGIN { printf \"%.1f\", (${2:-$(now)} - $1) / 1e9 }"; }     # FROM [TO]
