# The functions all scripts share. POSIX sh; GNU and BSD tools.
LC_ALL=C
export LC_ALL
umask 077
set -u

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

# SHA-256 of each file, one a line; nothing for a file that can't be read.
hashes_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum -- "$@"
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 -- "$@"
    else
        openssl dgst -sha256 -r "$@"
    fi 2>/dev/null | sed 's/^\\//; s/ .*//'
}
hash_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        digits=$(sha256sum <"$1") && printf '%s\n' "${digits%% *}"
    else
        hashes_of "$1"
    fi 2>/dev/null
}

# Permission bits, owner and group of what each path leads to, one a line: "640 101 103".
stat_of() {
    if stat -c %a / >/dev/null 2>&1; then
        stat -L -c '%a %u %g' -- "$@"
    else
        stat -L -f '%Lp %u %g' -- "$@"
    fi 2>/dev/null
}

# The owner of a path itself, also when it is a link.
owner_of() { ls -ldn -- "$1" 2>/dev/null | awk '{ print $3; exit }'; }

# The home folder of the login, also under sudo.
login_home() {
    if [ -n "${SUDO_USER-}" ] && command -v getent >/dev/null 2>&1; then
        getent passwd "$SUDO_USER" | cut -d: -f6
    else
        printf '%s\n' "$HOME"
    fi
}

# A path with every link resolved, or the path itself where that can't be done.
resolved() {
    readlink -f -- "$1" 2>/dev/null || realpath "$1" 2>/dev/null || printf '%s\n' "$1"
}

# Whether a process is there; one that has ended and waits to be collected is not.
alive() {
    [ -n "$1" ] || return 1
    kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ] || return 1
    ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# The process of a Neo4j: systemd's word, or the file that bin/neo4j keeps.
neo4j_pid() {
    case $1 in
    systemd:*) systemctl show -p MainPID "${1#systemd:}" 2>/dev/null | sed 's/^MainPID=//; s/^0$//' ;;
    *) tr -cd 0-9 <"$2/run/neo4j.pid" 2>/dev/null ;;
    esac
}

# Runs home/bin/neo4j with one word, as the owner of the data and never as root by accident.
neo4j_command() {
    home=$1 conf_folder=$2 word=$3
    data=$home/data
    [ -d "$data" ] || data=$home
    owner=$(owner_of "$data")
    if [ "$(id -u)" != 0 ] || [ "$owner" = 0 ]; then
        NEO4J_HOME=$home NEO4J_CONF=$conf_folder "$home/bin/neo4j" "$word"
        return
    fi
    name=$(id -nu "$owner") || return
    if command -v runuser >/dev/null 2>&1; then
        runuser -u "$name" -- env "NEO4J_HOME=$home" "NEO4J_CONF=$conf_folder" "$home/bin/neo4j" "$word"
    else
        sudo -n -u "$name" -- env "NEO4J_HOME=$home" "NEO4J_CONF=$conf_folder" "$home/bin/neo4j" "$word"
    fi
}

# Whether Neo4j is up: service, home, folder of neo4j.conf.
neo4j_runs() {
    case $1 in
    systemd:*)
        case $(systemctl is-active "${1#systemd:}" 2>/dev/null) in
        active | activating | deactivating | reloading) return 0 ;;
        *) return 1 ;;
        esac
        ;;
    esac
    alive "$(neo4j_pid "$1" "$2")" && return 0
    neo4j_command "$2" "$3" status </dev/null >/dev/null 2>&1
}

# Makes a folder of our own, or agrees with one that is ours already: then the status is 1.
own_folder() {
    mkdir "$1" 2>/dev/null && return 0
    [ -d "$1" ] && ! [ -L "$1" ] && [ "$(owner_of "$1")" = "$(id -u)" ] || refuse not-ours "$1"
    return 1
}

# Where the undo files of a server stand: run, name.
undo_folder() { printf '%s/.neo4j-tls/%s/%s\n' "$(login_home)" "$1" "$2"; }

# The values of a manifest, as variables.
read_manifest() {
    complete=no
    while IFS= read -r line; do
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
        before_sha256=*) before=$value ;;
        after_sha256=*) after=$value ;;
        complete=*) complete=$value ;;
        esac
    done <"$1"
}

# Tells of everything that was staged how it stands, in the order of the manifest: the hashes of the
# files, neo4j.conf, the original and undo.sh; the stats of the files, the folders and neo4j.conf.
tell_staged() {
    undo=$1
    read_manifest "$undo/manifest"
    [ -e "$staged" ] || staged=$conf
    set --
    while IFS= read -r line; do
        case $line in file=*) set -- "$@" "$base/${line#*=}" ;; esac
    done <"$undo/manifest"
    hashes_of "$@" "$staged" "$undo/original.conf" "$undo/undo.sh" | sed 's/^/hash /'
    while IFS= read -r line; do
        case $line in folder=*) set -- "$@" "$base/${line#*=}" ;; esac
    done <"$undo/manifest"
    stat_of "$@" "$staged" | sed 's/^/stat /'
    say "undo $(hex_of "$undo")"
}

# Removes the undo folder of a server and, with the last of them, everything of ours in the login's
# home folder. The manifest goes first: a folder without one holds nothing that is still needed.
remove_undo_folder() {
    run_folder=${1%/*}
    root=${run_folder%/*}
    if [ -d "$1" ]; then
        rm -f "$1/manifest"
        rm -f "$1/original.conf" "$1"/mtime.* "$1"/*.part "$1/undo.sh"
        rmdir "$1" || return 1
    fi
    rmdir "$run_folder" 2>/dev/null
    if [ -f "$root/.mtime" ] && [ "$(ls -A "$root")" = .mtime ]; then
        reference=$(mktemp)
        cp -p "$root/.mtime" "$reference" && rm -f "$root/.mtime"
        rmdir "$root" && touch -r "$reference" "${root%/*}"
        rm -f "$reference"
    fi
    return 0
}
