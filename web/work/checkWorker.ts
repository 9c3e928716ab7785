/** Audits the run: the same code as the verb `audit`, on the files that the page has read. */
import "../node/globals.ts";
import { expose } from "comlink";
import { type AuditReport, auditDirectory } from "../../verifier/audit/audit.ts";
import type { PrintedCall } from "../../verifier/chain/registry.ts";
import { putFile } from "../node/files.ts";
import type { ChainCheck } from "../page/checks/chainCheck.ts";
import type { HeadNow, ProvenWish } from "./askBorder.ts";
import { givenKey, type KeyFile } from "./givenKeys.ts";
import { READY } from "./ready.ts";

/** Where the run lies in the worker's memory. */
const RUN = "/run";

const work = {
  /** Takes in the run's files, by their names in the run directory. */
  take(files: readonly (readonly [name: string, content: Uint8Array])[]): void {
    for (const [name, content] of files) putFile(`${RUN}/${name}`, content);
  },

  /** @throws Error if one of the reader's files holds no verification key */
  async audit(
    onProgress?: (phase: string, done: number, of: number) => void,
    keys: readonly KeyFile[] = [],
  ): Promise<AuditReport> {
    return await auditDirectory(RUN, {
      threads: 1,
      most: 0,
      allowUnproven: true,
      keys: keys.map(givenKey),
      onProgress: onProgress && ((phase, done, of) => onProgress(phase, done ?? 0, of ?? 0)),
    });
  },

  /** Asks a node for the run's map. What it says is compared with the bundles. */
  async askChain(node: string): Promise<ChainCheck> {
    const { chainCheck } = await import("./askChain.ts");
    return await chainCheck(RUN, node);
  },

  /** Asks a node for the head of the run's map, for who wants to leave it. */
  async headNow(node: string, recipient: string): Promise<HeadNow> {
    const { headNow } = await import("./askBorder.ts");
    return await headNow(RUN, node, recipient);
  },

  /** The call that asks to leave, or leaves. */
  async exitCall(node: string, wish: ProvenWish): Promise<PrintedCall> {
    const { exitCall } = await import("./askBorder.ts");
    return await exitCall(RUN, node, wish);
  },
};

/** The worker as the page sees it. */
export type CheckWork = typeof work;

expose(work);
postMessage(READY);
