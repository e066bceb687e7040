# Finishes one run of the wizard on this server, when the workstation can't: stops Neo4j, puts the new
# neo4j.conf in place, and starts Neo4j when it is told to, from the files beside this script.

refuse() {
    case $1 in
    conf-changed) words="$conf was edited after it was surveyed; this run does not fit it any more." ;;
    mismatch) words="$2 is not as it was written." ;;
    still-running) words="Neo4j is still shutting down; run this script again when it has ended." ;;
    service) words="the service manager said: $2" ;;
    under-way) words="a step of the run is still under way: $2." ;;
    start-failed) words="Neo4j did not start: $2" ;;
    *) words="$1 ${2-}" ;;
    esac
    stop_here "$words"
}
stop_here() {
    say "Stopped here: $1"
    exit 3
}

ask() {
    say "This finishes run $run on $server: Neo4j is stopped, and its new neo4j.conf put in place:"
    say "    $conf"
    say
    say "The run changes these servers, and all of them must be finished together:"
    sed -n 's/^of_the_run=/    /p' "$here/manifest"
    say
    say "A server with encryption can't talk to one without. Run this script on each of them; it"
    say "starts Neo4j only when you say so, once all of them have come that far."
    say
    printf 'Type yes to go on: '
    read -r word
    [ "$word" = yes ] || stop_here "you did not type yes. Nothing was changed."
}

check_files() {
    cd -P "$base" 2>/dev/null || refuse mismatch "$base"
    set -f
    IFS=$newline
    for file in $files $folders; do
        [ -r "./$file" ] || refuse mismatch "$base/$file"
    done
    unset IFS
    set +f
    cd /
}

main() {
    here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
    service=
    [ -f "$here/manifest" ] && read_manifest <"$here/manifest" && [ "$complete" = yes ] ||
        stop_here "$here/manifest is missing or not complete."
    conf_folder=${conf%/*}
    trap '' HUP
    check_files
    find_hash "$conf"
    if [ "$digits" = "$after" ] && neo4j_runs "$service" "$home" "$conf_folder"; then
        say "Run $run is finished on $server: the new neo4j.conf is in place, and Neo4j runs."
        exit 0
    fi
    ask
    undo=$here
    take_turn || stop_here "$here is gone."
    stop_neo4j 150
    neo4j_runs "$service" "$home" "$conf_folder" &&
        stop_here "something has started Neo4j again; hold it, then run this script again."
    put_conf_in_place
    say "Neo4j on $server does not run, and its new neo4j.conf is in place."
    say "When all servers of the run have come this far, start Neo4j on each of them."
    printf 'Type start to start it here now: '
    read -r word
    [ "$word" = start ] || stop_here "Neo4j was not started. Run this script again to start it."
    rm -rf "$here/room"
    start_neo4j 170 "$here"
    say "Neo4j is starting on $server."
    exit 0
}
main "$@"
