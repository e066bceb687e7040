# Reads: key, the words of the lock. Removes it where it is that one, and our folder when it is empty.
IFS= read -r key
IFS= read -r words
find_login_folder
ours=$login_folder/.neo4j-tls
lock=$ours/lock-$key
held=
[ -f "$lock" ] && IFS= read -r held <"$lock"
[ "$held" = "$words" ] && rm -f "$lock" "$ours/draft-$key".*
[ -d "$ours" ] && remove_undo_folder "$ours/none/none"
say end
