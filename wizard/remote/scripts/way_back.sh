# The way back: what undo.sh does on the server, and the wizard when it is there. Who uses these
# functions has `stop_here` and `left`, in words or in lines.

# Whether the new neo4j.conf still waits beside one that is neither: somebody has edited what was
# never replaced, and it stays as it is.
was_never_replaced() {
    [ -n "$stands" ] && [ "$stands" != "$after" ] && is_hash "$staged" "$after"
}

# Makes the copy that goes back: who may use it, from the file that stands; bytes, mode and time, from
# the original, which may lie where access lists and labels can't be kept.
make_copy() {
    rm -f "$copy"
    if [ -n "$stands" ]; then
        copy_whole "$conf" "$copy" && chmod u+w "$copy" && cat "$undo/original.conf" >"$copy"
    else
        copy_whole "$undo/original.conf" "$copy"
    fi || return
    mode=$(stats_of "$undo/original.conf")
    chmod "${mode%% *}" "$copy" && touch -r "$undo/original.conf" "$copy" && is_hash "$copy" "$before"
}

put_conf_back() {
    find_hash "$conf"
    stands=$digits
    if [ "$stands" != "$before" ] && ! was_never_replaced; then
        [ -z "$stands" ] || [ "$stands" = "$after" ] || stop_here conf-changed "$conf" \
            "$conf was edited after the run. Compare it with $undo/original.conf by hand."
        is_hash "$undo/original.conf" "$before" || stop_here undo-damaged \
            "$undo/original.conf" "$undo/original.conf is not the file that was saved."
        lock=${staged%/*}
        cd -P "${lock%/*}" || stop_here not-writable "${lock%/*}" "${lock%/*} can't be entered."
        mkdir -m 700 "./${lock##*/}" 2>/dev/null
        enter "${lock##*/}" || stop_here not-ours "$lock" "$lock belongs to another user."
        drop_access_list
        copy=./original.$run
        make_copy && mv -f "$copy" "$conf" || stop_here too-little-space "${conf%/*}" \
            "the copy in ${conf%/*} failed; check the rights and the free space there."
        cd /
    fi
    rm -f "$staged" "${staged%/*}/original.$run"
    rmdir "${staged%/*}" 2>/dev/null
}

# Removes what the manifest names, from inside the folder, so that no link leads it elsewhere.
remove_certificates() {
    if cd -P "$certificates" 2>/dev/null; then
        fresh=$PWD/${base##*/}
        if cd -P "./${base##*/}" 2>/dev/null && [ "$PWD" = "$fresh" ]; then
            # Whose it is could put links in the place of folders while we are at it.
            chmod 700 .
            [ "$(id -u)" != 0 ] || chown -h 0:0 .
            drop_links
            set -f
            IFS=$newline
            # shellcheck disable=SC2086  # one word a line
            rm -f -- .neo4j.conf .undo.sh .finish.sh $files
            # shellcheck disable=SC2086  # one word a line
            set -- ${folders%".$newline"}
            [ $# = 0 ] || rmdir -- "$@" 2>/dev/null
            unset IFS
            set +f
            if [ -n "$(ls -A)" ]; then
                owner=$(stats_of ..)
                owner=${owner#* }
                [ "$(id -u)" != 0 ] || chown -h "${owner% *}:${owner#* }" .
                chmod 755 .
                left "$base"
            fi
            cd ..
            rmdir "./${base##*/}" 2>/dev/null
        elif [ -e "$base" ] || [ -L "$base" ]; then
            left "$base"
        fi
        cd /
    fi
    [ "$made" = no ] || rmdir "$certificates" 2>/dev/null
}

# Folder times last: every change above has moved them.
put_times_back() {
    [ -e "$undo/mtime.conf" ] && touch -r "$undo/mtime.conf" "${conf%/*}"
    [ -e "$undo/mtime.certificates" ] && touch -r "$undo/mtime.certificates" "$certificates"
    [ -e "$undo/mtime.home" ] && touch -r "$undo/mtime.home" "$home"
}

# Removes the undo folder of a server and, with the last of them, everything of ours in the login's
# home folder. The manifest goes first: a folder without one holds nothing that is still needed.
remove_undo_folder() {
    run_folder=${1%/*}
    ours=${run_folder%/*}
    if [ -d "$1" ]; then
        rm -f "$1/manifest"
        rm -f "$1/original.conf" "$1"/mtime.* "$1"/*.part "$1/undo.sh" \
            "$1/finish.sh" "$1"/turn.* "$1/said" "$1/code"
        rm -rf "$1"/*.work "$1/room"
        rmdir "$1" || return 1
    fi
    rmdir "$run_folder" 2>/dev/null
    for other in "$ours"/*; do
        [ -e "$other" ] && return 0
    done
    if [ -f "$ours/.mtime" ]; then
        reference=$(make_scratch file) && mv "$ours/.mtime" "$reference" || rm -f "$ours/.mtime"
        rmdir "$ours" && [ -n "$reference" ] && touch -r "$reference" "${ours%/*}"
        rm -f "$reference"
    elif [ -d "$ours" ]; then
        rmdir "$ours"
    fi
    return 0
}

# Puts everything back from an undo folder that has its manifest.
put_everything_back() {
    undo=$1
    put_conf_back
    remove_certificates
    put_times_back
    remove_undo_folder "$undo" || left "$undo"
}
