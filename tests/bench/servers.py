# SPDX-License-Identifier: Apache-2.0
"""The servers under measurement, the load beside them, and what the kernel says they cost."""
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SERVER_CORE, LOAD_CORE = "0", "1"
FIRST_PASSWORD, PASSWORD = "bench-first-password-1", "bench-password-2"


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

    name, tongue, port, login = "", "", 0, "bench"

    def __init__(self, build):
        self.build = build
        self.process = None

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
                    "127.0.0.1:0")
        wait_for(lambda: self.process.poll() is not None or os.path.exists(port), 60, "frontdeskd listens")
        if self.process.poll() is not None:
            raise RuntimeError("frontdeskd ended: " + self.said())
        self.port = int(read(port))

    def said(self):
        return read(os.path.join(self.folder, "output"))

    def sign_up(self, printed):
        """The administrator takes a password of their own and hires the clerk the load signs in as."""
        words = dict(line.split(":", 1) for line in printed.splitlines() if line.count(":") == 1)
        given = {key.strip(): value.strip() for key, value in words.items()}
        administrator = given.get("login", "admin")
        Load.setup(self, login=administrator, password=given["password"], new_password=FIRST_PASSWORD)
        Load.setup(self, login=administrator, password=FIRST_PASSWORD, hire=self.login)
        Load.setup(self, login=self.login, password=FIRST_PASSWORD, new_password=PASSWORD)

    def cluster_us(self):
        """Of PostgreSQL and all its processes, living and gone."""
        return ticks_us(self.postmaster) + sum(ticks_us(child) for child in children(self.postmaster))


class Mosquitto(Server):
    name, tongue = "mosquitto", "mqtt"

    def start(self):
        certificate, key = (os.path.join(self.folder, name) for name in ("certificate.pem", "key.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", certificate], check=True,
                       capture_output=True)
        os.chmod(key, 0o644)
        self.port = free_port()
        settings = os.path.join(self.folder, "mosquitto.conf")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"listener {self.port} 127.0.0.1\ncertfile {certificate}\nkeyfile {key}\n"
                       "tls_version tlsv1.3\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
                       "log_dest none\n")
        self.launch(shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", settings)
        wait_for(lambda: listening(self.port), 10, "mosquitto listens")


class Load:
    """The load generator on the other core: ready when entered, plays once, hangs up when left."""

    def __init__(self, server, mode, **options):
        self.command = self.words(server, mode, {"login": server.login, "password": PASSWORD, **options})

    @staticmethod
    def words(server, mode, options):
        command = ["taskset", "-c", LOAD_CORE, os.path.join(server.build, "tests/bench/bench-load"), "--tongue",
                   server.tongue, "--port", str(server.port)]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        return command + [mode]

    @staticmethod
    def setup(server, **options):
        subprocess.run(Load.words(server, "setup", options), check=True, stdin=subprocess.DEVNULL)

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline():
            raise RuntimeError("the load did not get ready: " + " ".join(self.command))
        time.sleep(0.2)
        return self

    def play(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the load gave up")
        return json.loads(line)

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


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
