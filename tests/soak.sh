#!/usr/bin/env bash
# The fault programme at length. Every finished round is one JSON line in the log; a second start goes on after the last seed of each scenario.
# At the end the log's figures stand beside it as Markdown.
#
#   tests/soak.sh [--scenario NAME]... [--rounds N | --minutes M] [--seed S] [--log FILE]
#   tests/soak.sh --scenario NAME --replay SEED      one round again, as the log or a test has named it; the log is left alone
#
#   --rounds N     until the log holds N rounds of each scenario (default 1)
#   --minutes M    until M minutes are over
#   --seed S       the first seed of a scenario that is not in the log yet (default 1)
#   --log FILE     default artifacts/soak.jsonl
set -euo pipefail

scenarios="" rounds="" minutes="" seed="" log="" replay=""
wrong() {
    echo "$1; see the first lines of $0" >&2
    exit 2
}
number() { [[ ${2:-} =~ ^[0-9]+$ ]] || wrong "$1 wants a whole number"; }
while [ $# -gt 0 ]; do
    case $1 in
    --scenario) [ -n "${2:-}" ] || wrong "--scenario wants a name"; scenarios="$scenarios $2"; shift 2 ;;
    --rounds) number "$@"; rounds=$2; shift 2 ;;
    --minutes) number "$@"; minutes=$2; shift 2 ;;
    --seed) number "$@"; seed=$2; shift 2 ;;
    --replay) number "$@"; replay=$2; shift 2 ;;
    --log) [ -n "${2:-}" ] || wrong "--log wants a file"; log=$(realpath -m "$2"); shift 2 ;;
    *) wrong "$1 is not known" ;;
    esac
done
[ -z "$rounds" ] || [ -z "$minutes" ] || wrong "--rounds and --minutes exclude each other"
[ -z "$replay" ] || [ -n "$scenarios" ] || wrong "--replay needs --scenario"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
log=${log:-$PWD/artifacts/soak.jsonl}
commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
git diff --quiet HEAD 2>/dev/null || commit=$commit+
export EDGEGATEWAY_SOAK_SCENARIOS=$scenarios EDGEGATEWAY_SOAK_ROUNDS=$rounds EDGEGATEWAY_SOAK_MINUTES=$minutes EDGEGATEWAY_SOAK_SEED=$seed \
    EDGEGATEWAY_SOAK_REPLAY=$replay EDGEGATEWAY_SOAK_LOG=$log EDGEGATEWAY_SOAK_COMMIT=$commit
dotnet build tests/EdgeGateway.SystemTests -c Release -v q --nologo
exec dotnet tests/EdgeGateway.SystemTests/bin/Release/net10.0/EdgeGateway.SystemTests.dll -noLogo -noColor -explicit only -class EdgeGateway.SystemTests.FaultProgramme.Soak
