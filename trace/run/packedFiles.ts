/**
 * Many small files of a run in one answer: each with its name and length before it. A server that gives them, and the
 * page that asks for them, share this form and its limits.
 */

/** Path of the answer below the run's. It takes the parameters `from` and `to`, names of files. */
export const PACK_NAME = "packed";
/** Longest file in an answer, in bytes; longer ones are asked for by their names. */
export const MOST_FILE_BYTES = 2 ** 16;
/** Most bytes of files, and most files, in an answer. */
export const MOST_PACK_BYTES = 2 ** 21;
export const MOST_PACK_FILES = 1_024;

/** A file and its content. */
export type NamedFile = readonly [name: string, content: Uint8Array];

/** Bytes of the two lengths before each file: of its name, and of its content. */
const HEAD = 8;

/** A file as it stands in an answer. */
export function packFile(name: string, content: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(name);
  const packed = new Uint8Array(HEAD + text.length + content.length);
  const head = new DataView(packed.buffer);
  head.setUint32(0, text.length);
  head.setUint32(4, content.length);
  packed.set(text, HEAD);
  packed.set(content, HEAD + text.length);
  return packed;
}

/** The files of an answer. The last one is left out if the answer broke off in it. */
export function unpackFiles(bytes: Uint8Array): NamedFile[] {
  const files: NamedFile[] = [];
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const name = at + HEAD;
    const content = name + head.getUint32(at);
    const end = content + head.getUint32(at + 4);
    if (end > bytes.length) break;
    files.push([new TextDecoder().decode(bytes.subarray(name, content)), bytes.slice(content, end)]);
    at = end;
  }
  return files;
}
