// Kernel messages as they travel: version 1 of Jupyter Server's websocket protocol (its documentation describes it).
// A message is a number of parts, led by where each part starts, in 64-bit numbers.
export const PROTOCOL = "v1.kernel.websocket.jupyter.org";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (buffer) =>
  ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);

export const encode = ({ channel, header, metadata, content, buffers }) => {
  const json = [header, {}, metadata, content].map((part) => encoder.encode(JSON.stringify(part)));
  const parts = [encoder.encode(channel), ...json, ...buffers.map(bytes)];
  const starts = [8 * (parts.length + 2)];
  for (const part of parts) starts.push(starts.at(-1) + part.byteLength);
  const frame = new Uint8Array(starts.at(-1));
  const numbers = new DataView(frame.buffer);
  [starts.length, ...starts].forEach((number, place) => numbers.setBigUint64(8 * place, BigInt(number), true));
  parts.forEach((part, place) => frame.set(part, starts[place]));
  return frame;
};

export const decode = (frame) => {
  const numbers = new DataView(frame);
  const number = (place) => Number(numbers.getBigUint64(8 * place, true));
  const part = (place) => frame.slice(number(place + 1), number(place + 2));
  const text = (place) => decoder.decode(part(place));
  const [header, parent_header, metadata, content] = [1, 2, 3, 4].map((place) => JSON.parse(text(place)));
  const buffers = [];
  for (let place = 5; place < number(0) - 1; place += 1) buffers.push(new DataView(part(place)));
  return { channel: text(0), header, parent_header, metadata, content, buffers };
};
