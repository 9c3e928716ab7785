import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { VerificationKey } from "./key.ts";

interface Renderer {
  render(template: string, data: object): string;
}

/**
 * The Solidity verifier that snarkjs generates for a key, with its own template: the contract `Groth16Verifier`. The
 * registry does not call it (it could not know which key such a contract holds); the tests hold the registry's verifier
 * against it.
 */
export function generatedVerifier(key: VerificationKey): string {
  const snarkjs = createRequire(import.meta.url).resolve("snarkjs");
  // The renderer that snarkjs itself uses.
  const renderer: Renderer = createRequire(snarkjs)("ejs");
  const template = readFileSync(join(dirname(snarkjs), "..", "templates", "verifier_groth16.sol.ejs"), "utf8");
  return renderer.render(template, key);
}
