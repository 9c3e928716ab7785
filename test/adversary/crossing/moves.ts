/** What happens in a world, one thing at a time, at random. */
import { keyIn } from "../../../trace/effects/found.ts";
import { authority } from "../../lib/authorities.ts";
import type { Call } from "./call.ts";
import { depositMove, freezeCall, observeMove, reclaimCall, refundMove, withdrawMove } from "./calls.ts";
import { ejectGroups } from "./checks.ts";
import { type Asked, dismissalOf, leaveCallOf, requestCallOf } from "./dismissals.ts";
import type { Operator } from "./operator.ts";
import { account, address, operatorOf, recipient, STRANGER } from "./people.ts";
import type { Play } from "./play.ts";
import { programsAct } from "./programs.ts";
import { handIn, takeInWhatWaits } from "./service.ts";
import { assetsIn } from "./solvent.ts";
import { DAY, ETHER, ODD } from "./world.ts";

const FEE = 10n ** 15n;

/** The newest of the last roots at which somebody who has an asset there had another key. */
function beforeNewKey({ states, head }: Operator): number | undefined {
  for (let number = states.length - 2; number >= Math.max(0, states.length - 12); number--) {
    const state = states[number] ?? head;
    if (assetsIn(state).some(({ holder }) => keyIn(state, holder) !== keyIn(head, holder))) return number;
  }
  return undefined;
}

/** Who asks for what: mostly who is entitled, at the head. */
function wish(play: Play, operator: Operator): Asked | undefined {
  const { random, world } = play;
  const last = operator.states.length - 1;
  const older = random.below(4) === 0 ? Math.max(0, last - random.below(6)) : last;
  const number = random.below(6) === 0 ? (beforeNewKey(operator) ?? older) : older;
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
  [12, (play) => handIn(play, operatorOf(play))],
  [14, (play) => optional(play, requestMove(play))],
  [3, (play) => play.make(dismissMove(play))],
  [5, lateMove],
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
