# Reads: run, server. Puts the staged neo4j.conf in the place of the one it was made from, by one
# rename; refuses when that one has changed.
IFS= read -r run
IFS= read -r server
undo=$(undo_folder "$run" "$server")
manifest=$undo/manifest
[ -f "$manifest" ] || refuse undo-damaged "$undo"
conf=$(manifest_value "$manifest" conf_file)
staged=$(manifest_value "$manifest" staged_conf)
after=$(manifest_value "$manifest" after_sha256)
now=$(hash_of "$conf")
if [ "$now" != "$after" ]; then
    [ "$(hash_of "$staged")" = "$after" ] || refuse mismatch "$staged"
    [ "$(hash_of "$conf")" = "$(manifest_value "$manifest" before_sha256)" ] || refuse conf-changed "$conf"
    mv -f "$staged" "$conf" || refuse not-writable "$conf"
    sync "${conf%/*}" 2>/dev/null
fi
say "conf $(hex_of "$conf") $(hash_of "$conf") $(stat_of "$conf")"
say end
