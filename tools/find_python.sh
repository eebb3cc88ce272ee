#!/bin/sh
# Print the first Python 3.11 to 3.14, newest first, that really runs and can make an environment.
# A name may exist and still not run (a pyenv shim of a version that is not active), so each
# candidate is tried. PYTHON=/path/to/python overrides the search.
usable='import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'

for name in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3 python}; do
    case $name in
        */*) paths=$name ;;
        *) paths=$(printf '%s\n' "$PATH" | tr ':' '\n' | sed "s|\$|/$name|") ;;
    esac
    for path in $paths; do
        if [ -x "$path" ] && "$path" -c "$usable" >/dev/null 2>&1; then
            printf '%s\n' "$path"
            exit 0
        fi
    done
done
echo "No Python 3.11 to 3.14 with its venv module was found. Install one (Debian: python3 and python3-venv) or name it with 'make setup PYTHON=/path/to/python3'." >&2
exit 1
