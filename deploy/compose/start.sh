#!/bin/sh
# Starts the connectors of the organisations that are named. At the first start it makes their folders and keys; a key that
# is there is never replaced. Settings lie beside this script.
set -eu
umask 077
home="${HOME:-/home/crosswalk}"
here="$(dirname "$0")"
for name in "$@"; do
  mkdir -p "$home/$name/drop" "$home/$name/delivered" "$home/$name/state"
  if [ ! -f "$home/$name/connector.key" ]; then
    python -c 'import pathlib, sys; from connectors.secrets import make_key_file; make_key_file(pathlib.Path(sys.argv[1]))' \
      "$home/$name/connector.key"
  fi
done
settings=""
for name in "$@"; do
  settings="$settings $here/agencies/$name/connector.yaml"
done
printf '%s\n' "$settings" > "$home/settings"
# Names of organisations have no blanks.
# shellcheck disable=SC2086
exec crosswalk connector run $settings
