"""Keys as telephone events (RFC 4733) for aiortc, which knows none: they are put in the place of sound packets on their way out,
and read on their way in, before aiortc sees them. Knows descriptions as text, and packets; doesn't know who signals.
"""

import re
import struct

CODES = "0123456789*#"
# A press: so many packets while the key is down, then its end three times over.
DOWN, UP = 6, 3
RTCP = range(192, 209)


def events_of(sdp):
    """Payload types of telephone events, by their clock rates."""
    return {int(rate): int(kind) for kind, rate in re.findall(r"a=rtpmap:(\d+) telephone-event/(\d+)", sdp)}


def clock_of(sdp):
    """The clock rate of the codec that is spoken: the first of the sound."""
    kinds = re.search(r"m=audio \S+ \S+ ([\d ]+)", sdp)[1].split()
    rates = dict(re.findall(r"a=rtpmap:(\d+) [\w-]+/(\d+)", sdp))
    return int(rates.get(kinds[0], 8_000))


def with_events(ours, offer=None):
    """Our description, with the events that an offer has at our codec's clock; in an offer of ours with both that browsers have."""
    clock = clock_of(ours)
    events = {48_000: 110, 8_000: 126} if offer is None else {clock: events_of(offer)[clock]}
    kinds = "".join(f" {kind}" for kind in events.values())
    lines = "".join(f"a=rtpmap:{kind} telephone-event/{rate}\r\n" for rate, kind in events.items())
    ours = re.sub(r"(m=audio [^\r\n]+)", lambda found: found[1] + kinds, ours, count=1)
    return ours.rstrip("\r\n") + "\r\n" + lines


class Keys:
    """One call's keys, both ways."""

    def __init__(self, agreed, tell):
        self.kind = events_of(agreed).get(clock_of(agreed))
        self.step = clock_of(agreed) // 50
        self.tell = tell
        # What is still to be sent of presses, and when the one that is being sent began.
        self.sending = []
        self.began = None
        # When the last one that was told began.
        self.told = None

    def stand_before(self, transport):
        send, take_in = transport._send_rtp, transport._handle_rtp_data

        async def sends(packet):
            await send(packet if packet[1] in RTCP else self.instead_of(packet))

        async def takes_in(packet, arrival_time_ms):
            if packet[1] & 0x7F == self.kind:
                return self.is_told(packet)
            await take_in(packet, arrival_time_ms)

        transport._send_rtp, transport._handle_rtp_data = sends, takes_in

    def press(self, key):
        if self.kind is None:
            raise ValueError("no telephone events were agreed")
        code = CODES.index(key)
        for packet in range(1, DOWN + UP + 1):
            is_over = packet > DOWN
            self.sending.append((code, packet == 1, is_over, min(packet, DOWN + 1) * self.step))

    def instead_of(self, packet):
        """The next packet of a press in a sound packet's place, its number and its extensions; else the sound."""
        if not self.sending:
            return packet
        code, is_first, is_over, length = self.sending.pop(0)
        head = bytearray(packet[: head_of(packet)])
        if is_first:
            self.began = bytes(head[4:8])
        head[1] = (0x80 if is_first else 0) | self.kind
        head[4:8] = self.began
        return bytes(head) + struct.pack("!BBH", code, (0x80 if is_over else 0) | 10, length)

    def is_told(self, packet):
        """A press is told once, however many packets tell it."""
        began, code = packet[4:8], packet[head_of(packet)]
        if began != self.told and code < len(CODES):
            self.told = began
            self.tell(CODES[code].encode())


def head_of(packet):
    """The length of a packet's head, with its extensions (RFC 3550 §5.3.1)."""
    length = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        length += 4 + 4 * struct.unpack_from("!H", packet, length + 2)[0]
    return length
