# Puts neo4j.conf and the certificate folder of this server back to how they stood before one run
# of the wizard, from the files beside this script. Starts and stops nothing.

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
manifest=$here/manifest
asked=yes
[ "${1-}" = --from-wizard ] && asked=no

# To a person in words, to the wizard in its own lines.
stop_here() {
    [ "$asked" = no ] && refuse "$1" "$2"
    say "Nothing was put back: $3"
    exit 3
}
left() {
    if [ "$asked" = no ]; then
        say "left $(hex_of "$1")"
    else
        say "Left in place, because it is not of this run: $1"
    fi
}

ask() {
    say "This puts back the neo4j.conf of $server: $conf"
    say "and removes the certificates of run $run: $base"
    say
    say "The run changed these servers, and all of them must be put back together:"
    sed -n 's/^of_the_run=/    /p' "$manifest"
    say
    say "A server alone without encryption can't talk to the others. Stop Neo4j on all of them"
    say "first, run this script on each, and start them again; this script starts nothing."
    say
    printf 'Type yes to go on: '
    read -r word
    [ "$word" = yes ] || stop_here cancelled "" "you did not type yes."
}

put_conf_back() {
    now=$(hash_of "$conf")
    if [ "$now" != "$before" ]; then
        [ -z "$now" ] || [ "$now" = "$after" ] || stop_here conf-changed "$conf" \
            "$conf was edited after the run. Compare it with $here/original.conf by hand."
        temporary=$staged.undo
        rm -f "$temporary"
        cp -p "$here/original.conf" "$temporary" && [ "$(hash_of "$temporary")" = "$before" ] &&
            mv -f "$temporary" "$conf" || stop_here too-little-space "${conf%/*}" \
            "the copy in ${conf%/*} failed; check the rights and the free space there."
    fi
    rm -f "$staged"
}

remove_certificates() {
    if [ -d "$base" ] && ! [ -L "$base" ]; then
        rm -f "$base/.neo4j.conf"
        set --
        while IFS= read -r line; do
            case $line in file=*) set -- "$@" "$base/${line#*=}" ;; esac
        done <"$manifest"
        [ $# -gt 0 ] && rm -f -- "$@"
        # The manifest names a folder before what is in it; they go the other way round.
        set --
        while IFS= read -r line; do
            case $line in folder=. | file=*) ;; folder=*) set -- "$base/${line#*=}" "$@" ;; esac
        done <"$manifest"
        [ $# -gt 0 ] && rmdir -- "$@" 2>/dev/null
        [ -d "$base" ] && rmdir "$base" 2>/dev/null
        [ -d "$base" ] && left "$base"
    fi
    [ "$made" = yes ] && rmdir "$certificates" 2>/dev/null
    return 0
}

# Folder times last: every change above has moved them.
put_times_back() {
    [ -e "$here/mtime.conf" ] && touch -r "$here/mtime.conf" "${conf%/*}"
    [ -e "$here/mtime.certificates" ] && touch -r "$here/mtime.certificates" "$certificates"
    [ -e "$here/mtime.home" ] && touch -r "$here/mtime.home" "$home"
}

main() {
    [ -f "$manifest" ] || stop_here undo-damaged "$manifest" "$manifest is missing."
    read_manifest "$manifest"
    [ "$complete" = yes ] ||
        stop_here undo-damaged "$manifest" "$manifest is not complete."
    [ "$(hash_of "$here/original.conf")" = "$before" ] || stop_here undo-damaged \
        "$here/original.conf" "$here/original.conf is not the file that was saved."
    [ "$asked" = yes ] && ask
    put_conf_back
    remove_certificates
    put_times_back
    remove_undo_folder "$here" || left "$here"
    if [ "$asked" = no ]; then
        say restored
        say end
    else
        say "Everything of run $run is put back on $server."
    fi
    exit 0
}
main "$@"
