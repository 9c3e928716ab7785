import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EnvironmentError } from "../../trace/errors.ts";
import { KeyFileError, newKeyFile, readKeyFile } from "../../trace/signing/keyFile.ts";
import { authorityOf } from "../../trace/signing/signature.ts";
import { temporaryFolder } from "../lib/provenRun.ts";

test("only the owner may read a new key file, and it reads back", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "a.key");
  const key = newKeyFile(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readKeyFile(path)).toEqual(key);
  expect(key.authority).toBe(authorityOf(key.secret));
  expect(newKeyFile(join(folder, "b.key")).authority).not.toBe(key.authority);
  expect(readdirSync(folder).sort()).toEqual(["a.key", "b.key"]);
});

test("no file is overwritten, and a failed write leaves no file", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "a.key");
  newKeyFile(path);
  const text = readFileSync(path, "utf8");
  expect(() => newKeyFile(path)).toThrow(KeyFileError);
  expect(() => newKeyFile(path)).toThrow("exists already");
  expect(readFileSync(path, "utf8")).toBe(text);
  mkdirSync(join(folder, "folder"));
  expect(() => newKeyFile(join(folder, "folder"))).toThrow("exists already");
  expect(() => newKeyFile(join(folder, "nowhere", "b.key"))).toThrow(EnvironmentError);
  expect(readdirSync(folder).sort()).toEqual(["a.key", "folder"]);
});

test("a key that other users may read is refused", async () => {
  const path = join(await temporaryFolder(), "a.key");
  newKeyFile(path);
  for (const mode of [0o640, 0o604, 0o620, 0o610, 0o644, 0o777]) {
    chmodSync(path, mode);
    expect(() => readKeyFile(path), mode.toString(8)).toThrow(`say chmod 600 ${path}`);
  }
  chmodSync(path, 0o400);
  expect(readKeyFile(path).secret).toHaveLength(32);
});

test("other files are refused by name, and no message has the secret", async () => {
  const path = join(await temporaryFolder(), "a.key");
  expect(() => readKeyFile(path)).toThrow("cannot be read");
  newKeyFile(path);
  const text = readFileSync(path, "utf8");
  const secret = (JSON.parse(text) as { secret: string }).secret;
  const other = authorityOf(new Uint8Array(32).fill(1)).toString();
  const damaged: [string, string][] = [
    ["a.key", ""],
    ["a.key", "x".repeat(2_000)],
    ["format", text.replace("time-bandits", "time-bandit")],
    ["secret", text.replace(secret, secret.slice(1))],
    ["secret", text.replace(`"${secret}"`, `["${secret}"]`)],
    ["authority", text.replace(/"authority": "\d+"/, `"authority": "${other}"`)],
    ["secret", text.replace(secret, secret.toUpperCase())],
    ["more", text.replace('"format"', '"more": 1, "format"')],
  ];
  for (const [field, changed] of damaged) {
    if (changed === text) continue;
    writeFileSync(path, changed);
    let message = "";
    try {
      readKeyFile(path);
    } catch (error) {
      expect(error).toBeInstanceOf(KeyFileError);
      message = (error as KeyFileError).message;
    }
    expect(message).toContain(field);
    expect(message).toContain(path);
    expect(message).not.toContain(secret.slice(1));
  }
  expect(existsSync(path)).toBe(true);
});
