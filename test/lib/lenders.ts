/** Functions for tests of lending that run in this thread or in worker threads. */
import { type Capability, channel, type Entry, type Sender, watch } from "../../trace/runtime/index.ts";

/** A lookout gets the right to watch and the entry to call, then the news that the right has ended. */
export type Order = { right: Capability; bell: Entry } | null;

/** Watches the place of its right and waits for it. Tries again after the news that the right has ended. */
export async function lookout(desk: Sender<Sender<Order>>, ready: Sender<null>): Promise<string[]> {
  const [orders, mine] = channel<Order>("orders");
  await desk.send(orders);
  const order = await mine.recv();
  if (order === null) return [];
  const { right, bell } = order;
  const arrival = await watch(right, { when: "arrival" }, [bell.call()]);
  await ready.send(null);
  const told = [`applied: ${await arrival.fired()}`, await arrival.end()];
  await mine.recv();
  const again = await watch(right, { when: "arrival" }).catch((error: unknown) => error);
  return [...told, (again as Error).message];
}
