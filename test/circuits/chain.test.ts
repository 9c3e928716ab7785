/**
 * What the chain of a moored map lets in and takes out. Every rule has an accepted case and the nearest refused ones.
 */
import { describe, expect, test } from "vitest";
import { CHAIN_ROWS } from "../adversary/forgeries/chain.ts";
import { CHAIN_FORGED } from "../adversary/forgeries/chainForged.ts";
import { ANSWERS } from "../adversary/forgeries/conditions.ts";
import { verdict } from "../lib/circuit.ts";
import { checkForgeries, checkRules } from "./ruleCases.ts";

describe("watches on what the chain lets in, shows and takes out", () => {
  test.each(ANSWERS.filter(({ moored }) => moored))("$name", async ({ fires, input }) => {
    expect((input().fired as bigint[])[1]).toBe(fires ? 1n : 0n);
    expect(await verdict(input())).toBe("accepted");
  });
});

checkRules(CHAIN_ROWS);
checkForgeries(CHAIN_FORGED);
