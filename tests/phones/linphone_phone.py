"""linphonec (liblinphone) as an agent's phone, moved by lines of JSON: types into its prompt and reads what it prints.

Says a tone from a file and records what it hears. UDP, TCP and TLS. It can't be told an address to be at, only ports.
"""

import os
import queue
import re
import subprocess
import sys
import threading
import time

from lines import Settings, Tone, done, happened, read

PATIENCE_S = 12
RC = """[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
bind_address={ip}
inc_timeout=60
register_only_when_network_is_up=0
keepalive_period=30000
verify_server_certs={verify}
verify_server_cn={verify}
root_ca={authority}
[rtp]
audio_rtp_port={rtp}
[net]
firewall_policy=0
enable_nat_policy=0
[sound]
echocancellation=0
[misc]
enable_basic_to_client_group_chat_room_migration=0
"""


class Phone:
    def __init__(self, settings):
        self.settings = settings
        self.printed = []
        self.news = queue.Queue()
        self.tone = os.path.join(settings.folder, "tone.wav")
        self.calls = []
        Tone(settings.hz).write_wav(self.tone, 30)
        # Without the folder of its database it never begins to listen, and says so in its log only.
        os.makedirs(os.path.join(settings.folder, ".local/share/linphone"))
        rc = os.path.join(settings.folder, "rc")
        ports = {"udp": 0, "tcp": 0, "tls": 0, settings.transport: settings.port}
        with open(rc, "w") as file:
            verify = int(settings.transport == "tls")
            authority = settings.authority or ""
            file.write(RC.format(**ports, ip=settings.ip, rtp=settings.port + 100, verify=verify, authority=authority))
        self.linphone = subprocess.Popen(
            ["linphonec", "-c", rc, "-d", "6", "-l", os.path.join(settings.folder, "log")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": settings.folder},
            text=True,
        )
        threading.Thread(target=self.listen, daemon=True).start()
        self.type("soundcard use files")
        self.says("Using wav files")
        self.type(f"play {self.tone}", f"record {settings.folder}/heard-001.wav")

    def type(self, *lines):
        for line in lines:
            self.linphone.stdin.write(line + "\n")
        self.linphone.stdin.flush()

    def listen(self):
        for line in self.linphone.stdout:
            print(line, end="", file=sys.stderr, flush=True)
            self.notice(line)
            self.news.put(line)

    def notice(self, line):
        if found := re.search(r"Receiving new incoming call from (.*), assigned id (\d+)", line):
            self.calls.append(int(found[2]))
            happened("ringing", peer=found[1])
        elif found := re.search(r"Establishing call id to .*, assigned id (\d+)", line):
            self.calls.append(int(found[1]))
        elif re.search(r"Call \d+ with .* connected\.", line):
            happened("established")
        elif found := re.search(r"Call (\d+) with .* ended \((.*)\)", line):
            if int(found[1]) in self.calls:
                self.calls.remove(int(found[1]))
            happened("ended", why=found[2])

    def says(self, good, bad=r"$^"):
        """Waits for a line; the words of a bad one are why it didn't work."""
        last = time.monotonic() + PATIENCE_S
        while (left := last - time.monotonic()) > 0:
            try:
                line = self.news.get(timeout=left)
            except queue.Empty:
                break
            if re.search(good, line):
                return
            if re.search(bad, line):
                raise RuntimeError(line.strip())
        raise RuntimeError(f"it never said `{good}`")

    def state_of_registration(self, good, bad):
        """Its prompt says nothing of it, its log does."""
        last = time.monotonic() + PATIENCE_S
        while time.monotonic() < last:
            with open(os.path.join(self.settings.folder, "log"), errors="replace") as log:
                states = re.findall(r"to \[(LinphoneRegistration\w+)\]", log.read())
            if states and states[-1] in (good, bad):
                break
            time.sleep(0.1)
        if not states or states[-1] != good:
            raise RuntimeError(states[-1] if states else "no registration was begun")

    def one(self):
        return self.calls[-1]

    def do(self, what, to):
        of = self.settings
        while not self.news.empty():
            self.news.get()
        transport = "" if of.transport == "udp" else f";transport={of.transport}"
        if what == "register":
            self.type(f"register sip:{of.user}@{of.server} sip:{of.server}{transport} {of.password}")
            self.state_of_registration("LinphoneRegistrationOk", "LinphoneRegistrationFailed")
        elif what == "unregister":
            self.type("unregister")
            self.state_of_registration("LinphoneRegistrationCleared", "LinphoneRegistrationFailed")
        elif what == "answer":
            self.type(f"answer {self.one()}")
        elif what in ("decline", "hang_up"):
            self.type(f"terminate {self.one()}")
        elif what == "hold":
            self.type("pause")
            self.says("paused|Call .* is now paused")
        elif what == "resume":
            self.type(f"resume {self.one()}")
            self.says("resum|streams running|connected")
        elif what == "transfer":
            self.type(f"transfer {self.one()} {to}")
            self.says("ended", "failed|Error")
        elif what == "dial":
            self.type(f"call {to}")
            self.says(r"Call \d+ .*connected", r"ended|error|Error|failed")
        elif what == "join":
            self.type(f"transfer {self.calls[0]} --to-call {self.calls[1]}")
            self.says("ended", "failed|Error")
        else:
            raise ValueError(what)


def main():
    phone = Phone(Settings())
    happened("on")
    for line in sys.stdin:
        what, to = read(line)
        try:
            phone.do(what, to)
            done(what)
        except (RuntimeError, IndexError) as why:
            done(what, why)
    phone.linphone.kill()


if __name__ == "__main__":
    main()
