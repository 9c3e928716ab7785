/** What happens in a world, one thing at a time, at random. */
import { keyIn } from "../../../trace/effects/found.ts";
import { assetKind } from "../../../trace/layout.ts";
import { authority } from "../../lib/authorities.ts";
import { PAYEE } from "../../lib/moored.ts";
import { assetsIn, ejectGroups, held, type Lying } from "./checks.ts";
import { type Asked, dismissalOf, leaveCallOf, requestCallOf } from "./dismissals.ts";
import { deposit, freeze, type HeldMap, observe, reclaim, refund, withdraw } from "./model.ts";
import type { Operator } from "./operator.ts";
import type { Call, Play } from "./play.ts";
import { programsAct } from "./programs.ts";
import { handIn, takeInWhatWaits } from "./service.ts";
import { DAY, ETHER, ODD, TOKEN } from "./world.ts";

const [STRANGER, PAYERS] = [1, [2, 3]] as const;
const FEE = 10n ** 15n;
const address = (number: bigint): string => `0x${number.toString(16).padStart(40, "0")}`;
const mapOf = (maps: readonly HeldMap[], which: number): HeldMap => maps[which] as HeldMap;

/** Anybody's account, or one that is odd. */
function recipient({ random, world }: Play): string {
  const plain = [address(PAYEE), address(PAYEE + 1n), world.accounts[4] as string];
  return random.pick([...plain, world.odd.recipient.toLowerCase()]);
}

const operatorOf = (play: Play): Operator => play.random.pick(play.operators);
const account = ({ world }: Play, number: number): string => world.accounts[number] as string;

export function depositMove(play: Play): Call {
  const { random, world } = play;
  const { which, tracer } = operatorOf(play);
  const odd = random.below(12) === 0;
  const label = odd && random.below(2) === 0 ? random.pick([0, 9]) : random.pick([ETHER, ETHER, TOKEN, TOKEN, ODD]);
  const quantity = odd && random.below(2) === 0 ? 0n : 1n + random.bits(random.pick([3, 20, 60]));
  const program = odd ? random.pick([1, 2, 9, 1 << 23]) : 2 + random.below(4);
  const key = random.below(15) === 0 ? authority(random.below(6)) : (keyIn(tracer.map, program) ?? authority(program));
  const deadline = world.now + (odd ? random.below(60) - 10 : random.pick([60, 600, 3_600, DAY, 9 * DAY]));
  const slot = random.below(3) === 0 ? random.below(12) : 0;
  const value = (label === ETHER ? quantity : 0n) + (random.below(40) === 0 ? 1n : 0n);
  const payer = account(play, random.pick(PAYERS));
  const asked = { payer, label, quantity, program, slot, authority: key, deadline, value };
  const args = [world.mapIds[which], label, quantity, program, slot, key, deadline];
  let had = 0n;
  return {
    ...{ what: "deposit", from: payer, value, data: world.abi.encodeFunctionData("deposit", args) },
    before: async () => {
      if (label === ODD) had = await held(world, ODD);
    },
    model: async (now_, now, answer) => {
      // What arrives of an odd token, the token says.
      const has = label === ODD && answer === null ? await held(world, ODD) : had;
      const arrived = label === ODD && answer === null ? { ...asked, quantity: has - had } : asked;
      if (label === ODD && (answer === "QuantityOutOfRange" || answer === "TransferFailed")) return answer;
      return deposit(now_, mapOf(now_.maps, which), arrived, now, label >= ETHER && label <= ODD);
    },
  };
}

function refundMove(play: Play): Call | undefined {
  const { random, world } = play;
  const { which } = operatorOf(play);
  const map = world.map(which);
  const number = 1 + random.below(map.entries + 1);
  const open = map.deposits.get(number);
  const other = { label: ETHER, quantity: 7n, program: 2, authority: authority(2) };
  const asked = { number, ...(open === undefined || random.below(10) === 0 ? other : open) };
  const { label, quantity, program, authority: key } = asked;
  return {
    ...{ what: "refund", from: account(play, STRANGER) },
    data: world.abi.encodeFunctionData("refund", [world.mapIds[which], number, label, quantity, program, key]),
    model: (now_, now) => refund(now_, mapOf(now_.maps, which), asked, now),
  };
}

function observeMove(play: Play): Call {
  const { random, world } = play;
  const { which } = operatorOf(play);
  const feed = random.pick([0, 0, 0, 1, 1, 2, 3]);
  let seen: bigint | undefined;
  return {
    ...{ what: "observe", from: account(play, STRANGER) },
    data: world.abi.encodeFunctionData("observe", [world.mapIds[which], feed]),
    before: async () => {
      const data = world.odd.tokenAbi.encodeFunctionData("balanceOf", [address(0n)]);
      const value = BigInt(String(await world.ask("eth_call", [{ to: world.odd.odd, data }, "latest"]))) - 5n;
      if (feed === 0) seen = value < 0n ? 0n : value;
      else if (feed === 1 && !play.settings.refuses && !play.settings.hooked) seen = 10n;
      else seen = undefined;
    },
    model: (now_, now) => observe(mapOf(now_.maps, which), feed, seen, now),
  };
}

function withdrawMove(play: Play): Call {
  const { random, world } = play;
  const due = [...world.held.owed].filter(([, quantity]) => quantity > 0n).map(([key]) => key.split(" "));
  const chosen = due.length > 0 && random.below(10) > 0 ? random.pick(due) : [account(play, 4), `${TOKEN}`];
  const [to = "", text = ""] = chosen;
  return withdrawCall(play, to, Number(text));
}

export function withdrawCall(play: Play, to: string, label: number): Call {
  const { world } = play;
  const refusing = (): boolean =>
    label === ETHER && to === world.odd.recipient.toLowerCase() && play.settings.refuses;
  return {
    ...{ what: "withdraw", from: account(play, STRANGER) },
    data: world.abi.encodeFunctionData("withdraw", [label, to]),
    model: (now_, _now, answer) =>
      withdraw(now_, to, label, label === ODD ? answer !== "TransferFailed" : !refusing()),
  };
}

/** Who asks for what: mostly who is entitled, at the head. */
function wish(play: Play, operator: Operator): Asked | undefined {
  const { random, world } = play;
  const last = operator.states.length - 1;
  const number = random.below(4) === 0 ? Math.max(0, last - random.below(6)) : last;
  const state = operator.states[number] ?? operator.head;
  const there = assetsIn(state);
  if (there.length === 0) return undefined;
  const asset = random.pick(there);
  const location = random.below(25) === 0 ? 2 * 256 + random.below(12) : asset.location;
  const giver = asset.escrowFrom === 0 ? asset.holder : asset.escrowFrom;
  const program = random.below(8) === 0 ? 2 + random.below(6) : random.pick([asset.holder, giver]);
  const validUntil = world.now + random.pick([-5, 600, DAY, 30 * DAY, 30 * DAY, 30 * DAY]) + random.below(1_000);
  const to = random.below(25) === 0 ? address(0n) : recipient(play);
  const forged = random.below(12) === 0 ? { authority: authority(random.below(6)) } : {};
  return { location, program, recipient: to, validUntil, number, ...forged };
}

function requestMove(play: Play): Call | undefined {
  const operator = operatorOf(play);
  const asked = wish(play, operator);
  if (asked === undefined) return undefined;
  const fee = play.random.below(25) === 0 ? 0n : FEE + play.random.bits(20);
  return requestCallOf(play.world, operator, asked, account(play, STRANGER), fee);
}

function leaveMove(play: Play): Call | undefined {
  const operator = play.operators.find(({ which }) => play.world.map(which).frozen) ?? operatorOf(play);
  const asked = wish(play, operator);
  if (asked === undefined) return undefined;
  return leaveCallOf(play.world, operator, asked, account(play, STRANGER));
}

/** One of the requests of a map that are open, or one that is not. */
function someRequest({ random, world }: Play, { which }: Operator): bigint {
  const open = [...world.map(which).requests.keys()];
  return open.length > 0 && random.below(12) > 0 ? random.pick(open) : 12_345n;
}

function dismissMove(play: Play): Call {
  const { random, world } = play;
  const operator = operatorOf(play);
  const request = someRequest(play, operator);
  const open = world.map(operator.which).requests.get(request);
  const program = open?.program ?? 2;
  const location = random.pick([open?.location ?? 515, open?.location ?? 515, program * 256, 777]);
  const last = operator.states.length - 1;
  const number = random.below(5) === 0 ? Math.max(0, last - random.below(4)) : last;
  const from = random.below(3) === 0 ? { from: account(play, STRANGER) } : {};
  return dismissalOf(world, operator, request, location, { ...from, number });
}

/** A stranger lets somebody out, by what is on the chain alone. */
async function lateMove(play: Play): Promise<void> {
  const { world, random } = play;
  const operator = operatorOf(play);
  const map = world.map(operator.which);
  const all = [...map.requests];
  const late = all.filter(([, { time }]) => world.now > time + map.patience);
  const chosen = late.length > 0 && random.below(6) > 0 ? random.pick(late) : random.pick(all);
  if (chosen === undefined) return;
  const [request, open] = chosen;
  const groups = ejectGroups(operator, open, world.now);
  if (groups === undefined) return;
  const { call } = operator.submission(groups, account(play, STRANGER), request);
  if ((await play.make(call)) === null) operator.rewind();
}

export function freezeCall(play: Play, which: number, request: bigint): Call {
  const { world } = play;
  return {
    ...{ what: "freeze", from: account(play, STRANGER) },
    data: world.abi.encodeFunctionData("freeze", [world.mapIds[which], request]),
    model: (now_, now) => freeze(mapOf(now_.maps, which), request, now),
  };
}

export function reclaimCall(play: Play, which: number, request: bigint): Call {
  const { world } = play;
  return {
    ...{ what: "reclaim", from: account(play, STRANGER) },
    data: world.abi.encodeFunctionData("reclaim", [world.mapIds[which], request]),
    model: (now_) => reclaim(now_, mapOf(now_.maps, which), request),
  };
}

/** Odd contracts change their minds. */
async function oddMove(play: Play): Promise<void> {
  const { random, world } = play;
  const { odd, abi, registry } = world;
  const hook = abi.encodeFunctionData("withdraw", [ETHER, odd.recipient]);
  const told = (to: string, data: string, done?: () => void): Call => ({
    ...{ what: "odd contract", from: account(play, STRANGER), to, data, model: () => null },
    ...(done === undefined ? {} : { done }),
  });
  const token = (name: string, args: unknown[]): Call => told(odd.odd, odd.tokenAbi.encodeFunctionData(name, args));
  const [refuses, hooked] = [random.below(3) === 0, random.below(3) === 0];
  const target = hooked ? registry.address : address(0n);
  await play.make(
    random.pick([
      token("setFee", [random.pick([0, 0, 3, 100])]),
      token("setAnswer", [random.below(5)]),
      token("setBase", [random.pick([100, 100, 90, 250])]),
      token("block_", [account(play, 2), random.below(3) === 0]),
      token("setHook", [target, abi.encodeFunctionData("withdraw", [ODD, account(play, 4)])]),
      token("mint", [address(0n), random.below(60)]),
      token("mint", [address(0n), random.below(60)]),
      told(odd.recipient, odd.recipientAbi.encodeFunctionData("set", [target, hook, refuses]), () =>
        Object.assign(play.settings, { refuses, hooked }),
      ),
    ]),
  );
}

/** Drops some blocks. What was in them comes again, or not. */
async function reorganisation(play: Play): Promise<void> {
  const dropped = await play.reorganise();
  if (play.random.below(3) === 0) return;
  for (const call of dropped.slice(0, 20)) if (play.random.below(3) > 0) await again(play, call);
}

/** The same call once more: most are refused. */
async function again(play: Play, call: Call): Promise<void> {
  const answer = await play.make({ ...call });
  // Somebody else has moved the head.
  if (answer === null && call.what.endsWith("advance")) for (const each of play.operators) each.rewind();
}

async function optional(play: Play, call: Call | undefined): Promise<void> {
  if (call !== undefined) await play.make(call);
}

type Move = readonly [weight: number, move: (play: Play) => Promise<unknown> | unknown];

const MOVES: readonly Move[] = [
  [14, (play) => play.make(depositMove(play))],
  [24, (play) => programsAct(play, operatorOf(play))],
  [9, (play) => takeInWhatWaits(play, operatorOf(play))],
  [10, (play) => handIn(play, operatorOf(play))],
  [9, (play) => optional(play, requestMove(play))],
  [3, (play) => play.make(dismissMove(play))],
  [4, lateMove],
  [4, (play) => optional(play, refundMove(play))],
  [5, (play) => play.make(observeMove(play))],
  [5, (play) => play.make(withdrawMove(play))],
  [2, (play) => freezeAny(play)],
  [2, (play) => optional(play, leaveMove(play))],
  [1, (play) => reclaimAny(play)],
  [3, oddMove],
  [2, reorganisation],
  [3, (play) => (play.past.length === 0 ? undefined : again(play, play.random.pick(play.past)))],
  [4, (play) => play.pass(play.random.pick([60, 60, 600, 600, 1_800, 3_600, 7_200]))],
  [1, (play) => play.pass(play.random.pick([DAY / 2, DAY, DAY + 1, 2 * DAY, play.random.below(31 * DAY)]))],
];

const freezeAny = (play: Play) => {
  const operator = operatorOf(play);
  return play.make(freezeCall(play, operator.which, someRequest(play, operator)));
};
const reclaimAny = (play: Play) => {
  const operator = operatorOf(play);
  return play.make(reclaimCall(play, operator.which, someRequest(play, operator)));
};

/** One random action. */
export async function act(play: Play): Promise<void> {
  const all = MOVES.reduce((sum, [weight]) => sum + weight, 0);
  let chosen = play.random.below(all);
  for (const [weight, move] of MOVES) {
    chosen -= weight;
    if (chosen >= 0) continue;
    await move(play);
    return;
  }
}

/** The kind of an asset, for those who deal in it. */
export const kindOf = ({ label }: Lying): bigint => assetKind(label);
export { recipient };
