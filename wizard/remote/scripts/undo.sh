# Puts neo4j.conf and the certificate folder of this server back to how they stood before one run
# of the wizard, from the files beside this script. Starts and stops nothing.

refuse() { stop_here "$1" "" "a step of the run is still under way: $2."; }
stop_here() {
    say "Nothing was put back: $3"
    exit 3
}
left() { say "Left in place, because it is not of this run: $1"; }

ask() {
    say "This puts back the neo4j.conf of $server: $conf"
    say "and removes the certificates of run $run: $base"
    say
    say "The run changed these servers, and all of them must be put back together:"
    sed -n 's/^of_the_run=/    /p' "$here/manifest"
    say
    say "A server alone without encryption can't talk to the others. Stop Neo4j on all of them"
    say "first, run this script on each, and start them again; this script starts nothing."
    say
    printf 'Type yes to go on: '
    read -r word
    [ "$word" = yes ] || stop_here cancelled "" "you did not type yes."
}

main() {
    here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
    [ -f "$here/manifest" ] || stop_here undo-damaged "" "$here/manifest is missing."
    read_manifest <"$here/manifest"
    [ "$complete" = yes ] || stop_here undo-damaged "" "$here/manifest is not complete."
    ask
    undo=$here
    take_turn || stop_here undo-damaged "" "$here is gone."
    put_everything_back "$here"
    say "Everything of run $run is put back on $server."
    exit 0
}
main "$@"
