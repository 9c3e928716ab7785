import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { VerificationKey } from "../../verifier/chain/registry.ts";

interface Renderer {
  render(template: string, data: object): string;
}

/**
 * The Solidity verifier that snarkjs generates for a key from its own template: the contract `Groth16Verifier`. The
 * tests compare the registry's verifier with it. The registry does not call it, because it cannot know the key in such
 * a contract.
 */
export function generatedVerifier(key: VerificationKey): string {
  const snarkjs = createRequire(import.meta.url).resolve("snarkjs");
  // The template renderer of snarkjs.
  const renderer: Renderer = createRequire(snarkjs)("ejs");
  const template = readFileSync(join(dirname(snarkjs), "..", "templates", "verifier_groth16.sol.ejs"), "utf8");
  return renderer.render(template, key);
}
