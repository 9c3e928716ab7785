/** docs/reference/effects.md: from the comments of trace/effects/effects.ts and the shapes of the effects. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FieldType, PROGRAM, SLOT } from "../../trace/effects/fieldTypes.ts";
import { EFFECTS, type EffectName, EVERY_EFFECT } from "../../trace/effects/shapes.ts";
import type { Invariant } from "../../trace/errors.ts";
import { flow } from "./wrapComments.ts";

/** Where the page lies. */
export const EFFECTS_PAGE = fileURLToPath(new URL("../../docs/reference/effects.md", import.meta.url));

const SOURCE = fileURLToPath(new URL("../../trace/effects/effects.ts", import.meta.url));
const COMMENT = String.raw`\/\*\*((?:(?!\*\/).)*)\*\/\s*`;
const INTERFACE = new RegExp(String.raw`${COMMENT}export interface (\w+) \{\n(.*?)\n\}`, "gs");
const MEMBER = new RegExp(String.raw`(?:${COMMENT})?\b(\w+)(\??): ((?:\{[^}]*\}|[^;{])+);`, "gs");

interface Told {
  /** What the comment says, in one line. */
  readonly meaning: string;
  readonly members: ReadonlyMap<string, { meaning: string; optional: boolean; type: string }>;
}

/** The page. @throws Error if an effect or a field of one has no comment */
export function effectsReference(): string {
  const told = readComments(readFileSync(SOURCE, "utf8"));
  const names = Object.keys(EFFECTS) as EffectName[];
  return [
    "# Effects",
    "",
    "<!-- Made by `npm run docs:effects` from trace/effects/effects.ts and trace/effects/shapes.ts. Do not edit. -->",
    "",
    "Every effect that a program may ask for, with its fields. The page on the model says what they are for.",
    "",
    `A \`MemorySlot\` is ${SLOT.takes}, within a program's memory. A \`ProgramId\` is ${PROGRAM.takes}.`,
    "A `Place` names a cell: `{ program, slot }`. Quantities, kinds and ids are bigints; slots, programs and times are",
    "numbers.",
    "",
    "An `InvalidEffectError` refuses a field that is missing, unknown, of another type, or out of its bounds. It names the",
    "effect, the field, what the field takes, and the file and line that asked. A `RefusedError` refuses what the rules do",
    "not allow. It names the invariant. Either way nothing has changed.",
    "",
    "These invariants may refuse any effect:",
    `${EVERY_EFFECT.map(code).join(", ")}.`,
    "Each section names the others that may refuse its effect. An effect that changes a watched slot owes a check of each",
    "watch there, under `watch-deterministic`. The tracer adds the checks.",
    ...names.flatMap((name) => section(name, told.get(name))),
    "",
  ].join("\n");
}

function section(name: EffectName, told: Told | undefined): string[] {
  if (told === undefined) throw new Error(`trace/effects/effects.ts has no comment on ${name}`);
  const { fields, invariants } = EFFECTS[name];
  const rows = Object.entries(fields as Readonly<Record<string, FieldType<unknown>>>).map(([field, { takes }]) => {
    const member = told.members.get(field);
    if (member === undefined || member.meaning === "") {
      throw new Error(`trace/effects/effects.ts has no comment on ${field} of ${name}`);
    }
    const cells = [code(`${field}${member.optional ? "?" : ""}`), code(member.type), takes, member.meaning];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return [
    "",
    `## ${name}`,
    "",
    ...flow(told.meaning),
    "",
    "| field | type | takes | meaning |",
    "|---|---|---|---|",
    ...rows,
    ...(invariants.length === 0 ? [] : ["", ...flow(`May be refused by ${listed(invariants)}.`)]),
  ];
}

function readComments(source: string): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const [, comment = "", name = "", body = ""] of source.matchAll(INTERFACE)) {
    const members = [...body.matchAll(MEMBER)].map(
      ([, meaning = "", member = "", optional = "", type = ""]) =>
        [member, { meaning: inLine(meaning), optional: optional === "?", type: inLine(type) }] as const,
    );
    told.set(name, { meaning: inLine(comment), members: new Map(members) });
  }
  return told;
}

function inLine(text: string): string {
  return text
    .replace(/\n\s*\* ?/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function code(text: string): string {
  return `\`${text}\``;
}

function listed(invariants: readonly Invariant[]): string {
  const codes = invariants.map(code);
  return codes.length < 2 ? codes.join("") : `${codes.slice(0, -1).join(", ")} and ${codes.at(-1)}`;
}
