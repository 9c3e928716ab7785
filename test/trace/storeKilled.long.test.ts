/** A process that is killed while it writes a store leaves one that is right, or is made again. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import { CheckedSource } from "../../trace/store/checkedSource.ts";
import { snapshots, sourceAt } from "../../trace/store/openStore.ts";
import { openRun } from "../../trace/tracer/appendRun.ts";
import { told } from "../lib/mapSource.ts";
import { PROFILE } from "../lib/profile.ts";
import { Random } from "../lib/random.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-killed-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const CHILD = new URL("../lib/storeWriter.ts", import.meta.url);

test("killed twenty times, its states are those of the trace", async () => {
  const dir = join(scratch, "run");
  const random = new Random(3);
  let most = 0;
  for (let kills = 0; kills < 20; kills++) {
    const child = fork(CHILD, [dir, String(kills)]);
    await once(child, "message");
    await setTimeout(random.below(600));
    child.kill("SIGKILL");
    await once(child, "exit");
    const states = new Map<number, object>();
    const wanted = new Map(snapshots(dir).map(({ seq, root }) => [seq, root]));
    most = Math.max(most, wanted.size);
    const { map } = replayDirectory(dir, {
      onGroup: (group, now) => {
        const seq = group.at(-1)?.seq ?? 0;
        if (wanted.has(seq)) states.set(seq, told(now));
      },
    });
    for (const [seq, state] of states) {
      using source = sourceAt(dir, seq);
      expect(told(TimeMap.over(new CheckedSource(source, wanted.get(seq) ?? 0n)))).toEqual(state);
    }
    using run = openRun(dir, { profiles: [PROFILE], store: { least: 0, segment: 30 } });
    expect(map.programs()).toBe(run.tracer.map.programs());
  }
  expect(most).toBeGreaterThan(10);
});
