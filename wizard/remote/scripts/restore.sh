# Reads: run, server, the hash undo.sh must have. Lets that very script put everything back.
IFS= read -r run
IFS= read -r server
IFS= read -r expected
undo=$(undo_folder "$run" "$server")
if ! [ -d "$undo" ]; then
    say nothing
    say end
    exit 0
fi
if ! [ -f "$undo/manifest" ]; then
    # The run was cut off before it had made anything: nothing but our own files is here.
    rm -f "$undo"/mtime.* "$undo/original.conf" "$undo/original.conf.part" "$undo/undo.sh" "$undo/manifest.part"
    rmdir "$undo" && rmdir "${undo%/*}" 2>/dev/null
    say nothing
    say end
    exit 0
fi
[ "$(hash_of "$undo/undo.sh")" = "$expected" ] || refuse undo-damaged "$undo/undo.sh"
cd / || exit 1
sh "$undo/undo.sh" --from-wizard
