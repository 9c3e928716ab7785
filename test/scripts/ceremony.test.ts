/** `ceremony` on malformed files gives one sentence and exit code 1, and writes nothing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { developmentKey } from "../../prover/keys/development.ts";
import { multiplier } from "../prover/circuits.ts";
import { json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-ceremony-verb-"));
const at = (name: string): string => join(scratch, name);

beforeAll(async () => {
  const key = readFileSync((await developmentKey(await multiplier())).zkey);
  writeFileSync(at("development.zkey"), key);
  const [sections, size] = [key.readUInt32LE(8), Number(key.readBigUInt64LE(16))];
  const twice = Buffer.concat([key, key.subarray(12, 12 + 12 + size)]);
  twice.writeUInt32LE(sections + 1, 8);
  writeFileSync(at("twice.zkey"), twice);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each([
  ["twice.zkey", "SECTION_TWICE", "has section 1 twice"],
  ["development.zkey", "KEY_DEVELOPMENT", "is a development key, and no contribution can change that"],
  ["nowhere.zkey", "UNREADABLE", "cannot be read"],
])("a contribution to %s is refused, and the message says why", async (name, code, words) => {
  const before = readdirSync(scratch);
  const { code: exit, answer } = await json(["ceremony", "contribute", at(name), at("next.zkey"), "--name", "Ada"]);
  expect(exit).toBe(1);
  expect(answer.error).toMatchObject({ code, message: expect.stringContaining(words) });
  expect(readdirSync(scratch)).toEqual(before);
});
