/**
 * A supply chain with delegated inspection. A farm ships crates to a port, in escrow. The port lets an inspector watch its quay, and
 * the inspector lends that right on to an assistant, who may look but not touch. When crates arrive, the assistant's watch fires and
 * tells the inspector; when the season is over, one revocation by the port ends the whole line.
 */
import type { Place } from "../trace/effects.ts";
import { RefusedError } from "../trace/errors.ts";
import {
  channel,
  claim,
  concurrent,
  issue,
  now,
  perform,
  type Receiver,
  type Sender,
  self,
  spawn,
} from "../trace/runtime/index.ts";

/** Seconds that a right to inspect lasts, and that crates may lie in escrow. */
const SEASON = 90 * 86_400;
const FREIGHT = 10 * 86_400;
/** The port's slot in which crates are expected. */
const QUAY = 20;
/** The inspector's function that an arrival calls. */
const BELL = "cratesArrived";

/** Lends the right to watch a slot: one's own, or by a capability another's. Returns where the new capability lies. */
async function lend(
  grantee: number,
  scope: Place,
  rights: readonly ("watch" | "delegate")[],
  by?: Place,
): Promise<Place> {
  const terms = { slot: 10, grantee, rights, scope, subject: 0n, expiry: (await now()) + SEASON };
  await perform({ effect: "DelegateCapability", ...terms, ...(by === undefined ? {} : { by }) });
  return { program: self().program, slot: terms.slot };
}

/** What somebody may watch: the slot, and the capability that says so. */
type Permit = { quay: Place; right: Place };

/** Lets the inspector watch, accepts what comes, and ends the right afterwards. */
async function port(inspector: number, permits: Sender<Permit>, arrivals: Receiver<Place>): Promise<string> {
  const quay = { program: self().program, slot: QUAY };
  const right = await lend(inspector, quay, ["watch", "delegate"]);
  await permits.send({ quay, right });
  const crates = await claim(await arrivals.recv());
  await perform({ effect: "RevokeCapability", slot: right.slot });
  return `${crates.quantity} ${crates.kind} accepted`;
}

/** Says where it wants to be told of arrivals, and lends its right on: to watch, not to lend further. */
async function inspector(assistant: number, permits: Receiver<Permit>, assignments: Sender<Permit>): Promise<void> {
  const { quay, right } = await permits.recv();
  const bell = { name: BELL, nargs: 0, accepts: 0n, minimum: 0n, guarded: false };
  await perform({ effect: "DeclareEntry", slot: 9, ...bell });
  await assignments.send({ quay, right: await lend(assistant, quay, ["watch"], right) });
}

/** Watches the quay by the right that it was lent: an arrival calls the inspector. Tries again when the season is over. */
async function assistant(assignments: Receiver<Permit>, ready: Sender<null>, over: Receiver<null>): Promise<string> {
  const { quay, right } = await assignments.recv();
  const trigger = [{ effect: "InvokeProgram" as const, program: right.program, name: BELL, args: [] }];
  const watch = { slot: 10, target: quay, condition: "arrival" as const, kind: 0n, threshold: 0n, by: right };
  await perform({ effect: "WatchResource", ...watch, trigger });
  await ready.send(null);
  await over.recv();
  try {
    await perform({ effect: "WatchResource", ...watch, slot: 11, trigger: [] });
    return "still watching";
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return `refused by ${error.invariant}`;
  }
}

/** Ships crates to the port's quay. */
async function farm(quay: Place, arrivals: Sender<Place>): Promise<string> {
  const crates = await issue("Crates", 12n);
  await arrivals.send(await crates.escrow(quay, { deadline: (await now()) + FREIGHT }));
  return "12 Crates shipped";
}

/** What each said at the end. */
export const outcomes: string[] = [];

export default concurrent({
  name: "supply-chain",
  description: "an assistant watches a port's quay by a right that was lent on, until the port revokes it",
  program: "Registry",
  async main() {
    const [permits, permitsHere] = channel<Permit>("permits");
    const [assignments, assignmentsHere] = channel<Permit>("assignments");
    const [arrivals, arrivalsHere] = channel<Place>("bills of lading");
    const [ready, readyHere] = channel<null>("ready");
    const [over, overHere] = channel<null>("season's end");

    const aide = spawn("Assistant", () => assistant(assignmentsHere, ready, overHere));
    const office = spawn(
      "Inspector",
      async () => await inspector((await aide.started()).program, permitsHere, assignments),
    );
    const harbour = spawn("Port", async () => await port((await office.started()).program, permits, arrivalsHere));
    const { program } = await harbour.started();
    await readyHere.recv();
    const grower = spawn("Farm", () => farm({ program, slot: QUAY }, arrivals));
    outcomes.length = 0;
    outcomes.push(await grower.join(), await harbour.join());
    await over.send(null);
    outcomes.push(await aide.join());
    await office.join();
  },
});
