# The functions scripts share; each script is sent with those it uses. POSIX sh; GNU and BSD tools.
# How the login has its files and its language: what is started for it has the same.
: "${mask=$(umask)}" "${language=${LC_ALL-}}"
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH mask language
umask 077
set -u
newline='
'

# Bytes as hexadecimal digits on one line: survives every name and every file.
hex() { od -An -v -tx1 | tr -d ' \n\t'; }
hex_of() { printf %s "$1" | hex; }

# One line of the answer: a word, then fields that hold no space.
say() { printf '%s\n' "$*"; }

# Ends the script with a reason that is a stable word, and a detail.
refuse() {
    say "refused $1 $(hex_of "${2-}")"
    exit 3
}

# SHA-256 of each file, one a line, in front of its name.
hashes_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum -- "$@"
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 -- "$@"
    else
        openssl dgst -sha256 -r "$@"
    fi 2>/dev/null
}

# Sets `digits` to the SHA-256 of a file; to nothing where it can't be read.
find_hash() {
    digits=$(hashes_of "$1")
    digits=${digits#\\}
    digits=${digits%% *}
}
is_hash() {
    find_hash "$1"
    [ "$digits" = "$2" ]
}

# Permission bits, owner and group of what each path leads to, one a line: "640 101 103".
stats_of() {
    stat -L -c '%a %u %g' -- "$@" 2>/dev/null || stat -L -f '%Lp %u %g' -- "$@" 2>/dev/null
}

# The owner of a path itself, also when it is a link.
owner_of() {
    ls -ldn -- "$1" 2>/dev/null | {
        read -r mode links owner rest
        say "$owner"
    }
}

# A path with every link resolved, or the path itself where that can't be done.
resolved() {
    readlink -f -- "$1" 2>/dev/null || realpath "$1" 2>/dev/null || printf '%s\n' "$1"
}

# Tells what every name that stands on standard input leads to, and what an address is called, all at
# once: one that is unknown may take its resolver many seconds. Ends with `wait` by who calls it.
tell_names() {
    number=0
    while IFS= read -r name; do
        command -v getent >/dev/null 2>&1 || continue
        getent ahosts "$name" 2>/dev/null | {
            found=
            while read -r address rest; do found=$found$address,; done
            say "resolved $number ${found:--}"
        } &
        case $name in
        *:*) tell_name_of "$name" "$number" & ;;
        *[!0-9.]*) ;;
        *) tell_name_of "$name" "$number" & ;;
        esac
        number=$((number + 1))
    done
}

# Tells the name of an address, and whether that name leads back to it.
tell_name_of() {
    getent hosts "$1" 2>/dev/null | {
        read -r address called rest || return
        back=no
        for found in $(getent ahosts "$called" 2>/dev/null | cut -d ' ' -f 1); do
            [ "$found" = "$address" ] && back=yes
        done
        say "called $2 $(hex_of "$called") $back"
    }
}

# Tells of each path whether something is mounted on it, and whether what holds it is read-only;
# nothing where the system does not say. Blanks and backslashes stand there as octal digits.
tell_mounts() {
    [ -r /proc/self/mountinfo ] || return 0
    { printf '%s\n' "$@" "" && cat /proc/self/mountinfo; } | awk '
        function plain(text, out, at) {
            out = ""
            while ((at = index(text, "\\")) > 0) {
                out = out substr(text, 1, at - 1) sprintf("%c", substr(text, at + 1, 1) * 64 \
                    + substr(text, at + 2, 1) * 8 + substr(text, at + 3, 1))
                text = substr(text, at + 4)
            }
            return out text
        }
        !begun && $0 == "" { begun = 1; next }
        !begun { path[++count] = $0; next }
        {
            point = plain($5)
            above = point == "/" ? "" : point
            for (i = 1; i <= count; i++) {
                if (index(path[i] "/", above "/") != 1 || length(above) < longest[i]) continue
                longest[i] = length(above)
                own[i] = path[i] == point ? "own" : "-"
                way[i] = ("," $6 "," $NF ",") ~ /,ro,/ ? "ro" : "rw"
            }
        }
        END { for (i = 1; i <= count; i++) print "mount " i " " own[i] " " way[i] }'
}

# Sets `now` to the seconds of a clock that nobody sets, where there is one: time-outs go by it.
look_at_clock() {
    read -r now rest 2>/dev/null </proc/uptime || now=$(date +%s)
    now=${now%%.*}
}

# Whether a process is there; one that has ended and waits to be collected is not.
alive() {
    [ -n "$1" ] || return 1
    kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ] || return 1
    state=
    while read -r key state rest && [ "$key" != State: ]; do :; done 2>/dev/null <"/proc/$1/status"
    [ "$state" != Z ]
}

# Sets `pid` to the process of a Neo4j: systemd's word, or the file that bin/neo4j keeps.
find_pid() {
    pid=
    case $1 in
    systemd:*)
        pid=$(systemctl show -p MainPID "${1#systemd:}" 2>/dev/null)
        pid=${pid#MainPID=}
        [ "$pid" != 0 ] || pid=
        ;;
    *) [ -f "$2/run/neo4j.pid" ] && [ -r "$2/run/neo4j.pid" ] && read -r pid <"$2/run/neo4j.pid" ;;
    esac
    case $pid in *[!0-9]*) pid= ;; esac
}

# Runs home/bin/neo4j with one word and perhaps a flag, as the owner of the data and never as root by accident; what it
# makes has the modes it would have had without us.
neo4j_command() {
    home=$1 conf_folder=$2
    shift 2
    set -- env "NEO4J_HOME=$home" "NEO4J_CONF=$conf_folder" "$home/bin/neo4j" "$@"
    data=$home/data
    [ -d "$data" ] || data=$home
    owner=$(owner_of "$data")
    if [ "$(id -u)" = 0 ] && [ "$owner" != 0 ]; then
        name=$(id -nu "$owner") || return
        if command -v runuser >/dev/null 2>&1; then
            set -- runuser -u "$name" -- "$@"
        else
            set -- sudo -n -u "$name" -- "$@"
        fi
    fi
    (
        LC_ALL=$language
        [ -n "$language" ] || unset LC_ALL
        umask "$mask" && exec "$@"
    )
}

# Whether this login may read the journal of a unit: journalctl tells that beside its answer only.
journal_opens() {
    command -v journalctl >/dev/null 2>&1 || return 1
    case $(journalctl -u "$1" -n 1 -o cat --no-pager 2>&1 >/dev/null </dev/null) in
    *'insufficient permissions'* | *'not seeing messages'* | *'No journal files'*) return 1 ;;
    esac
}

# Whether Neo4j is up: service, home, folder of neo4j.conf. Sets `pid` as far as it is known.
neo4j_runs() {
    find_pid "$1" "$2"
    case $1 in
    systemd:*)
        case $(systemctl is-active "${1#systemd:}" 2>/dev/null) in
        active | activating | deactivating | reloading) return 0 ;;
        *) return 1 ;;
        esac
        ;;
    esac
    alive "$pid" && return 0
    neo4j_command "$2" "$3" status </dev/null >/dev/null 2>&1
}

# Sets `login_folder` to the home folder of the login, also where sudo has made it root; who became
# another user works in that one's own home.
find_login_folder() {
    login_folder=$HOME
    if [ -n "${SUDO_USER-}" ] && [ "$(id -u)" = 0 ] && command -v getent >/dev/null 2>&1; then
        login_folder=$(getent passwd "$SUDO_USER")
        login_folder=${login_folder%:*}
        login_folder=${login_folder##*:}
    fi
}

# Makes our own folder in the login's home folder, `ours`, and notes how that one's time stood.
make_own_folder() {
    ours=$login_folder/.neo4j-tls
    [ -L "$ours" ] && refuse not-ours "$ours"
    if ! [ -d "$ours" ]; then
        reference=$(make_scratch file) && touch -r "$login_folder" "$reference"
        mkdir -m 700 "$ours" 2>/dev/null && [ -n "$reference" ] &&
            mv "$reference" "$ours/.mtime" || rm -f "$reference"
    fi
}

# Sets `undo` to where the undo files of a server stand: run, name.
find_undo_folder() {
    find_login_folder
    undo=$login_folder/.neo4j-tls/$1/$2
}

# Reads a manifest up to its last line: its values become variables, `text` is what was read;
# `files` and `folders` hold a path a line, and no folder stands before what is in it.
read_manifest() {
    complete=no text= files= folders=
    while [ "$complete" = no ] && IFS= read -r line; do
        value=${line#*=}
        case $line in
        run=*) run=$value ;;
        server=*) server=$value ;;
        home=*) home=$value ;;
        conf_file=*) conf=$value ;;
        staged_conf=*) staged=$value ;;
        certificates=*) certificates=$value ;;
        base_directory=*) base=$value ;;
        made_certificates=*) made=$value ;;
        service=*) service=$value ;;
        before_sha256=*) before=$value ;;
        after_sha256=*) after=$value ;;
        folder=*) folders=$value$newline$folders ;;
        file=*) files=$files$value$newline ;;
        complete=*) complete=$value ;;
        esac
        [ "$complete" = yes ] || text=$text$line$newline
    done
}

# Reads run and server, and opens what was written down about them.
open_run() {
    IFS= read -r run
    IFS= read -r server
    find_undo_folder "$run" "$server"
    [ -f "$undo/manifest" ] || refuse undo-damaged "$undo"
    read_manifest <"$undo/manifest"
    [ "$complete" = yes ] || refuse undo-damaged "$undo"
}

# Puts the staged neo4j.conf in place, unless that is done; refuses when the present one has changed.
put_conf_in_place() {
    lock=${staged%/*}
    new=./${staged##*/}
    find_hash "$conf"
    if [ "$digits" != "$after" ]; then
        [ "$digits" = "$before" ] || refuse conf-changed "$conf"
        cd -P "$lock" 2>/dev/null && is_hash "$new" "$after" || refuse mismatch "$staged"
        labels=own
        labelled_by_policy "$conf" && labels=policy
        mv -f "$new" "$conf" || refuse not-writable "$conf"
        [ "$labels" = own ] || restorecon -- "$conf" 2>/dev/null
        find_hash "$conf"
    fi
    cd /
    rmdir "$lock" 2>/dev/null
    sync "${conf%/*}" 2>/dev/null
}

# Tells how everything that was staged stands, in the order of the manifest. Hashes: the files, the
# new neo4j.conf, the original, both scripts, neo4j.conf. Stats: the files, the folders, the new one.
tell_staged() {
    [ -e "$staged" ] || staged=$conf
    cd -P "$base" || refuse mismatch "$base"
    set -f
    IFS=$newline
    say hashes
    # shellcheck disable=SC2086  # one word a line
    hashes_of $files "$staged" "$undo/original.conf" "$undo/undo.sh" "$undo/finish.sh" "$conf"
    say stats
    # shellcheck disable=SC2086  # one word a line
    stats_of $files $folders "$staged"
    say undo
    say "$undo"
}
