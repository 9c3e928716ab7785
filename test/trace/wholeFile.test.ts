/** Files that appear whole or not at all, and what a failure leaves. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { haveWrittenWhole, writeWhole } from "../../trace/run/wholeFile.ts";
import { temporaryFolder } from "../lib/provenRun.ts";

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await temporaryFolder();
  path = join(dir, "file");
});

const unwritable = (cause: unknown): Error => new Error("unwritable", { cause });

function expectOnly(content: string): void {
  expect(readFileSync(path, "utf8")).toBe(content);
  expect(readdirSync(dir)).toEqual(["file"]);
}

test("a file is replaced, or kept, and no other is left", async () => {
  writeWhole(path, "old");
  writeWhole(path, Buffer.from("new"));
  expectOnly("new");
  expect(() => writeWhole(path, "newer", { replace: false })).toThrow(expect.objectContaining({ code: "EEXIST" }));
  expectOnly("new");
  const check = (): never => {
    throw new Error("refused");
  };
  expect(() => writeWhole(path, "newer", { check })).toThrow("refused");
  expectOnly("new");
  writeWhole(path, "secret", { mode: 0o600 });
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that another writes is made from the old one, or stays", async () => {
  writeWhole(path, "old");
  const longer = async (file: string): Promise<number> => {
    writeFileSync(file, `${readFileSync(path, "utf8")} and new`);
    return 7;
  };
  expect(await haveWrittenWhole(path, longer, unwritable)).toBe(7);
  expectOnly("old and new");
  const failing = async (file: string): Promise<never> => {
    writeFileSync(file, "half");
    throw new Error("no more");
  };
  await expect(haveWrittenWhole(path, failing, unwritable)).rejects.toThrow("no more");
  expectOnly("old and new");
  await expect(haveWrittenWhole(join(dir, "none", "file"), longer, unwritable)).rejects.toThrow("unwritable");
  mkdirSync(join(dir, "folder"));
  await expect(haveWrittenWhole(join(dir, "folder"), longer, unwritable)).rejects.toThrow("unwritable");
  expect(readdirSync(dir).sort()).toEqual(["file", "folder"]);
});
