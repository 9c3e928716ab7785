/**
 * Leaves a moored map, or asks to: reads the map's head from the node, has the wish signed and proven, and makes the
 * call to send. The key file goes to a worker of its own, which is ended afterwards, and to nothing else.
 */
import { type Remote, wrap } from "comlink";
import type { PrintedCall } from "../../../verifier/chain/registry.ts";
import type { HeadNow } from "../../work/askBorder.ts";
import type { CheckWork } from "../../work/checkWorker.ts";
import type { LeaveWork } from "../../work/leaveWorker.ts";
import leaveWorker from "../../work/leaveWorker.ts?worker&url";
import type { OpenRun } from "../frame/loadRun.ts";
import { startWorker } from "../frame/startWorker.ts";

/** What the reader chose. */
export interface Wish {
  readonly program: number;
  /** Its key in decimal, as the run has it. */
  readonly authority: string;
  /** Address of the asset's cell. */
  readonly address: number;
  /** The account that is to be paid: 0x and 40 digits. */
  readonly recipient: string;
  readonly validUntil: number;
}

/** The call, and what it rests on. */
export interface Left {
  readonly wish: Wish;
  readonly head: HeadNow;
  readonly call: PrintedCall;
  /** Wei for who answers; null if the map is frozen, where nobody does. */
  readonly fee: bigint | null;
  /** Name of the key under which the proof was verified here. */
  readonly keyHash: string;
  /** Seconds that proving took. */
  readonly seconds: number;
}

/** A base fee may rise before the call is mined. */
const FEE_TIMES = 2n;

export interface LeaveAround {
  readonly run: OpenRun;
  readonly asker: Remote<CheckWork>;
  /** The node to ask. */
  readonly node: string;
  readonly onStep: (text: string) => void;
}

/**
 * @param keyFile the program's key file, as `keys new` writes it
 * @throws Error with what to do
 */
export async function leave(wish: Wish, keyFile: File, { run, asker, node, onStep }: LeaveAround): Promise<Left> {
  onStep("asking the node for the map's head");
  const head = await asker.headNow(node, wish.recipient);
  const cell = await cellAt(run, head, wish);
  onStep("signing");
  const worker = await startWorker(leaveWorker, "leave");
  const work = wrap<LeaveWork>(worker);
  try {
    if ((await work.takeKey(keyFile)).toString() !== wish.authority)
      throw new Error(`${keyFile.name} is not the key of program ${wish.program}; choose that program's key file`);
    const exit = { ...wish, domain: head.domain, recipient: BigInt(wish.recipient) };
    const signature = await work.sign({ ...exit, w1: cell.w1 });
    await work.forgetKey();
    const shown = await run.history.exitInput(
      { at: head.seq, root: head.root },
      { ...exit, now: head.time },
      signature,
    );
    onStep("proving, which takes some seconds");
    const from = performance.now();
    const { proof, keyHash } = await work.prove(document.baseURI, shown, head.chainId, head.exitKey);
    const seconds = (performance.now() - from) / 1_000;
    const { number, frozen, leastFee } = head;
    const fee = FEE_TIMES * leastFee;
    onStep("making the call");
    const call = await asker.exitCall(node, { number, frozen, statement: shown.statement, proof, fee });
    return { wish, head, call, fee: frozen ? null : fee, keyHash, seconds };
  } finally {
    worker.terminate();
  }
}

/** The cell at the head, which the node told just now: the page may be older. */
async function cellAt({ facts, history }: OpenRun, head: HeadNow, { program, address }: Wish) {
  if (head.seq > facts.transitions) {
    const lacks = `this run ends with transition ${facts.transitions}, and the map's head is ${head.seq}`;
    throw new Error(`${lacks}; load the page again, or make the run from the chain with timebandits rebuild`);
  }
  const cells = await history.leavable(head.seq, program, head.time);
  const found = cells.find(({ slot }) => slot.address === address);
  if (found === undefined) throw new Error("the map has moved, and the asset is not there now; load the page again");
  return found;
}

/** What `timebandits exit --calldata --json` prints. */
export function exitFile(
  { wish, head, call, fee }: Left,
  {
    registry,
    mapId,
    asset,
  }: { registry: string; mapId: string; asset: { label: number; quantity: string; id: string } },
): string {
  const { program, address, recipient, validUntil } = wish;
  const file = {
    ...{ chainId: Number(head.chainId), registry, map: mapId, frozen: head.frozen, program, cell: address },
    ...{ label: asset.label, quantity: asset.quantity, id: asset.id, recipient, validUntil },
    ...{ fee: fee === null ? null : fee.toString(), sender: null, calls: [call], sent: [] },
  };
  return `${JSON.stringify(file)}\n`;
}
