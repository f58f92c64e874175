"""Two strongSwan daemons in network namespaces of their own, and one fault between them.

    A 10.1.0.1, 192.0.2.1  ----  192.0.2.2, 10.2.0.1 B

A starts. Nothing leaves the two namespaces: they are joined by one virtual cable and nothing else.
A namespace lives as long as the process that holds it; all processes are ended on leaving, and with
them the namespaces, addresses and firewall rules go.
"""

# Programs are the point of it, and they are found where the system has them.
# ruff: noqa: S603, S607

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

CHARON = Path("/usr/lib/ipsec/charon")
_PLUGINS = Path("/usr/lib/ipsec/plugins")
_PROGRAMS = ("swanctl", "nft", "ip", "unshare", "nsenter")
_WAIT_S = 15
_ADDRESS = {"a": "192.0.2.1", "b": "192.0.2.2"}
_LAN = {"a": "10.1.0", "b": "10.2.0"}
_NAME = {"a": "BUGFIX", "b": "FILIALE"}
_STRONGSWAN_CONF = """\
charon {{
  load = random nonce pem pkcs1 x509 pubkey kdf hmac sha1 sha2 md5 aes gmp curve25519 \
constraints drbg kernel-libipsec kernel-netlink socket-default vici updown
  retransmit_timeout = 1
  retransmit_base = 1.3
  retransmit_tries = 3
  filelog {{
    log {{
      path = {log}
      time_format = %Y-%m-%dT%H:%M:%S
      time_add_ms = yes
      ike_name = yes
      flush_line = yes
      default = 1
    }}
  }}
  plugins {{
    vici {{
      socket = unix://{socket}
    }}
  }}
}}
"""
_SWANCTL_CONF = """\
connections {{
  {name} {{
    version = {version}
    local_addrs = {own}
    remote_addrs = {peer}
    proposals = {proposals}
    local {{
      auth = psk
      id = {side}.example.net
    }}
    remote {{
      auth = psk
      id = {expected}
    }}
    children {{
      netz {{
        local_ts = {networks}
        remote_ts = {peer_networks}
        esp_proposals = {esp}
      }}
    }}
  }}
}}
secrets {{
  ike-1 {{
    secret = {key}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How one side is set up; what is not said is right."""

    version: int = 2
    key: str = "invented-and-equal"
    proposals: str = "aes256-sha256-modp2048"
    esp: str = "aes256-sha256"
    peer: str | None = None
    """Address of the other side, as this side knows it."""
    peer_id: str | None = None
    networks: str | None = None
    drop: str | None = None
    """What the firewall of this side drops of what comes in: an expression of nftables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """What the two daemons wrote."""

    initiator: Path
    responder: Path


def missing() -> str | None:
    """Why this machine cannot run two daemons; None if it can."""
    if os.geteuid() != 0:
        return "needs root"
    lacking = [name for name in _PROGRAMS if shutil.which(name) is None]
    lacking += [] if CHARON.exists() else [str(CHARON)]
    if lacking:
        return (
            f"needs {', '.join(lacking)} (Debian: strongswan-charon strongswan-swanctl "
            "libcharon-extra-plugins nftables iproute2)"
        )
    if not (_PLUGINS / "libstrongswan-kernel-libipsec.so").exists():
        return "needs the plugin kernel-libipsec (Debian: libcharon-extra-plugins)"
    if not Path("/dev/net/tun").exists():
        return "needs /dev/net/tun"
    tried = subprocess.run(
        ["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False
    )
    return tried.stderr.strip() or "no namespaces" if tried.returncode else None


def logs(folder: Path, initiator: Setup, responder: Setup) -> Logs:
    """Let A call B once and return what both wrote."""
    with ExitStack() as stack:
        a = stack.enter_context(_Side("a", folder, initiator))
        b = stack.enter_context(_Side("b", folder, responder))
        _join(a, b)
        stack.enter_context(b.daemon())
        stack.enter_context(a.daemon())
        a.run("swanctl", "--initiate", "--child", "netz", "--timeout", "12", *a.uri, check=False)
        time.sleep(0.5)
    return Logs(initiator=a.log, responder=b.log)


class _Side:
    """One namespace and what runs in it."""

    def __init__(self, name: str, folder: Path, setup: Setup) -> None:
        self.name = name
        self.folder = folder
        self.setup = setup
        self.log = folder / f"{name}.log"
        self.socket = folder / f"{name}.vici"
        self._holder: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sleep", "300"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        own = Path("/proc/self/ns/net").readlink()
        try:
            # Until unshare has done its work the process is still in our own namespace.
            _until(lambda: Path(f"/proc/{self.pid}/ns/net").readlink() != own)
            _until(lambda: Path(f"/proc/{self.pid}/comm").read_text().strip() == "sleep")
            # The daemon's process ID file: each has its own.
            self.run("mount", "-t", "tmpfs", "none", "/run")
            self.run("ip", "link", "set", "lo", "up")
        except BaseException:
            _end(self._holder)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._holder is not None:
            _end(self._holder)

    @property
    def pid(self) -> int:
        """Of the process that holds the namespace."""
        assert self._holder is not None
        return self._holder.pid

    @property
    def uri(self) -> tuple[str, str]:
        """Where swanctl finds the daemon."""
        return "--uri", f"unix://{self.socket}"

    def run(self, *words: str, check: bool = True) -> None:
        """Run a program in the namespace."""
        done = subprocess.run(
            self._inside(words), capture_output=True, text=True, timeout=60, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """The daemon, until left; then it is told to end and waited for."""
        setup, other = self.setup, "b" if self.name == "a" else "a"
        conf = self.folder / f"{self.name}.strongswan.conf"
        conf.write_text(_STRONGSWAN_CONF.format(log=self.log, socket=self.socket))
        connection = self.folder / f"{self.name}.swanctl.conf"
        connection.write_text(
            _SWANCTL_CONF.format(
                name=_NAME[self.name],
                version=setup.version,
                own=_ADDRESS[self.name],
                peer=setup.peer or _ADDRESS[other],
                proposals=setup.proposals,
                side=self.name,
                expected=setup.peer_id or f"{other}.example.net",
                networks=setup.networks or f"{_LAN[self.name]}.0/24",
                peer_networks=f"{_LAN[other]}.0/24",
                esp=setup.esp,
                key=setup.key,
            )
        )
        running = subprocess.Popen(
            self._inside((str(CHARON),)),
            env={**os.environ, "STRONGSWAN_CONF": str(conf)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until(self.socket.exists)
            self.run("swanctl", "--load-all", "--file", str(connection), *self.uri)
            if setup.drop:
                self.run("nft", "add table inet live")
                self.run("nft", "add chain inet live in { type filter hook input priority 0 ; }")
                self.run("nft", f"add rule inet live in {setup.drop} drop")
            yield
        finally:
            _end(running)

    def _inside(self, words: tuple[str, ...]) -> list[str]:
        # Its process becomes the program itself: ending the one ends the other.
        return ["nsenter", "--target", str(self.pid), "--net", "--mount", "--", *words]


def _join(a: _Side, b: _Side) -> None:
    a.run("ip", "link", "add", "wan", "type", "veth", "peer", "name", "wan", "netns", str(b.pid))
    for side in (a, b):
        side.run("ip", "addr", "add", f"{_ADDRESS[side.name]}/24", "dev", "wan")
        side.run("ip", "addr", "add", f"{_LAN[side.name]}.1/24", "dev", "lo")
        side.run("ip", "link", "set", "wan", "up")
        side.run("ip", "route", "add", "default", "dev", "wan")


def _until(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + _WAIT_S
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError("a daemon or a namespace did not come up")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
