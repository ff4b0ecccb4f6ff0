# Building what runs. Source after say.sh and packages.sh.

# compile ARGUMENT...: one call of dotnet, with a compiler server of its own for all its projects: starting the compiler takes longer than most of what it
# compiles. Such a server would stay for ten minutes; this one, known by its name, ends with the call. No other process of the build stays either.
compile() (
  server=kontena-$BASHPID-$RANDOM
  trap 'end_compiler "$server"' EXIT
  DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 dotnet "$@" -v:quiet -nologo -p:UseSharedCompilation=true -p:SharedCompilationId="$server"
)
end_compiler() {
  local process
  for process in $(grep -lzsxF -- "-pipename:$1" /proc/[0-9]*/cmdline || true); do kill "$(echo "$process" | cut -d/ -f3)" 2>/dev/null || true; done
}

# publish NAME...: the deployables as framework-dependent, ahead-compiled folders artifacts/publish/NAME; those of which no source is newer are skipped.
# Analyzers have their say when everything is compiled for the tests.
# A folder is replaced whole, never written into: a process may be running from it.
publish() {
  local name out made begun names=() projects=()
  need_dotnet
  for name in "$@"; do
    out=$root/artifacts/publish/$name
    if [ -e "$out/.built" ] && [ -z "$(find "$root/services" "$root/shared" "$root"/Directory.* "$root/global.json" -newer "$out/.built" -type f ! -name packages.lock.json -print -quit)" ]; then continue; fi
    names+=("$name")
    projects+=("../../services/$name/$(project_of "$name").csproj")
    rm -rf "$root/artifacts/publish/$(project_of "$name")"   # what an interrupted run or a publish by hand left
  done
  if [ "${#names[@]}" -gt 0 ]; then
    begun=$(date +%s.%N)                    # what is changed while it builds is newer than the build
    step "build ${names[*]}" compile msbuild "$root/infra/lib/publish.proj" -m -p:Configuration=Release -p:RunAnalyzers=false "-p:Projects=${projects[*]}" \
      || refuse "the build of ${names[*]} failed" "see the lines above"
    for name in "${names[@]}"; do
      out=$root/artifacts/publish/$name made=$root/artifacts/publish/$(project_of "$name")
      rm -rf "$out.old"
      [ ! -e "$out" ] || mv "$out" "$out.old"
      mv "$made"/* "$out"
      touch -d "@$begun" "$out/.built"
      rm -rf "$out.old" "$made"
    done
  fi
  give_back
}
project_of() { basename "$root/services/$1"/*.csproj .csproj; }

# What root builds belongs to whom the checkout belongs to, so that the next build needs no root.
give_back() { [ "$(id -u)" -ne 0 ] || chown -R --reference="$root" "$root/artifacts"; }
