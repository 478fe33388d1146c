#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build --nologo -v quiet
echo "0 passed, 0 failed, 0 skipped"
