/** What a server of the page says of the circuit and the key that an exit is proven with, and where it has them. */

/** Their description, as the page reads it. */
export interface ProvingFacts {
  readonly schemaVersion: 1;
  readonly circuit: {
    readonly name: string;
    readonly hash: string;
    readonly r1csHash: string;
    readonly programHash: string;
    readonly constraints: number;
    readonly wires: number;
    readonly publicInputs: number;
  };
  /** SHA-256 of the proving key, the name of its verification key, and what this installation knows of its origin. */
  readonly key: { readonly hash: string; readonly vkeyHash: string; readonly kind: string };
}

/** The description's path on the server, and those of the files. */
export const PROVING = { facts: "proving/exit.json", program: "proving/exit.wasm", key: "proving/exit.zkey" } as const;
