"""pjsua (the package pjsua2-python) as an agent's phone, moved by lines of JSON.

Says a tone from a file and records what each call says to heard-N.wav. UDP, TCP and TLS. One thread does everything.
"""

import os
import select
import sys
import time

import pjsua2 as pj

from lines import Settings, Tone, done, happened, read

PATIENCE_S = 12


class Call(pj.Call):
    def __init__(self, phone, account, number=pj.PJSUA_INVALID_ID):
        super().__init__(account, number)
        self.phone = phone
        self.player = None
        self.recorder = None
        self.over = False
        self.told = None
        self.transferred = None

    def onCallState(self, _):
        state = self.getInfo()
        if state.state == pj.PJSIP_INV_STATE_CONFIRMED:
            happened("established")
        elif state.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.over = True
            self.told = f"{state.lastStatusCode} {state.lastReason}"
            happened("ended", why=self.told)

    def onCallMediaState(self, _):
        # What `getInfo` gives owns its lists: it has to live as long as they are read.
        told = self.getInfo()
        for index, media in enumerate(told.media):
            sounds = (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in sounds:
                self.sound(self.getAudioMedia(index))

    def sound(self, media):
        if self.player is None:
            self.player = pj.AudioMediaPlayer()
            self.player.createPlayer(self.phone.tone)
            self.recorder = pj.AudioMediaRecorder()
            self.recorder.createRecorder(self.phone.next_recording())
        self.player.startTransmit(media)
        media.startTransmit(self.recorder)

    def onCallTransferStatus(self, prm):
        self.transferred = (prm.statusCode, prm.reason, prm.finalNotify)


class Account(pj.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone
        self.answer = None

    def onRegState(self, prm):
        self.answer = (prm.code, prm.reason)

    def onIncomingCall(self, prm):
        call = Call(self.phone, self, prm.callId)
        self.phone.calls.append(call)
        ringing = pj.CallOpParam()
        ringing.statusCode = pj.PJSIP_SC_RINGING
        call.answer(ringing)
        happened("ringing", peer=call.getInfo().remoteUri)


class Phone:
    def __init__(self, settings):
        self.settings = settings
        self.calls = []
        self.recordings = 0
        self.tone = os.path.join(settings.folder, "tone.wav")
        Tone(settings.hz).write_wav(self.tone, 30)
        self.switch_on()

    def next_recording(self):
        self.recordings += 1
        return os.path.join(self.settings.folder, f"heard-{self.recordings:03}.wav")

    def switch_on(self):
        of = self.settings
        self.end = pj.Endpoint()
        self.end.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = 5
        config.logConfig.consoleLevel = 0
        config.logConfig.filename = os.path.join(of.folder, "log")
        config.medConfig.clockRate = 8000
        config.medConfig.sndClockRate = 8000
        config.medConfig.noVad = True
        self.end.libInit(config)
        transport = pj.TransportConfig()
        transport.port = of.port
        transport.boundAddress = of.ip
        kinds = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP, "tls": pj.PJSIP_TRANSPORT_TLS}
        if of.transport == "tls" and of.authority:
            transport.tlsConfig.CaListFile = of.authority
            transport.tlsConfig.verifyServer = True
        self.end.transportCreate(kinds[of.transport], transport)
        self.end.libStart()
        self.end.audDevManager().setNullDev()

    def uri(self, uri):
        return uri if self.settings.transport == "udp" else f"{uri};transport={self.settings.transport}"

    def account(self):
        of = self.settings
        config = pj.AccountConfig()
        config.idUri = f"sip:{of.user}@{of.server}"
        config.regConfig.registrarUri = self.uri(f"sip:{of.server}")
        config.regConfig.timeoutSec = 60
        config.regConfig.retryIntervalSec = 0
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", of.user, 0, of.password))
        config.mediaConfig.transportConfig.boundAddress = of.ip
        config.mediaConfig.transportConfig.port = of.port + 100
        config.mediaConfig.transportConfig.portRange = 60
        account = Account(self)
        account.create(config)
        return account

    def turn(self, until=lambda: True, patience_s=0.0):
        """Lets the phone work until something is so."""
        last = time.monotonic() + patience_s
        while not until():
            if time.monotonic() > last:
                return False
            self.end.libHandleEvents(20)
        return True

    def one(self):
        self.calls = [call for call in self.calls if not call.over]
        return self.calls[-1]

    def register(self):
        self.registered = self.account()
        self.turn(lambda: self.registered.answer, PATIENCE_S)
        code, reason = self.registered.answer or (408, "no answer")
        if code != 200:
            raise RuntimeError(f"{code} {reason}")

    def unregister(self):
        self.registered.answer = None
        self.registered.setRegistration(False)
        self.turn(lambda: self.registered.answer, PATIENCE_S)

    def answer(self, status):
        with_status = pj.CallOpParam(True)
        with_status.statusCode = status
        self.one().answer(with_status)

    def dial(self, to):
        call = Call(self, self.registered)
        call.makeCall(self.uri(to), pj.CallOpParam(True))
        self.calls.append(call)
        confirmed = lambda: call.over or call.getInfo().state == pj.PJSIP_INV_STATE_CONFIRMED
        if not self.turn(confirmed, PATIENCE_S) or call.over:
            raise RuntimeError(call.told or "no answer")

    def hold(self):
        self.one().setHold(pj.CallOpParam(True))

    def resume(self):
        resume = pj.CallOpParam(True)
        resume.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.one().reinvite(resume)

    def transfer(self, to):
        self.handed_over(self.one(), lambda call: call.xfer(self.uri(to), pj.CallOpParam(True)))

    def join(self):
        other = self.one()
        self.handed_over(self.calls[0], lambda call: call.xferReplaces(other, pj.CallOpParam(True)))

    def handed_over(self, call, ask):
        ask(call)
        told = lambda: call.over or (call.transferred and call.transferred[2])
        if not self.turn(told, PATIENCE_S):
            raise RuntimeError(f"nothing was told of the transfer: {call.transferred}")
        if call.transferred and call.transferred[0] != 200:
            raise RuntimeError(f"{call.transferred[0]} {call.transferred[1]}")
        for one in self.calls:
            if not one.over:
                one.hangup(pj.CallOpParam(True))

    def do(self, what, to):
        plain = {
            "register": self.register,
            "unregister": self.unregister,
            "answer": lambda: self.answer(200),
            "decline": lambda: self.answer(486),
            "hang_up": lambda: self.one().hangup(pj.CallOpParam(True)),
            "hold": self.hold,
            "resume": self.resume,
            "join": self.join,
        }
        with_whom = {"dial": self.dial, "transfer": self.transfer}
        if what in with_whom:
            with_whom[what](to)
        else:
            plain[what]()


def main():
    phone = Phone(Settings())
    happened("on")
    unread = b""
    while True:
        phone.end.libHandleEvents(10)
        if not select.select([sys.stdin], [], [], 0)[0]:
            continue
        more = os.read(0, 65_536)
        if not more:
            # Its own goodbye may wait for long, and what is recorded is on disk.
            os._exit(0)
        *lines, unread = (unread + more).split(b"\n")
        for what, to in map(read, lines):
            try:
                phone.do(what, to)
                done(what)
            except (pj.Error, RuntimeError, IndexError) as why:
                done(what, why.info() if isinstance(why, pj.Error) else why)


if __name__ == "__main__":
    main()
