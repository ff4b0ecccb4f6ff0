# The image of the benchmarks that measure requests which fail. Source after say.sh.

# build_web_image SOCKET: kontena-bench/web:1, which answers, and at SIGTERM takes no more connections, finishes those it has, and goes.
build_web_image() {
  local context; context=$(mktemp -d)
  cp -L /bin/busybox "$context/busybox"
  printf '#!/bin/sh\nmkdir -p /www; hostname >/www/index.html\nhttpd -f -p 80 -h /www & server=$!\ntrap "kill $server; sleep 1; exit 0" TERM\nwait\n' >"$context/serve"
  sed 's/^STOPSIGNAL.*//' "$root/infra/examples/hello/web/Dockerfile" >"$context/Dockerfile"; chmod +x "$context/serve"
  tar -C "$context" -c . | curl -sf --unix-socket "$1" -H 'Content-Type: application/x-tar' --data-binary @- "http://docker/build?t=kontena-bench/web:1" >/dev/null
  rm -rf "$context"
}
