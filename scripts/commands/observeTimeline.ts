/** `observe --of`: an observer shows a number of another chain's map in its own map. */

import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Observable, Reading } from "../../trace/crossing/observer/reading.ts";
import type { ShowingWindow } from "../../trace/crossing/observer/window.ts";
import type { Shown } from "../../verifier/chain/observing/observeTimeline.ts";
import type { Confirmations } from "../../verifier/chain/registry.ts";
import { confirmationsOption } from "../lib/confirmationsOption.ts";
import { UsageError } from "../lib/failure.ts";
import { stopsItself, whenInterrupted } from "../lib/interruption.ts";
import { wholeNumber } from "../lib/numberArgument.ts";
import { count, type Done } from "../lib/output.ts";
import type { Progress } from "../lib/progress.ts";
import { reading as connected, urlArgument } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { serverArgument } from "../lib/serverArgument.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { remark } from "../lib/verb.ts";

/** The options of this mode. With `--of`, `--registry` and `--map` are those of the map that is observed. */
export interface TimelineOptions {
  of?: string;
  registry?: string;
  map?: string;
  rpcTimeout?: number;
  show?: Observable;
  window?: ShowingWindow;
  server?: string;
  programKey?: string;
  state?: string;
  confirmations?: Confirmations;
  every?: number;
  json?: boolean;
  quiet?: boolean;
}

const LONGEST_S = 86_400;

/** Adds the options of this mode to the verb. */
export function withTimeline(command: Command): Command {
  return command
    .argument("[dir]", "with --of: the run directory of the map that the observer is in, unless a server has it")
    .addOption(new Option("--of <url>", "node of another chain: show a number of its map").argParser(urlArgument))
    .option("--show <what>", "height, steps:PROGRAM, quantity:PROGRAM.SLOT or applied:PROGRAM.SLOT", observableArgument)
    .option(
      "--window <program:slot:spare>",
      "the observer's program, the slot that others watch, and a spare one",
      windowArgument,
    )
    .option("--server <url>", "the server that has the observer's map", serverArgument)
    .option("--program-key <file>", "with --server: the key file of the observer's program", secretFileArgument)
    .option("--state <file>", "where the last reading is kept; default: DIR.PROGRAM.SLOT.observed.json")
    .addOption(confirmationsOption())
    .option("--every <seconds>", "look again after this time, until Ctrl-C", everyArgument);
}

/** Shows the number once, or again and again. */
export async function observeTimeline(
  dir: string | undefined,
  options: TimelineOptions & { readonly of: string },
  progress: Progress,
): Promise<Done> {
  const { of: rpc, registry, map: mapId, show, window, server, every, confirmations } = options;
  if (registry === undefined || mapId === undefined || show === undefined || window === undefined)
    throw new UsageError("--of needs --registry and --map of the map that is observed, --show, and --window");
  if ((dir === undefined) === (server === undefined))
    throw new UsageError("the observer's map is in a run directory or at a server: name one of them");
  const state = options.state ?? `${dir ?? "observer"}.${window.program}.${window.slot}.observed.json`;
  const signal = every === undefined ? undefined : stopsItself();
  whenInterrupted(() => `${state} has the last reading; run the same command again to go on`);
  progress.say("connecting");
  const { MapFollower } = await import("../../verifier/chain/followMap.ts");
  const observing = await import("../../verifier/chain/observing/observeTimeline.ts");
  const showing = await showerOf(dir, options, window);
  let last: Shown | undefined;
  await connected(
    { rpc, ...(options.rpcTimeout !== undefined && { rpcTimeout: options.rpcTimeout }) },
    async (chain) => {
      const follower = await MapFollower.open(chain, { registry, mapId, confirmations });
      do {
        last = await showing(await observing.readTimeline(follower, show, state));
        if (every !== undefined && options.json !== true && options.quiet !== true) remark(lineOf(last));
        if (every !== undefined) await sleep(every * 1_000, undefined, signal && { signal }).catch(() => undefined);
      } while (every !== undefined && signal?.aborted !== true);
    },
  );
  const facts = { map: mapId, window, state, ...last };
  return { facts, lines: last === undefined ? [] : [lineOf(last), SIGNS] };
}

const SIGNS = "the observer's key vouches for it: its program signs these transitions like any others";

function lineOf({ value, seq, before, effects }: Shown): string {
  const how = effects === 0 ? "as before" : `was ${before}; ${count(effects, "effect")}`;
  return `shows ${value}, as of transition ${seq} of the other map (${how})`;
}

/** How a reading gets into the observer's map. */
async function showerOf(
  dir: string | undefined,
  { server, programKey }: TimelineOptions,
  window: ShowingWindow,
): Promise<(reading: Reading) => Promise<Shown>> {
  const { showAtServer, showInRun } = await import("../../verifier/chain/observing/observeTimeline.ts");
  if (server === undefined)
    return (reading) =>
      showInRun(dir ?? "", window, reading, { at: Math.floor(Date.now() / 1_000), store: { onNotice: storeNotice } });
  if (programKey === undefined) throw new UsageError("--server needs --program-key, the key file of the observer");
  const { MapClient } = await import("../../service/client/mapClient.ts");
  const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
  const client = new MapClient(server, { program: window.program, secret: readKeyFile(programKey).secret });
  return (reading) => showAtServer(client, window, reading);
}

/** `7:1:2`: program 7, slot 1, spare slot 2. `7:1:2:3` for its number 3; the first is 0. */
export function windowArgument(text: string): ShowingWindow {
  const [, program, slot, spare, number = "0"] = /^(\d{1,8}):(\d{1,3}):(\d{1,3})(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (program === undefined) throw new InvalidArgumentError("It is PROGRAM:SLOT:SPARE, three numbers.");
  return { program: Number(program), slot: Number(slot), spare: Number(spare), number: Number(number) };
}

function observableArgument(text: string): Observable {
  const [, what, program = "", slot] =
    /^(height|steps|quantity|applied)(?::(\d{1,8})(?:\.(\d{1,3}))?)?$/.exec(text) ?? [];
  if (what === "height" && program === "") return { what };
  if (what === "steps" && program !== "" && slot === undefined) return { what, program: Number(program) };
  if ((what === "quantity" || what === "applied") && slot !== undefined)
    return { what, program: Number(program), slot: Number(slot) };
  throw new InvalidArgumentError("It is height, steps:PROGRAM, quantity:PROGRAM.SLOT or applied:PROGRAM.SLOT.");
}

function everyArgument(text: string): number {
  return wholeNumber(text, [1, LONGEST_S], `It is a whole number of seconds, from 1 to ${LONGEST_S}.`);
}
