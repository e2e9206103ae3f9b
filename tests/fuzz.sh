#!/usr/bin/env bash
# Fuzzes the decoders that take bytes from a network, with afl-fuzz (Debian: afl++). What breaks a decoder is put into its corpus, which the tests play again.
#
#   tests/fuzz.sh [--target NAME]... [--seconds S] [--keep]
#
#   --target NAME   only this one; without it all of them, one after the other
#   --seconds S     how long for each (default 60)
#   --keep          new inputs that reach new code are put into the corpus as well (the 40 smallest of each target)
set -euo pipefail

targets="" seconds=60 keep=""
wrong() {
    echo "$1; see the first lines of $0" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --target) [ -n "${2:-}" ] || wrong "--target wants a name"; targets="$targets $2"; shift 2 ;;
    --seconds) [[ ${2:-} =~ ^[0-9]+$ ]] || wrong "--seconds wants a whole number"; seconds=$2; shift 2 ;;
    --keep) keep=1; shift ;;
    *) wrong "$1 is not known" ;;
    esac
done
command -v afl-fuzz >/dev/null || wrong "afl-fuzz is not here: install afl++"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
corpus=tests/EdgeGateway.Fuzzing/Corpus
work=artifacts/fuzzing
rm -rf "$work"
dotnet publish tests/EdgeGateway.Fuzzing -c Release -v q --nologo -o "$work/bin"
program="$work/bin/EdgeGateway.Fuzzing.dll"
cp -r "$work/bin" "$work/instrumented"
dotnet "$program" instrument "$work"/instrumented/EdgeGateway{,.Drivers}.dll
[ -n "$targets" ] || targets=$(dotnet "$program" list)

export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_QUIET=1
export DOTNET_TieredPGO=0 # instrumented code that is compiled twice would look like new branches

take() { # take TARGET FILE: into the corpus, under the hash of its content
    mkdir -p "$corpus/$1"
    cp "$2" "$corpus/$1/$(sha256sum "$2" | cut -c1-16)"
}

failures=0
for target in $targets; do
    dotnet "$program" seeds "$target" "$work/$target/seeds"
    afl-fuzz -i "$work/$target/seeds" -o "$work/$target/found" -t 10000 -m none -V "$seconds" -- dotnet "$work/instrumented/EdgeGateway.Fuzzing.dll" run "$target" >"$work/$target/log" 2>&1 || {
        tail -20 "$work/$target/log" >&2
        echo "$target: afl-fuzz ended with an error" >&2
        exit 1
    }
    found="$work/$target/found/default"
    broken=0
    for file in "$found"/crashes/id* "$found"/hangs/id*; do
        [ -e "$file" ] || continue
        take "$target" "$file"
        broken=$((broken + 1))
    done
    if [ -n "$keep" ]; then
        # Those that were made here, and not those that a run began with.
        find "$found/queue" -name 'id*' ! -name '*orig*' -size -4k -printf '%s %p\n' | sort -n | sed -n 1,40p | cut -d' ' -f2- | while read -r file; do take "$target" "$file"; done
    fi
    echo "$target: $(sed -n 's/^execs_done *: *//p' "$found/fuzzer_stats") inputs, $(sed -n 's/^corpus_count *: *//p' "$found/fuzzer_stats") of them reach code of their own, $broken break something"
    failures=$((failures + broken))
done
[ "$failures" -eq 0 ] || {
    echo "what broke something lies in $corpus now; the tests play it again" >&2
    exit 1
}
