# Building what runs. Source after say.sh and packages.sh.

# publish NAME...: the deployables as framework-dependent, ahead-compiled folders artifacts/publish/NAME; skipped when no source is newer.
publish() {
  local name out stamp
  need_dotnet
  for name in "$@"; do
    out=$root/artifacts/publish/$name
    stamp=$out/.built
    if [ -e "$stamp" ] && [ -z "$(find "$root/services" "$root/shared" "$root"/Directory.* "$root/global.json" -newer "$stamp" -type f ! -name packages.lock.json -print -quit)" ]; then continue; fi
    step "build $name" dotnet publish "$root/services/$name" -c Release -o "$out" -v quiet --nologo \
      || refuse "$name does not build" "see the lines above"
    touch "$stamp"
  done
}
