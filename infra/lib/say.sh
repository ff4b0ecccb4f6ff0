# Words for the entry scripts: steps with progress, and refusals of one cause and one remedy. Source it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# refuse CAUSE REMEDY: ends the script.
refuse() {
  printf '%s: %s\n  remedy: %s\n' "$(basename "$0")" "$1" "$2" >&2
  exit 1
}

# step TEXT COMMAND...: runs the command with its output in a log, shows the seconds while it runs, the log's end when it fails.
step() {
  local text=$1 log start=$SECONDS pid status=0; shift
  log=$(mktemp)
  if [ -t 1 ]; then
    "$@" >"$log" 2>&1 </dev/null & pid=$!
    while kill -0 "$pid" 2>/dev/null; do
      printf '\r  %s … %ds ' "$text" $((SECONDS - start))
      sleep 0.2
    done
    wait "$pid" || status=$?
    printf '\r'
  else
    printf '  %s …\n' "$text"
    "$@" >"$log" 2>&1 </dev/null || status=$?
  fi
  if [ "$status" -ne 0 ]; then
    printf '  %s: failed after %ds\n' "$text" $((SECONDS - start))
    tail -n 15 "$log" | sed 's/^/    /' >&2
    rm -f "$log"
    return "$status"
  fi
  printf '  %s: done (%ds)%20s\n' "$text" $((SECONDS - start)) ''
  rm -f "$log"
}

# until_true SECONDS COMMAND...: waits until the command succeeds, trying ten times a second.
until_true() {
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# port_free ADDRESS PORT
port_free() { ! (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
