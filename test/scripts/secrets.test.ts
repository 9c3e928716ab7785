/** Keys, passwords and URLs on the command line are accepted in their places, and appear in no message. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptKeystoreJsonSync, Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { commandLine } from "../../scripts/commandLine.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { type Failure, failureOf } from "../../scripts/lib/failure.ts";
import { privateKeyOf } from "../../scripts/lib/privateKey.ts";
import { secretFileArgument } from "../../scripts/lib/secretFile.ts";
import { withoutSecrets } from "../../scripts/lib/secrets.ts";
import { KeyFileError, readSecretFile } from "../../trace/signing/secretFile.ts";
import { standIn } from "../lib/standIn.ts";
import { type CliOptions, cli, cliHere, entry, json, jsonHere } from "./cli.ts";

/** anvil's second account. Its key is public. */
const DIGITS = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const PASSWORD = "correct horse";
const WORDS = "test test test test test test test test test test test junk";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-secrets-"));
const at = (name: string): string => join(scratch, name);
function keep(name: string, text: string, mode = 0o600): string {
  writeFileSync(at(name), text, { mode });
  chmodSync(at(name), mode);
  return at(name);
}
const wallet = new Wallet(`0x${DIGITS}`);
const keystore = encryptKeystoreJsonSync(wallet, PASSWORD, { scrypt: { N: 1024 } });

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startAnvil();
});
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await anvil?.stop();
});

/** The message for people and the JSON object are made of this. */
async function failureIn(args: readonly string[]): Promise<Failure> {
  try {
    await commandLine().parseAsync([...args], { from: "user" });
  } catch (thrown) {
    return failureOf(thrown);
  }
  throw new Error("it did what it was told");
}

/** Runs the command line. Its output must not have any of the secrets. */
async function ends(args: readonly string[], secrets: readonly string[], options: CliOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await cli(args, options);
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  return `${code} ${stderr}${stdout}`;
}

describe("a secret in the wrong place", () => {
  const url = `http://alice:${PASSWORD.replace(" ", "-")}@127.0.0.1:1/v3/0123456789abcdef?k=topsecret`;
  const hidden = ["alice", "correct-horse", "0123456789abcdef", "topsecret"];
  const rpc = ["--rpc", "http://127.0.0.1:1"];

  test.each([
    ["deploy", ...rpc, "--key", `0x${DIGITS}`],
    ["deploy", ...rpc, "--key", DIGITS],
    ["deploy", ...rpc, `--key=0x${DIGITS.slice(2)}`],
    ["deploy", ...rpc, "--key", WORDS],
    ["deploy", ...rpc, "--kee", `0x${DIGITS}`],
    ["deploy", ...rpc, `--kee=0x${DIGITS}`],
    ["deploy", ...rpc, "--password-file", `0x${DIGITS}`],
    ["sign", "nowhere", "--program", "A", "--key", DIGITS],
    ["keys", "show", DIGITS],
    ["keys", "new", DIGITS],
    ["run", "seed", "--out", at("never"), "--authority", `A=${DIGITS}`],
    ["run", "seed", "--out", at("never"), "--authority", `0x${DIGITS}`],
    ["setup", "--profile", `0x${DIGITS}`],
    [`0x${DIGITS}`],
    [WORDS],
  ])("a key: %s %s %s", async (...args) => {
    const failure = await failureIn(args);
    expect(failure.exitCode).toBe(2);
    for (const secret of [DIGITS.slice(2), "test test"]) expect(JSON.stringify(failure)).not.toContain(secret);
  });

  test.each([
    ["deploy", "--rpc", url.replace("http", "htp")],
    ["deploy", "--rpc", url, "--rpc-timeout", url],
    ["deploy", `--rcp=${url}`],
    ["audit", "nowhere", "--registry", url, "--rpc", url],
    [url],
  ])("an RPC URL: %s %s", async (...args) => {
    const failure = await failureIn(args);
    expect(failure.exitCode).toBe(2);
    for (const secret of hidden) expect(JSON.stringify(failure)).not.toContain(secret);
  });

  test("does not appear in commander's own messages", async () => {
    const all = await Promise.all([
      ends(["deploy", ...rpc, "--key", `0x${DIGITS}`], [DIGITS]),
      ends(["deploy", ...rpc, `--kee=0x${DIGITS}`, "--json"], [DIGITS], { env: { TIMEBANDITS_DEBUG: "1" } }),
    ]);
    for (const said of all) expect(said).toMatch(/^2 /);
  });

  test("has its place: the page names every variable, and every option for nodes and keys", () => {
    const page = readFileSync(join(PROJECT_ROOT, "docs/reference/command-line.md"), "utf8");
    const sources = ["scripts", "prover", "verifier", "trace"].flatMap((folder) =>
      readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|mjs)$/.test(name))
        .map((name) => readFileSync(join(PROJECT_ROOT, folder, name), "utf8")),
    );
    const variables = new Set(sources.flatMap((text) => text.match(/\bTIMEBANDITS_[A-Z]+\b/g) ?? []));
    expect(variables.size).toBeGreaterThan(3);
    const options = commandLine().commands.find((verb) => verb.name() === "deploy")?.options ?? [];
    for (const name of [...variables, ...options.map(({ long }) => long ?? "")]) expect(page).toContain(`\`${name}`);
  });

  test("an RPC URL in the right place does not appear if no node answers", async () => {
    expect(await ends(["deploy", "--rpc", url], hidden)).toMatch(
      /^3 .*no Ethereum node answers at http:\/\/127.0.0.1:1/,
    );
  });

  test("is distinguished from names of files, addresses and hosts", () => {
    const innocent = [
      "keys/deployer.json",
      "my key file with a long name of several words",
      `0x${"ab".repeat(20)}`,
      "http://127.0.0.1:8545",
      "option '--rpc <url>' argument missing",
    ];
    for (const text of innocent) expect(withoutSecrets(text)).toBe(text);
    expect(withoutSecrets(`unknown option '--rcp=${url}'`)).toBe("unknown option '--rcp=http://127.0.0.1:1/…'");
    expect(secretFileArgument("nowhere/at-all")).toBe("nowhere/at-all");
  });
});

describe("a private key", () => {
  const deploy = ["deploy", "--rpc", ""];
  beforeAll(() => {
    deploy[2] = anvil.url;
  });

  test("in a file that other users may read is refused", async () => {
    const refused = async (options: { key: string; passwordFile?: string }): Promise<string> => {
      const error: unknown = await privateKeyOf(options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeyFileError);
      return (error as Error).message;
    };
    const passwordFile = keep("password", PASSWORD);
    for (const mode of [0o644, 0o640, 0o602, 0o777]) {
      expect(await refused({ key: keep("open", DIGITS, mode) })).toMatch(/open: others may use it; say chmod 600/);
      expect(await refused({ key: keep("open-store", keystore, mode), passwordFile })).toMatch(/others may use it/);
    }
    const open = keep("open-password", PASSWORD, 0o644);
    expect(await refused({ key: keep("store", keystore), passwordFile: open })).toMatch(/open-password: others may/);
    const said = await ends([...deploy, "--key", keep("open", DIGITS, 0o644)], [DIGITS]);
    expect(said).toMatch(/^1 timebandits: .*open: others may use it/);
  });

  test("may be encrypted, with its password in a file or a variable", async () => {
    const path = keep("store", keystore);
    const file = keep("password", `${PASSWORD}\n`);
    const [byFile, byVariable, refused, none] = await Promise.all([
      json([...deploy, "--key", path, "--password-file", file]),
      json([...deploy, "--key", path], { env: { TIMEBANDITS_PASSWORD: PASSWORD } }),
      ends([...deploy, "--key", path, "--password-file", keep("wrong", "wrong one")], ["wrong one", DIGITS]),
      ends([...deploy, "--key", path], [DIGITS]),
    ]);
    for (const done of [byFile, byVariable]) expect(done).toMatchObject({ code: 0, answer: { chainId: 31337 } });
    expect(refused).toMatch(/^1 .*store: is encrypted with another password/);
    expect(none).toMatch(/^3 .*store is encrypted: give --password-file FILE, or the password in TIMEBANDITS_PASSWORD/);
  });

  test.skipIf(spawnSync("script", ["--version"]).status !== 0)(
    "asks a terminal for the password, and shows nothing",
    async () => {
      const path = keep("store", keystore);
      const words = [process.execPath, entry, "deploy", "--rpc", anvil.url, "--key", path];
      const on = async (typed: string): Promise<string> => {
        const env = { ...process.env, TIMEBANDITS_KEY: "", TIMEBANDITS_PASSWORD: "" };
        const terminal = spawn("script", ["-qec", words.map((word) => `'${word}'`).join(" "), "/dev/null"], { env });
        let shown = "";
        terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
          if (!shown.includes("password of") && (shown + text).includes("password of")) terminal.stdin.write(typed);
          shown += text;
        });
        const code = await new Promise((resolve) => terminal.on("close", resolve));
        return `${code} ${shown}`;
      };
      const [right, wrong] = await Promise.all([on(`x\u007f${PASSWORD}\r`), on("guess\r")]);
      expect(right).toMatch(/^0 .*registry/s);
      expect(right).not.toContain(PASSWORD);
      expect(wrong).toMatch(/^1 .*is encrypted with another password/s);
      expect(wrong).not.toContain("guess");
    },
  );

  test("in a malformed form is refused without being quoted", async () => {
    const file = keep("password", PASSWORD);
    type Store = Record<"Crypto", Record<"kdfparams", object>>;
    const bent = (change: (store: Store) => object): string => {
      const store = JSON.parse(keystore) as Store;
      change(store);
      return JSON.stringify(store);
    };
    const cases: [text: string, says: RegExp][] = [
      ["", /holds no private key/],
      [`${DIGITS}ff`, /holds no private key/],
      [`{"secret": "${DIGITS}", `, /is not JSON/],
      [`{"${DIGITS}": 1}`, /is not a keystore, JSON version 3/],
      [JSON.stringify({ format: "time-bandits-key", secret: DIGITS }), /is the key of a program/],
      [bent((store) => Object.assign(store, { version: 1 })), /is not a keystore, JSON version 3/],
      [bent(({ Crypto }) => Object.assign(Crypto, { ciphertext: DIGITS })), /is encrypted with another password/],
      [bent(({ Crypto }) => Object.assign(Crypto, { kdf: "rot13" })), /is not a readable keystore/],
      [bent(({ Crypto }) => Object.assign(Crypto.kdfparams, { n: 2 ** 40 })), /more work/],
      ["x".repeat(100_000), /is too long/],
    ];
    for (const [text, says] of cases) {
      const path = keep("none", text);
      const error: unknown = await privateKeyOf({ key: path, passwordFile: file }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeyFileError);
      expect((error as Error).message).toMatch(says);
      expect((error as Error).message).not.toContain(DIGITS);
    }
    expect(await privateKeyOf({ key: keep("crlf", `${DIGITS}\r\n`) })).toBe(`0x${DIGITS}`);
    expect(() => readSecretFile("/dev/zero", "a key file", 100)).toThrow(KeyFileError);
    expect(() => readSecretFile(scratch, "a key file", 100)).toThrow(KeyFileError);
  });

  test("of another program than ethers, with capitals and with PBKDF2, is accepted", async () => {
    // From the definition of the format, version 3: test vectors with the password "testpassword".
    const pbkdf2 = {
      crypto: {
        cipher: "aes-128-ctr",
        cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
        ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        kdf: "pbkdf2",
        kdfparams: {
          c: 262144,
          dklen: 32,
          prf: "hmac-sha256",
          salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        },
        mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
      },
      id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
      version: 3,
    };
    const key = keep("pbkdf2", JSON.stringify(pbkdf2));
    const passwordFile = keep("password", "testpassword\n");
    expect(await privateKeyOf({ key, passwordFile })).toBe(
      "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d",
    );
  });
});

describe("the cost of sending", () => {
  test("is capped before anything is sent, and is a number of gwei", async () => {
    const key = keep("key", DIGITS);
    const deploy = ["deploy", "--rpc", anvil.url, "--key", key];
    expect(await jsonHere([...deploy, "--max-fee", "0.5"])).toMatchObject({
      code: 3,
      answer: {
        ok: false,
        error: { code: "fee", message: expect.stringMatching(/more than --max-fee 0.5 gwei: nothing/) },
      },
    });
    expect(await jsonHere([...deploy, "--max-fee", "50"])).toMatchObject({ code: 0 });
    for (const fee of ["-1", "0", "x", "1e3", "1.0000000001"]) {
      expect(await failureIn([...deploy, "--max-fee", fee])).toMatchObject({ exitCode: 2 });
    }
  });
});

describe("--rpc-timeout", () => {
  test("bounds every verb's wait for an answer", async () => {
    await using silent = await standIn(() => () => undefined);
    expect((await cliHere(["run", "seed", "--out", at("run")])).code).toBe(0);
    const node = ["--rpc", silent.url, "--rpc-timeout", "0.3"];
    const registry = ["--registry", `0x${"1".repeat(40)}`];
    const verbs = [
      ["deploy", ...node],
      ["create", at("run"), ...node, ...registry],
      ["submit", at("run"), ...node, ...registry],
      ["import", "evm-calls", ...node, "--tx", `0x${"1".repeat(64)}`, "--out", at("never")],
    ];
    for (const { code, answer } of await Promise.all(verbs.map((args) => jsonHere(args)))) {
      expect(code).toBe(3);
      expect(answer.error?.message).toMatch(/has not answered within 0.3 s; try again, or with --rpc-timeout/);
    }
    for (const value of ["0", "-1", "99999", "soon"]) {
      const failure = await failureIn(["deploy", "--rpc", silent.url, "--rpc-timeout", value]);
      expect(failure).toMatchObject({ exitCode: 2 });
    }
  });
});
