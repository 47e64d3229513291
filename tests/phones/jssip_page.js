// JsSIP's side of the page: one agent's phone over WebSocket, with sound.

import JsSIP from "jssip";
import { listen, microphone } from "./sound_page.js";

const PATIENCE_MS = 12_000;
let phone;
let socket;
let voice;
// The call that is talked in last, and the one before it (a colleague is asked first).
let call;
let first;

export async function switchOn({ user, password, server, transport, hz }) {
  voice = microphone(hz);
  socket = new JsSIP.WebSocketInterface(`${transport}://${server}/sip`);
  phone = new JsSIP.UA({
    sockets: [socket], uri: `sip:${user}@${server}`, password, register: false, register_expires: 60,
    session_timers: true,
  });
  phone.on("newRTCSession", ({ session, originator }) => {
    first = call?.isEstablished() ? call : undefined;
    call = session;
    if (session.connection) listen(session.connection);
    session.on("peerconnection", ({ peerconnection }) => listen(peerconnection));
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

function held(on) {
  return new Promise((resolve, reject) => {
    const asked = on ? call.hold({}, resolve) : call.unhold({}, resolve);
    if (!asked) reject(new Error("not now"));
    setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
  });
}

// Hands `from` over, and waits until the one who takes over has answered.
function handOver(from, to, options) {
  return new Promise((resolve, reject) => {
    const eventHandlers = {
      accepted: () => { resolve(); if (from.isEstablished()) from.terminate(); },
      failed: () => reject(new Error("nobody took over")),
      requestFailed: ({ cause }) => reject(new Error(cause)),
    };
    from.refer(to, { eventHandlers, ...options });
    setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
  });
}

export async function does(what, to) {
  // Holding a call silences its tracks: each has its own.
  const sound = { mediaStream: voice.clone() };
  switch (what) {
    case "register": return until(phone, "registered", "registrationFailed", () => phone.register());
    case "unregister": return until(phone, "unregistered", "registrationFailed", () => phone.unregister());
    case "answer": return call.answer(sound);
    case "press": return call.sendDTMF(to, { transportType: "RFC2833" });
    case "decline": return call.terminate({ status_code: 486 });
    case "hang_up": return call.terminate();
    case "hold": return held(true);
    case "resume": return held(false);
    case "dial": {
      const dialled = phone.call(to, sound);
      return until(dialled, "confirmed", "failed", () => {});
    }
    // The network is gone for a moment: JsSIP connects and registers again by itself.
    case "lose_the_socket": return until(phone, "registered", "registrationFailed", () => socket._ws.close(4000));
    // The page is gone for good, without a word.
    case "vanish":
      socket.connect = () => {};
      return socket._ws.close(4000);
    // Its network has changed: other addresses, the same keys.
    case "change_the_network": return new Promise((resolve, reject) => {
      if (!call.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, resolve)) reject(new Error("not now"));
      setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
    });
    case "transfer": return handOver(call, to);
    case "join": return handOver(first, call.remote_identity.uri.toString(), { replaces: call });
    default: throw new Error(what);
  }
}
