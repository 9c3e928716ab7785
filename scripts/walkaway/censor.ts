/**
 * A server that leaves somebody out: what one program deposits and asks for stays at the registry, as if it were not
 * there. Everybody else is served. Which program, is read from a file; it may be empty.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { tokenIn } from "../../service/http/tokenFile.ts";
import type { BorderSource } from "../../service/operator/borderSource.ts";
import { openChainBorder } from "../../service/operator/chainBorder.ts";
import { openChainSubmitter } from "../../service/operator/chainSubmitter.ts";
import { serveDirectory } from "../../service/serve.ts";
import { connect } from "../../verifier/chain/registry.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ censored: { type: "string" }, rpc: { type: "string" }, registry: { type: "string" } },
    ...{ key: { type: "string" }, engine: { type: "string" } },
  },
});
const { censored = "", rpc = "", registry = "", key = "", engine } = values;
const [dir = ""] = positionals;
/** Batches are cut when the test says so. */
const BATCH_AGE = 30 * 86_400;

const chain = await connect(rpc, { privateKey: readFileSync(key, "utf8").trim() });
const whole = await openChainBorder(dir, chain, registry);
const border: BorderSource = {
  async waiting() {
    const { deposits, requests, ...rest } = await whole.waiting();
    const out = Number(readFileSync(censored, "utf8"));
    const others = ({ program }: { program: number }): boolean => program !== out;
    return { ...rest, deposits: deposits.filter(others), requests: requests.filter(others) };
  },
};
const submitter = await openChainSubmitter(dir, chain, registry);
const http = { token: tokenIn(`${dir}.token`), port: 0, private: false };
const served = await serveDirectory(dir, { http, rules: { batchAge: BATCH_AGE }, engine, submitter, border });
process.stdout.write(`${JSON.stringify({ ok: true, url: served.url })}\n`);
process.once("SIGTERM", async () => {
  await served[Symbol.asyncDispose]();
  chain.provider.destroy();
  process.exit(0);
});
