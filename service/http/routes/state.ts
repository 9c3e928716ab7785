/** The state of the map, its records, and openings that show it. */

import { address, PROTOCOL_VERSION, SLOTS } from "../../../trace/layout.ts";
import { factsOf } from "../../../trace/machine/rowFacts.ts";
import { cellFacts } from "../../../trace/query/cellFacts.ts";
import { writeGenesis } from "../../../trace/run/genesisFile.ts";
import { chainJson } from "../../../trace/run/manifest.ts";
import { unpackCell } from "../../../trace/state/cells.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { pathOf } from "../../../trace/state/tree.ts";
import { wire } from "../../wire/json.ts";
import type { App, Context } from "../context.ts";
import { HttpError, notFound } from "../errors.ts";
import { logPage } from "../programLog.ts";
import { reaching } from "../reach.ts";
import {
  CellAnswer,
  CellParams,
  DomainAnswer,
  GenesisAnswer,
  HeadAnswer,
  LogAnswer,
  LogQuery,
  NamesAnswer,
  OpeningAnswer,
  ProgramAnswer,
  ProgramParams,
  RecordsAnswer,
  RecordsQuery,
  RightsAnswer,
  StatusAnswer,
} from "../schemas.ts";
import { answers } from "./answers.ts";

/** Most records of one answer. */
const MOST_RECORDS = 1_000;

/** Adds the routes. */
export function stateRoutes(app: App, { map, instance, limiter }: Context): void {
  const { operator } = map;
  const config = { access: "read" } as const;
  const tags = ["state"];
  let genesisText: string | undefined;

  app.get(
    "/v1/status",
    {
      config,
      schema: { operationId: "status", tags, summary: "Where the map stands", response: answers(StatusAnswer) },
    },
    async () => wire(await operator.status()),
  );
  app.get(
    "/v1/domain",
    {
      // A program has to know it before it can sign a request.
      config: { access: "public" },
      schema: {
        ...{ operationId: "domain", tags, summary: "The map's domain, which signatures bind" },
        description: "The nonce of a signed request begins with `instance`, which is another one after each start.",
        response: answers(DomainAnswer),
      },
    },
    async () => wire({ domain: (await operator.status()).domain, protocol: PROTOCOL_VERSION, instance }),
  );
  app.get(
    "/v1/head",
    {
      config,
      schema: {
        operationId: "head",
        tags,
        summary: "The last transition, and how far proofs go",
        response: answers(HeadAnswer),
      },
    },
    async () => {
      const { domain, seq, at, root, cut, proven, submitted, numbering } = await operator.status();
      return wire({ domain, seq, at, root, cut, proven, submitted, numbering });
    },
  );
  app.get(
    "/v1/genesis",
    {
      config,
      schema: {
        operationId: "genesis",
        tags,
        summary: "What the map began with, and its place on a chain",
        response: answers(GenesisAnswer),
      },
    },
    async () => {
      genesisText ??= writeGenesis(map.genesis);
      return wire({ genesis: genesisText, chain: map.chain === undefined ? null : chainJson(map.chain) });
    },
  );
  app.get(
    "/v1/names",
    {
      config,
      schema: {
        operationId: "names",
        tags,
        summary: "Names of numbers, as the operator chose them",
        response: answers(NamesAnswer),
      },
    },
    async () => {
      const { programs, kinds, functions, slots } = map.names();
      return { programs, kinds, functions, slots };
    },
  );
  app.get(
    "/v1/cells/:program/:slot",
    {
      config,
      schema: { operationId: "cell", tags, summary: "A cell", params: CellParams, response: answers(CellAnswer, 404) },
    },
    async ({ params: { program, slot } }) => {
      const { seq } = await operator.status();
      const state = programIn(operator.map(), program);
      const words = state.words(address(program, slot));
      const cell = unpackCell(words);
      return wire({
        seq,
        root: state.root(),
        program,
        slot,
        cell: cellFacts(cell),
        words: [...words],
        openedBy: cell.seq,
      });
    },
  );
  app.get(
    "/v1/openings/:program/:slot",
    {
      config,
      schema: {
        ...{ operationId: "opening", tags, summary: "A cell with the nodes that show that it is in the map" },
        description: "Hash each node: the root is the digest of the first, and each holds the digest of the next.",
        params: CellParams,
        response: answers(OpeningAnswer, 404),
      },
    },
    async ({ params: { program, slot } }) => {
      const { seq } = await operator.status();
      const state = programIn(operator.map(), program);
      const nodes = pathOf(state.levels, address(program, slot)).map((node) => ({ ...node, lanes: state.lanes(node) }));
      return wire({ seq, root: state.root(), levels: state.levels, program, slot, nodes });
    },
  );
  app.get(
    "/v1/rights/:program/:slot",
    {
      config,
      schema: {
        ...{ operationId: "rights", tags, summary: "Who may do what in a slot, by capability" },
        params: CellParams,
        response: answers(RightsAnswer, 404),
      },
    },
    async ({ ip, params: { program, slot } }) => {
      limiter.heavy(ip);
      const { seq, at } = await operator.status();
      const state = programIn(operator.map(), program);
      return wire({ seq, at, program, slot, capabilities: reaching(state, address(program, slot), at) });
    },
  );
  app.get(
    "/v1/programs/:program",
    {
      config,
      schema: {
        ...{ operationId: "program", tags, summary: "A program: its header and its memory" },
        params: ProgramParams,
        response: answers(ProgramAnswer, 404),
      },
    },
    async ({ params: { program } }) => {
      const { seq } = await operator.status();
      return wire(programJson(programIn(operator.map(), program), program, seq));
    },
  );
  app.get(
    "/v1/programs/:program/log",
    {
      config,
      schema: {
        ...{ operationId: "programLog", tags, summary: "The groups that made a program's log, the last page first" },
        description:
          "With them, a program computes its log again: see docs/reference/server.md. Ask for the page before with its " +
          "`before`, until that is null.",
        params: ProgramParams,
        querystring: LogQuery,
        response: answers(LogAnswer, 404),
      },
    },
    async ({ ip, params: { program }, query: { from = 0, before } }) => {
      limiter.heavy(ip);
      const { seq } = await operator.status();
      return wire(await logPage(map, program, from, before ?? seq + 1, seq));
    },
  );
  app.get(
    "/v1/records",
    {
      config,
      schema: {
        ...{ operationId: "records", tags, summary: `Records in order, at most ${MOST_RECORDS}` },
        querystring: RecordsQuery,
        response: answers(RecordsAnswer),
      },
    },
    async ({ query: { from, to } }) => {
      if (to < from) throw new HttpError(400, "invalid", "`to` is before `from`", { field: "querystring.to" });
      const { seq } = await operator.status();
      const last = Math.min(to, seq, from + MOST_RECORDS - 1);
      const found = last < from ? [] : operator.records(from, last);
      const records = found.map((r) => {
        const { seq, group, at, clock, parents } = r;
        return { seq, group, at, ...factsOf(r), clock, parents: [...parents] };
      });
      return { records, next: last >= from && last < Math.min(to, seq) ? last + 1 : null };
    },
  );
}

function programJson(state: TimeMap, program: number, seq: number) {
  const header = state.cell(address(program, 0));
  if (header.type !== "program") throw notFound(`program ${program}`);
  const { authority, inbox, steps, clock, log, seq: openedBy } = header;
  const slots = [];
  for (let slot = 1; slot < SLOTS; slot++) {
    const cell = state.cell(address(program, slot));
    if (cell.type !== "empty" || cell.watch !== 0) slots.push({ slot, cell: cellFacts(cell) });
  }
  const open = authority === 0n;
  return { program, seq, root: state.root(), open, authority, inbox, steps, clock, log, openedBy, slots };
}

/** The map, if it has the program. @throws HttpError 404 */
function programIn(state: TimeMap, program: number): TimeMap {
  if (program < 1 || program > state.programs()) throw notFound(`program ${program}`);
  return state;
}
