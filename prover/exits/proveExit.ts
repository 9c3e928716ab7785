/** Proofs about one state of a map: of a program's signed wish to leave, and of what lies in a cell. */

import type { TimeMap } from "../../trace/state/timeMap.ts";
import { artifactsOf } from "../artifacts.ts";
import type { OnProgress } from "../circuit/build.ts";
import type { Engine } from "../engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../engines/index.ts";
import { KeyError } from "../errors.ts";
import { type Groth16Proof, verifyProof } from "../groth16/groth16.ts";
import { type KeyKind, refuseDevelopmentKeyOn } from "../keys/check.ts";
import { UnprovenError } from "../proving/unproven.ts";
import { CELL_CIRCUIT, EXIT, type StateCircuit } from "../stateCircuits.ts";
import { type CircuitInput, calculateWitness } from "../witness/witness.ts";
import { type CellStatement, cellInput, cellSignals } from "./cellInput.ts";
import type { ExitInput, ExitSigner, ExitWish } from "./exitInput.ts";
import { type ExitPublic, exitSignals } from "./exitPublic.ts";

/** How a state is proven. */
export interface StateProofOptions {
  /** Name of the engine, or an engine, which then stays open; by default the first available one. */
  engine?: string | Engine | undefined;
  /** The chain that the proof is for. On a public one, development keys are refused. */
  chainId?: bigint | undefined;
  /** Hash of the verification key under which the map takes such proofs. Proofs under another are not made. */
  keyHash?: string | undefined;
  /** Called while circuit or key are made. */
  onProgress?: OnProgress | undefined;
}

/** A statement, and its proof, verified. */
export interface StateProof<Statement> {
  readonly statement: Statement;
  readonly proof: Groth16Proof;
  /** The key: its name on chain and its kind. */
  readonly key: { readonly hash: string; readonly kind: KeyKind };
}

/**
 * Proves that a program wishes to leave with a resource.
 *
 * @example
 * const { statement, proof } = await proveExit(map, { domain, address, program, recipient, validUntil }, { secret });
 *
 * @throws InvalidInputError as {@link exitInput} does; KeyError for a development key on a public chain, or another key
 *   than the map's; UnprovenError if the engine's proof does not hold; EnvironmentError "engine" if the engine cannot
 *   run here
 */
export async function proveExit(
  map: TimeMap,
  wish: ExitWish,
  signer: ExitSigner,
  options: StateProofOptions = {},
): Promise<StateProof<ExitPublic>> {
  // The curve of signatures takes a second to load, and most of those who import this sign nothing.
  const { exitInput } = await import("./exitInput.ts");
  return await proveExitInput(exitInput(map, wish, signer), options);
}

/**
 * Proves an exit from what {@link exitInput} gives, for who has no map at hand.
 * @throws as {@link proveExit}, but for what `exitInput` refuses
 */
export async function proveExitInput(
  { statement, input }: ExitInput,
  options: StateProofOptions = {},
): Promise<StateProof<ExitPublic>> {
  return { statement, ...(await prove(EXIT, input, exitSignals(statement), options)) };
}

/** Proves what lies at an address. @throws as {@link proveExit} */
export async function proveCell(
  map: TimeMap,
  address: number,
  options: StateProofOptions = {},
): Promise<StateProof<CellStatement>> {
  const { statement, input } = cellInput(map, address);
  return { statement, ...(await prove(CELL_CIRCUIT, input, cellSignals(statement), options)) };
}

async function prove(
  named: StateCircuit,
  input: CircuitInput,
  signals: readonly bigint[],
  { engine: wanted = ENGINE_NAMES[0] ?? "", chainId, keyHash, onProgress }: StateProofOptions,
): Promise<Omit<StateProof<unknown>, "statement">> {
  const engine = typeof wanted === "string" ? engineByName(wanted) : wanted;
  await requireAvailable(engine);
  const { circuit, key } = await artifactsOf(named, { onProgress });
  refuseDevelopmentKeyOn(chainId, key.kind);
  requireKey(named, key.vkeyHash, keyHash);
  try {
    const { proof } = await engine.prove(key.zkey, await calculateWitness(circuit, input));
    if (await verifyProof(key.verificationKey, signals, proof)) {
      return { proof, key: { hash: key.vkeyHash, kind: key.kind } };
    }
  } finally {
    if (typeof wanted === "string") await engine.close();
  }
  throw new UnprovenError(`${engine.name}'s proof with the circuit ${named.name} does not verify; try another engine`);
}

/** @throws KeyError KEY_FOREIGN if the map takes proofs under another key */
function requireKey({ name }: StateCircuit, own: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted.toLowerCase() === own.toLowerCase()) return;
  const message = `the map takes proofs of ${name} under the key ${wanted}, and this installation's is ${own}`;
  throw new KeyError("KEY_FOREIGN", "key", `${message}; install the key that the map's maker announced`);
}
