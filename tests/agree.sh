#!/usr/bin/env bash
# Both verifiers judge generated chains, valid and spoiled, and must say the same of each (docs/guarantees.md).
#
#   tests/agree.sh [--chains N] [--seed S]
#
#   --chains N   how many (default 100,000)
#   --seed S     number of the first chain (default 1); a chain is its number, so that one that they differ about can be judged again alone with --chains 1
set -euo pipefail

chains=100000 seed=1
wrong() {
    echo "$1; see the first lines of $0" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --chains) [[ ${2:-} =~ ^[0-9]+$ ]] || wrong "--chains wants a whole number"; chains=$2; shift 2 ;;
    --seed) [[ ${2:-} =~ ^[0-9]+$ ]] || wrong "--seed wants a whole number"; seed=$2; shift 2 ;;
    *) wrong "$1 is not known" ;;
    esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export EDGEGATEWAY_AGREE_CHAINS=$chains EDGEGATEWAY_AGREE_SEED=$seed
dotnet build tests/EdgeGateway.SystemTests -c Release -v q --nologo
exec dotnet tests/EdgeGateway.SystemTests/bin/Release/net10.0/EdgeGateway.SystemTests.dll -noLogo -noColor -showLiveOutput -class EdgeGateway.SystemTests.Agreement.AgreementTests
