/**
 * Random rows of a moored map against the registry's bytecode: does it approve a row if and only if the model and
 * `registryRefuses` say so? Mostly rows that would be approved, with a field or two changed to a border.
 */
import { pointOf } from "../../../prover/batches/channelPoint.ts";
import { valueAt, wordsOf } from "../../../trace/commitment/channel.ts";
import { packSpan } from "../../../trace/commitment/commit.ts";
import { packRows } from "../../../trace/commitment/rowBytes.ts";
import { CHAIN, ENTRY_ID, FACT_LABEL, FIELD, kindOf, OP, TRIGGERED_ID } from "../../../trace/layout.ts";
import { rowOf, SHAPES } from "../../../trace/machine/rowShape.ts";
import type { Row, RowName } from "../../../trace/machine/transition.ts";
import { advanceArguments, keyHash } from "../../../verifier/chain/registry.ts";
import { SOME_KEY } from "../../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../../lib/forge.ts";
import type { Random } from "../../lib/random.ts";
import { registryRefuses } from "../../lib/registryRows.ts";
import { type Call, Wrong } from "./call.ts";
import { depositMove, observeMove } from "./calls.ts";
import { requestExit, type Wish } from "./exitModel.ts";
import { advance, type Held, type HeldMap, type Reason } from "./model.ts";
import { Play } from "./play.ts";
import { DAY } from "./world.ts";

/** Rows that the shapes do not have, and all others. */
const NAMES = Object.keys(OP).filter((name) => name !== "Padding") as RowName[];
const PLACES = [515, 516, 771, 4_294_967_295];
const KEY = 4_711n;

const BORDERS = {
  actor: [0, 1, 2, 3, 2 ** 24 - 1],
  peer: [0, 1, 2, 3, 2 ** 24 - 1],
  source: [0, ...PLACES],
  destination: [0, 512 + 5, 512 + 255, ...PLACES],
  authority: [0, 513],
  deadline: [0, 1, 2 ** 40 - 1],
  resource: [0n, 5n, ENTRY_ID - 1n, ENTRY_ID, ENTRY_ID + 1n, TRIGGERED_ID - 1n, TRIGGERED_ID, 2n ** 64n - 1n],
  quantity: [0n, 1n, 2n ** 128n - 1n],
  kind: [0, 1, 2, 2 ** 24 - 1].flatMap((issuer) =>
    [0, 1, 2, 3, FACT_LABEL - 1, FACT_LABEL, FACT_LABEL + 1, 2 ** 32 - 1].map((label) => kindOf(issuer, label)),
  ),
};
const RECIPIENTS = [0n, 1n, 2n ** 160n - 1n, 2n ** 160n, FIELD - 1n];

/** A world in which deposits and requests wait, a purse is filled, and a fact has been seen. */
export async function prepareRows(random: Random, counts: Map<string, number>): Promise<Play> {
  const play = await Play.begin(random, counts);
  for (let made = 0; made < 40; made++) await play.make(depositMove(play));
  for (let made = 0; made < 8; made++) await play.make(observeMove(play));
  for (const which of [0, 1]) {
    const deposits = [...play.world.map(which).deposits].slice(0, 8);
    for (const [number, { label, quantity, program, slot, authority, deadline }] of deposits) {
      if (deadline > play.world.now + 20)
        await play.make(
          rowCall(play, which, entering(number, label, quantity, program, slot, authority), play.world.now),
        );
    }
    // From now on older ones are refused.
    const seen = [...play.world.map(which).observations];
    const [number, fact] = seen[seen.length >> 1] ?? [0, undefined];
    if (fact !== undefined) {
      const row = entering(number, FACT_LABEL + fact.feed, fact.quantity, 2, 9, KEY);
      await play.make(rowCall(play, which, row, play.world.now));
    }
    for (const [i, location] of PLACES.slice(0, 3).entries())
      for (const from of [0, 2, 3]) await play.make(wishCall(play, which, location, from, i));
  }
  // Late requests, for half of the worlds.
  if (random.below(2) === 0) play.pass(2 * DAY + 1);
  return play;
}

const entering = (number: number, label: number, quantity: bigint, peer: number, slot: number, key: bigint): Row =>
  rowOf("Enter", CHAIN, {
    ...{ peer, destination: peer * 256 + (slot || 9), resource: ENTRY_ID + BigInt(number) },
    ...{ kind: kindOf(CHAIN, label), quantity, argument: { peerAuthority: key } },
  });

/** A request for a cell that nobody has seen: the key's secrets are known. */
function wishCall({ world }: Play, which: number, location: number, from: number, i: number): Call {
  const holder = Math.floor(location / 256);
  const deadline = from === 0 ? 0 : ([0, world.now + 5, world.now - 40 * DAY][i] ?? 0);
  const program = from === 0 || (deadline > world.now && from !== holder) ? holder : from;
  const w0 = 2n + (1n << 7n) + (1n << 39n) + (BigInt(from) << 63n);
  const w1 = 3n + ((ENTRY_ID + BigInt(i)) << 130n) + (BigInt(deadline) << 194n);
  const wish: Wish = {
    ...{ number: 0, location, recipient: world.accounts[4] as string, validUntil: world.now + DAY },
    ...{ program, authority: KEY + BigInt(from), w0, w1, proven: true },
  };
  const place = BigInt(location) + (BigInt(wish.recipient) << 32n) + (BigInt(wish.validUntil) << 192n);
  const exit = { place, program: BigInt(program), authority: wish.authority, w0, w1 };
  const root = world.map(which).roots[0] as bigint;
  const proof = forgedProof(SOME_SECRETS, [root, world.domains[which] as bigint, ...Object.values(exit)]);
  return {
    ...{ what: "requestExit", from: world.accounts[1] as string, value: 10n ** 15n },
    data: world.abi.encodeFunctionData("requestExit", [world.mapIds[which], 0, exit, proof]),
    model: (held, now) => requestExit(held, held.maps[which] as HeldMap, wish, root, 10n ** 15n, now),
  };
}

/** The call that hands in one row, which happens at a time. */
function rowCall({ world }: Play, which: number, row: Row, at: number, late = 0n): Call {
  const map = world.map(which);
  const [preRoot, postRoot, firstSeq] = [map.roots.at(-1) as bigint, BigInt(map.roots.length + 77), map.seq + 1];
  const timed = { ...row, at, last: true };
  const span = { firstSeq, count: 1, notBefore: at, until: at, moored: true };
  const words = [wordsOf(timed, at)];
  const drawn = { preRoot, postRoot, traceRoot: 3n, span: packSpan(span), domain: world.domains[which] as bigint };
  const point = pointOf(drawn, words);
  const proof = forgedProof(SOME_SECRETS, [...Object.values(drawn), point, valueAt(words, point)]);
  const batch = { keyHash: keyHash(SOME_KEY), ...drawn, rows: packRows(words), proof };
  const caller = map.submitter;
  const asked = { caller, preRoot, late, batches: [{ ...span, postRoot, rows: [timed] }] };
  return {
    ...{ what: "row", from: caller },
    data: world.abi.encodeFunctionData("advance", advanceArguments(world.mapIds[which] as string, [batch], late)),
    model: (held: Held, now: number) => advance(held, which, asked, now),
  };
}

/** A row that may be approved, before it is changed. */
function plausible(random: Random, map: HeldMap): Row {
  const [number, open] = random.pick([...map.deposits, [0, undefined]] as const);
  const seen = random.pick([...map.observations]);
  const request = random.pick([...map.requests.values()]);
  switch (random.below(8)) {
    case 0:
    case 1:
      if (open === undefined) break;
      return entering(number, open.label, open.quantity, open.program, open.slot, open.authority);
    case 2:
      if (seen === undefined) break;
      return entering(seen[0], FACT_LABEL + seen[1].feed, seen[1].quantity, 2, 9, KEY);
    case 3:
    case 4: {
      if (request === undefined) break;
      const { location: source, program: peer, id: resource, authority } = request;
      const more = { deadline: random.below(2) * request.time, quantity: BigInt(random.below(4)) };
      const argument = { peerAuthority: authority, escrowFrom: random.pick([0, peer, 2, 3]) };
      return rowOf("Eject", CHAIN, { source, peer, resource, kind: kindOf(CHAIN, 1), ...more, argument });
    }
    case 5:
      return rowOf("Retire", 2, { kind: kindOf(CHAIN, 1), quantity: 1n, argument: { recipient: 0xcafen } });
    default:
  }
  const effect = random.pick(NAMES);
  const kind = random.pick(BORDERS.kind);
  return rowOf(effect, random.pick([1, 2, 2, 3]), { kind, quantity: random.pick(BORDERS.quantity) });
}

function changed(random: Random, row: Row): Row {
  const name = random.pick([...Object.keys(BORDERS), "recipient", "effect"] as const);
  if (name === "effect") return shaped({ ...row, effect: random.pick(NAMES) });
  if (name === "recipient")
    return shaped({ ...row, argument: { ...row.argument, recipient: random.pick(RECIPIENTS) } });
  const value = random.pick<number | bigint>(BORDERS[name as keyof typeof BORDERS]);
  return { ...row, [name]: value };
}

/** Without the arguments that such a row does not have: they would be told as others. */
function shaped(row: Row): Row {
  const kept = Object.entries(row.argument).filter(([name]) => SHAPES[row.effect].argument.some((own) => own === name));
  return { ...row, argument: Object.fromEntries(kept) };
}

/** One random row. @throws Wrong if the registry says something else than the model */
export async function tryRow(play: Play): Promise<void> {
  const { random, world } = play;
  const which = random.below(2);
  const map = world.map(which);
  let row = plausible(random, map);
  for (let changes = random.pick([0, 1, 1, 2, 3]); changes > 0; changes--) row = changed(random, row);
  const now = world.now + 1;
  const open = random.pick([...map.deposits.values()]);
  const times = [
    now,
    now,
    now - 1,
    (open?.entered ?? now) - 1,
    open?.entered ?? now,
    open?.deadline ?? now,
    (open?.deadline ?? now) + 1,
  ];
  const at = Math.max(map.time, now - map.maxLag, Math.min(now, random.pick(times)));
  const late = random.below(12) === 0 ? (random.pick([...map.requests.keys()]) ?? 0n) : 0n;
  const call = rowCall(play, which, row, at, late);
  const answer = await world.wouldAnswer(call.from, call.data, now);
  const expected: Reason = await call.model(structuredClone(world.held), now, answer);
  const what = `row ${JSON.stringify(row, (_, value) => (typeof value === "bigint" ? `${value}` : value))}`;
  if (answer !== expected) throw new Wrong(`${what}: the registry says ${answer}, but it must be ${expected}`);
  if (late === 0n && registryRefuses(row) && answer === null) throw new Wrong(`${what}: approved, and must not be`);
  if (late === 0n && !registryRefuses(row) && answer === "RowRefused") throw new Wrong(`${what}: refused by itself`);
  play.count(`row: ${answer ?? "approved"}`);
}
