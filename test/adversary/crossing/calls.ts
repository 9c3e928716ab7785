/** Random calls of payers and strangers, each with what the registry must say. */
import { keyIn } from "../../../trace/effects/found.ts";
import { authority } from "../../lib/authorities.ts";
import type { Call } from "./call.ts";
import { freeze, reclaim, withdraw } from "./exitModel.ts";
import { deposit, observe, refund } from "./model.ts";
import { account, address, mapOf, operatorOf, PAYERS, STRANGER } from "./people.ts";
import type { Play } from "./play.ts";
import { held } from "./solvent.ts";
import { DAY, ETHER, ODD, TOKEN } from "./world.ts";

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

export function refundMove(play: Play): Call | undefined {
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

export function observeMove(play: Play): Call {
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

export function withdrawMove(play: Play): Call {
  const { random, world } = play;
  const due = [...world.held.owed].filter(([, quantity]) => quantity > 0n).map(([key]) => key.split(" "));
  const chosen = due.length > 0 && random.below(10) > 0 ? random.pick(due) : [account(play, 4), `${TOKEN}`];
  const [to = "", text = ""] = chosen;
  return withdrawCall(play, to, Number(text));
}

export function withdrawCall(play: Play, to: string, label: number): Call {
  const { world } = play;
  const refusing = (): boolean => label === ETHER && to === world.odd.recipient.toLowerCase() && play.settings.refuses;
  return {
    ...{ what: "withdraw", from: account(play, STRANGER) },
    data: world.abi.encodeFunctionData("withdraw", [label, to]),
    model: (now_, _now, answer) => withdraw(now_, to, label, label === ODD ? answer !== "TransferFailed" : !refusing()),
  };
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
