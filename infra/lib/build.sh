# Building what runs. Source after say.sh and packages.sh.

# publish NAME...: the deployables as framework-dependent, ahead-compiled folders artifacts/publish/NAME; skipped when no source is newer.
# A folder is replaced whole, never written into: a process may be running from it.
publish() {
  local name out stamp begun
  need_dotnet
  for name in "$@"; do
    out=$root/artifacts/publish/$name
    stamp=$out/.built
    if [ -e "$stamp" ] && [ -z "$(find "$root/services" "$root/shared" "$root"/Directory.* "$root/global.json" -newer "$stamp" -type f ! -name packages.lock.json -print -quit)" ]; then continue; fi
    begun=$(date +%s.%N)                    # what is changed while it builds is newer than the build
    rm -rf "$out.new"
    step "build $name" dotnet publish "$root/services/$name" -c Release -o "$out.new" -v quiet --nologo \
      || refuse "$name does not build" "see the lines above"
    touch -d "@$begun" "$out.new/.built"
    rm -rf "$out.old"
    [ ! -e "$out" ] || mv "$out" "$out.old"
    mv "$out.new" "$out"
    rm -rf "$out.old"
  done
  give_back
}

# What root builds belongs to whom the checkout belongs to, so that the next build needs no root.
give_back() { [ "$(id -u)" -ne 0 ] || chown -R --reference="$root" "$root/artifacts"; }
