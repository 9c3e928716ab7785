import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { type Genesis, isClosed, keyedPrograms, mapOf, openPrograms } from "../../trace/genesis.ts";
import { parseGenesis, writeGenesis } from "../../trace/genesis-file.ts";
import { triggerDigest } from "../../trace/group.ts";
import { address, kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine.ts";
import { rowOf } from "../../trace/rows.ts";
import { Tracer } from "../../trace/tracer.ts";
import { authority } from "../lib/authorities.ts";
import { GOLD } from "../lib/build.ts";
import { does, refuses, rowsOf } from "../lib/refusals.ts";

/** Program 1 has a key, program 2 is open. */
const mixed: Genesis = { levels: 1, cells: keyedPrograms([authority(1), 0n], 16) };
const create = (key: "open" | bigint) => ({ effect: "CreateProgram", inbox: 16, authority: key }) as const;
const issue = (slot: number) => ({ effect: "Issue", kind: GOLD, quantity: 1n, slot }) as const;
const rotate = (n: number) => ({ effect: "RotateAuthority", authority: authority(n) }) as const;
const authorityIn = (machine: Machine, program: number) => {
  const header = machine.map.cell(address(program, 0));
  return header.type === "program" ? header.authority : -1n;
};

describe("CreateProgram", () => {
  test("with an authority by anyone, without one only by an open program", () => {
    const machine = new Machine(mapOf(mixed));
    does(machine, 1, create(authority(3)));
    does(machine, 2, create(authority(4)));
    does(machine, 2, create("open"));
    expect([3, 4, 5].map((program) => authorityIn(machine, program))).toEqual([authority(3), authority(4), 0n]);
    const error = refuses(machine, "log-signed", () => does(machine, 1, create("open")));
    expect(error.message).toContain("give the new one an authority");
    does(machine, 5, create("open"));
  });

  test("what is no key is refused before it is asked for", () => {
    const machine = new Machine(mapOf(mixed));
    for (const key of [0n, 1n, -1n, 1n << 300n]) {
      expect(() => does(machine, 2, create(key))).toThrow(InvalidInputError);
      expect(() => does(machine, 2, { effect: "RotateAuthority", authority: key })).toThrow(/^authority: /);
    }
  });

  test("a handle makes programs with keys and changes keys", () => {
    const tracer = Tracer.from(mixed);
    const made = tracer.program(1).createProgram({ authority: authority(3), name: "C" });
    made.rotateAuthority({ authority: authority(4) });
    expect(made.header().authority).toBe(authority(4));
    expect(tracer.program(2).createProgram().header().authority).toBe(0n);
  });
});

describe("RotateAuthority", () => {
  test("changes the key, of open programs too, and counts as a step", () => {
    const machine = new Machine(mapOf(mixed));
    const [row] = does(machine, 1, rotate(5));
    expect([row?.columns.A.before[1], row?.columns.A.after[1]]).toEqual([authority(1), authority(5)]);
    does(machine, 2, rotate(6));
    expect(machine.map.cell(address(2, 0))).toMatchObject({ authority: authority(6), steps: 1, clock: 1 });
    does(machine, 1, issue(1));
  });

  test("never back to open", () => {
    const machine = new Machine(mapOf(mixed));
    for (const actor of [1, 2]) {
      refuses(machine, "log-signed", () => machine.perform([rowOf("RotateAuthority", actor)], 0));
    }
  });

  test("is the actor's last effect in its group, not the others'", () => {
    const machine = new Machine(mapOf(mixed));
    const batch = (...effects: Exclude<Effect, { effect: "AtomicBatch" }>[]) =>
      does(machine, 1, { effect: "AtomicBatch", effects });
    refuses(machine, "log-signed", () => batch(rotate(5), issue(1)));
    refuses(machine, "log-signed", () => batch(rotate(5), rotate(6)));
    batch(issue(1), rotate(5));
    const silver = { effect: "Issue", kind: kindOf(2, 1), quantity: 1n, slot: 1 } as const;
    machine.perform(
      rowsOf(machine, [
        [1, rotate(6)],
        [2, silver],
      ]),
      0,
    );
    expect(authorityIn(machine, 1)).toBe(authority(6));
  });

  test("no trigger changes a key: neither can it be set, nor applied", () => {
    const machine = new Machine(mapOf(mixed));
    const watch = (trigger: Effect[]): Effect => ({
      effect: "WatchResource",
      slot: 5,
      target: { program: 1, slot: 6 },
      condition: "arrival",
      kind: 0n,
      threshold: 0n,
      trigger,
    });
    refuses(machine, "log-signed", () => does(machine, 1, watch([rotate(5)])));
    refuses(machine, "log-signed", () => does(machine, 1, watch([{ effect: "AtomicBatch", effects: [rotate(5)] }])));
    // Past the tracer: the digest of such a trigger can be set, but nobody can apply it.
    const turned = rowOf("RotateAuthority", 1, { argument: { authority: authority(5) } });
    const [set] = rowsOf(machine, [[1, watch([])]]);
    if (set === undefined) throw new Error("no row");
    machine.perform([{ ...set, argument: { ...set.argument, trigger: triggerDigest([turned]) } }], 0);
    does(machine, 1, issue(6));
    refuses(machine, "log-signed", () =>
      machine.perform([rowOf("Trigger", 1, { authority: address(1, 5) }), turned], 0),
    );
  });
});

describe("a closed map", () => {
  const closed: Genesis = { levels: 1, watches: 3, cells: keyedPrograms([authority(1), authority(2)], 16) };

  test("stays closed", () => {
    const machine = new Machine(mapOf(closed));
    for (const actor of [1, 2]) refuses(machine, "log-signed", () => does(machine, actor, create("open")));
    does(machine, 1, create(authority(3)));
    refuses(machine, "log-signed", () => does(machine, 3, create("open")));
    refuses(machine, "log-signed", () => machine.perform([rowOf("RotateAuthority", 1)], 0));
  });

  test("says so in its genesis file, which cannot say otherwise", () => {
    expect([closed, mixed, { ...mixed, cells: openPrograms(2, 16) }].map(isClosed)).toEqual([true, false, false]);
    const text = writeGenesis(closed);
    expect(text).toContain('"watches":3,"programs":2,"closed":true');
    expect(parseGenesis(text)).toEqual(closed);
    expect(() => parseGenesis(text.replace('"closed":true', '"closed":false'))).toThrow(/closed/);
    expect(() => parseGenesis(text.replace('"watches":3,', ""))).toThrow(/watches/);
    expect(() => parseGenesis(text.replace('"watches":3', '"watches":0'))).toThrow(/watches/);
    expect(writeGenesis(mixed)).toContain('"watches":2,"programs":2,"closed":false');
  });
});

describe("signatures of a group", () => {
  const bound = (signatures: number): Tracer =>
    Tracer.from(
      { levels: 1, cells: keyedPrograms([authority(1), 0n, authority(3)], 16) },
      { profiles: [{ name: "tiny", rows: 9, nodes: 99, signatures }] },
    );

  test("one for each program with a key that acts, however often; a group that needs too many is refused", () => {
    const none = bound(0);
    const error = refuses(none.machine, "group-whole", () => none.program(1).issue({ kind: GOLD, quantity: 1n }));
    expect(error.message).toContain("1 signatures");
    none.program(2).issue({ kind: kindOf(2, 1), quantity: 1n });
    const one = bound(1);
    one.batch(1, [issue(1), issue(2), rotate(5)]);
    // What an open program does to others costs none.
    one.program(2).joinWith([{ program: 1, steps: 3 }]);
    one.perform(2, rotate(6));
    expect(one.seq).toBe(5);
  });

  test("a trigger costs none", () => {
    const tracer = bound(1);
    tracer
      .program(1)
      .watchResource({ slot: 5, target: { program: 1, slot: 20 }, condition: "change", trigger: [issue(7)] });
    const none = new Tracer(tracer.machine, { profiles: [{ name: "none", rows: 9, nodes: 99, signatures: 0 }] });
    none.remember(1, [issue(7)]);
    none.program(2).issue({ kind: kindOf(2, 1), quantity: 1n, slot: 1 });
    none.program(2).escrowToProgram({ from: 1, to: { program: 1, slot: 20 } });
    expect(none.notes.map((n) => n.event)).toEqual(["fired", "applied"]);
    refuses(none.machine, "group-whole", () => none.program(1).issue({ kind: GOLD, quantity: 1n }));
  });
});
