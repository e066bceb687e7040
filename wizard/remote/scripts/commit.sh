# Reads: run, server. Puts the staged neo4j.conf in the place of the one it was made from, by one
# rename; refuses when that one has changed.
IFS= read -r run
IFS= read -r server
undo=$(undo_folder "$run" "$server")
manifest=$undo/manifest
[ -f "$manifest" ] || refuse undo-damaged "$undo"
read_manifest "$manifest"
if [ "$(hash_of "$conf")" != "$after" ]; then
    [ "$(hash_of "$staged")" = "$after" ] || refuse mismatch "$staged"
    [ "$(hash_of "$conf")" = "$before" ] || refuse conf-changed "$conf"
    mv -f "$staged" "$conf" || refuse not-writable "$conf"
    sync "${conf%/*}" 2>/dev/null
fi
say "hash $(hash_of "$conf")"
say "stat $(stat_of "$conf")"
say end
