# shellcheck shell=bash disable=SC2154 # $dotnet, $group and $start_time are set in other files
# ./platform test and ./platform bench

TEST_POSTGRES_PORT=15433

in_ci() { [ "${CI:-}" = true ]; }

# What tests and benchmarks need: a cluster, a PostgreSQL of their own, Chromium, and a build of everything.
prepare_tests() {
  ensure_packages always cluster test
  ensure_dotnet
  if uses_own_cluster; then
    ensure_kubernetes
    start_test_cluster
  else
    check_given_cluster
  fi
  start_test_postgres
  build Platform.sln "Building Slipway" "$(output_of Tests Slipway.Tests)" "$(output_of AppHost Slipway.AppHost)"
  export SLIPWAY_TEST_REGISTRY=${SLIPWAY_TEST_REGISTRY:-127.0.0.1:5000} SLIPWAY_CHROMIUM=${SLIPWAY_CHROMIUM:-/usr/bin/chromium}
}

# A cluster that runs already is used and left running.
start_test_cluster() {
  if [ "$(cluster state)" = up ]; then
    step "The local cluster is up already"
  else
    step "Starting the local cluster"
    if in_ci; then
      attend "$SLIPWAY_HOME/logs/cluster-down.log" still_going cluster down --purge # nothing of an earlier run
      at_exit cluster down --purge
    else
      at_exit cluster down
    fi
    attend "$SLIPWAY_HOME/logs/cluster-up.log" cluster_progress cluster up --owner $$
  fi
  KUBECONFIG=$(cluster kubeconfig --path)
  export KUBECONFIG
}
still_going() { echo "still at it"; }
cluster_progress() { tail -n 1 "$SLIPWAY_HOME/logs/cluster-up.log"; }

start_test_postgres() {
  local secret=$SLIPWAY_HOME/secrets/test-postgres.password
  step "Starting a PostgreSQL for tests on port $TEST_POSTGRES_PORT"
  mkdir -p "${secret%/*}"
  [ -s "$secret" ] || (umask 077; openssl rand -hex 16 >"$secret")
  at_exit "$LOCAL/postgres.sh" down --data "$SLIPWAY_HOME/test-postgres" --purge
  attend "$SLIPWAY_HOME/logs/test-postgres.log" still_going \
    "$LOCAL/postgres.sh" up --data "$SLIPWAY_HOME/test-postgres" --port $TEST_POSTGRES_PORT --password-file "$secret" --fast
  SLIPWAY_TEST_POSTGRES="Host=127.0.0.1;Port=$TEST_POSTGRES_PORT;Username=postgres;Password=$(<"$secret")"
  export SLIPWAY_TEST_POSTGRES
}

# tests [PART OF A NAME] [OPTIONS OF XUNIT]
tests() {
  local report=$SLIPWAY_HOME/logs/test-results.json arguments=(-noLogo -noAutoReporters -longRunning 120) status=0
  export SLIPWAY_HOME
  at_exit say_summary # first in, last out
  plan $(($(uses_own_cluster && echo 7 || echo 6) + $(in_ci && echo 1 || echo 0)))
  prepare_tests
  if in_ci; then
    step "Checking the formatting"
    attend "$SLIPWAY_HOME/logs/format.log" still_going "$dotnet" format "$ROOT/Platform.sln" --verify-no-changes --no-restore
  fi
  if [ $# -gt 0 ] && [[ $1 != -* ]]; then
    arguments+=(-method "*$1*")
    shift
  fi
  [ -t 1 ] || arguments+=(-noColor)
  step "Testing"
  rm -f "$report"
  in_group "$dotnet" "$(output_of Tests Slipway.Tests)" "${arguments[@]}" -result-ctrf "$report" "$@"
  wait "$group" || status=$?
  end_group
  summarise "$report" $status
}

# The very last line, after all is stopped: "N passed, N failed", for programs that read it.
summary=''
say_summary() { [ -z "$summary" ] || echo "$summary"; }
summarise() {
  local passed failed skipped
  [ -s "$1" ] || fail "The tests ended with exit code $2 before they could report."
  read -r passed failed skipped < <(jq -r '.results.summary | "\(.passed) \(.failed + .other) \(.skipped + .pending)"' "$1")
  echo
  # With the beginning of what each says: of a long run often only the end is kept.
  jq -r '.results.tests[] | select(.status != "passed" and .status != "skipped" and .status != "pending")
    | "FAILED  \(.name)", (.message // "" | .[:1000] | split("\n")[:10][] | "        \(.)")' "$1"
  [ "$skipped" = 0 ] || echo "$skipped skipped"
  [ $((passed + failed)) -gt 0 ] || echo "No test has such a name."
  summary="$passed passed, $failed failed"
  if [ "$2" != 0 ]; then exit "$2"; fi
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

# bench [NAME]
bench() {
  export SLIPWAY_HOME
  plan "$(uses_own_cluster && echo 7 || echo 6)"
  prepare_tests
  step "Measuring"
  local status=0
  in_group bench_command "$@"
  wait "$group" || status=$?
  end_group
  exit $status
}
bench_command() { "$dotnet" run -c Release --no-build --project "$ROOT/Tests/Bench/Bench.csproj" -- "$@"; }
