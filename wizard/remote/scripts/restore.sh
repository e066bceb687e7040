# Reads: run, server, the hash undo.sh must have. Lets that very script put everything back.
IFS= read -r run
IFS= read -r server
IFS= read -r expected
undo=$(undo_folder "$run" "$server")
if ! [ -f "$undo/manifest" ]; then
    # Nothing was made yet, or everything is put back already: only our own files can be here.
    remove_undo_folder "$undo"
    say nothing
    say end
    exit 0
fi
[ "$(hash_of "$undo/undo.sh")" = "$expected" ] || refuse undo-damaged "$undo/undo.sh"
cd / || exit 1
sh "$undo/undo.sh" --from-wizard
