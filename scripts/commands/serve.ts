/** `serve`: keeps a map up, takes effects from many parties, and proves them. */
import { existsSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import type { BorderSource } from "../../service/operator/borderSource.ts";
import type { Submitter } from "../../service/operator/submitter.ts";
import type { OperatorEvent } from "../../service/operator/types.ts";
import type { Served } from "../../service/serve.ts";
import type { Window } from "../../verifier/chain/crossing/border.ts";
import type { Chain, Confirmations } from "../../verifier/chain/registry.ts";
import { confirmationsOption } from "../lib/confirmationsOption.ts";
import { UsageError } from "../lib/failure.ts";
import { stopsItself, whenInterrupted } from "../lib/interruption.ts";
import { requireNewNode } from "../lib/newNode.ts";
import { portArgument } from "../lib/numberArgument.ts";
import { count, printDone } from "../lib/output.ts";
import { engineOption, profileOption } from "../lib/profileOption.ts";
import type { Progress } from "../lib/progress.ts";
import { addressArgument, type SignerOptions, signing, urlArgument, withKey } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { collected, does, remark, verb } from "../lib/verb.ts";
import { DISMISSED } from "./dismiss.ts";
import { jobsArgument } from "./prove.ts";
import { windowArgument } from "./takeIn.ts";

interface Options extends Partial<SignerOptions> {
  port?: number;
  host?: string;
  tokenFile?: string;
  workerTokenFile?: string;
  private?: boolean;
  trustProxy?: string[];
  publicHost?: string[];
  genesis?: string;
  profile?: string;
  batchAge?: number;
  signWithin?: number;
  groupWithin?: number;
  database?: string;
  prove?: boolean;
  engine?: string;
  jobs?: number;
  registry?: string;
  show?: Window[];
  confirmations?: Confirmations;
  json?: boolean;
  quiet?: boolean;
}

/** Its value may hold a password, so it is not asked for on the command line alone. */
const DATABASE_VARIABLE = "TIMEBANDITS_DATABASE";
const PORT = 8_080;
const LONGEST_S = 30 * 86_400;

export function serve() {
  const command = verb("serve", "serve a map: take effects, ask for signatures, prove, submit, until Ctrl-C")
    .argument("<dir>", "run directory; with --genesis it may be a new one")
    .option("--port <port>", `port to listen on, 0 for any free one; default: ${PORT}`, portArgument)
    .option("--host <host>", "address to listen on; default: 127.0.0.1, this machine alone")
    .option(
      "--token-file <file>",
      "file with the operator's token, made if there is none; default: DIR.token",
      secretFileArgument,
    )
    .option("--worker-token-file <file>", "file with a token that workers must show; default: none", secretFileArgument)
    .option("--private", "reading asks for a program's signature or the operator's token, too")
    .option("--trust-proxy <address>", "proxy whose X-Forwarded-For is believed; repeatable", collected)
    .option(
      "--public-host <name>",
      "name that the server answers to beside those of this machine; repeatable",
      collected,
    )
    .option("--genesis <file>", "begin a new map with this genesis, if the directory holds no run")
    .addOption(profileOption("size of the batches; default: that of the map"))
    .option("--batch-age <seconds>", "cut a batch when its oldest transition is older; default: 10", waitArgument)
    .option("--sign-within <seconds>", "time to sign a batch, before it goes on without; default: 600", waitArgument)
    .option("--group-within <seconds>", "time to approve a group of several programs; default: 3600", waitArgument)
    .option(
      "--database <url>",
      `postgres://…: keep the queue there, and leave proving to workers (or set ${DATABASE_VARIABLE})`,
    )
    .option("--prove", "with a database: this process proves as well")
    .addOption(engineOption())
    .option("--jobs <n>", "batches in work in this process; default: 2 where there are two cores", jobsArgument)
    .addOption(
      new Option(
        "--rpc <url>",
        "node of the map's chain: submits proven batches; at a moored map, answers what waits at its registry",
      ).argParser(urlArgument),
    )
    .option("--registry <address>", "address of the registry on that chain", addressArgument)
    .option("--show <feed:program:slot>", "slot in which a feed's newest fact is shown; repeatable", windowArgument)
    .addOption(confirmationsOption());
  return does<Options>(withKey(command), async ({ args: [dir = ""], options, progress }) => {
    requireNewNode("serve");
    const { rpc, registry } = options;
    if ((rpc === undefined) !== (registry === undefined))
      throw new UsageError("--rpc and --registry belong together: give both, or neither");
    const signal = stopsItself("the requests at hand");
    whenInterrupted(() => `what is accepted is kept in ${dir}; run the same command again to go on`);
    if (options.genesis !== undefined) await begin(dir, options.genesis);
    const work = async (ends: ChainEnds = {}): Promise<void> => {
      await using running = await served(dir, options, progress, ends);
      progress.stop();
      const { url, operator } = running;
      const { seq, proven, domain } = await operator.status();
      const facts = { dir, url, domain, transitions: seq, proven };
      printDone({ facts, lines: [`serving ${dir} at ${url}`] }, options.json === true);
      if (options.json !== true && options.quiet !== true) operator.subscribe(tell);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    };
    if (rpc === undefined || registry === undefined) await work();
    else {
      await signing({ ...options, rpc }, async (chain) => {
        await work(await chainEnds(dir, { chain, registry }, options, progress));
      });
    }
    if (options.json !== true && options.quiet !== true) remark(`stopped; ${dir} has everything that was accepted`);
    return { facts: {}, lines: [], printed: true };
  });
}

/** Begins a run, unless there is one. */
async function begin(dir: string, genesis: string): Promise<void> {
  const { pathIn, textAt } = await import("../../trace/run/runDirectory.ts");
  if (existsSync(pathIn(dir, "trace"))) return;
  const { createRunStream } = await import("../../trace/tracer/appendRun.ts");
  const { parseGenesis } = await import("../../trace/run/genesisFile.ts");
  const { profilesWith } = await import("../../prover/profiles.ts");
  const parsed = parseGenesis(textAt(genesis, { what: "a genesis file" }));
  createRunStream(dir, parsed, { profiles: profilesWith(parsed.levels), verb: "serve" }).close();
}

/** What a served map has to do with its chain. */
interface ChainEnds {
  /** Submits what is proven. */
  readonly submitter?: Submitter;
  /** Of a moored map: says what waits to enter it or to leave it, and dismisses who is not entitled. */
  readonly border?: BorderSource;
}

async function chainEnds(
  dir: string,
  { chain, registry }: { chain: Chain; registry: string },
  { confirmations, show: windows, engine }: Options,
  { onProgress }: Progress,
): Promise<ChainEnds> {
  const { openChainSubmitter } = await import("../../service/operator/chainSubmitter.ts");
  const { headerIn } = await import("../../trace/replay/replayFile.ts");
  const { pathIn } = await import("../../trace/run/runDirectory.ts");
  const { MOORED_GENESIS, mapOf } = await import("../../trace/state/genesis.ts");
  const submitter = await openChainSubmitter(dir, chain, registry, confirmations);
  if (headerIn(pathIn(dir, "trace")).genesisRoot !== mapOf(MOORED_GENESIS).root()) return { submitter };
  const { openChainBorder } = await import("../../service/operator/chainBorder.ts");
  const how = { confirmations, windows, engine, onProgress };
  return { submitter, border: await openChainBorder(dir, chain, registry, how) };
}

async function served(dir: string, options: Options, progress: Progress, ends: ChainEnds): Promise<Served> {
  const { serveDirectory } = await import("../../service/serve.ts");
  const { builtPage } = await import("../lib/builtPage.ts");
  const { tokenIn } = await import("../../service/http/tokenFile.ts");
  const { port = PORT, host, batchAge, signWithin, groupWithin, profile, prove, engine, jobs } = options;
  const { workerTokenFile, trustProxy, publicHost } = options;
  const token = tokenIn(options.tokenFile ?? `${dir.replace(/[/\\]+$/, "")}.token`);
  const { onProgress } = progress;
  progress.say("opening the run");
  return await serveDirectory(dir, {
    http: {
      ...{ token, port, private: options.private === true },
      ...(host !== undefined && { host }),
      ...(trustProxy !== undefined && { trustProxy }),
      ...(publicHost !== undefined && { publicHosts: publicHost }),
      onFailure: (error, request) => process.stderr.write(`timebandits: ${request} failed: ${text(error)}\n`),
    },
    rules: {
      ...(batchAge !== undefined && { batchAge }),
      ...(signWithin !== undefined && { signWithin }),
      ...(groupWithin !== undefined && { groupWithin }),
    },
    ...{ profile, engine, jobs, onProgress, ...ends, page: () => builtPage() },
    ...{ database: options.database ?? process.env[DATABASE_VARIABLE], prove },
    workerToken: workerTokenFile === undefined ? undefined : tokenIn(workerTokenFile),
  });
}

/** Says what the operator should know of, as it happens. */
function tell(event: OperatorEvent): void {
  if (event.type === "setAside")
    remark(`the batch of transitions ${event.firstSeq} to ${event.lastSeq} was set aside: ${event.reason}`);
  else if (event.type === "withdrawn")
    remark(`program ${event.program} did not sign: ${count(event.transitions, "transition")} withdrawn`);
  else if (event.type === "halted") remark(`the map stands still: ${event.why}`);
  else if (event.type === "submitted")
    remark(`transitions ${event.firstSeq} to ${event.lastSeq} are on the chain: ${event.transaction}`);
  else if (event.type === "dismissed")
    remark(`request ${event.request} is dismissed, as ${DISMISSED[event.reason]}: ${event.transaction}`);
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function waitArgument(given: string): number {
  const value = /^[1-9][0-9]{0,7}$/.test(given) ? Number(given) : 0;
  if (value > 0 && value <= LONGEST_S) return value;
  throw new InvalidArgumentError(`It is a whole number of seconds, up to ${LONGEST_S}.`);
}
