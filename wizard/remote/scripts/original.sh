# Reads: run, server. Answers the neo4j.conf that stood there before the run. Changes nothing.
open_run
is_hash "$undo/original.conf" "$before" || refuse undo-damaged "$undo/original.conf"
say "original $(hex <"$undo/original.conf")"
say end
