// The desk's own page as an agent's phone: log in, open the page's ear, answer by WebRTC. What an agent without any phone has.
// Comes back by itself: after a reload, a lost connection, another network, or sleep it offers anew for the call that goes on.

import { ask, follow, read, text } from "./grpc_web.js";
import { listen, microphone } from "./sound_page.js";

const PATIENCE_MS = 12_000;
const ASKED = 2;
const WISH = { hold: 1, resume: 2, ask: 5, hand_over: 8 };
// How a test of the sound ends.
const SOUND = { 1: "proven", 2: "missing", 3: "silent" };
// So long a connection may stumble before it is made anew.
const STUMBLE_MS = 1_000;
const TRY_AGAIN_MS = 300;

let settings;
let voice;
let token;
let page;
let iceServers = [];
// The call that rings or is talked in: its leg, our offer while it rings, and the browser's connection.
let call;
let ear;
let offers = 0;
// The call that the page itself began last.
let dialled;
const waiting = new Map();
const heard = new EventTarget();

export async function switchOn(told) {
  settings = told;
  voice = microphone(told.hz);
  token = sessionStorage.getItem("token");
  if (token) await open();
}

const link = (signal) => ({ server: settings.server, token, signal });
const desk = (method, fields) => ask(link(), `AgentDesktop/${method}`, fields);
const sound = (method, fields) => ask(link(), `AgentSound/${method}`, { 1: page, 2: call.leg, ...fields });

async function register() {
  token = text((await desk("LogIn", { 2: settings.user, 3: settings.password }))[1]);
  sessionStorage.setItem("token", token);
  await open();
  watch();
  await desk("SetState", { 2: 1 });
}

// Resolves when the page is open; what it hears after that goes on beside.
function open() {
  return new Promise((opened, failed) => {
    ear = new AbortController();
    const again = () => setTimeout(() => token && open().catch(() => {}), TRY_AGAIN_MS);
    hearAll(link(ear.signal), opened).then(again, (fault) => {
      failed(fault);
      // Another page of this agent's is open now: this one gives way.
      if (fault.message !== "PAGE_REPLACED") again();
    });
  });
}

async function hearAll(where, opened) {
  for await (const told of follow(where, "AgentSound/Open", {})) {
    const [[kind, bytes]] = told.all;
    const fields = read(bytes);
    const leg = kind === 1 ? "" : text(fields[1]);
    switch (kind) {
      case 1:
        page = fields[1];
        iceServers = fields.all.filter(([number]) => number === 2).map(([, server]) => serverOf(read(server)));
        opened();
        break;
      case 2:
        call = { leg, offer: text(fields[2]) };
        window.happened("ringing");
        break;
      case 3: goOn(leg); break;
      case 4: waiting.get(fields[2])?.accepted(text(fields[3])); break;
      case 5: waiting.get(fields[2])?.rejected(new Error("rejected")); break;
      case 6: over(leg); break;
      case 8:
        if (dialled?.number === fields[2]) call = { leg, connection: dialled.connection };
        break;
      case 9: dialled?.taken(); break;
      default:
    }
  }
}

const serverOf = (server) => ({
  urls: server.all.filter(([number]) => number === 1).map(([, url]) => text(url)),
  username: text(server[2]), credential: text(server[3]),
});

async function watch() {
  for await (const told of follow(link(), "AgentDesktop/Watch", {})) {
    const third = told[11] && read(told[11])[4];
    heard.dispatchEvent(new CustomEvent("third", { detail: third ?? 0 }));
    if (told[13]) window.happened(`sound ${SOUND[read(told[13])[1]] ?? "not tested"}`);
  }
}

function connection() {
  const made = new RTCPeerConnection({ iceServers, iceTransportPolicy: settings.transport === "relay" ? "relay" : "all" });
  listen(made);
  const [track] = voice.clone().getTracks();
  made.addTrack(track);
  made.addEventListener("connectionstatechange", () => {
    if (made.connectionState === "connected") window.happened("connected");
    if (made.connectionState !== "disconnected" && made.connectionState !== "failed") return;
    setTimeout(() => call?.connection === made && made.connectionState !== "connected" && comeBack(), STUMBLE_MS);
  });
  return made;
}

async function answer() {
  call.connection = connection();
  await call.connection.setRemoteDescription({ type: "offer", sdp: call.offer });
  await call.connection.setLocalDescription();
  await sound("Answer", { 3: call.connection.localDescription.sdp });
  trickle(call.connection);
  window.happened("established");
}

// Candidates are not needed: we are known by our checks. They are told as any browser would.
function trickle(made) {
  made.addEventListener("icecandidate", ({ candidate }) => sound("Candidate", { 3: candidate?.candidate ?? "" }).catch(() => {}));
}

// Told by a page that has just been opened: this call was answered before.
function goOn(leg) {
  if (call?.leg === leg && call.connection?.connectionState === "connected") return;
  call = { leg, connection: call?.leg === leg ? call.connection : undefined };
  comeBack().catch((why) => console.log("did not come back", String(why)));
}

// A new connection for the same call: other keys, other addresses.
async function comeBack() {
  call.connection?.close();
  call.connection = connection();
  await offerAnew(call.connection);
  window.happened("back");
}

async function offerAnew(made) {
  await made.setLocalDescription(await made.createOffer());
  const number = ++offers;
  const accepted = new Promise((accepted, rejected) => {
    waiting.set(number, { accepted, rejected });
    setTimeout(() => rejected(new Error("no answer")), PATIENCE_MS);
  });
  await sound("Offer", { 3: number, 4: made.localDescription.sdp });
  await made.setRemoteDescription({ type: "answer", sdp: await accepted });
  waiting.delete(number);
}

function over(leg) {
  if (call?.leg !== leg) return;
  dialled?.failed(new Error("over"));
  call.connection?.close();
  call = undefined;
  window.happened("ended");
}

// Calls a colleague or a number with no other call, and waits until they talk.
async function callOut(party) {
  const made = connection();
  const number = ++offers;
  const taken = new Promise((taken, failed) => {
    dialled = { number, connection: made, taken, failed };
    setTimeout(() => failed(new Error("nobody answered")), PATIENCE_MS);
  });
  const accepted = new Promise((accepted, rejected) => waiting.set(number, { accepted, rejected }));
  await made.setLocalDescription(await made.createOffer());
  await ask(link(), "AgentSound/Call", { 1: page, 2: number, 3: party, 4: made.localDescription.sdp });
  await Promise.race([accepted.then((sdp) => made.setRemoteDescription({ type: "answer", sdp })), taken]);
  await taken;
  window.happened("established");
}

// Asks a colleague or a number in a call, and waits until they talk.
async function dial(to) {
  const party = to.replace(/^sip:/, "").replace(/@.*/, "");
  if (!call) return callOut(party);
  const talks = new Promise((talks, failed) => {
    heard.addEventListener("third", ({ detail }) => detail === ASKED && talks());
    setTimeout(() => failed(new Error("nobody answered")), PATIENCE_MS);
  });
  await desk("InCall", { 2: WISH.ask, 3: party });
  return talks;
}

export async function does(what, to) {
  switch (what) {
    case "register": return register();
    case "unregister":
      await desk("LogOut", {});
      token = undefined;
      return sessionStorage.clear();
    case "answer": return answer();
    case "decline": case "hang_up": return void (await sound("End", {}));
    case "press": return call.connection.getSenders()[0].dtmf.insertDTMF(to, 120, 80);
    case "hold": return void (await desk("InCall", { 2: WISH.hold }));
    case "resume": return void (await desk("InCall", { 2: WISH.resume }));
    case "dial": return dial(to);
    case "test_sound": return void (await desk("TestSound", {}));
    // The microphone itself, as by a switch at the headset: packets still come.
    case "silence_the_microphone": return voice.getTracks().forEach((track) => { track.enabled = false; });
    case "use_the_microphone": return voice.getTracks().forEach((track) => { track.enabled = true; });
    case "join": return void (await desk("InCall", { 2: WISH.hand_over }));
    // The page's connection breaks; it opens anew by itself.
    case "lose_the_socket": return ear.abort();
    // The page is gone for good, without a word.
    case "vanish":
      token = undefined;
      return ear.abort();
    // Other addresses, the same keys.
    case "change_the_network":
      call.connection.restartIce();
      return offerAnew(call.connection);
    default: throw new Error(what);
  }
}
