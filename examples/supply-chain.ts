/**
 * A supply chain with delegated inspection. A farm ships crates to a port, in escrow. The port lends an inspector the
 * right to watch its quay. The inspector lends that right on to an assistant, who may watch but not claim. When crates
 * arrive, the assistant's watch fires and tells the inspector. After the season, one revocation by the port ends the
 * whole line.
 */
import type { Place } from "../trace/effects/effects.ts";
import { RefusedError } from "../trace/errors.ts";
import {
  type Capability,
  channel,
  claim,
  concurrent,
  declare,
  type Entry,
  issue,
  lend,
  now,
  type Receiver,
  reserve,
  type Sender,
  spawn,
  watch,
} from "../trace/runtime/index.ts";

/** Lifetime of a right to inspect, and of an escrow of crates, in seconds. */
const SEASON = 90 * 86_400;
const FREIGHT = 10 * 86_400;
/** The assistant's instructions: the right to watch, and the entry point to call. */
type Assignment = { right: Capability; bell: Entry };

/**
 * Lends the inspector the right to watch its quay, tells the farm the slot, accepts the delivery, and then revokes the
 * right.
 */
async function port(
  inspector: number,
  permits: Sender<Capability>,
  berths: Sender<Place>,
  arrivals: Receiver<Place>,
): Promise<string> {
  const quay = await reserve();
  const right = await lend(quay, inspector, { rights: ["watch", "delegate"], until: (await now()) + SEASON });
  await permits.send(right);
  await berths.send(quay);
  const crates = await claim(await arrivals.recv());
  await right.revoke();
  return `${crates.quantity} ${crates.kind} accepted`;
}

/** Declares the entry point for arrivals, and lends its right on: to watch, not to lend further. */
async function inspector(
  assistant: number,
  permits: Receiver<Capability>,
  assignments: Sender<Assignment>,
): Promise<void> {
  const permit = await permits.recv();
  const bell = await declare("cratesArrived");
  const right = await permit.lend(assistant, { rights: ["watch"] });
  await assignments.send({ right, bell });
}

/**
 * Watches the quay by its lent right: an arrival calls the inspector. Tries again when the season is over.
 */
async function assistant(
  assignments: Receiver<Assignment>,
  ready: Sender<null>,
  over: Receiver<null>,
): Promise<string> {
  const { right, bell } = await assignments.recv();
  await watch(right, { when: "arrival" }, [bell.call()]);
  await ready.send(null);
  await over.recv();
  try {
    await watch(right, { when: "arrival" });
    return "still watching";
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return `refused by ${error.invariant}`;
  }
}

/** Ships crates to the port's quay. */
async function farm(berths: Receiver<Place>, arrivals: Sender<Place>): Promise<string> {
  const crates = await issue("Crates", 12n);
  const quay = await berths.recv();
  await arrivals.send(await crates.escrow(quay, { deadline: (await now()) + FREIGHT }));
  return "12 Crates shipped";
}

/** Final message of each program. */
export const outcomes: string[] = [];

export default concurrent({
  name: "supply-chain",
  description: "an assistant watches a port's quay by a right lent on to it, until the port revokes that right",
  program: "Registry",
  async main() {
    const [permits, permitsHere] = channel<Capability>("permits");
    const [assignments, assignmentsHere] = channel<Assignment>("assignments");
    const [berths, berthsHere] = channel<Place>("berths");
    const [arrivals, arrivalsHere] = channel<Place>("bills of lading");
    const [ready, readyHere] = channel<null>("ready");
    const [over, overHere] = channel<null>("season's end");

    const aide = spawn("Assistant", () => assistant(assignmentsHere, ready, overHere));
    const office = spawn(
      "Inspector",
      async () => await inspector((await aide.started()).program, permitsHere, assignments),
    );
    const harbour = spawn(
      "Port",
      async () => await port((await office.started()).program, permits, berths, arrivalsHere),
    );
    await readyHere.recv();
    const grower = spawn("Farm", () => farm(berthsHere, arrivals));
    outcomes.length = 0;
    outcomes.push(await grower.join(), await harbour.join());
    await over.send(null);
    outcomes.push(await aide.join());
    await office.join();
  },
});
