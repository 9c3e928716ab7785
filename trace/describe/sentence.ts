/**
 * A row as a complete sentence, for the signer. The sentence is made from the row's fields alone and contains every
 * field. No name can replace a field, so two different rows never read the same.
 */

import { CLEARED, CONDITION, NO_INBOX, programOf } from "../layout.ts";
import { SHAPES } from "../machine/rowShape.ts";
import type { Argument, Row } from "../machine/transition.ts";
import { count } from "./count.ts";
import { addressText } from "./eip55.ts";
import { conditionName, type Names, rightNames, time } from "./names.ts";

/** "A (program 1) issues 100 Gold (kind 4294967297) into its slot 1". A sentence without its full stop, in one line. */
export function sentenceOf(row: Row, names: Names): string {
  return `${names.program(row.actor)} ${new Sentence(row, names).predicate()}`;
}

/** The predicate of the actor's sentence. */
class Sentence {
  readonly #row: Row;
  readonly #argument: Argument;
  readonly #names: Names;

  constructor(row: Row, names: Names) {
    this.#row = row;
    this.#argument = row.argument;
    this.#names = names;
  }

  predicate(): string {
    const { effect, source, destination, authority, resource } = this.#row;
    switch (effect) {
      case "CreateProgram":
        return this.#creation();
      case "Issue":
        return `issues ${this.#amount()} into ${this.#own(destination)}`;
      case "Retire":
        return `destroys ${this.#thing()} in ${this.#own(source)}${this.#paid()}`;
      case "DeclareEntry":
        return `declares ${this.#function()} in ${this.#own(destination)}: ${this.#terms()}`;
      case "EscrowToProgram":
        return `puts ${this.#moved()} in escrow in ${this.#at(destination)}, ${this.#promise()}`;
      case "ClaimFromProgram":
        return `claims ${this.#thing()} from ${this.#at(source)}, ${this.#where()}${this.#capability(authority)}`;
      case "RevokeResource":
        return `takes ${this.#thing()} back from ${this.#at(source)}, into ${this.#own(destination)}`;
      case "InvokeProgram":
        return `calls ${this.#function()} in ${this.#at(authority)}: ${this.#terms()}${this.#capability(source)}`;
      case "Pass":
        return this.#pass();
      case "DelegateCapability":
        return this.#delegation();
      case "RevokeCapability":
        return `revokes ${this.#cleared()} in ${this.#own(authority)}, and all that were derived from it`;
      case "Clear":
        return `clears ${this.#own(authority)} of ${this.#cleared()}`;
      case "WatchResource":
        return this.#watch();
      case "Unwatch":
        return `takes away its watch in ${this.#own(authority)} on ${this.#at(source)}, with trigger ${this.#argument.removed ?? 0n}`;
      case "Check":
        return `has its watch in ${this.#own(authority)} on ${this.#at(source)} asked, for ${this.#asked()}`;
      case "Trigger":
        return `has the trigger of its watch in ${this.#own(authority)} applied`;
      case "JoinWith":
        return `waits until ${this.#peer()} has made ${count(this.#argument.steps ?? 0, "step")}`;
      case "Split":
        return `splits ${this.#amount()} off resource ${resource} in ${this.#own(source)} into ${this.#own(destination)}`;
      case "Merge":
        return `merges ${this.#moved()} into resource ${this.#argument.into ?? 0n} in ${this.#own(destination)}`;
      case "RotateAuthority":
        return `lets another key sign for it from the next batch on: ${this.#key()}`;
      case "Lineage":
        return `shows that the capability in ${this.#at(authority)} was derived from the one in ${this.#own(source)}`;
      case "Enter":
        return `lets ${this.#thing()} in from the chain, into ${this.#at(destination)}`;
      case "Eject":
        return `takes ${this.#thing()} out of ${this.#names.slot(source)} to the chain, for ${this.#peer()}, ${this.#lay()}`;
    }
  }

  /** The cell that a Clear removes: its sort, and the entry point or watch. */
  #cleared(): string {
    const { cleared = 0, removed = 0n } = this.#argument;
    const which = removed === 0n ? "" : ` ${removed}`;
    switch (cleared) {
      case CLEARED.capability:
        return `the capability${which}`;
      case CLEARED.entry:
        return removed === 0n ? "an entry point 0" : `the entry point ${this.#names.selector(removed)}`;
      case CLEARED.fired:
        return `a watch that has fired, and whose trigger ${removed} was not applied`;
      case CLEARED.spent:
        return `a watch whose trigger ${removed} was applied`;
      default:
        return `what there is none of, ${cleared}${which}`;
    }
  }

  #creation(): string {
    const { authority } = this.#row;
    const inbox = this.#argument.inbox ?? 0;
    const deposits = inbox === NO_INBOX ? "takes no deposits" : `takes deposits from slot ${inbox} on`;
    const made = this.#names.programWithKey(this.#row.peer, this.#argument.authority ?? 0n);
    const before = authority === 0 ? "" : `, and comes after ${this.#names.program(programOf(authority))}`;
    return `makes ${made}, which ${deposits}${before}`;
  }

  #delegation(): string {
    const { authority, destination, resource, deadline } = this.#row;
    const { scope = 0, rights = 0 } = this.#argument;
    const covered = authority === 0 ? "every slot of its own" : "every slot that the capability it lends on is for";
    const reach = scope === 0 ? covered : `${this.#names.slot(scope)} only`;
    const subject = resource === 0n ? "whatever lies there" : `resource ${resource} only`;
    const end = deadline === 0 ? "for ever" : `until ${time(deadline)}`;
    const right = rights === 0 ? "no right" : `the right to ${rightNames(rights)}`;
    const line = authority === 0 ? "" : `, lent on from the one in ${this.#names.slot(authority)}`;
    const lies = `the capability lies in ${this.#own(destination)}${line}`;
    return `lends ${this.#peer()} ${right}: in ${reach}, ${subject}, ${end}; ${lies}`;
  }

  #pass(): string {
    const { destination, authority } = this.#row;
    const entry = `as an argument of the entry point in ${this.#there(authority)}: ${this.#call()}`;
    return `passes ${this.#moved()} into ${this.#at(destination)}, for good, ${entry}`;
  }

  #watch(): string {
    const { source, destination, authority } = this.#row;
    const awaited = `${this.#at(source)} for ${this.#condition()}${this.#capability(authority)}`;
    const trigger = `once it fires, anybody may have its trigger applied: trigger ${this.#argument.trigger ?? 0n}`;
    return `watches ${awaited}; the watch lies in ${this.#own(destination)}; ${trigger}`;
  }

  /** What a Retire says. Only a moored map's chain does anything about it. */
  #paid(): string {
    const { recipient = 0n } = this.#argument;
    return recipient === 0n ? "" : `; of an asset of the chain, the chain pays it to ${addressText(recipient)}`;
  }
  /** How the thing that leaves lay there. */
  #lay(): string {
    const { escrowFrom = 0 } = this.#argument;
    const { deadline } = this.#row;
    const end = deadline === 0 ? "without a deadline" : `promised until ${time(deadline)}`;
    return escrowFrom === 0 && deadline === 0 ? "its own" : `in escrow by ${this.#names.program(escrowFrom)}, ${end}`;
  }

  #amount(): string {
    return this.#names.amount(this.#row.quantity, this.#row.kind);
  }
  #moved(): string {
    return `${this.#thing()} from ${this.#own(this.#row.source)}`;
  }
  #thing(): string {
    return `${this.#amount()}, resource ${this.#row.resource},`;
  }
  /** The peer, with its required key if the row names it. */
  #peer(): string {
    const { peer } = this.#row;
    if (!this.#bindsPeer()) return this.#names.program(peer);
    return this.#names.programWithKey(peer, this.#argument.peerAuthority ?? 0n);
  }
  #bindsPeer(): boolean {
    return SHAPES[this.#row.effect].argument.includes("peerAuthority");
  }
  #key(): string {
    const { authority = 0n } = this.#argument;
    return authority === 0n ? "no key" : `key ${authority}`;
  }
  /** "its slot 3"; for another program's slot, with the owner. */
  #own(address: number): string {
    return programOf(address) === this.#row.actor ? `its ${this.#names.slotAlone(address)}` : this.#names.slot(address);
  }
  /** A slot of the peer, with the peer's name: "slot 16 of B (program 2)". */
  #at(address: number): string {
    const { actor, peer } = this.#row;
    if (programOf(address) !== peer) return `${this.#names.slot(address)} for ${this.#peer()}`;
    // A row that names its peer's key names it for the actor, too.
    if (peer === actor && !this.#bindsPeer()) return this.#own(address);
    return `${this.#names.slotAlone(address)} of ${this.#peer()}`;
  }
  /** Another slot of the peer, already named. */
  #there(address: number): string {
    if (programOf(address) !== this.#row.peer) return this.#names.slot(address);
    return `${this.#names.slotAlone(address)} there`;
  }
  #where(): string {
    const { destination } = this.#row;
    return destination === 0 ? "and leaves it there" : `into ${this.#own(destination)}`;
  }
  #function(): string {
    return `the entry point ${this.#names.selector(this.#argument.selector ?? 0n)}`;
  }
  /** The terms of a call of the entry point. Only a declaration has the least sum. */
  #terms(): string {
    const { effect, kind, quantity } = this.#row;
    const least = effect === "DeclareEntry" ? `, ${quantity} in all or more` : "";
    return `${this.#call(` of ${this.#names.kind(kind)}${least}`)}`;
  }
  #call(of = ""): string {
    const { nargs = 0, guard = 0 } = this.#argument;
    const who = guard === 0 ? "anybody may call it" : "only a holder of a capability may call it";
    return `a call passes ${count(nargs, "resource")}${of}, and ${who}`;
  }
  #capability(address: number): string {
    return address === 0 ? "" : `, by the capability in ${this.#names.slot(address)}`;
  }
  #promise(): string {
    const { deadline } = this.#row;
    if (deadline === 0) return "without a deadline: it may be taken back until it is claimed";
    const end = time(deadline);
    return `promised until ${end}: before that only its holder may take it, from then on it may be taken back`;
  }
  #what(): string {
    return this.#row.kind === 0n ? "any kind" : this.#names.kind(this.#row.kind);
  }
  #asked(): string {
    return `${conditionName(this.#argument.condition ?? 0)} of ${this.#what()}`;
  }
  #condition(): string {
    const { quantity } = this.#row;
    const { condition = 0 } = this.#argument;
    const what = this.#what();
    if (condition === CONDITION.above) return `more than ${quantity} of ${what}`;
    if (condition === CONDITION.below) return `less than ${quantity} of ${what}`;
    return `${this.#asked()}${quantity === 0n ? "" : ` (threshold ${quantity})`}`;
  }
}
