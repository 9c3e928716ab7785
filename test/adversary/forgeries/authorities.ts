/** Rules about authorities: the makers of open programs, and changes of keys. */
import { address } from "../../../trace/layout.ts";
import { triggerDigest } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { authority } from "../../lib/authorities.ts";
import { A, B, C, create, f, keyed, watchCell } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

const rotate = (n: number, actor: number = A): Row =>
  rowOf("RotateAuthority", actor, { argument: { authority: n === 0 ? 0n : authority(n) } });
const createKeyed = (actor: number, peer: number, n: number, behind = 0): Row => {
  const row = create(actor, peer, behind);
  return { ...row, argument: { ...row.argument, authority: authority(n) } };
};
const turnsKey = [rotate(9, C)];

export const AUTHORITIES: readonly Case[] = [
  {
    of: "CreateProgram",
    rule: "a program with a key makes programs with keys",
    attempt: "make an open program in the name of one with a key",
    invariant: "log-signed",
    cells: [keyed(C, 3)],
    good: [[f(createKeyed(C, 4, 5))]],
    bad: [[f(create(C, 4))]],
    by: "SingleOperations 13",
  },
  {
    of: "RotateAuthority",
    rule: "a key is changed for another, not for none",
    attempt: "give up the key",
    invariant: "log-signed",
    cells: [keyed(A, 1)],
    good: [[f(rotate(2))]],
    bad: [[f(rotate(0))]],
    by: "Effect 16",
  },
  {
    of: "RotateAuthority",
    rule: "an open program takes a key, not none again",
    attempt: "take the key 0",
    invariant: "log-signed",
    cells: [],
    good: [[f(rotate(2))]],
    bad: [[f(rotate(0))]],
    by: "Effect 16",
  },
  {
    of: "RotateAuthority",
    rule: "a trigger changes no key",
    attempt: "change the key in a triggered group",
    invariant: "log-signed",
    cells: [keyed(C, 3), watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(turnsKey) })],
    good: [[f(rotate(9, C))]],
    bad: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...turnsKey.map((row) => f(row))]],
    by: "Effect 16",
  },
];
