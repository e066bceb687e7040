# Reads: run, server. Removes what only the way there needed; the way back stays.
IFS= read -r run
IFS= read -r server
undo=$(undo_folder "$run" "$server")
manifest=$undo/manifest
[ -f "$manifest" ] || refuse undo-damaged "$undo"
read_manifest "$manifest"
[ "$(hash_of "$conf")" = "$after" ] || refuse conf-changed "$conf"
rm -f "$staged"
say end
