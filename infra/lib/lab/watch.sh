# What runs in the lab and what the platform says about it. Source after grid.sh, with $stack set.

# host id service number state, a line for each container of the stack; hosts that are off or frozen are left out.
containers() {
  local number line id rest
  for number in $(hosts); do
    engine_api "$number" --max-time 2 "http://docker/containers/json?all=true&filters=%7B%22label%22%3A%5B%22io.kontena.stack.name%3D$stack%22%5D%7D" 2>/dev/null |
      sed 's/},{"Id"/}\n{"Id"/g' | while read -r line || [ -n "$line" ]; do
        [[ $line == *'"Id":"'* ]] || continue
        id=${line#*\"Id\":\"}; rest="$(field "$line" service.name) $(field "$line" service.instance_number)"
        line=${line#*\"State\":\"}
        echo "$number ${id%%\"*} $rest ${line%%\"*}"
      done || true
  done
}
field() { local value=${1#*\"io.kontena.$2\":\"}; echo "${value%%\"*}"; }

running_instances() { containers | awk '$5 == "running" { print $3 "-" $4 }' | sort; }
ids_on() { containers | awk -v host="$1" '$5 == "running" && $1 == host { print $2 }' | sort; }
ids() { containers | awk '$5 == "running" { print $2 }' | sort; }
host_of() { containers | awk -v service="$1" '$5 == "running" && $3 == service { print $1 }' | head -n 1; }
# busiest SERVICE [BUT]: the host with most instances of a service, but not BUT.
busiest() { containers | awk -v service="$1" -v but="${2:-0}" '$5 == "running" && $3 == service && $1 != but { n[$1]++ } END { for (host in n) print n[host], host }' | sort -rn | awk 'NR == 1 { print $2 }'; }

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
