"""aiortc, a WebRTC peer that is no browser, as an agent at the desk's page: it speaks samkald.desk.v1.AgentSound by gRPC.

Says a tone, writes all that it hears to heard.raw and each key that it is told to keys. Knows services by reflection alone.
"""

import asyncio
import os
import sys
import time
from fractions import Fraction

import aioice.ice
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, AudioResampler
from grpc_requests import Client

from lines import FRAME, RATE, Settings, Tone, done, happened, read
from telephone_events import Keys, with_events

DESK = "samkald.desk.v1.AgentDesktop"
SOUND = "samkald.desk.v1.AgentSound"
FRAME_S = 0.02
PATIENCE_S = 12


class Voice(MediaStreamTrack):
    """The tone, a frame each 20 ms."""

    kind = "audio"

    def __init__(self, hz):
        super().__init__()
        self.tone = Tone(hz)
        self.begun = time.monotonic()
        self.frames = 0

    async def recv(self):
        await asyncio.sleep(self.begun + self.frames * FRAME_S - time.monotonic())
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(self.tone.frame())
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), self.frames * FRAME
        self.frames += 1
        return frame


class Phone:
    def __init__(self, settings, loop):
        self.settings = settings
        self.loop = loop
        self.client = Client(settings.server)
        self.metadata = None
        self.page = None
        # The call that rings or is talked in: its leg and, while it rings, our offer.
        self.leg = None
        self.offer = None
        self.connection = None
        self.keys = None
        self.heard = open(os.path.join(settings.folder, "heard.raw"), "ab", buffering=0)
        self.told = open(os.path.join(settings.folder, "keys"), "ab", buffering=0)
        self.opened = asyncio.Event()
        self.accepted = asyncio.Queue()
        self.taken = asyncio.Event()

    async def ask(self, service, method, **fields):
        def asked():
            return self.client.request(service, method, fields, metadata=self.metadata)

        return await self.loop.run_in_executor(None, asked)

    async def sound(self, method, **fields):
        return await self.ask(SOUND, method, page=self.page, **fields)

    async def register(self):
        told = await self.ask(DESK, "LogIn", agent_id=self.settings.user, password=self.settings.password)
        self.metadata = [("authorization", f"Bearer {told['token']}")]
        self.loop.run_in_executor(None, self.hear_all)
        await asyncio.wait_for(self.opened.wait(), PATIENCE_S)
        await self.ask(DESK, "SetState", choice="CHOICE_READY")

    def hear_all(self):
        """In a thread of its own: a stream is read as it comes."""
        for told in self.client.request(SOUND, "Open", {}, metadata=self.metadata):
            self.loop.call_soon_threadsafe(self.is_told, told)

    def is_told(self, told):
        if "opened" in told:
            self.page = told["opened"]["page"]
            self.opened.set()
        elif "rings" in told:
            self.leg, self.offer = told["rings"]["leg"], told["rings"]["sdp"]
            happened("ringing")
        elif "called" in told:
            self.leg = told["called"]["leg"]
        elif "accepted" in told:
            self.accepted.put_nowait(told["accepted"]["sdp"])
        elif "taken" in told:
            self.taken.set()
        elif "over" in told and told["over"]["leg"] == self.leg:
            self.leg = None
            asyncio.ensure_future(self.ends())

    async def ends(self):
        connection, self.connection = self.connection, None
        if connection:
            await connection.close()
        happened("ended")

    def connect(self):
        self.connection = RTCPeerConnection()
        self.connection.addTrack(Voice(self.settings.hz))
        self.connection.on("track", lambda track: asyncio.ensure_future(self.hear(track)))

    async def hear(self, track):
        ear = AudioResampler(format="s16", layout="mono", rate=RATE)
        try:
            while True:
                for frame in ear.resample(await track.recv()):
                    self.heard.write(bytes(frame.planes[0])[: 2 * frame.samples])
        except Exception:  # The track has ended, as aiortc says it.
            return

    async def answer(self):
        self.connect()
        offer, self.offer = self.offer, None
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        ours = with_events(self.connection.localDescription.sdp, offer)
        self.listen_for_keys(ours)
        await self.sound("Answer", leg=self.leg, sdp=ours)
        happened("established")

    async def dial(self, to):
        self.connect()
        self.taken.clear()
        await self.connection.setLocalDescription(await self.connection.createOffer())
        party = to.removeprefix("sip:").split("@")[0]
        await self.sound("Call", number=1, to=party, sdp=with_events(self.connection.localDescription.sdp))
        theirs = await asyncio.wait_for(self.accepted.get(), PATIENCE_S)
        await self.connection.setRemoteDescription(RTCSessionDescription(theirs, "answer"))
        self.listen_for_keys(theirs)
        await asyncio.wait_for(self.taken.wait(), PATIENCE_S)
        happened("established")

    def listen_for_keys(self, agreed):
        self.keys = Keys(agreed, self.told.write)
        self.keys.stand_before(self.connection.getSenders()[0].transport)

    async def do(self, what, to):
        if what == "register":
            await self.register()
        elif what == "answer":
            await self.answer()
        elif what == "dial":
            await self.dial(to)
        elif what == "press":
            self.keys.press(to)
        elif what in ("decline", "hang_up"):
            await self.sound("End", leg=self.leg)
        else:
            raise ValueError(what)


async def main():
    settings = Settings()
    # aioice passes loopback over, where tests are at home.
    aioice.ice.get_host_addresses = lambda **_: [settings.ip]
    loop = asyncio.get_running_loop()
    phone = Phone(settings, loop)
    happened("on")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what, to = read(line)
        try:
            await phone.do(what, to)
            done(what)
        except Exception as why:
            done(what, why)
    # The stream's thread ends with the process.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
