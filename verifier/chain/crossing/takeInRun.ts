/** Appends to a run what waits at its map's border. For an operator without a server. */
import { type ContinuedDirectory, continueDirectory } from "../../../prover/continue.ts";
import { isQuiet, remaining } from "../../../trace/crossing/remaining.ts";
import { type AtTheBorder, type TakenIn, takeIn } from "../../../trace/crossing/takeIn.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { recordsIn } from "../../../trace/run/recordsIn.ts";
import { pathIn } from "../../../trace/run/runDirectory.ts";
import type { StoreOptions } from "../../../trace/store/openStore.ts";
import { blockAt } from "../ask.ts";
import { openOwnRegistry } from "../ownRegistry.ts";
import type { Chain } from "../registry.ts";
import { type BorderOptions, waitingAtBorder } from "./border.ts";

/** Which block counts, where facts are shown, and how the run's store is used. */
export interface TakeInOptions extends BorderOptions {
  /** The registry's address. */
  readonly registry: string;
  readonly store?: StoreOptions | false | undefined;
  /** Take out what this request asks for, and do nothing else: a stranger may submit that once the request is late. */
  readonly request?: bigint | undefined;
}

/** What was taken in, and the run afterwards. */
export interface TakenInRun extends TakenIn {
  /** How many transitions were appended. */
  readonly added: number;
  /** Signatures that do not serve any more, because their batch goes on. */
  readonly voidSignatures: ContinuedDirectory["voidSignatures"];
}

/**
 * Lets open deposits in, shows facts, and takes out what open requests ask for, as transitions behind the run's end.
 * They happen at the time of the latest block, or at the run's last time if that is later.
 * @throws InvalidInputError if the run has no map on this chain and registry; NotMooredError; EnvironmentError
 *
 * @example
 * const { entered, waiting } = await takeInRun("shop", chain, { registry });
 */
export async function takeInRun(
  dir: string,
  chain: Chain,
  { registry: address, store, request, ...options }: TakeInOptions,
): Promise<TakenInRun> {
  const { registry, entry } = await openOwnRegistry(dir, chain, address);
  const { head, ...waiting } = await waitingAtBorder(registry, entry.mapId, options);
  const all = request === undefined ? waiting : onlyRequest(waiting, request);
  const { timestamp } = await blockAt(chain.provider, "latest");
  const nothing: TakenIn = { entered: [], ejected: [], shown: [], waiting: [] };
  let taken = nothing;
  if (isQuiet(all)) return { ...nothing, added: 0, voidSignatures: [] };
  const done = await continueDirectory(
    dir,
    {
      name: "take-in",
      description: "lets in and takes out what waits at the map's border",
      run(tracer) {
        const records = tracer.seq === 0 ? [] : recordsIn(pathIn(dir, "trace"), head + 1, tracer.seq);
        taken = takeIn(tracer, remaining(all, records), Math.max(timestamp, tracer.at));
      },
    },
    // A stranger's call takes no trigger, so what fires is left to the operator.
    { autoTrigger: request === undefined, ...(store === undefined ? {} : { store }) },
  );
  const { before, tracer, voidSignatures } = done;
  return { ...taken, added: tracer.seq - before, voidSignatures };
}

/** @throws InvalidInputError "request" if no request of that name is open */
function onlyRequest({ requests }: AtTheBorder, name: bigint): AtTheBorder {
  const found = requests.filter(({ request }) => request === name);
  if (found.length === 0) throw new InvalidInputError("request", `no request ${name} is open; look with map`);
  return { deposits: [], requests: found };
}
