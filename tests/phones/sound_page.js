// A page's own microphone and ear: a tone that is said, and a recorder of what is heard (8 kHz, one channel, 16 bits).
// Knows streams; doesn't know who signals.

const RATE = 8000;
const FRAMES = 1024;
const LOUDEST = 0.5;

// Says a tone for ever; every call may use it.
export function microphone(hz) {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: hz });
  const mouth = new MediaStreamAudioDestinationNode(context);
  tone.connect(new GainNode(context, { gain: LOUDEST })).connect(mouth);
  tone.start();
  return mouth.stream;
}

// Hands on what comes from the other side of a connection, as long as it lives.
export function listen(connection) {
  connection.addEventListener("track", ({ track }) => hear(new MediaStream([track])));
}

function hear(stream) {
  // Chromium decodes a remote stream only while an element plays it.
  const element = new Audio();
  element.srcObject = stream;
  element.muted = true;
  element.play();
  const context = new AudioContext({ sampleRate: RATE });
  const recorder = context.createScriptProcessor(FRAMES, 1, 1);
  recorder.onaudioprocess = ({ inputBuffer }) => {
    const samples = Int16Array.from(inputBuffer.getChannelData(0), (sample) => sample * 32767);
    window.heard(btoa(String.fromCharCode(...new Uint8Array(samples.buffer))));
  };
  context.createMediaStreamSource(stream).connect(recorder).connect(context.destination);
  window.ears = [...(window.ears ?? []), { element, recorder }];
  stream.getTracks()[0].addEventListener("ended", () => context.close());
}
