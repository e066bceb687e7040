# Reads: run, server. Puts the staged neo4j.conf in the place of the one it was made from, by one
# rename; refuses when that one has changed.
open_run
lock=${staged%/*}
new=./${staged##*/}
find_hash "$conf"
if [ "$digits" != "$after" ]; then
    [ "$digits" = "$before" ] || refuse conf-changed "$conf"
    cd -P "$lock" 2>/dev/null && is_hash "$new" "$after" || refuse mismatch "$staged"
    mv -f "$new" "$conf" || refuse not-writable "$conf"
    find_hash "$conf"
fi
rmdir "$lock" 2>/dev/null
sync "${conf%/*}" 2>/dev/null
say "hash $digits"
say "stat $(stats_of "$conf")"
say end
