#!/bin/sh
# Serve laundry with demo data: sets up everything at the first start.
set -eu
cd "$(dirname "$0")"
exec make run "$@"
