/** In place of trace/poseidon/module.ts: the module's bytes, made when the page is built. */
import bytes from "virtual:poseidon";

export function moduleBytes(): Uint8Array<ArrayBuffer> {
  return bytes;
}
