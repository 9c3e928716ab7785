/**
 * The rows of a moored map, from the words that it published. What the words leave out is in the state: the receiver's
 * key, and the id that a resource is merged into.
 */
import { InvalidInputError } from "../errors.ts";
import { address, CLEARED, OP } from "../layout.ts";
import { SHAPES } from "../machine/rowShape.ts";
import type { Argument, Row, RowName } from "../machine/transition.ts";
import type { View } from "../state/timeMap.ts";
import type { RowWords, TimedRow } from "./channel.ts";

const NAMES: ReadonlyMap<number, RowName> = new Map(
  Object.entries(OP).flatMap(([name, number]) => (number === OP.Padding ? [] : [[number, name as RowName] as const])),
);

/** The value of some bits of a word. */
const bits = (word: bigint, from: number, count: number): bigint =>
  (word >> BigInt(from)) & ((1n << BigInt(count)) - 1n);

/** A row without what the state says. */
interface Told {
  readonly row: TimedRow;
  readonly scope: number;
  readonly rights: number;
  readonly argument: bigint;
}

function told([w1, w2, argument]: RowWords, notBefore: number): Told {
  const rights = Number(bits(w2, 216, 8));
  const name = NAMES.get(Number(bits(w1, 0, 5)));
  if (name === undefined) throw new InvalidInputError("rows", `no effect has the number ${bits(w1, 0, 5)}`);
  const row = {
    effect: name === "Clear" && rights === CLEARED.capability ? "RevokeCapability" : name,
    actor: Number(bits(w1, 5, 24)),
    peer: Number(bits(w1, 29, 24)),
    source: Number(bits(w1, 53, 32)),
    destination: Number(bits(w1, 85, 32)),
    authority: Number(bits(w1, 117, 32)),
    deadline: Number(bits(w1, 149, 40)),
    resource: bits(w1, 189, 64),
    kind: bits(w2, 0, 56),
    quantity: bits(w2, 56, 128),
    argument: {},
    at: notBefore + Number(bits(w2, 224, 28)),
    last: bits(w2, 252, 1) === 1n,
  } as const;
  return { row, scope: Number(bits(w2, 184, 32)), rights, argument };
}

/** The rows of a group, as a machine applies them. */
export interface PublishedGroup {
  readonly rows: Row[];
  /** Time of each row, in seconds since 1970. */
  readonly at: number[];
}

/**
 * The groups of a batch.
 *
 * @param words of the batch's rows, as `unpackRows` reads them
 * @param notBefore of the batch, in seconds since 1970
 * @param state before the next group; the caller applies a group before it asks for the next one
 * @throws InvalidInputError "rows" if the words are no rows
 *
 * @example
 * for (const { rows, at } of publishedGroups(words, notBefore, machine.map)) machine.apply(rows, at);
 */
export function* publishedGroups(
  words: readonly RowWords[],
  notBefore: number,
  state: View,
): Generator<PublishedGroup> {
  let group: Told[] = [];
  for (const each of words) {
    const next = told(each, notBefore);
    group.push(next);
    if (!next.row.last) continue;
    yield completed(group, state);
    group = [];
  }
  if (group.length > 0) throw new InvalidInputError("rows", "end within a group");
}

function completed(group: readonly Told[], state: View): PublishedGroup {
  /** Keys that rows of the group have set. */
  const keys = new Map<number, bigint>();
  const keyOf = (program: number): bigint => keys.get(program) ?? state.words(address(program, 0))[1];
  const rows = group.map(({ row, scope, rights, argument }): Row => {
    const { at: _at, last: _last, ...facts } = row;
    const cell = state.cell(row.destination);
    const values: Record<keyof Argument, number | bigint> = {
      ...{
        inbox: scope,
        guard: scope,
        scope,
        steps: scope,
        escrowFrom: scope,
        nargs: rights,
        rights,
        condition: rights,
        cleared: rights,
      },
      ...{ authority: argument, selector: argument, trigger: argument, removed: argument, recipient: argument },
      peerAuthority: row.peer === row.actor ? 0n : keyOf(row.peer),
      into: cell.type === "resource" ? cell.id : 0n,
    };
    const names = SHAPES[row.effect].argument;
    if (row.effect === "CreateProgram") keys.set(row.peer, argument);
    if (row.effect === "RotateAuthority") keys.set(row.actor, argument);
    return { ...facts, argument: Object.fromEntries(names.map((name) => [name, values[name]])) as Argument };
  });
  return { rows, at: group.map(({ row }) => row.at) };
}
