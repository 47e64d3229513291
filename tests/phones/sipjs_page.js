// SIP.js's side of the page: one agent's phone over WebSocket, with sound.

import { Inviter, Registerer, SessionState, UserAgent, Web } from "sip.js";
import { listen, microphone } from "./sound_page.js";

let phone;
let registerer;
// The call that is talked in last, and the one before it (a colleague is asked first).
let call;
let first;

export async function switchOn({ user, password, server, transport, hz }) {
  const voice = microphone(hz);
  phone = new UserAgent({
    uri: UserAgent.makeURI(`sip:${user}@${server}`),
    authorizationUsername: user,
    authorizationPassword: password,
    transportOptions: { server: `${transport}://${server}/sip` },
    sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(async () => voice.clone()),
    delegate: {
      onInvite: (invitation) => {
        take(invitation);
        window.happened("ringing");
        // A talk that goes on: no need to ask the agent again.
        if (/answer-after=0/.test(invitation.request.getHeader("Call-Info"))) invitation.accept();
      },
    },
  });
  await phone.start();
}

function take(session) {
  first = call?.state === SessionState.Established ? call : undefined;
  call = session;
  session.delegate = { onSessionDescriptionHandler: ({ peerConnection }) => listen(peerConnection) };
  session.stateChange.addListener((state) => {
    if (state === SessionState.Established) window.happened("established");
    if (state === SessionState.Terminated) window.happened("ended");
  });
}

// Sends a REGISTER and waits for its answer.
function asked(send) {
  return new Promise((resolve, reject) => send({
    requestDelegate: {
      onAccept: () => resolve(),
      onReject: ({ message }) => reject(new Error(`${message.statusCode} ${message.reasonPhrase}`)),
    },
  }));
}

// Asks for another session: the other side hears music while it is held.
function held(hold) {
  call.sessionDescriptionHandlerOptionsReInvite = { hold };
  return asked((options) => call.invite(options));
}

// Hands `from` over, and waits until the one who takes over has answered.
function handOver(from, to) {
  return new Promise((resolve, reject) => from.refer(to, {
    requestDelegate: { onReject: ({ message }) => reject(new Error(`${message.statusCode}`)) },
    onNotify: async (notification) => {
      await notification.accept();
      const status = Number(notification.request.body.match(/^SIP\/2\.0 (\d{3})/)?.[1]);
      if (status >= 300) reject(new Error(`${status}`));
      if (status < 200) return;
      resolve();
      if (from.state === SessionState.Established) from.bye();
    },
  }));
}

export async function does(what, to) {
  switch (what) {
    case "register":
      registerer = new Registerer(phone, { expires: 60 });
      return asked((options) => registerer.register(options));
    case "unregister": return asked((options) => registerer.unregister(options));
    case "answer": return call.accept();
    case "press": return call.sessionDescriptionHandler.sendDtmf(to);
    case "decline": return call.reject({ statusCode: 486 });
    case "hang_up": return call.state === SessionState.Established ? call.bye() : call.reject();
    case "hold": return held(true);
    case "resume": return held(false);
    case "transfer": return handOver(call, UserAgent.makeURI(to));
    case "join": return handOver(first, call);
    case "dial": {
      const inviter = new Inviter(phone, UserAgent.makeURI(to));
      take(inviter);
      return asked((options) => inviter.invite(options));
    }
    default: throw new Error(what);
  }
}
