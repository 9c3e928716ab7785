/** A system of constraints that has none yet. */
import { P } from "../../../verifier/constraints/sums.ts";
import { System } from "../../../verifier/constraints/system.ts";

/** @param signals that it has, 0 included. Those of a larger system keep their numbers */
export function emptySystem(signals: number): System {
  const header = Buffer.alloc(12 + 64);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(32, 12);
  header.set(Buffer.from(P.toString(16).padStart(64, "0"), "hex").reverse(), 16);
  header.writeUInt32LE(signals, 48);
  const body = Buffer.alloc(12);
  body.writeUInt32LE(2, 0);
  const start = Buffer.from("r1cs\x01\0\0\0\x02\0\0\0", "latin1");
  return new System(Buffer.concat([start, header, body]));
}
