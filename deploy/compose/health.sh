#!/bin/sh
# Is every connector that start.sh started without trouble?
set -eu
# shellcheck disable=SC2046
exec crosswalk connector status $(cat "${HOME:-/home/crosswalk}/settings")
