// Gas of the verifiers of the circuits that the prototype has proven, on a chain of its own:
// node gas.mjs FOLDER ANVIL NAME… Run it where node finds solc and ethers.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "gas.mjs"));
const solc = require("solc");
const { Interface } = require("ethers");
const [folder, anvil, ...names] = process.argv.slice(2);
const URL_OF_NODE = "http://127.0.0.1:38545";
const FROM = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"; // anvil's first account
const node = spawn(anvil, ["--port", "38545", "--silent"], { stdio: "ignore" });
try {
  while ((await rpc("eth_chainId").catch(() => undefined)) === undefined) await pause();
  for (const name of names) await measure(load(name), name);
} finally {
  node.kill();
}

async function measure({ contract, proofs, inputs, key }, name) {
  const committed = proofs[0].length > 8;

  // 1. The verifier that gnark writes.
  const verify = await deploy(contract, false, "verifyProof");
  const split = (proof) => [proof.slice(0, 8), ...(committed ? [proof.slice(8, 10), proof.slice(10)] : [])];
  await show(`${name}, gnark's verifier`, verify(...split(proofs[0]), inputs));
  await mustFail(verify(...split(proofs[0]), [inputs[0] + 1n, ...inputs.slice(1)]));

  // 2. Several proofs in one product of pairings.
  const source = readFileSync(new URL("Product.sol", import.meta.url), "utf8");
  const written = source.replace("KEY_HEX", key).replace("IS_COMMITTED", String(committed));
  const check = await deploy(written, true, "check");
  for (const k of [1, 2, 4, 8, 16].filter((k) => k <= proofs.length)) {
    const all = proofs.slice(0, k).flat();
    const given = Array(k).fill(inputs).flat();
    await show(`${name}, ${k} in one product`, check(given, all));
    await mustFail(check([...given.slice(0, -1), given[0]], all));
    if (!committed || k < 2) continue;
    // The proofs of knowledge of two proofs are exchanged.
    const [one, two] = proofs;
    const mixed = [...one.slice(0, 10), ...two.slice(10), ...two.slice(0, 10), ...one.slice(10)];
    await mustFail(check(given, [...mixed, ...all.slice(24)]));
  }
}

async function show(what, call) {
  const { receipt, data } = await call;
  if (receipt.status !== "0x1") throw new Error(`${what}: reverted`);
  const calldata = Buffer.from(data.slice(2), "hex");
  const zeros = calldata.filter((byte) => byte === 0).length;
  const execution = Number(receipt.gasUsed) - 21_000 - 4 * zeros - 16 * (calldata.length - zeros);
  process.stdout.write(
    `${what}: ${Number(receipt.gasUsed)} gas, ${execution} of it execution; ${calldata.length} bytes of calldata\n`,
  );
}

async function mustFail(call) {
  if ((await call).receipt.status === "0x1") throw new Error("a wrong statement was accepted");
}

/** Deploys a contract. Returns a function that calls one of its functions in a transaction. */
async function deploy(content, viaIR, called) {
  const settings = { viaIR, optimizer: { enabled: true, runs: 10_000 } };
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode"] } };
  const sources = { "verifier.sol": { content } };
  const input = { language: "Solidity", sources, settings: { ...settings, outputSelection } };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  const { abi, evm } = Object.values(output.contracts["verifier.sol"])[0];
  const { contractAddress } = await transact({ data: `0x${evm.bytecode.object}` });
  const coder = new Interface(abi);
  return async (...args) => {
    const data = coder.encodeFunctionData(called, args);
    return { data, receipt: await transact({ to: contractAddress, data }) };
  };
}

async function transact(fields) {
  const hash = await rpc("eth_sendTransaction", { from: FROM, gas: "0x7a1200", ...fields });
  for (;;) {
    const receipt = await rpc("eth_getTransactionReceipt", hash);
    if (receipt !== null) return receipt;
    await pause();
  }
}

async function rpc(method, ...params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const { result, error } = await (await fetch(URL_OF_NODE, { method: "POST", headers, body })).json();
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result;
}

function pause() {
  return new Promise((done) => setTimeout(done, 100));
}

function load(name) {
  const { proofs, inputs, key } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return {
    contract: readFileSync(join(folder, `${name}.sol`), "utf8"),
    proofs: proofs.map((text) => wordsOf(Buffer.from(text, "base64"))),
    inputs: inputs.map(BigInt),
    key: Buffer.from(key, "base64").toString("hex"),
  };
}

/** A proof's words. gnark writes the number of commitments, four bytes, before the commitment. */
function wordsOf(bytes) {
  const whole = bytes.length === 256 ? bytes : Buffer.concat([bytes.subarray(0, 256), bytes.subarray(260)]);
  const hex = whole.toString("hex");
  return Array.from({ length: whole.length / 32 }, (_, i) => BigInt(`0x${hex.slice(64 * i, 64 * i + 64)}`));
}
