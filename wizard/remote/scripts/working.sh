# Work that a lost connection does not end: it has a process of its own, and leaves its answer in a
# folder on the server. Whoever asks for it again while it is under way waits for the same.

pause() { sleep 0.1 2>/dev/null || sleep 1; }

# Sets `place` to where work leaves its word: the folder of the run, or a fresh one where that is not.
find_place() {
    find_undo_folder "$run" "$server"
    place=$undo
    if [ -z "$run" ] || ! [ -f "$place/manifest" ] || ! [ -O "$place" ]; then
        place=$(make_scratch folder) || refuse too-little-space "${TMPDIR:-/tmp}"
    fi
}

# Whether a process is one of ours; its number may be another's by now, and a process that just
# becomes another program has no words for a moment.
is_ours() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
    for look in first second; do
        alive "$1" || return 1
        { cat "/proc/$1/cmdline" || ps -p "$1" -o args=; } 2>/dev/null |
            grep -q -e neo4j-tls -e finish.sh -e undo.sh && return 0
        [ "$look" = second ] || pause
    done
    return 1
}

# Whether the process that a file names is at work; the file may be about to be written.
at_work() {
    for try in first second; do
        [ -f "$1" ] || return 1
        worker=
        read -r worker <"$1"
        [ -z "$worker" ] || break
        [ "$try" = second ] || pause
    done
    is_ours "$worker"
}

# Waits until no work is under way in a folder; some minutes at most.
let_work_end() {
    looks=1800
    for work in "$1"/*.work; do
        until [ -f "$work/answer" ] || ! at_work "$work/pid"; do
            looks=$((looks - 1))
            [ "$looks" -gt 0 ] || refuse under-way "$work"
            pause
        done
    done
}

# Sets `ticket` to the number of the last turn that somebody took, and `holder` to who that was.
look_at_turns() {
    ticket=0
    for one in "$undo"/turn.*; do
        [ -L "$one" ] && [ "${one##*.}" -gt "$ticket" ] && ticket=${one##*.}
    done
    holder=
    [ "$ticket" = 0 ] || holder=$(readlink "$undo/turn.$ticket" 2>/dev/null)
}

# Takes a turn: a link with the next number that names this process, which is there at once and
# needs no room. None is ever removed, so that who was slow to look can't take one twice. Fails
# where the folder has gone.
take_ticket() {
    looks=400
    while [ -d "$undo" ]; do
        look_at_turns
        if is_ours "$holder"; then
            pause
        elif ln -s "$$" "$undo/turn.$((ticket + 1))" 2>/dev/null; then
            ticket=$((ticket + 1))
            return 0
        elif ! [ -L "$undo/turn.$((ticket + 1))" ] && [ -d "$undo" ]; then
            [ -d "$undo/room" ] || refuse too-little-space "$undo"
            rm -rf "$undo/room"
        fi
        looks=$((looks - 1))
        [ "$looks" -gt 0 ] || refuse under-way "$undo/turn.$((ticket + 1))"
    done
    return 1
}

# Waits until no other script changes what belongs to this run here: one whose connection was lost
# goes on, and whoever called it may call it again at once. The turn ends with the process. Fails
# where the folder has gone.
take_turn() { take_ticket && let_work_end "$undo"; }
end_turn() { ln -s nobody "$undo/turn.$((ticket + 1))" 2>/dev/null; }

# Keeps room in the folder of the run for what a stop and a start write there, so that a disk that
# fills up meanwhile does not stand in their way: sixteen files, 128 KiB.
keep_room() {
    set -- "$undo"/room/*
    [ $# -lt 16 ] || return 0
    command -v split >/dev/null 2>&1 || return 0
    [ ! -e "$undo/room" ] || rm -rf "$undo/room"
    mkdir "$undo/room" 2>/dev/null &&
        dd if=/dev/urandom bs=8192 count=16 2>/dev/null | split -b 8192 - "$undo/room/" 2>/dev/null
}

# Makes what a piece of work needs, and sees that there is room for its answer.
lay_out_work() {
    mkdir -p "$work" && printf '%s\n' "$order" >"$work/order" &&
        dd if=/dev/zero of="$work/part" bs=8192 count=4 2>/dev/null
}

# Begins a piece of work unless it is under way: its name, and the lines that this script has read.
begin_work() {
    work=$place/$1.work order=$2
    [ "$place" != "$undo" ] || take_ticket || refuse undo-damaged "$undo"
    if ! [ -f "$work/answer" ] && at_work "$work/pid"; then
        end_turn
        return
    fi
    rm -f "$work/answer" "$work/pid"
    lay_out_work 2>/dev/null || { rm -rf "$place/room" && lay_out_work 2>/dev/null; } ||
        { rm -rf "$work" && refuse too-little-space "$place"; }
    alone=$(command -v setsid || command -v nohup)
    (cd "$work" && exec $alone sh -c "$script" "neo4j-tls-$1" <order >part 2>/dev/null) &
    echo $! >"$work/pid"
    [ "$place" != "$undo" ] || end_turn
}

# Waits for the answer of a piece of work, so many seconds, and makes it the answer of this script.
answer_work() {
    look_at_clock
    end=$((now + $1))
    until [ -f "$work/answer" ]; do
        at_work "$work/pid" || [ -f "$work/answer" ] || refuse work-lost
        look_at_clock
        [ "$now" -lt "$end" ] || refuse still-running
        pause
    done
    said=$(cat "$work/answer")
    [ "$place" = "$undo" ] || rm -rf "$place"
    printf '%s\n' "$said"
    case $said in *refused*) exit 3 ;; *) exit 0 ;; esac
}

# What a piece of work does first: from now on nobody's hanging up ends it, and its last word is kept.
at_our_own_pace() {
    trap '' HUP
    work=$PWD
    echo $$ >"$work/pid.part" && mv -f "$work/pid.part" "$work/pid"
    trap leave_answer EXIT
    cd / || exit
}

# Nobody may be left who takes the answer: what no run's folder holds is then removed from here.
leave_answer() {
    mv -f "$work/part" "$work/answer"
    find_undo_folder "$run" "$server"
    [ "$work" = "$undo/${work##*/}" ] && return
    looks=100
    while [ -d "$work" ] && [ "$looks" -gt 0 ]; do
        looks=$((looks - 1))
        pause
    done
    [ "$looks" -gt 0 ] || rm -rf "${work%/*}"
}

# Asks Neo4j to end and waits so many seconds until it is gone; never kills. Tells when something has
# started it again meanwhile.
stop_neo4j() {
    neo4j_runs "$service" "$home" "$conf_folder" || return 0
    asked=$pid
    asker=
    case $service in
    systemd:*)
        words=$(manage stop 2>&1 </dev/null) || refuse service "$words"
        ;;
    *)
        neo4j_command "$home" "$conf_folder" stop </dev/null >/dev/null 2>&1 &
        asker=$!
        ;;
    esac
    look_at_clock
    end=$((now + $1))
    while still_there; do
        look_at_clock
        [ "$now" -lt "$end" ] || refuse still-running
        pause
    done
    # The command has still to clear up: it would take away the file that the next start writes.
    looks=300
    while alive "$asker" && [ "$looks" -gt 0 ]; do
        looks=$((looks - 1))
        pause
    done
    # A process that has just ended can seem to run until its parent has taken note of it; one that
    # was started again stays.
    looks=20
    while neo4j_runs "$service" "$home" "$conf_folder" && [ "$pid" != "$asked" ]; do
        looks=$((looks - 1))
        [ "$looks" -gt 0 ] || { say "started-again" && break; }
        pause
    done
}
still_there() {
    alive "$asked" && return 0
    [ "${service%% *}" = bin ] && [ -n "$asked" ] && return 1
    neo4j_runs "$service" "$home" "$conf_folder" && { [ -z "$pid" ] || [ "$pid" = "$asked" ]; }
}

# Starts Neo4j, giving the command so many seconds; a folder for what it says.
start_neo4j() {
    said=$2/said code=$2/code
    rm -f "$code"
    {
        case $service in
        systemd:*) manage start ;;
        *--expand-commands) neo4j_command "$home" "$conf_folder" start --expand-commands ;;
        *) neo4j_command "$home" "$conf_folder" start ;;
        esac
        echo $? >"$code"
    } </dev/null >"$said" 2>&1 &
    look_at_clock
    end=$((now + $1))
    until [ -s "$code" ]; do
        look_at_clock
        [ "$now" -lt "$end" ] || break
        pause
    done
    read -r ended 2>/dev/null <"$code" || ended="no end in $1 seconds"
    words=$(tail -n 5 "$said")
    rm -f "$said" "$code"
    [ "$ended" = 0 ] || refuse start-failed "${words:-$ended}"
}
