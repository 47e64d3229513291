"""The lines between a test and a phone: one JSON object each, as tests/src/softphone.rs writes and reads them.

In:  {"do": "dial", "to": "sip:..."}          what the person at the phone does, one thing at a time
Out: {"done": "dial", "why": null}             it worked, or why not
     {"happened": "ringing"}                   what the phone noticed by itself: ringing, established, ended
"""

import json
import math
import struct
import sys
import threading

RATE = 8_000
FRAME = 160


PEN = threading.Lock()


def tell(line):
    """One line at a time: a phone may have a thread that listens and one that acts."""
    with PEN:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def happened(what, **more):
    tell({"happened": what, **more})


def done(what, why=None):
    tell({"done": what, "why": None if why is None else str(why) or type(why).__name__})


def read(line):
    """One line as (what to do, whom it concerns)."""
    asked = json.loads(line)
    return asked["do"], asked.get("to")


class Tone:
    """A tone of half the full strength, in frames of 20 ms of 16-bit samples at 8,000 a second."""

    def __init__(self, hz):
        turn = 2 * math.pi * hz / RATE
        samples = [int(16_000 * math.sin(turn * n)) for n in range(RATE)]
        self.sound = struct.pack(f"<{RATE}h", *samples)
        self.at = 0

    def frame(self):
        frame = self.sound[self.at : self.at + 2 * FRAME]
        self.at = (self.at + 2 * FRAME) % len(self.sound)
        return frame

    def write_wav(self, path, seconds):
        sound = self.sound * seconds
        with open(path, "wb") as file:
            file.write(b"RIFF" + struct.pack("<I", 36 + len(sound)) + b"WAVEfmt ")
            file.write(struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16))
            file.write(b"data" + struct.pack("<I", len(sound)) + sound)


class Settings:
    """What the test says about the phone, on its command line: one JSON object."""

    def __init__(self):
        told = json.loads(sys.argv[1])
        self.user = told["user"]
        self.password = told["password"]
        self.server = told["server"]
        self.transport = told["transport"]
        self.ip = told["ip"]
        self.port = told["port"]
        self.hz = told["hz"]
        self.folder = told["folder"]
        self.authority = told.get("authority")
