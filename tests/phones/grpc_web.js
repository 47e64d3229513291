// Just enough of protobuf and gRPC-web for a page without any library: texts and numbers out, messages in.
// Knows frames and fields; doesn't know what they mean.

const letters = new TextEncoder();
const words = new TextDecoder();
const HEAD = 5;
const LAST = 0x80;

function varint(number) {
  const bytes = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

// A message of these fields: { 1: "text", 2: 7 }.
export function message(fields) {
  const bytes = Object.entries(fields).flatMap(([number, value]) => {
    if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
    const text = letters.encode(value);
    return [...varint(number * 8 + 2), ...varint(text.length), ...text];
  });
  return new Uint8Array(bytes);
}

// The last value of each field: numbers, and bytes of texts and messages; `all` has every one of them.
export function read(bytes) {
  const fields = { all: [] };
  let at = 0;
  const number = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    let value;
    switch (tag % 8) {
      case 0: value = number(); break;
      case 1: at += 8; break;
      case 2: { const length = number(); value = bytes.subarray(at, at + length); at += length; break; }
      case 5: at += 4; break;
      default: throw new Error("no protobuf");
    }
    fields[tag >> 3] = value;
    fields.all.push([tag >> 3, value]);
  }
  return fields;
}

export const text = (bytes) => (bytes ? words.decode(bytes) : "");

// Asks, and hands on each message that comes, until the other side ends it; what it ends with, if it is no success, is thrown.
export async function* follow({ server, token, signal }, method, fields) {
  const asked = message(fields);
  const body = new Uint8Array(HEAD + asked.length);
  new DataView(body.buffer).setUint32(1, asked.length);
  body.set(asked, HEAD);
  const headers = { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(`http://${server}/samkald.desk.v1.${method}`, { method: "POST", headers, body, signal });
  fail(answer.headers.get("grpc-status"), answer.headers.get("samkald-reason"));
  const reader = answer.body.getReader();
  let rest = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(rest.length + value.length);
    joined.set(rest);
    joined.set(value, rest.length);
    rest = joined;
    for (;;) {
      const length = rest.length < HEAD ? Infinity : new DataView(rest.buffer, rest.byteOffset).getUint32(1);
      if (rest.length < HEAD + length) break;
      const [flag, payload] = [rest[0], rest.subarray(HEAD, HEAD + length)];
      rest = rest.slice(HEAD + length);
      if (flag < LAST) yield read(payload);
      else ended(text(payload));
    }
  }
}

// Asks for one message.
export async function ask(link, method, fields) {
  let answer = {};
  for await (const message of follow(link, method, fields)) answer = message;
  return answer;
}

function ended(trailers) {
  const found = (name) => trailers.match(new RegExp(`^${name}:\\s*(.*?)\\s*$`, "m"))?.[1];
  fail(found("grpc-status"), found("samkald-reason"));
}

function fail(status, reason) {
  if (status && status !== "0") throw new Error(reason ?? `status ${status}`);
}
