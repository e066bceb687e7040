# Reads: key, the words of a lock that may be taken over (or nothing), the words of the new one.
# A lock is there at once, with its words, or not at all. Answers `locked`, or `held` and its words.
IFS= read -r key
IFS= read -r outlived
IFS= read -r words
find_login_folder
make_own_folder
[ -O "$ours" ] || refuse not-ours "$ours"
lock=$ours/lock-$key
draft=$ours/draft-$key.$$
trap 'rm -f "$draft"' EXIT
printf '%s\n' "$words" >"$draft" || refuse too-little-space "$ours"
if ln "$draft" "$lock" 2>/dev/null; then
    say locked
else
    [ -f "$lock" ] || refuse not-writable "$ours"
    held=
    IFS= read -r held <"$lock"
    if [ "$held" = "$words" ]; then
        say locked
    elif [ -n "$outlived" ] && [ "$held" = "$outlived" ]; then
        mv -f "$draft" "$lock" && say locked
    else
        say "held $(hex_of "$held")"
    fi
fi
say end
