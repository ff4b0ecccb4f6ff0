# Installing what a script needs from the OS's packages. Source after say.sh.

# need_packages WHY PACKAGE...: installs those that are missing, says so first, does nothing twice.
need_packages() {
  local why=$1 missing=() package; shift
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  command -v apt-get >/dev/null || refuse "$why needs ${missing[*]}, and this is no Debian (no apt-get)" "install them by hand, then run this again"
  [ "$(id -u)" -eq 0 ] || refuse "$why needs the packages ${missing[*]}, and only root can install them" "sudo apt-get install ${missing[*]}, or run this with sudo"
  echo "installing from the OS's packages, for $why: ${missing[*]}"
  step "package lists" apt-get update -q || refuse "apt-get could not read the package lists" "see the lines above; check the machine's network and package sources"
  # A package's own service would start a second broker or store on the default ports; ours are started apart.
  step "${missing[*]}" without_service_start env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" \
    || refuse "apt-get could not install ${missing[*]}" "see the lines above; check the machine's package sources"
}

# Debian asks policy-rc.d before it starts a service that was just installed; 101 means "not now".
without_service_start() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [ -e "$policy" ]; then "$@"; return; fi
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  "$@" || status=$?
  rm -f "$policy"
  return "$status"
}

need_dotnet() {
  command -v dotnet >/dev/null || refuse "the .NET 10 SDK is not installed" "install it (package dotnet-sdk-10.0 of your OS, or from Microsoft) and run this again"
  dotnet --version >/dev/null 2>&1 || refuse "the installed .NET SDK is too old for global.json ($(grep -o '"version": "[^"]*"' "$root/global.json"))" "install a .NET 10 SDK"
}

# need_amqplib: what the example client for Node needs, in artifacts/examples/queue. Where npm is missing or gets nothing, its test says so and is skipped.
need_amqplib() {
  local from=$root/infra/examples/queue to=$root/artifacts/examples/queue
  command -v npm >/dev/null || return 0
  [ ! -d "$to/node_modules/amqplib" ] || cmp -s "$from/package-lock.json" "$to/package-lock.json" || rm -rf "$to"
  [ ! -d "$to/node_modules/amqplib" ] || return 0
  mkdir -p "$to"
  cp "$from"/package*.json "$to/"
  (cd "$to" && npm ci --no-audit --no-fund --silent >/dev/null 2>&1 </dev/null) || rm -rf "$to/node_modules"
}
