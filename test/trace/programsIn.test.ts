/** What the text of a trace tells of programs is what its states tell. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { address } from "../../trace/layout.ts";
import { openProgramsIn } from "../../trace/run/programsIn.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { keyedPrograms } from "../../trace/state/genesis.ts";
import { continueRun } from "../../trace/tracer/continueRun.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";

const dir = mkdtempSync(join(tmpdir(), "timebandits-open-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("programs that are open at the end are told, and no others: also such as took or changed a key", async () => {
  const out = join(dir, "run");
  const byHeader = ({ map }: Tracer): number[] =>
    Array.from({ length: map.programs() }, (_, i) => i + 1).filter((program) => {
      const header = map.cell(address(program, 0));
      return header.type === "program" && header.authority === 0n;
    });
  const { map, ...tracer } = await runScenario(
    {
      name: "open",
      description: "programs with keys and without",
      genesis: () => ({ levels: 2, cells: keyedPrograms([authority(1), 0n, 0n], 16) }),
      run(tracer) {
        const [second, third] = [tracer.program(2), tracer.program(3)];
        const fourth = second.createProgram({ name: 'effect":"CreateProgram' }, 100);
        second.createProgram({ authority: authority(5) }, 100);
        const sixth = third.createProgram({}, 101);
        third.rotateAuthority({ authority: authority(3) }, 102);
        sixth.rotateAuthority({ authority: authority(6) }, 103);
        sixth.rotateAuthority({ authority: authority(7) }, 104);
        fourth.createProgram({}, 105);
      },
    },
    { out },
  ).then((tracer) => ({ map: tracer.map, all: byHeader(tracer) }));
  expect(tracer.all).toEqual([2, 4, 7]);
  expect(openProgramsIn(pathIn(out, "trace"), map)).toEqual([2, 4, 7]);
  const more = await continueRun(out, {
    name: "more",
    description: "",
    run: (tracer) => void tracer.program(4).rotateAuthority({ authority: authority(4) }, 106),
  });
  expect(openProgramsIn(pathIn(out, "trace"), more.tracer.map)).toEqual([2, 7]);
});
