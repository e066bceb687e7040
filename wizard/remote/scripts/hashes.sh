# Reads: a folder. Answers every file below it, as seen from there, with its SHA-256, or `-` where it
# can't be read; nothing where there is no such folder. Changes nothing.
IFS= read -r base
if cd -P "$base" 2>/dev/null; then
    say "folder yes"
    set -f
    IFS=$newline
    for file in $(find . -type f 2>/dev/null | sort | head -n 2000); do
        find_hash "$file"
        say "file $(hex_of "${file#./}") ${digits:--}"
    done
    unset IFS
fi
say end
