/** Capabilities that programs lend, and entries that they declare. Both are cells in the maker's memory. */

import type { Place, ProgramId } from "../../effects/effects.ts";
import { placeAddress } from "../../effects/found.ts";
import { selectorOf } from "../../effects/selector.ts";
import { RefusedError } from "../../errors.ts";
import { programOf, slotOf } from "../../layout.ts";
import type { CapabilityCell } from "../../state/cells.ts";
import { RuntimeUseError } from "../errors.ts";
import type { About, Asks, Lent, RightRef } from "../requests.ts";
import type { Handlers, KernelServices, RightService } from "./services.ts";
import type { Asked } from "./task.ts";

export class Rights implements RightService {
  readonly #kernel: KernelServices;

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    lend: (p) => {
      const { task, ask } = p as Asked<"lend">;
      p.answer(this.#lend(task.program, ask));
    },
    withdraw: (p) => {
      const { task, ask } = p as Asked<"withdraw">;
      const { place } = ask.right;
      this.#requireOwn(task.program, place, "the capability", "revoke");
      this.#cell(ask.right);
      this.#kernel.perform(task.program, { effect: "RevokeCapability", slot: place.slot });
      p.answer();
    },
    declare: (p) => {
      const { task, ask } = p as Asked<"declare">;
      const { op: _, ...entry } = ask;
      const slot = this.#kernel.slots.free(task.program);
      this.#kernel.perform(task.program, { effect: "DeclareEntry", slot, ...entry });
      p.answer({ program: task.program, slot });
    },
    undeclare: (p) => {
      const { task, ask } = p as Asked<"undeclare">;
      const { name, place } = ask;
      this.#requireOwn(task.program, place, "the entry", "take away");
      const cell = this.#kernel.tracer.map.cell(placeAddress(place));
      if (cell.type !== "entry" || cell.selector !== selectorOf(name)) {
        throw new RuntimeUseError(`${this.#name(place)} holds no entry "${name}": it was taken away before`);
      }
      this.#kernel.perform(task.program, { effect: "Clear", slot: place.slot });
      p.answer();
    },
  };

  /**
   * The slot that an ask means.
   * @throws RefusedError if the ask names it by a capability that is no longer there, RuntimeUseError if that
   *   capability covers every slot
   */
  placeOf(program: ProgramId, about: About, by: RightRef | undefined): Place {
    const scope = this.#scopeOf(program, about, by);
    if (scope !== "all") return scope;
    const { place } = by as RightRef;
    throw new RuntimeUseError(
      `the capability in ${this.#name(place)} covers every slot of its grantor: name the slot, with the capability as \`by\``,
    );
  }

  /** The slot of the capability that allows an ask. @throws RefusedError if the capability is no longer there */
  by(right: RightRef | undefined): { by?: Place } {
    if (right === undefined) return {};
    this.#cell(right);
    return { by: right.place };
  }

  #lend(program: ProgramId, { about, grantee, rights, until, by }: Asks["lend"]): Lent {
    const { holdings, slots } = this.#kernel;
    const parent = by === undefined ? undefined : this.#cell(by);
    const scope = about === "all" ? about : this.#scopeOf(program, about, by);
    if (parent === undefined && scope !== "all") this.#requireLendable(program, scope);
    const owned = typeof about === "number" && rights.includes("claim") ? holdings.idOf(program, about) : 0n;
    const subject = parent?.subject ?? owned;
    const expiry = until ?? parent?.expiry ?? 0;
    if (expiry !== 0 && expiry <= this.#kernel.now) {
      throw new RuntimeUseError(
        `the end ${expiry} of the right has passed, it is ${this.#kernel.now}: give seconds since 1970, as in (await now()) + 3600`,
      );
    }
    const place = { program, slot: slots.free(program) };
    const terms = { grantee, rights, scope, subject, expiry, ...this.by(by) };
    this.#kernel.perform(program, { effect: "DelegateCapability", slot: place.slot, ...terms });
    const { nonce } = this.#cell({ place, made: undefined });
    return { place, made: nonce, grantee, rights, scope, until: expiry };
  }

  #scopeOf(program: ProgramId, about: About, by: RightRef | undefined): Place | "all" {
    if (typeof about === "number") return { program, slot: this.#kernel.holdings.slotOf(program, about) };
    if (about !== undefined) return about;
    const { scope } = this.#cell(by as RightRef);
    return scope === 0 ? "all" : { program: programOf(scope), slot: slotOf(scope) };
  }

  /** The capability's cell. @throws RefusedError if it is no longer there */
  #cell({ place, made }: RightRef): CapabilityCell {
    const cell = this.#kernel.tracer.map.cell(placeAddress(place));
    if (cell.type === "capability" && (made === undefined || cell.nonce === made)) return cell;
    throw new RefusedError(
      "no-unscoped-access",
      `the capability in ${this.#name(place)} is not there: it was revoked or never lent, so ask for a new one`,
    );
  }

  /** A program can lend its own slots, and others' slots while they hold its resources in escrow. */
  #requireLendable(program: ProgramId, scope: Place): void {
    if (scope.program === program) return;
    const cell = this.#kernel.tracer.map.cell(placeAddress(scope));
    if (cell.type === "resource" && cell.escrowFrom === program) return;
    throw new RuntimeUseError(
      `${this.#name(scope)} is not ${this.#programName(program)}'s to lend: escrow something there first, or name a capability with the right delegate as \`by\``,
    );
  }

  #requireOwn(program: ProgramId, place: Place, thing: string, verb: string): void {
    if (place.program === program) return;
    const owner = this.#programName(place.program);
    throw new RuntimeUseError(
      `${thing} in ${this.#name(place)} is ${owner}'s to ${verb}, not ${this.#programName(program)}'s: let ${owner} do it`,
    );
  }

  #name({ program, slot }: Place): string {
    return `slot ${slot} of ${this.#programName(program)}`;
  }
  #programName(program: ProgramId): string {
    return this.#kernel.holdings.programName(program);
  }
}
