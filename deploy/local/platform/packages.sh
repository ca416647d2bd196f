# shellcheck shell=bash
# What comes from Debian: which packages are missing, and getting them without starting a service.

# packages NEED...: names from packages.txt
packages() { awk -v needs=" $* " '!/^#/ && NF && index(needs, " " $2 " ") && !seen[$1]++ {print $1}' "$LOCAL/packages.txt"; }
missing_packages() {
  local package installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
  for package in $(packages "$@"); do grep -qxF "$package" <<<"$installed" || echo "$package"; done
  case " $* " in *" always "* | *" install "*) command -v kubectl >/dev/null || echo kubernetes-client ;; esac
}

# ensure_packages NEED...
ensure_packages() {
  local missing
  missing=$(missing_packages "$@" | paste -sd' ')
  if [ -z "$missing" ]; then
    step "Debian packages: all there"
    return
  fi
  step "Installing $(wc -w <<<"$missing") Debian packages"
  note "$missing" | fold -s -w 110 | sed '2,$s/^/              /'
  command -v apt-get >/dev/null || fail "This machine has no apt-get. Slipway's local parts are made for Debian 12; with KUBECONFIG set, install PostgreSQL 15 or later, jq, curl and kubectl yourself."
  [ "$(id -u)" = 0 ] || fail "Installing packages needs root. As root, run this again, or: apt-get install --no-install-recommends $missing"
  keep_services_off
  # shellcheck disable=SC2086 # a list
  attend "$SLIPWAY_HOME/logs/packages.log" packages_progress install_packages $missing
  let_services_be
  # shellcheck disable=SC2086
  disable_services $missing
}

packages_progress() {
  echo "reading the package lists"
  sed -nE 's/^dlstatus:[^:]*:([0-9]*)[0-9.]*:/downloading \1 %: /p; s/^pmstatus:[^:]*:([0-9]*)[0-9.]*:/installing \1 %: /p' "$SLIPWAY_HOME/logs/packages.status"
}
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  : >"$SLIPWAY_HOME/logs/packages.status"
  if [ -n "$(dpkg --audit)" ]; then dpkg --configure -a; fi
  apt-get update
  apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    -o APT::Status-Fd=3 "$@" 3>"$SLIPWAY_HOME/logs/packages.status"
}

# A package must not start its service: Slipway starts its own, on its own ports with its own data. Debian asks policy-rc.d.
POLICY=/usr/sbin/policy-rc.d
keep_services_off() {
  let_services_be # of an earlier attempt that was killed
  at_exit let_services_be
  if [ -e $POLICY ]; then mv $POLICY $POLICY.before-slipway; fi
  printf '#!/bin/sh\n# Written by Slipway for the time of an installation.\nexit 101\n' >$POLICY
  chmod 755 $POLICY
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  fi
}
let_services_be() {
  if grep -qs 'Written by Slipway' $POLICY; then rm -f $POLICY; fi
  if [ -e $POLICY.before-slipway ]; then mv $POLICY.before-slipway $POLICY; fi
}
# Nor at the next start of the machine: Debian's registry, for one, would take our port 5000.
disable_services() {
  local package unit
  for package in "$@"; do
    for unit in $(dpkg -L "$package" 2>/dev/null | sed -nE 's,^(/usr)?/lib/systemd/system/([^@]+\.(service|timer|socket))$,\2,p'); do
      find /etc/systemd/system -path "*.wants/$unit" -type l -delete 2>/dev/null || true
    done
    for unit in $(dpkg -L "$package" 2>/dev/null | sed -n 's,^/etc/init.d/,,p'); do update-rc.d "$unit" disable >/dev/null 2>&1 || true; done
  done
}
