/**
 * Signs a wish to leave, and proves it. The reader's key is in this worker alone, and only while the wish is made. All
 * that it asks for is its code, circuit and proving key, from the page's own server, by addresses that are the same for
 * everybody.
 */
import "../node/globals.ts";
import { expose } from "comlink";
import type { ExitInput } from "../../prover/exits/exitInput.ts";
import { proveExitInput } from "../../prover/exits/proveExit.ts";
import type { Groth16Proof } from "../../prover/groth16/groth16.ts";
import { type ExitStatement, signExit } from "../../trace/signing/exit.ts";
import { type Key, keyIn, MOST_KEY_BYTES } from "../../trace/signing/keyText.ts";
import type { LogSignature } from "../../trace/signing/signature.ts";
import { provingFrom } from "./provingServer.ts";
import { READY } from "./ready.ts";

/** A proof that was verified here, under the key of that name. */
export interface ProvenExit {
  readonly proof: Groth16Proof;
  readonly keyHash: string;
}

let key: Key | undefined;

const work = {
  /**
   * Takes in a key.
   * @param file is read here, so that its content is in no other part of the page
   * @returns the number by which others know it
   * @throws Error that quotes nothing of the file
   */
  async takeKey(file: File): Promise<bigint> {
    if (file.size > MOST_KEY_BYTES) throw new Error(`${file.name} is too long to be a key file; choose another`);
    key = keyIn(file.name, await file.text());
    return key.authority;
  },

  /** @throws Error if there is no key here */
  sign(statement: ExitStatement): LogSignature {
    if (key === undefined) throw new Error("there is no key here; choose its file again");
    return signExit(key.secret, statement);
  },

  /** Forgets the key: nothing after the signature needs it. */
  forgetKey(): void {
    key?.secret.fill(0);
    key = undefined;
  },

  /**
   * Proves the exit, and verifies the proof.
   * @param page its address
   * @param keyHash name of the key under which the map takes exits; undefined if it is not known
   * @throws Error with what to do if the page's server has no proving key; KeyError if that is not the map's
   */
  async prove(page: string, exit: ExitInput, chainId: bigint, keyHash: string | undefined): Promise<ProvenExit> {
    provingFrom(page);
    const { proof, key: used } = await proveExitInput(exit, { chainId, keyHash });
    return { proof, keyHash: used.hash };
  },
};

/** The worker as the page sees it. */
export type LeaveWork = typeof work;

expose(work);
postMessage(READY);
