# Reads: run, server. Removes what only the way there needed; the way back stays.
IFS= read -r run
IFS= read -r server
undo=$(undo_folder "$run" "$server")
manifest=$undo/manifest
[ -f "$manifest" ] || refuse undo-damaged "$undo"
conf=$(manifest_value "$manifest" conf_file)
after=$(manifest_value "$manifest" after_sha256)
[ "$(hash_of "$conf")" = "$after" ] || refuse conf-changed "$conf"
rm -f "$(manifest_value "$manifest" staged_conf)"
say end
