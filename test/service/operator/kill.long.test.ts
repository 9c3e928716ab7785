import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { emptyRun, genesisOf, served } from "./lib/served.ts";

test("what a killed process had answered is there, once", async () => {
  const dir = await emptyRun(genesisOf(0, 6));
  const accepted = new Map<string, { actor: number; effect: string; seq: number }>();
  for (let round = 1; round <= 6; round++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, "lib", "proposer.ts"), dir, `${round}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      // In the middle of its work, at another place each time.
      if (text.split("\n").length > 40 + 13 * round) child.kill("SIGKILL");
    });
    await once(child, "close");
    const lines = text.slice(0, text.lastIndexOf("\n")).split("\n");
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      const [id = "", actor, effect = "", seq] = line.split(" ");
      accepted.set(id, { actor: Number(actor), effect, seq: Number(seq) });
    }
    const { records } = replayDirectory(dir).trace;
    for (const { actor, effect, seq } of accepted.values()) expect(records[seq - 1]).toMatchObject({ actor, effect });
    expect(new Set([...accepted.values()].map(({ seq }) => seq)).size).toBe(accepted.size);
  }
  const { operator } = await served(dir, { now: Math.floor(Date.now() / 1_000) });
  for (const [id, { seq }] of accepted)
    expect(operator.proposal(id)?.state).toEqual({ status: "accepted", firstSeq: seq, lastSeq: seq });
  replayDirectory(dir, { everyRoot: true });
});
