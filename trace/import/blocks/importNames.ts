/** Names of programs, kinds and functions of an import: for the manifest, and for the line of the next block. */
import { address, kindOf } from "../../layout.ts";
import type { OpenRun } from "../../tracer/appendRun.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import type { LedgerHost } from "../ledger/host.ts";
import { ISSUER, nameFunction } from "../names.ts";
import { kindName, type TokenKind, WEI } from "../tokens/kinds.ts";
import type { TableChanges } from "./blockLines.ts";

type Named = Pick<TableChanges, "programs" | "kinds">;

export class ImportNames {
  #programs: (readonly [number, string])[] = [];
  #kinds: (readonly [string, string, TokenKind["standard"], string | null])[] = [];
  readonly #symbols = new Map<string, string>();

  /** Number of programs that are new since the last time. */
  get fresh(): number {
    return this.#programs.length;
  }

  /** What is new since the last time. */
  take(): Named {
    const taken = { programs: this.#programs, kinds: this.#kinds };
    this.#programs = [];
    this.#kinds = [];
    return taken;
  }

  /** Takes a token's word for its symbol. */
  symbol(token: string, symbol: string | null): void {
    if (symbol !== null) this.#symbols.set(token, symbol);
  }

  readonly hear: NonNullable<LedgerHost["named"]> = (what) => {
    if ("program" in what) this.#programs.push([what.program, what.name]);
    else if (what.of !== WEI) {
      const { token, standard, id } = what.of;
      this.#kinds.push([what.kind.toString(), token, standard, id?.toString() ?? null]);
    }
  };

  /** Enters what was heard so far into a manifest. */
  enterAll(tracer: Tracer): void {
    this.enter(tracer, { programs: this.#programs, kinds: this.#kinds });
  }

  enter({ manifest }: Tracer, { programs, kinds }: Named): void {
    for (const [program, name] of programs) {
      manifest.programs[program] = name;
      if (name === ISSUER) manifest.kinds[kindOf(program, 1).toString()] = WEI;
    }
    for (const [kind, token, standard, id] of kinds) {
      const name = kindName({ token, standard, id: id === null ? null : BigInt(id) });
      const symbol = this.#symbols.get(token);
      manifest.kinds[kind] = symbol === undefined ? name : name.replace("token", () => symbol);
    }
  }

  /**
   * The map of an open run, as the books of its addresses see it.
   * @param at time of the block at hand
   * @param creating called before each new program
   */
  host({ tracer }: OpenRun, at: () => number, creating: () => void): LedgerHost {
    const named = new Set<string | bigint>();
    return {
      perform(program, effect) {
        if ((effect.effect === "DeclareEntry" || effect.effect === "InvokeProgram") && !named.has(effect.name)) {
          named.add(effect.name);
          nameFunction(tracer.manifest, effect.name);
        }
        if (effect.effect === "CreateProgram") creating();
        tracer.perform(program, effect, at());
      },
      programs: () => tracer.map.programs(),
      resourceAt(program, slot) {
        const cell = tracer.map.cell(address(program, slot));
        return cell.type === "resource" ? cell.id : 0n;
      },
      named: (what) => {
        const [programs, kinds] = [this.#programs.length, this.#kinds.length];
        this.hear(what);
        this.enter(tracer, { programs: this.#programs.slice(programs), kinds: this.#kinds.slice(kinds) });
      },
    };
  }
}
