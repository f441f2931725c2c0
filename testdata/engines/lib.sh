# shellcheck shell=bash
# What the engines share. Sourced, never run.

# The clone this file is in, and where everything that is downloaded or built
# is kept: never inside the clone, so that removing one loses the other nothing.
# shellcheck disable=SC2034  # read by the scripts that source this file
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rental.example/engines

# What is started is asked on this machine, whatever proxy the shell has.
export no_proxy=localhost,127.0.0.1${no_proxy:+,$no_proxy}

die() {
  printf 'engines/%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

say() { printf 'engines/%s: %s\n' "${0##*/}" "$*" >&2; }

# require COMMAND ADVICE: stops with the advice when the command is missing.
require() { command -v "$1" >/dev/null || die "$1 is missing: $2"; }

# lock NAME: waits for and holds a lock of this user until the script ends or
# unlock. Two runs at once must neither install into each other's folders nor
# choose the same port.
lock() {
  require flock "install util-linux"
  mkdir -p "$cache"
  exec 9>"$cache/$1.lock"
  flock 9
}

unlock() { exec 9>&-; }

# cached NAME FILL: sets $installed to the folder that holds NAME, which says
# the pinned version. When there is none, it calls FILL with a folder to fill
# and the path that folder will have. Only a whole one gets that name, so what
# an interrupted install left behind is never mistaken for one.
cached() {
  local work
  installed=$cache/$1
  if [[ -d $installed ]]; then
    return
  fi
  lock "$1"
  if [[ ! -d $installed ]]; then
    say "installing $1 into $cache, once"
    rm -rf "$installed".tmp.*
    work=$(mktemp -d "$installed.tmp.XXXXXX")
    # Its output is for the person watching: stdout is for variables.
    "$2" "$work" "$installed" >&2 9>&-
    mv "$work" "$installed"
  fi
  unlock
}

# make_venv DIR FINAL ARG...: a Python environment in DIR, to be moved to FINAL,
# with what "pip install ARG..." installs.
make_venv() {
  local dir=$1 final=$2 file
  shift 2
  require python3 "install Python 3.10 or later with its venv module"
  python3 -m venv "$dir" || die "python3 -m venv failed: install the package python3-venv"
  "$dir/bin/pip" install -q --disable-pip-version-check "$@"
  # Its scripts name the folder they were made in, and that gets its real name
  # only when it is whole.
  for file in "$dir"/bin/*; do
    if [[ -f $file && ! -L $file ]] && grep -qIF "$dir" "$file"; then
      sed -i "s|$dir|$final|g" "$file"
    fi
  done
}

# cached_venv NAME FILL: cached, but a venv is of no use once the Python it was
# made with has gone.
cached_venv() {
  if [[ -d $cache/$1 && ! -x $cache/$1/bin/python3 ]]; then
    rm -rf "${cache:?}/$1"
  fi
  cached "$1" "$2"
}

# packages NAME...: Debian packages, for whoever may install them.
packages() {
  local advice="install these packages, as root: $*"
  if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
    die "something is missing: $advice"
  fi
  say "installing packages: $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >&2 9>&- ||
    { apt-get update >&2 9>&- && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >&2 9>&-; } ||
    die "apt-get failed: $advice"
}

# asked ENGINE: whether the person who called "with" asked for this engine too.
asked() { [[ ,${ENGINES:-}, == *,"$1",* ]]; }

# listen_host: the address to listen on. Containers reach the host by the
# bridge's; a server takes one address or all, and the tests want the loopback
# one too.
listen_host() {
  if asked sam || asked sam-lambda; then
    echo 0.0.0.0
  else
    echo 127.0.0.1
  fi
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port: a port that is not in use, below those the kernel hands out to
# clients.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && port_taken "$port"; do :; done
  echo "$port"
}

responds() { curl -s -o /dev/null --max-time 5 "$1"; }

# given NAME: whether the variable NAME has the endpoint of an engine that runs
# already. Asking it takes curl, and so does waiting for one of our own.
given() {
  require curl "install it"
  [[ -n ${!1:-} ]] || return 1
  responds "${!1}" || die "nothing responds at $1=${!1}"
}

# spawn DIR COMMAND...: runs COMMAND in the background, its output in DIR/log.
# Job control gives it a process group of its own, so that Ctrl-C reaches the
# command under test and not the engine that this command is still using.
spawn() {
  local dir=$1
  shift
  set -m
  "$@" >"$dir/log" 2>&1 </dev/null 9>&- &
  echo "$!" >"$dir/pid"
  set +m
}

# alive PID: a zombie, which is not reaped in a container without an init, is
# not.
alive() { [[ $(ps -o stat= -p "$1" 2>/dev/null) == [!Z]* ]]; }

# await DIR SECONDS COMMAND...: until COMMAND succeeds, while what was spawned
# in DIR lives.
await() {
  local dir=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$(<"$dir/pid")"; then
      tail -n 20 "$dir/log" >&2
      die "it ended before it responded"
    fi
    if ((SECONDS >= end)); then
      tail -n 20 "$dir/log" >&2
      die "it does not respond"
    fi
    sleep 0.1
  done
}

# halt DIR: ends what was spawned in DIR, if anything was.
halt() {
  local pid tries
  [[ -s $1/pid ]] || return 0
  pid=$(<"$1/pid")
  rm -f "$1/pid"
  kill -TERM -- "-$pid" 2>/dev/null || return 0
  for ((tries = 0; tries < 200; tries++)); do
    alive "$pid" || return 0
    sleep 0.1
  done
  say "it ignores SIGTERM: killing it"
  kill -KILL -- "-$pid" 2>/dev/null || true
}
