/** The verbs for a map's owner and its readers, as a user types them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { send } from "../../verifier/chain/connect.ts";
import {
  type Chain,
  connect,
  createMap,
  deployRegistry,
  isSubmitter,
  type PrintedCall,
  readMap,
} from "../../verifier/chain/registry.ts";
import { chainTime, freshSalt, SOME_KEY } from "../lib/chains.ts";
import { PROFILE } from "../lib/profile.ts";
import { cli, json } from "./cli.ts";

/** anvil's second account. Its key is public. */
const SECOND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const SECOND_KEY = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-owner-"));
let anvil: Anvil;
let chain: Chain;
let owner: string;
let place: string[];
let registry: string;
let mapId: string;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
  owner = String(await chain.signer?.getAddress());
  const deployed = await deployRegistry(chain);
  registry = deployed.address;
  const now = await chainTime(chain.provider);
  const verifiers = [{ profile: PROFILE.name, key: SOME_KEY }];
  const terms = { salt: freshSalt(), genesisRoot: 7n, genesisTime: now, maxLag: 60, verifiers };
  mapId = (await createMap(deployed, terms)).mapId;
  place = ["--rpc", anvil.url, "--registry", registry, "--map", mapId];
  writeFileSync(join(scratch, "second"), SECOND_KEY, { mode: 0o600 });
});
afterAll(async () => {
  chain?.provider.destroy();
  rmSync(scratch, { recursive: true, force: true });
  await anvil?.stop();
});

const state = () => readMap({ chain, address: registry }, mapId);

test("an owner replaces a foreign verifier by its own key, and map shows each step", async () => {
  const own = (await artifactsOf(PROFILE)).key.vkeyHash;
  const looked = await json(["map", ...place]);
  const [foreign] = (looked.answer as { verifiers?: { keyHash: string }[] }).verifiers ?? [];
  expect(looked).toMatchObject({
    code: 1,
    answer: {
      ...{ ok: false, code: "same", owner, submitters: [owner], mapId, error: { code: "map-doubtful" } },
      verifiers: [{ profile: PROFILE.name, status: "active", key: "another" }],
    },
  });
  const proposed = await json(["propose", ...place, "--profile", PROFILE.name]);
  expect(proposed).toMatchObject({
    code: 0,
    answer: { sent: [{ function: "storeKey" }, { function: "proposeVerifier" }] },
  });
  expect(await json(["propose", ...place, "--profile", PROFILE.name])).toMatchObject({
    code: 1,
    answer: { error: { field: "profile" } },
  });
  const disabled = await cli(["disable", ...place, "--verifier", String(foreign?.keyHash)]);
  expect(disabled).toMatchObject({ code: 0, stdout: expect.stringContaining("is disabled") });
  expect(await json(["disable", ...place, "--verifier", String(foreign?.keyHash)])).toMatchObject({
    code: 1,
    answer: { error: { reason: "VerifierDisabled" } },
  });
  const after = await cli(["map", ...place]);
  expect(after).toMatchObject({ code: 0, stderr: "" });
  expect(after.stdout).toMatch(new RegExp(`${own}, ${PROFILE.name}, PENDING.*this installation's key`));
  expect(after.stdout).toContain("the registry's code is the code that this installation deploys");
});

test("only the owner allows and disallows submitters", async () => {
  const submitter = ["--submitter", SECOND.toLowerCase()];
  expect(await json(["allow", ...place, ...submitter])).toMatchObject({ code: 0, answer: { sent: [{}] } });
  expect(await isSubmitter({ chain, address: registry }, mapId, SECOND)).toBe(true);
  const stranger = await json(["disallow", ...place, ...submitter, "--key", join(scratch, "second")]);
  expect(stranger).toMatchObject({ code: 1, answer: { error: { reason: "NotOwner" } } });
  expect(await json(["disallow", ...place, ...submitter])).toMatchObject({ code: 0 });
  expect(await isSubmitter({ chain, address: registry }, mapId, SECOND)).toBe(false);
});

test("--calldata prints the calls for a Safe, sends nothing and needs no key", async () => {
  const nonce = await chain.provider.getTransactionCount(owner);
  const printed = await json(["allow", ...place, "--submitter", SECOND, "--calldata"]);
  const { calls, sender } = printed.answer as unknown as { calls: PrintedCall[]; sender: string };
  expect(printed).toMatchObject({ code: 0, answer: { sender: owner, sent: [] } });
  expect(calls).toMatchObject([{ function: "setSubmitter", to: registry, value: "0" }]);
  expect(await chain.provider.getTransactionCount(owner)).toBe(nonce);
  for (const { to, data } of calls) await send(chain, { to, data });
  expect(await isSubmitter({ chain, address: registry }, mapId, SECOND)).toBe(true);
  // A call that the registry would refuse is refused before it is signed.
  const unknown = await json(["disable", ...place, "--verifier", `0x${"12".repeat(32)}`, "--calldata"]);
  expect(unknown).toMatchObject({ code: 1, answer: { error: { reason: "UnknownVerifier" } } });
  const lines = await cli(["transfer", ...place, "--to", SECOND, "--calldata"]);
  expect(lines.stdout).toMatch(
    new RegExp(`1 transaction for ${sender} to send:\\nfunction +transferOwnership\\nto +${registry}`),
  );
});

test("a map is offered, taken back, offered again and accepted", async () => {
  expect(await json(["accept", ...place])).toMatchObject({ code: 1, answer: { error: { field: "map" } } });
  expect(await json(["transfer", ...place])).toMatchObject({ code: 2 });
  expect(await json(["transfer", ...place, "--to", `0x${"0".repeat(40)}`])).toMatchObject({ code: 2 });
  expect(await json(["transfer", ...place, "--to", SECOND])).toMatchObject({
    code: 0,
    answer: { owner, pendingOwner: SECOND },
  });
  expect(await json(["accept", ...place])).toMatchObject({ code: 1, answer: { error: { reason: "NotPendingOwner" } } });
  expect(await json(["transfer", ...place, "--cancel"])).toMatchObject({ code: 0, answer: { pendingOwner: null } });
  await json(["transfer", ...place, "--to", SECOND]);
  const accepted = await json(["accept", ...place, "--key", join(scratch, "second")]);
  expect(accepted).toMatchObject({ code: 0, answer: { owner: SECOND, pendingOwner: null } });
  expect(await state()).toMatchObject({ owner: SECOND, pendingOwner: null });
});

test("an unknown map, an address without a registry and a malformed id are refused", async () => {
  const other = ["--rpc", anvil.url, "--registry", registry, "--map", `0x${"12".repeat(32)}`];
  const [unknown, nothing, usage] = await Promise.all([
    json(["map", ...other]),
    json(["map", "--rpc", anvil.url, "--registry", SECOND, "--map", mapId]),
    json(["map", "--rpc", anvil.url, "--registry", registry, "--map", "0x12"]),
  ]);
  expect(unknown).toMatchObject({ code: 1, answer: { error: { reason: "UnknownMap" } } });
  expect(nothing).toMatchObject({ code: 1, answer: { error: { field: "registry" } } });
  expect(usage).toMatchObject({ code: 2 });
});
