/** Signing shows the effects, asks, and signs exactly the effects that it showed. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readSignatures, signaturesIn } from "../../prover/signing/signatureFiles.ts";
import { saysYes } from "../../scripts/lib/ask.ts";
import { signingSummary, signRun } from "../../scripts/lib/signRun.ts";
import { parseNames } from "../../trace/describe/ownNames.ts";
import { address } from "../../trace/layout.ts";
import { newKeyFile } from "../../trace/signing/keyFile.ts";
import { keyedPrograms } from "../../trace/state/genesis.ts";
import type { ProgramHandle } from "../../trace/tracer/programHandle.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { A, B, GIFT, GOLD, keyedRun, START } from "../lib/keyedRun.ts";
import { watched } from "../lib/namedCalls.ts";
import { PROFILE } from "../lib/profile.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { cli, json } from "./cli.ts";

const forA = { program: String(A), secret: secretOf(A), now: START };

async function answered(text: string | null): Promise<{ yes: boolean; asked: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = saysYes("Sign?", { input, output });
  if (text === null) input.end();
  else input.write(text);
  const yes = await answer;
  return { yes, asked: String(output.read()) };
}

test("only yes is a yes; the end of the input is a no", async () => {
  expect(await answered("y\n")).toEqual({ yes: true, asked: "Sign? [y/N] " });
  expect((await answered(" YES \n")).yes).toBe(true);
  for (const text of ["\n", "n\n", "yesterday\n", "1\n", null])
    expect((await answered(text)).yes, String(text)).toBe(false);
});

test("all effects are shown before the question; a no writes nothing", async () => {
  const dir = await keyedRun();
  let shown: string[] = [];
  const said = await signRun(dir, forA, async ({ lines }) => {
    shown = lines;
    expect(existsSync(signaturesIn(dir))).toBe(false);
    return false;
  });
  expect(said.agreed).toBe(false);
  expect(signingSummary(said.report, false)[0]).toBe("1 batch NOT signed for A (program 1)");
  expect(existsSync(signaturesIn(dir))).toBe(false);
  const { genesisRoot, domain } = said.report;
  const key = `program 2, key ${authority(B)}`;
  expect(shown.slice(0, 3)).toEqual([
    `signed for: the run that begins with the root ${genesisRoot}, domain ${domain}, of a run without a map on a chain`,
    "names come from manifest.json, as its writer chose them; proofs cover only the numbers beside them",
    "batch 1..4, to be proven with times until 2026-01-08T00:00:03Z: effects of A (program 1)",
  ]);
  expect(shown).toContain(
    `     A (program 1) puts 30 of kind 1 of A (program 1), resource 4294967297, from its slot 2 in escrow in slot 16 of B (${key}), without a deadline: it may be taken back until it is claimed`,
  );
  expect(shown.join("\n")).not.toContain("ClaimFromProgram");
  expect((await signRun(dir, forA)).agreed).toBe(true);
  expect(await readSignatures(dir)).toHaveLength(1);
  // All is signed, so there is no question.
  await signRun(dir, forA, () => Promise.reject(new Error("asked")));
});

test("signs the effects that it showed, also if the files change meanwhile", async () => {
  const [dir, other] = [await keyedRun(), await keyedRun({ ...GIFT, run: (tracer) => giveAll(tracer.program(A)) })];
  const { report } = await signRun(dir, forA, async () => {
    for (const file of ["trace.jsonl", "manifest.json"]) cpSync(join(other, file), join(dir, file));
    return true;
  });
  const [signature] = await readSignatures(dir);
  expect(signature).toMatchObject({ file: { log: report.signed[0]?.log } });
  // The signature is only for the run that was shown.
  const now = await signRun(dir, forA, async () => false);
  expect(now.report).toMatchObject({ before: 0, signed: [{ lastSeq: 2 }] });
  expect(now.report.signed[0]?.log).not.toBe(report.signed[0]?.log);
});

function giveAll(a: ProgramHandle): void {
  a.issue({ kind: GOLD, quantity: 900n, slot: 1 }, START);
  a.escrowToProgram({ from: 1, to: { program: B, slot: 16 } }, START + 1);
}

test("two runs that differ only in a loan or a trigger's effects print different bytes", async () => {
  const lending = (effect: object) =>
    keyedRun({
      ...GIFT,
      run: (tracer) => void tracer.program(A).delegateCapability({ grantee: B, ...effect } as never, START),
    });
  const linesOf = async (dir: string) => (await signRun(dir, forA, async () => false)).lines.join("\n");
  const one = await linesOf(
    await lending({ rights: ["claim"], scope: { program: A, slot: 3 }, expiry: START + 60, slot: 5 }),
  );
  const all = await linesOf(await lending({ rights: ["claim", "invoke", "watch", "delegate"], slot: 5 }));
  expect(one).toMatch(
    /lends B \(program 2, key \d+\) the right to claim: in slot 3 of A \(program 1\) only, whatever lies there, until 2026-01-01T00:01:00Z; the capability lies in its slot 5/,
  );
  expect(all).toMatch(
    /the right to claim and invoke and watch and delegate: in every slot of its own, whatever lies there, for ever; /,
  );
  expect(await linesOf(await watched())).toMatch(
    /watches its slot 9 for more than 5 of Gold.*\n.*the trigger does, as the program whose watch it is:\n {7}- A \(program 1\) puts 7 Gold/,
  );
});

test("names programs made in unproven batches, with their makers and keys", async () => {
  const dir = await keyedRun({
    ...GIFT,
    genesis: () => ({ levels: PROFILE.levels, cells: keyedPrograms([authority(A), authority(B)], 16) }),
    run(tracer) {
      const [a, b] = [tracer.program(A), tracer.program(B)];
      const c = b.createProgram({ name: "C", authority: authority(3), inbox: 16 }, START);
      b.createProgram({ name: "D", authority: authority(4) }, START + 1);
      a.issue({ kind: GOLD, quantity: 5n, slot: 1 }, START + 2);
      a.escrowToProgram({ from: 1, to: { program: c.id, slot: 16 } }, START + 3);
    },
  });
  const { report, lines } = await signRun(dir, forA, async () => false);
  expect(report.unsettled).toEqual([{ program: 3, how: "made", seq: 1, by: B, authority: authority(3) }]);
  const at = lines.indexOf("made or rekeyed in batches that are not proven yet, so not final:");
  expect(lines[at + 1]).toBe(`  - C (program 3, key ${authority(3)}), made by B (program 2) in transition 1`);
  expect(lines[at + 2]).toMatch(/^batch /);
  const own = { path: "mine.json", tables: parseNames("mine.json", '{"programs":{"3":"Carol"}}') };
  const mine = await signRun(dir, { ...forA, names: own }, async () => false);
  expect(mine.lines.join("\n")).toMatch(/Carol \(program 3, key \d+\), made by program 2 in/);
  expect(mine.lines).toContain('  - program 3 is "Carol" by your names, but manifest.json calls it "C"');
  await expect(signRun(dir, { ...forA, program: "A", names: own })).rejects.toThrow('there is no "A"');
});

test("an exchange is shown whole: a signature for one half covers both", async () => {
  const dir = await keyedRun({
    ...GIFT,
    run: (tracer) =>
      void tracer.together(
        [
          [A, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 1 }],
          [B, { effect: "DeclareEntry", slot: 3, name: "f", nargs: 0, accepts: 0n, minimum: 0n, guarded: false }],
        ],
        START,
      ),
  });
  const { report, lines } = await signRun(dir, forA, async () => false);
  expect(report.signed[0]?.transitions.map(({ actor }) => actor)).toEqual([A, B]);
  expect(lines.join("\n")).toMatch(/with their whole groups\n[\s\S]*B \(program 2\) declares the entry point "f"/);
});

test("the verb asks only on a terminal; without one it needs --yes or --dry-run", async () => {
  const folder = await temporaryFolder();
  const { authority: key } = newKeyFile(join(folder, "a.key"));
  const scenario = {
    ...GIFT,
    genesis: () => ({ levels: PROFILE.levels, cells: keyedPrograms([key, authority(B)], 16) }),
  };
  const dir = await keyedRun(scenario);
  const sign = ["sign", dir, "--program", "1", "--key", join(folder, "a.key")];
  const names = join(folder, "names.json");
  writeFileSync(names, JSON.stringify({ programs: { 1: "Anna" } }));
  const [plain, dry] = await Promise.all([cli(sign), cli([...sign, "--dry-run", "--names", names])]);
  expect(plain).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("no terminal to ask on") });
  expect(dry).toMatchObject({ code: 0, stderr: "" });
  expect(dry.stdout).toMatch(/Anna \(program 1\) puts 30 [\s\S]*1 batch NOT signed for Anna \(program 1\)/);
  expect(existsSync(join(dir, "signatures"))).toBe(false);
  const signed = await json([...sign, "--yes"]);
  expect(signed).toMatchObject({ code: 0, answer: { ok: true, written: true, unsettled: [], stillMissing: 1 } });
  const [batch] = signed.answer.signed as { transitions: { row: object }[] }[];
  expect(batch?.transitions.at(-1)?.row).toMatchObject({
    ...{
      effect: "EscrowToProgram",
      actor: 1,
      peer: 2,
      source: address(A, 2),
      destination: address(B, 16),
      quantity: "30",
    },
    argument: { peerAuthority: authority(B).toString() },
  });
  expect(readFileSync(join(signaturesIn(dir), "00000001-0000000004.json"), "utf8")).toContain(
    '"format": "time-bandits-signature"',
  );
  rmSync(folder, { recursive: true, force: true });
});
