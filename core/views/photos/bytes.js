// Bytes as text, for a message to the server and from it.

const CHUNK = 0x8000; // bytes that a function may be given as its arguments

export function toText(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

export function fromText(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
