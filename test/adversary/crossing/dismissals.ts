/** Calls with proofs of the state: wishes to leave, and cells that speak against them. */
import { keyIn } from "../../../trace/effects/found.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { forgedProof, SOME_SECRETS } from "../../lib/forge.ts";
import type { Call } from "./call.ts";
import { dismiss, leaveFrozen, requestExit, type Wish } from "./exitModel.ts";
import type { Operator } from "./operator.ts";
import type { World } from "./world.ts";

const stateAt = (operator: Operator, number: number): TimeMap => operator.states[number] ?? operator.head;

/** The call that shows a cell, at the head or at an older root. By the operator, unless another one is named. */
export function dismissalOf(
  world: World,
  operator: Operator,
  request: bigint,
  location: number,
  { from, number }: { from?: string; number?: number } = {},
): Call {
  const { which } = operator;
  const at = number ?? operator.states.length - 1;
  const state = stateAt(operator, at);
  const words = state.words(location);
  const root = state.root();
  const cell = { location, w0: words[0], w1: words[1], w2: words[2] };
  const proof = forgedProof(SOME_SECRETS, [root, BigInt(location), ...words, 0n, 0n]);
  const caller = from ?? world.map(which).submitter;
  const asked = { caller, request, number: at, root, location, words };
  return {
    ...{ what: caller === world.map(which).submitter ? "dismiss" : "dismiss by a stranger", from: caller },
    data: world.abi.encodeFunctionData("dismiss", [world.mapIds[which], request, at, cell, proof]),
    model: (held, now) => dismiss(held, held.maps[which] as (typeof held.maps)[0], asked, now),
  };
}

/** Who asks for what, of which root. */
export interface Asked {
  readonly location: number;
  readonly program: number;
  readonly recipient: string;
  readonly validUntil: number;
  readonly number: number;
  /** Another key than the program's, which a circuit refuses. */
  readonly authority?: bigint;
}

/** The wish as the exit circuit would state it, and the proof: of that statement, or of nothing. */
function wishOf(world: World, operator: Operator, asked: Asked) {
  const state = stateAt(operator, asked.number);
  const [w0, w1] = state.words(asked.location);
  const key = keyIn(state, asked.program);
  const authority = asked.authority ?? key ?? 1n;
  const wish: Wish = { ...asked, authority, w0, w1, proven: key !== undefined && key === authority };
  const place = BigInt(asked.location) + (BigInt(asked.recipient) << 32n) + (BigInt(asked.validUntil) << 192n);
  const exit = { place, program: BigInt(asked.program), authority, w0, w1 };
  const root = state.root();
  const domain = world.domains[operator.which] as bigint;
  const inputs = [root, domain, place, exit.program, key ?? 0n, w0, w1];
  return { wish, exit, root, proof: forgedProof(SOME_SECRETS, inputs) };
}

export function requestCallOf(world: World, operator: Operator, asked: Asked, from: string, fee: bigint): Call {
  const { wish, exit, root, proof } = wishOf(world, operator, asked);
  const { which } = operator;
  return {
    ...{ what: "requestExit", from, value: fee },
    data: world.abi.encodeFunctionData("requestExit", [world.mapIds[which], asked.number, exit, proof]),
    model: (held, now) => requestExit(held, held.maps[which] as (typeof held.maps)[0], wish, root, fee, now),
  };
}

export function leaveCallOf(world: World, operator: Operator, asked: Asked, from: string): Call {
  const { wish, exit, root, proof } = wishOf(world, operator, asked);
  const { which } = operator;
  return {
    ...{ what: "leaveFrozen", from },
    data: world.abi.encodeFunctionData("leaveFrozen", [world.mapIds[which], exit, proof]),
    model: (held, now) => leaveFrozen(held, held.maps[which] as (typeof held.maps)[0], wish, root, now),
  };
}
