# SPDX-License-Identifier: Apache-2.0
"""The servers under measurement, the load beside them, and what the kernel says they cost."""
import glob
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PATIENCE_S = 300  # with a load: a yardstick that loses a message would be waited for for ever
SERVER_CORE, LOAD_CORE = "0", "1"
PASSWORD = "bench-password-2"
CLERKS = 20  # at most; sites are shared out among them, because a reply holds the places of some hundred sites only
SESSION, DEVICE = "00000000-0000-7000-8000-", "00000000-0000-7000-9000-"  # frontdesk.c makes the same ones


def processor_us(pid):
    """Processor time of all threads of a process, in microseconds."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path, encoding="ascii") as file:
                total += int(file.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1000


def ticks_us(pid):
    """Processor time of a process and of its children that have ended, in microseconds, to 10 ms."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # ended just now: its parent counts it
    return sum(int(value) for value in fields[11:15]) * 1e6 / os.sysconf("SC_CLK_TCK")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class Server:
    """A process on the servers' core with a folder that goes with it."""

    name, tongue, port = "", "", 0

    def __init__(self, build):
        self.build = build
        self.process = None

    def expect(self, peers):
        """So many connections are about to come."""

    def processor_us(self):
        return processor_us(self.process.pid)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def proceed(self):
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="frontdesk-bench-")
        os.chmod(self.folder, 0o755)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def launch(self, *command):
        self.output = open(os.path.join(self.folder, "output"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], stdout=self.output,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.proceed()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Frontdesk(Server):
    name = tongue = "frontdesk"

    def __init__(self, build, sites=1):
        super().__init__(build)
        self.sites, self.clerks = sites, min(sites, CLERKS)

    def start(self):
        """Twice: pgbench wants more connections than the private cluster has by itself."""
        self.run_server()
        first = self.said()
        self.stop()
        data = os.path.dirname(self.postmaster_file())
        with open(os.path.join(data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.write("max_connections = 150\n")
        self.run_server()
        self.postmaster = int(read(self.postmaster_file()).split()[0])
        self.database = read(os.path.join(self.folder, "state/database"))
        self.sign_up(first)

    def postmaster_file(self):
        found = glob.glob(f"{self.folder}/state/**/PG_VERSION", recursive=True)
        return os.path.join(min((os.path.dirname(path) for path in found), key=len), "postmaster.pid")

    def run_server(self):
        state = os.path.join(self.folder, "state")
        port = os.path.join(state, "port")
        if os.path.exists(port):
            os.unlink(port)
        self.launch(os.path.join(self.build, "server/frontdeskd"), "--state-directory", state, "--listen",
                    "127.0.0.1:0", "--log-level", "notice")
        wait_for(lambda: self.process.poll() is not None or os.path.exists(port), 60, "frontdeskd listens")
        if self.process.poll() is not None:
            raise RuntimeError("frontdeskd ended: " + self.said())
        self.port = int(read(port))

    def said(self):
        return read(os.path.join(self.folder, "output"))

    def sign_up(self, printed):
        """The administrator takes a password of their own, founds the other sites and hires the clerks."""
        words = dict(line.split(":", 1) for line in printed.splitlines() if line.count(":") == 1)
        given = {key.strip(): value.strip() for key, value in words.items()}
        administrator = given.get("login", "admin")
        Load.setup(self, login=administrator, password=given["password"], new_password=PASSWORD)
        Load.setup(self, login=administrator, password=PASSWORD, sites=self.sites, clerks=self.clerks)
        self.psql("update person set password_must_change = false")

    def expect(self, peers):
        """Signed in beforehand, in the database: hashing a password for each would be another measurement."""
        if peers == 0:
            return
        number = "lpad(to_hex(i), 12, '0')"
        self.psql(f"""
            insert into session (id, person_id, device_id, desk, token_hash, proven_at, last_used_at, expires_at)
            select ('{SESSION}' || {number})::uuid, person.id, ('{DEVICE}' || {number})::uuid, '',
                   sha256(convert_to('{SESSION}' || {number} || '.' || lpad(to_hex(i), 64, '0'), 'UTF8')),
                   now(), now(), now() + interval '1 day'
            from generate_series(0, {peers - 1}) as i join person on login = 'bench-' || (i % {self.clerks})
            on conflict (id) do update set token_hash = excluded.token_hash, previous_hash = null, revoked_at = null,
                proven_at = excluded.proven_at, expires_at = excluded.expires_at""")

    def psql(self, query, site="*"):
        """As the owner, to whom row-level security shows no more than to others."""
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database, "-c", query], check=False,
                              capture_output=True, text=True,
                              env={**os.environ, "PGOPTIONS": f"-c frontdesk.site={site}"})
        if done.returncode != 0:
            raise RuntimeError("psql: " + done.stderr)
        return done.stdout.splitlines()

    def cluster_us(self):
        """Of PostgreSQL and all its processes, living and gone."""
        return ticks_us(self.postmaster) + sum(ticks_us(child) for child in children(self.postmaster))


class Yardstick(Server):
    """With a certificate of the same kind as frontdeskd makes for itself."""

    def start(self):
        self.certificate, self.key = (os.path.join(self.folder, name) for name in ("certificate.pem", "key.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-days", "2", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)
        os.chmod(self.key, 0o644)
        self.port = free_port()
        self.launch(*self.words())
        wait_for(lambda: self.process.poll() is not None or listening(self.port), 10, f"{self.name} listens")
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: " + read(os.path.join(self.folder, "output")))

    def settings(self, text):
        path = os.path.join(self.folder, "settings")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Mosquitto(Yardstick):
    name, tongue = "mosquitto", "mqtt"
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"

    def words(self):
        return self.program, "-c", self.settings(
            f"listener {self.port} 127.0.0.1\ncertfile {self.certificate}\nkeyfile {self.key}\n"
            "tls_version tlsv1.3\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
            "max_queued_messages 0\nlog_dest none\n")


class Nats(Yardstick):
    name = tongue = "nats"
    program = shutil.which("nats-server") or "/usr/sbin/nats-server"

    def words(self):
        return self.program, "-c", self.settings(
            f'host: 127.0.0.1\nport: {self.port}\nmax_connections: 20000\nlogtime: false\n'
            f'tls {{ cert_file: "{self.certificate}", key_file: "{self.key}", timeout: 60 }}\n')


class Bare(Yardstick):
    """The bare loops of bare.c: each message written for itself, or `gather`: those of a turn together."""

    name = tongue = "bare"

    def __init__(self, build, gather=False, tickets=0):
        super().__init__(build)
        self.options = (["--gather"] if gather else []) + ["--tickets", str(tickets)]

    def words(self):
        return (os.path.join(self.build, "tests/bench/bench-bare"), "--port", str(self.port), "--certificate",
                self.certificate, "--key", self.key, *self.options)


class Load:
    """The load generator on the other core: ready when entered, plays at each call, hangs up when left."""

    def __init__(self, server, mode, **options):
        self.server, self.options = server, options
        self.command = self.words(server, mode, options)
        self.peers = options.get("clients", 1) + options.get("subscribers", 0)
        if mode == "storm":
            self.peers = 2 * self.peers + 2  # every second session is of the other site
        if mode == "work":
            self.peers = 0  # the storm's load has brought its session

    @staticmethod
    def words(server, mode, options):
        courtesy = ["nice", "-n", "10"] if mode == "storm" else []  # beside it another load works
        command = ["taskset", "-c", LOAD_CORE, *courtesy, os.path.join(server.build, "tests/bench/bench-load"), "--tongue",
                   server.tongue, "--port", str(server.port)]
        for name, value in options.items():
            option = "--" + name.replace("_", "-")
            if value is not False:
                command += [option] if value is True else [option, str(value)]
        return command + [mode]

    @staticmethod
    def setup(server, **options):
        subprocess.run(Load.words(server, "setup", options), check=True, stdin=subprocess.DEVNULL)

    def __enter__(self):
        self.server.expect(self.peers)
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline():
            raise RuntimeError("the load did not get ready: " + " ".join(self.command))
        time.sleep(0.2)
        return self

    def begin(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def play(self):
        self.begin()
        heard = select.select([self.process.stdout], [], [], PATIENCE_S)[0]
        line = self.process.stdout.readline() if heard else ""
        if not line:
            raise RuntimeError("the load gave up: " + " ".join(self.command))
        return json.loads(line)

    def measure(self):
        """What the load measured, and what the server's process spent on it meanwhile."""
        before = self.server.processor_us()
        result = self.play()
        return {**result, "spent_us": self.server.processor_us() - before}

    def __exit__(self, failure, *_):
        self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        if failure is None and self.process.returncode != 0:
            raise RuntimeError(f"the load ended with {self.process.returncode}: " + " ".join(self.command))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
