// SIP.js's side of the page: one agent's phone over WebSocket.

import { Inviter, Registerer, SessionState, UserAgent } from "sip.js";

let phone;
let registerer;
let call;

export async function switchOn({ user, password, server, transport }) {
  phone = new UserAgent({
    uri: UserAgent.makeURI(`sip:${user}@${server}`),
    authorizationUsername: user,
    authorizationPassword: password,
    transportOptions: { server: `${transport}://${server}/sip` },
    delegate: { onInvite: (invitation) => { take(invitation); window.happened("ringing"); } },
  });
  await phone.start();
}

function take(session) {
  call = session;
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

export async function does(what, to) {
  switch (what) {
    case "register":
      registerer = new Registerer(phone, { expires: 60 });
      return asked((options) => registerer.register(options));
    case "unregister": return asked((options) => registerer.unregister(options));
    case "answer": return call.accept({ sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } });
    case "decline": return call.reject({ statusCode: 486 });
    case "hang_up": return call.state === SessionState.Established ? call.bye() : call.reject();
    case "dial": {
      const inviter = new Inviter(phone, UserAgent.makeURI(to));
      take(inviter);
      return asked((options) => inviter.invite(options));
    }
    default: throw new Error(what);
  }
}
