# Reads: run, server, seconds. Asks this server's own `neo4j-admin server validate-config` about the
# staged neo4j.conf, from a folder that is gone afterwards: the real one is not touched. Answers what
# it says of the staged file, and of the original where it refuses the staged one.
open_run
IFS= read -r seconds
admin=$home/bin/neo4j-admin
[ "$home" != /var/lib/neo4j ] || [ -x "$admin" ] || admin=$(command -v neo4j-admin)
if ! [ -x "$admin" ]; then
    say absent
    say end
    exit 0
fi
[ -f "$staged" ] || staged=$conf
# The key's password is no business of this command: a stand-in is as good.
without_password() {
    sed 's/^\(dbms\.ssl\.policy\.cluster\.private_key_password=\).*/\1stand-in/' "$1"
}
# shellcheck disable=SC2016  # a pattern
if without_password "$staged" | grep -q '[=:[:space:]]\$('; then
    say commands
    say end
    exit 0
fi
no_room() {
    say no-room
    say end
    exit 0
}
data=$home/data
[ -d "$data" ] || data=$home
owner=$(owner_of "$data")
scratch=
said=$(make_scratch folder) || no_room
# It holds the password for a moment: kept where what is cut off is found again, and removed.
copy=$undo/asked.$$.part
trap 'rm -rf "$scratch" "$said" "$copy"' EXIT
trap 'exit 9' HUP INT TERM

# The same command for both files. What it starts is ended with it, and can't fill the disk.
as_neo4j() {
    set -- env "NEO4J_HOME=$home" "NEO4J_CONF=$scratch" "$admin" server validate-config
    if [ "$(id -u)" = 0 ] && [ "$owner" != 0 ]; then
        name=$(id -nu "$owner") || exit 9
        if command -v runuser >/dev/null 2>&1; then
            set -- runuser -u "$name" -- "$@"
        else
            set -- sudo -n -u "$name" -- "$@"
        fi
    fi
    command -v setsid >/dev/null 2>&1 && set -- setsid "$@"
    LC_ALL=$language
    [ -n "$language" ] || unset LC_ALL
    ulimit -f 4096
    exec "$@"
}

# Answers under a word what the command says of a file with this hash: its exit code, or `late`, and
# its words. The folder it is asked in belongs to Neo4j's user from then on, so each file has its own,
# and nothing gets there that is not the file that is meant: of a link, no more than the link.
ask_about() {
    rm -rf "$scratch"
    scratch=$(make_scratch folder) || no_room
    for name in server-logs.xml user-logs.xml; do
        [ -f "${conf%/*}/$name" ] && ! [ -L "${conf%/*}/$name" ] &&
            cp -P "${conf%/*}/$name" "$scratch/$name"
    done
    cat "$2" >"$copy" || no_room
    is_hash "$copy" "$3" || refuse conf-changed "$2"
    without_password "$copy" >"$scratch/neo4j.conf" || no_room
    rm -f "$copy"
    [ "$(id -u)" != 0 ] || chown -hR "$owner" "$scratch"
    (as_neo4j) </dev/null >"$said/words" 2>&1 &
    child=$!
    code=
    look_at_clock
    end=$((now + seconds))
    while alive "$child"; do
        look_at_clock
        if [ "$now" -ge "$end" ]; then
            code=late
            kill -9 "-$child" 2>/dev/null || kill -9 "$child" 2>/dev/null
            break
        fi
        sleep 0.1 2>/dev/null || sleep 1
    done
    wait "$child" 2>/dev/null
    code=${code:-$?}
    say "$1 $code $(dd if="$said/words" bs=1024 count=16 2>/dev/null | hex)"
}

ask_about staged "$staged" "$after"
[ "$code" = 0 ] || [ "$code" = late ] || ask_about original "$undo/original.conf" "$before"
say end
