// JsSIP's side of the page: one agent's phone over WebSocket.

import JsSIP from "jssip";

const PATIENCE_MS = 12_000;
let phone;
let call;

export async function switchOn({ user, password, server, transport }) {
  const socket = new JsSIP.WebSocketInterface(`${transport}://${server}/sip`);
  phone = new JsSIP.UA({
    sockets: [socket], uri: `sip:${user}@${server}`, password, register: false, register_expires: 60,
    session_timers: true,
  });
  phone.on("newRTCSession", ({ session, originator }) => {
    call = session;
    session.on("confirmed", () => window.happened("established"));
    session.on("failed", ({ cause }) => window.happened("ended", cause));
    session.on("ended", ({ cause }) => window.happened("ended", cause));
    if (originator === "remote") window.happened("ringing");
  });
  // A REGISTER before the connection stands is lost.
  await new Promise((connected) => {
    phone.once("connected", connected);
    phone.start();
  });
}

// Does something, and waits for the first of two events of a speaker.
function until(speaker, good, bad, act) {
  return new Promise((resolve, reject) => {
    speaker.once(good, () => resolve());
    speaker.once(bad, (why) => reject(new Error(why.cause ?? why.response?.status_code ?? bad)));
    setTimeout(() => reject(new Error(`neither ${good} nor ${bad}`)), PATIENCE_MS);
    act();
  });
}

export async function does(what, to) {
  const sound = { mediaConstraints: { audio: true, video: false } };
  switch (what) {
    case "register": return until(phone, "registered", "registrationFailed", () => phone.register());
    case "unregister": return until(phone, "unregistered", "registrationFailed", () => phone.unregister());
    case "answer": return call.answer(sound);
    case "decline": return call.terminate({ status_code: 486 });
    case "hang_up": return call.terminate();
    case "hold": return call.hold();
    case "resume": return call.unhold();
    case "dial": {
      const dialled = phone.call(to, sound);
      return until(dialled, "confirmed", "failed", () => {});
    }
    default: throw new Error(what);
  }
}
