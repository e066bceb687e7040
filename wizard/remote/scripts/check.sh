# Reads: run, server. Answers how everything that was staged stands now, and neo4j.conf's hash.
IFS= read -r run
IFS= read -r server
undo=$(undo_folder "$run" "$server")
[ -f "$undo/manifest" ] || refuse undo-damaged "$undo"
tell_staged "$undo"
say "conf $(hash_of "$conf")"
say end
