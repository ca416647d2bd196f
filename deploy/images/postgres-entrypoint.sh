#!/bin/sh
# Makes the database cluster in $PGDATA when there is none, then becomes the server. Takes the variables of the official image:
# POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE, POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS, PGDATA.
set -eu
PGDATA=${PGDATA:-/var/lib/postgresql/data}
export PGDATA
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
if [ "${1:-postgres}" != postgres ]; then exec "$@"; fi
[ $# = 0 ] || shift

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  [ -n "${POSTGRES_PASSWORD:-}" ] || { echo "POSTGRES_PASSWORD is not set: the new database needs a password." >&2; exit 1; }
  mkdir -p "$(dirname "$PGDATA")"
  # Made beside its place and moved there when complete, so that a stop half-way leaves nothing that looks like a database.
  new=$PGDATA.new
  rm -rf "$new"
  mkdir -m 700 "$new"
  (umask 077; printf '%s\n' "$POSTGRES_PASSWORD" >"$new.password")
  # shellcheck disable=SC2086 # a list of options
  initdb --pgdata="$new" --username="$user" --pwfile="$new.password" --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-}
  rm -f "$new.password"
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n' "$database" | postgres --single -D "$new" postgres >/dev/null
  fi
  if [ -d "$PGDATA" ]; then rmdir "$PGDATA"; fi
  mv "$new" "$PGDATA"
  sync
fi
exec postgres -D "$PGDATA" -c listen_addresses='*' "$@"
