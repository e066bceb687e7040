# Reads: run, server. Puts everything of the run back; where there is nothing, that is fine.
IFS= read -r run
IFS= read -r server
find_undo_folder "$run" "$server"
stop_here() { refuse "$1" "$2"; }
left() { say "left $(hex_of "$1")"; }
if [ -f "$undo/manifest" ] && take_turn && [ -f "$undo/manifest" ]; then
    read_manifest <"$undo/manifest"
    [ "$complete" = yes ] || refuse undo-damaged "$undo"
    put_everything_back "$undo"
    say restored
else
    # Nothing was made yet, or everything is put back already: only our own files can be here.
    remove_undo_folder "$undo"
    say nothing
fi
say end
