# Reads: run, server. Answers how everything that was staged stands now, and neo4j.conf, once all of
# it is on the disk: what comes next must survive a power cut.
open_run
keep_room || refuse too-little-space "$undo"
cd -P "$base" || refuse mismatch "$base"
set -f
IFS=$newline
# shellcheck disable=SC2086  # one word a line
sync $files $folders "$staged" "$undo/manifest" "$undo/original.conf" "$undo" 2>/dev/null
unset IFS
tell_staged
say end
