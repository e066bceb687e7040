# Reads: run, server. Puts the staged neo4j.conf in the place of the one it was made from, by one
# rename; refuses when that one has changed.
open_run
take_turn || refuse undo-damaged "$undo"
put_conf_in_place
say "hash $digits"
say "stat $(stats_of "$conf")"
say end
