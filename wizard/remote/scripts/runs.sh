# Reads: server. Answers the manifest of every run that has its way back in this login's folder. Changes nothing.
IFS= read -r server
find_login_folder
for manifest in "$login_folder/.neo4j-tls"/*/"$server"/manifest; do
    folder=${manifest%/manifest}
    [ -O "$folder" ] && ! [ -L "$folder" ] && [ -f "$manifest" ] && ! [ -L "$manifest" ] || continue
    run=${folder%/*}
    say "manifest $(hex_of "${run##*/}") $(head -c 65536 "$manifest" | hex)"
done
say end
