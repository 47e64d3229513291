"""baresip (with libre, as the package baresip-python brings them) as an agent's phone, moved by lines of JSON.

Says a tone and writes everything that it hears to heard.raw. UDP, TCP and TLS.
"""

import asyncio
import os
import sys

from baresip import Account, AudioNotActive, AudioRestarted, Config, Event
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from lines import FRAME, Settings, Tone, done, happened, read

PATIENCE_S = 12


class Phone:
    def __init__(self, settings, runtime):
        self.settings = settings
        self.runtime = runtime
        self.calls = []
        self.heard = open(os.path.join(settings.folder, "heard.raw"), "ab", buffering=0)
        self.tasks = set()

    async def switch_on(self):
        of = self.settings
        account = Account(
            user=of.user,
            domain=of.server,
            password=of.password,
            transport=of.transport,
            reg_interval=60,
            audio_codecs=("pcma", "pcmu"),
            auth_user=of.user,
        )
        self.ua = await UserAgent.create(self.runtime, account)
        self.ua.on_incoming(self.rings)

    def rings(self, call):
        self.take(call)
        happened("ringing", peer=call.peer)

    def take(self, call):
        self.calls.append(call)
        call.on(lambda event: self.noticed(call, event))
        self.start(self.sound(call))

    def noticed(self, call, event):
        if event.event is Event.CALL_ESTABLISHED:
            happened("established")
        elif event.event is Event.CALL_CLOSED:
            if call in self.calls:
                self.calls.remove(call)
            happened("ended", why=event.text)

    def start(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def sound(self, call):
        tone = Tone(self.settings.hz)
        while call in self.calls:
            try:
                told = call.audio.info()
                buffered = told.tx_buffered
                while told.tx_ready and buffered < 6 * FRAME:
                    buffered += call.audio.write(tone.frame()) or 6 * FRAME
                if told.rx_ready:
                    self.heard.write(call.audio.read(16_000))
            except (AudioNotActive, AudioRestarted):
                pass
            await asyncio.sleep(0.01)

    async def do(self, what, to):
        if what == "register":
            await self.ua.register()
        elif what == "unregister":
            await self.ua.unregister()
        elif what == "answer":
            await self.calls[-1].answer()
        elif what == "decline":
            await self.calls[-1].reject()
        elif what == "hang_up":
            await self.calls[-1].hangup()
        elif what == "hold":
            await self.calls[-1].hold()
        elif what == "resume":
            await self.calls[-1].resume()
        elif what == "transfer":
            await self.calls[-1].transfer(to, timeout=PATIENCE_S)
        elif what == "dial":
            call = await self.ua.dial(to)
            self.take(call)
            await call.wait_established(timeout=PATIENCE_S)
        elif what == "join":
            await self.calls[0].attended_transfer(self.calls[1], timeout=PATIENCE_S)
        else:
            raise ValueError(what)


async def main():
    settings = Settings()
    extra = f"sip_listen {settings.ip}:{settings.port}\nrtp_ports {settings.port + 100}-{settings.port + 160}\n"
    extra += "ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\n"
    if settings.authority:
        extra += f"sip_cafile {settings.authority}\nsip_verify_server yes\n"
    runtime = Runtime()
    await runtime.start(
        Config(net_interface=settings.ip, max_concurrent_calls=4, extra_config_text=extra, native_log_level="info")
    )
    phone = Phone(settings, runtime)
    await phone.switch_on()
    happened("on")
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what, to = read(line)
        try:
            await phone.do(what, to)
            done(what)
        except Exception as why:
            done(what, why)
    await runtime.close()


if __name__ == "__main__":
    import logging

    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
    asyncio.run(main())
