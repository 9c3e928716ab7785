/** A run under a key that the page does not carry, as that of a ceremony: grey until the reader vouches for the key. */
import { cpSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Bundle, proofsIn, readBundles, writeBundle } from "../../prover/bundles/bundle.ts";
import { publicSignals } from "../../prover/bundles/checkBundle.ts";
import { type VerificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { forgedKey, forgedProof, type KeySecrets, proofOf, SOME_SECRETS } from "../lib/forge.ts";
import { explored, traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { type OpenedPage, openPage } from "./lib/openPage.ts";
import { marksOn } from "./lib/pageMarks.ts";

/** As a ceremony leaves them: γ is the generator. The test knows the others, so that it can prove without a circuit. */
const SECRETS: KeySecrets = { ...SOME_SECRETS, gamma: 1n };
const OTHER: KeySecrets = { ...SECRETS, delta: 43n };

/** A copy of a proven run whose proofs are under the key with these secrets. */
async function underKey(run: string, dir: string, secrets: KeySecrets): Promise<VerificationKey> {
  cpSync(run, dir, { recursive: true });
  const key = forgedKey(secrets);
  const stored = await readBundles(dir);
  await rm(proofsIn(dir), { recursive: true });
  for (const entry of stored) {
    if (!("bundle" in entry)) throw new Error("a bundle cannot be read");
    const { bundle } = entry;
    const proof = proofOf(forgedProof(secrets, publicSignals(bundle.statement)));
    const own: Bundle = { ...bundle, key: { hash: verificationKeyHash(key), kind: "unknown" }, proof };
    await writeBundle(dir, own);
  }
  return key;
}

async function give({ page }: OpenedPage, ...files: [name: string, text: string][]): Promise<string> {
  const input = page.locator("input[type=file]");
  await input.setInputFiles(
    files.map(([name, text]) => ({ name, mimeType: "application/json", buffer: Buffer.from(text) })),
  );
  const status = page.getByRole("region", { name: "Your keys" }).getByRole("status");
  await status.filter({ hasText: /^(?!checking again)./ }).waitFor();
  return (await status.textContent()) ?? "";
}

const all = (verdict: string): string[] => Array(15).fill(verdict);

inBrowser("a key that the page does not carry", (around) => {
  const { scratch } = around;

  test("is grey; once the reader gives it, its proofs are green, and those under another key grey", async () => {
    const seed = await traced("seed", scratch.path("seed"), true);
    const key = await underKey(seed, scratch.path("ceremony"), SECRETS);
    await using site = await explored(scratch.path("ceremony"));
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    const proofs = async (): Promise<string[]> => {
      await opened.follow("transitions");
      const marks = await marksOn(opened);
      await opened.follow("checks");
      return marks.proof;
    };
    await opened.show("checks");
    expect(await proofs()).toEqual(all("open"));
    await page.getByText("under a key that this page does not have").first().waitFor();
    // Nothing is told of a development key, since none is in use.
    expect(await page.getByText("anyone can forge these proofs").count()).toBe(0);

    expect(await give(opened, ["key.json", JSON.stringify(key)])).toMatch(/^checked again under 1 key of yours/);
    await opened.settled();
    expect(await proofs()).toEqual(all("good"));
    expect(await page.locator(".strip [data-mark=bad]").count()).toBe(0);

    // Another key alone: the proofs are not under it.
    expect(await give(opened, ["other.json", JSON.stringify(forgedKey(OTHER))])).toMatch(/^checked again/);
    await opened.settled();
    expect(await proofs()).toEqual(all("open"));
    expect(faults).toEqual([]);
  });

  test("that the reader gives is the only one in use: a development key counts no more", async () => {
    const seed = await traced("seed", scratch.path("development"), true);
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    const { page } = opened;
    await opened.show("checks");
    await page.getByText("anyone can forge these proofs").waitFor();
    await give(opened, ["key.json", JSON.stringify(forgedKey(SECRETS))]);
    await opened.settled();
    await opened.follow("transitions");
    expect((await marksOn(opened)).proof).toEqual(all("open"));
  });

  test("that is none is refused by its name, and what was checked before stands", async () => {
    const seed = await traced("seed", scratch.path("refused"), true);
    await using site = await explored(seed);
    await using opened = await openPage(around.browser, site.url);
    await opened.show("checks");
    expect(await give(opened, ["not-a-key.json", "{}"])).toContain("not-a-key.json");
    expect(await give(opened, ["long.json", " ".repeat(70_000)])).toContain("too large");
    await opened.settled();
    await opened.follow("transitions");
    expect((await marksOn(opened)).proof).toEqual(all("good"));
  });
});
