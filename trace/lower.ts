/** From effects to rows: looks up what lies in the slots that an effect names (docs/protocol.md, section 4). */
import { Ahead } from "./ahead.ts";
import { isAuthority } from "./authority.ts";
import type { ResourceCell } from "./cells.ts";
import type {
  AtomicBatch,
  DelegateCapability,
  Effect,
  InvokeProgram,
  JoinWith,
  Place,
  WatchResource,
} from "./effects.ts";
import { InvalidInputError, RefusedError } from "./errors.ts";
import { triggerDigest } from "./group.ts";
import { address, CONDITION, RIGHT, SLOTS } from "./layout.ts";
import { selectorOf } from "./names.ts";
import type { Row } from "./record.ts";
import { rowOf } from "./rows.ts";
import { contentOf, nameOf } from "./rules/step.ts";
import type { View } from "./state.ts";

/** Is told of every trigger that a WatchResource carries: its digest, and the rows to apply. */
export type OnTrigger = (digest: bigint, rows: readonly Row[]) => void;

/** Address of a memory slot. @throws RefusedError if it is the header, or would reach into the next program */
export function placeAddress(place: Place): number {
  const { program, slot } = place;
  if (!Number.isSafeInteger(slot) || slot < 1 || slot >= SLOTS) {
    throw new RefusedError("no-unscoped-access", `slot ${slot} is no memory slot: they run from 1 to 255`);
  }
  if (!Number.isSafeInteger(program) || program < 1) {
    throw new RefusedError("invocation-causal", `${program} is no program: they are numbered from 1`);
  }
  return address(program, slot);
}

/**
 * The rows that an effect stands for, without those that follow from the state: Checks, and the lines of capabilities.
 * @param view the state that the effect is asked for in
 * @param actor the program that asks
 * @param onTrigger is told of the triggers of watches, inner ones first
 * @throws RefusedError if a named slot does not hold what the effect needs
 * @throws InvalidInputError if a member of the effect is out of range
 */
export function lower(view: View, actor: number, effect: Effect, onTrigger?: OnTrigger): Row[] {
  const at = (slot: number): number => placeAddress({ program: actor, slot });
  switch (effect.effect) {
    case "CreateProgram":
      return [
        rowOf("CreateProgram", actor, {
          peer: view.programs() + 1,
          authority: view.programs() === actor ? 0 : address(view.programs(), 0),
          argument: { inbox: effect.inbox, authority: effect.authority === "open" ? 0n : keyOf(effect.authority) },
        }),
      ];
    case "Issue":
      return [rowOf("Issue", actor, { destination: at(effect.slot), kind: effect.kind, quantity: effect.quantity })];
    case "Retire":
      return [rowOf("Retire", actor, { source: at(effect.slot), ...thingAt(view, at(effect.slot)) })];
    case "DeclareEntry":
      return [
        rowOf("DeclareEntry", actor, {
          destination: at(effect.slot),
          kind: effect.accepts,
          quantity: effect.minimum,
          argument: { selector: selectorOf(effect.name), nargs: effect.nargs, guard: effect.guarded ? 1 : 0 },
        }),
      ];
    case "EscrowToProgram": {
      const places = { source: at(effect.from), destination: placeAddress(effect.to) };
      const { deadline } = effect;
      return [
        rowOf("EscrowToProgram", actor, {
          peer: effect.to.program,
          ...places,
          ...thingAt(view, places.source),
          deadline,
          argument: keyBound(view, actor, effect.to.program),
        }),
      ];
    }
    case "ClaimFromProgram": {
      const source = placeAddress(effect.from);
      const destination = effect.to === "in place" ? 0 : at(effect.to);
      const authority = effect.by === undefined ? 0 : placeAddress(effect.by);
      return [
        rowOf("ClaimFromProgram", actor, {
          peer: effect.from.program,
          source,
          destination,
          authority,
          ...thingAt(view, source),
        }),
      ];
    }
    case "RevokeResource": {
      const places = { source: placeAddress(effect.from), destination: at(effect.to) };
      return [
        rowOf("RevokeResource", actor, { peer: effect.from.program, ...places, ...thingAt(view, places.source) }),
      ];
    }
    case "InvokeProgram":
      return invocation(view, actor, effect);
    case "DelegateCapability":
      return [delegation(view, actor, effect)];
    case "RotateAuthority":
      return [rowOf("RotateAuthority", actor, { argument: { authority: keyOf(effect.authority) } })];
    case "RevokeCapability":
    case "Clear": {
      const capability = view.cell(at(effect.slot)).type === "capability";
      if (!capability && effect.effect === "RevokeCapability") {
        const found = contentOf(view.cell(at(effect.slot)));
        throw new RefusedError(
          "no-unscoped-access",
          `${nameOf(at(effect.slot))} holds ${found}, not a capability; use Clear for other cells`,
        );
      }
      return [rowOf(capability ? "RevokeCapability" : "Clear", actor, { authority: at(effect.slot) })];
    }
    case "WatchResource":
      return [watching(view, actor, effect, onTrigger)];
    case "Unwatch": {
      const authority = at(effect.slot);
      const cell = view.cell(authority);
      if (cell.type !== "watch") {
        throw new RefusedError(
          "watch-deterministic",
          `${nameOf(authority)} holds ${contentOf(cell)}, not a watch; name the watch's own slot`,
        );
      }
      return [rowOf("Unwatch", actor, { peer: Math.floor(cell.target / SLOTS), source: cell.target, authority })];
    }
    case "AtomicBatch":
      return lowerAll(view, actor, flatten(effect), onTrigger);
    case "JoinWith":
      return joins(view, actor, effect);
    case "Split": {
      const source = at(effect.from);
      return [
        rowOf("Split", actor, { source, destination: at(effect.to), ...thingAt(view, source), quantity: effect.part }),
      ];
    }
    case "Merge":
      return [
        rowOf("Merge", actor, {
          source: at(effect.from),
          destination: at(effect.to),
          ...thingAt(view, at(effect.from)),
          argument: { into: thingAt(view, at(effect.to)).resource },
        }),
      ];
  }
}

/** The rows of several effects of one group, each lowered as if those before it had happened. */
export function lowerAll(view: View, actor: number, effects: readonly Effect[], onTrigger?: OnTrigger): Row[] {
  return lowerTogether(
    view,
    effects.map((effect) => [actor, effect] as const),
    onTrigger,
  );
}

/** The same for effects of several programs. */
export function lowerTogether(
  view: View,
  parts: readonly (readonly [actor: number, effect: Effect])[],
  onTrigger?: OnTrigger,
): Row[] {
  const ahead = new Ahead(view);
  const rows: Row[] = [];
  for (const [actor, effect] of parts) {
    const next = lower(ahead, actor, effect, onTrigger);
    ahead.expect(next);
    rows.push(...next);
  }
  return rows;
}

function flatten(batch: AtomicBatch): readonly Effect[] {
  if (batch.effects.length === 0) throw new InvalidInputError("effects", "a batch has at least one effect");
  return batch.effects;
}

/** id, kind and quantity of the resource at the address. */
function thingAt(view: View, at: number): Pick<ResourceCell, "kind" | "quantity"> & { resource: bigint } {
  const cell = view.cell(at);
  if (cell.type !== "resource") {
    throw new RefusedError(
      "no-double-spend",
      `${nameOf(at)} holds ${contentOf(cell)}, not a resource; it was moved or never there`,
    );
  }
  return { resource: cell.id, kind: cell.kind, quantity: cell.quantity };
}

function invocation(view: View, actor: number, effect: InvokeProgram): Row[] {
  const selector = selectorOf(effect.name);
  const slot = effect.entry ?? entrySlot(view, effect.program, selector, String(effect.name));
  const authority = placeAddress({ program: effect.program, slot });
  const entry = view.cell(authority);
  if (entry.type !== "entry" || entry.selector !== selector) {
    const found = entry.type === "entry" ? "another function" : contentOf(entry);
    throw new RefusedError(
      "invocation-causal",
      `${nameOf(authority)} holds ${found}, not the entry point "${effect.name}"`,
    );
  }
  if (effect.args.length !== entry.nargs) {
    throw new RefusedError(
      "invocation-causal",
      `"${effect.name}" takes ${entry.nargs} arguments, not ${effect.args.length}; pass exactly those`,
    );
  }
  const terms = { nargs: entry.nargs, guard: entry.guard };
  const common = { peer: effect.program, authority, kind: entry.accepts };
  const source = effect.by === undefined ? 0 : placeAddress(effect.by);
  const rows = [rowOf("InvokeProgram", actor, { ...common, source, argument: { selector, ...terms } })];
  for (const { from, to } of effect.args) {
    const source = placeAddress({ program: actor, slot: from });
    const thing = thingAt(view, source);
    if (thing.kind !== entry.accepts) {
      throw new RefusedError(
        "invocation-causal",
        `"${effect.name}" accepts kind ${entry.accepts}, but ${nameOf(source)} holds kind ${thing.kind}`,
      );
    }
    const destination = placeAddress({ program: effect.program, slot: to });
    const argument = { ...terms, ...keyBound(view, actor, effect.program) };
    rows.push(rowOf("Pass", actor, { ...common, source, destination, ...thing, argument }));
  }
  return rows;
}

/** The slot of the one entry point with the selector. */
function entrySlot(view: View, program: number, selector: bigint, name: string): number {
  const slots: number[] = [];
  for (let slot = 1; slot < SLOTS; slot++) {
    const cell = view.cell(placeAddress({ program, slot }));
    if (cell.type === "entry" && cell.selector === selector) slots.push(slot);
  }
  const [first] = slots;
  if (first === undefined) {
    throw new RefusedError(
      "invocation-causal",
      `program ${program} declares no entry point "${name}" in this snapshot; it must declare it first`,
    );
  }
  if (slots.length > 1)
    throw new InvalidInputError("entry", `"${name}" is declared in slots ${slots.join(", ")}; say which`);
  return first;
}

/** The authority, which must be a key that can sign. */
function keyOf(authority: bigint): bigint {
  if (isAuthority(authority)) return authority;
  throw new InvalidInputError(
    "authority",
    `${authority} is no key that can sign; give the y coordinate of a Baby Jubjub key`,
  );
}

/** The key of a peer, for the rows that bind it. A peer that does not exist is for the machine to refuse. */
export function keyBound(view: View, actor: number, peer: number): { peerAuthority: bigint } {
  if (peer === actor || !Number.isSafeInteger(peer) || peer < 1 || peer > view.programs()) return { peerAuthority: 0n };
  const header = view.cell(address(peer, 0));
  return { peerAuthority: header.type === "program" ? header.authority : 0n };
}

function delegation(view: View, actor: number, effect: DelegateCapability): Row {
  const scope = effect.scope === "all" ? 0 : placeAddress(effect.scope);
  let rights = 0;
  for (const right of effect.rights) rights |= RIGHT[right];
  return rowOf("DelegateCapability", actor, {
    peer: effect.grantee,
    destination: placeAddress({ program: actor, slot: effect.slot }),
    authority: effect.by === undefined ? 0 : placeAddress(effect.by),
    resource: effect.subject,
    deadline: effect.expiry,
    argument: { scope, rights, ...keyBound(view, actor, effect.grantee) },
  });
}

function watching(view: View, actor: number, effect: WatchResource, onTrigger?: OnTrigger): Row {
  const rows = lowerAll(view, actor, effect.trigger, onTrigger);
  if (rows.some((row) => row.effect === "RotateAuthority")) {
    throw new RefusedError(
      "log-signed",
      "a trigger is applied without a signature, so it changes no authority; leave RotateAuthority out of it",
    );
  }
  const digest = triggerDigest(rows);
  onTrigger?.(digest, rows);
  return rowOf("WatchResource", actor, {
    peer: effect.target.program,
    source: placeAddress(effect.target),
    destination: placeAddress({ program: actor, slot: effect.slot }),
    authority: effect.by === undefined ? 0 : placeAddress(effect.by),
    kind: effect.kind,
    quantity: effect.threshold,
    argument: { condition: CONDITION[effect.condition], trigger: digest },
  });
}

function joins(view: View, actor: number, effect: JoinWith): Row[] {
  if (effect.programs.length === 0) throw new InvalidInputError("programs", "name at least one program to wait for");
  return effect.programs.map(({ program, steps }) => {
    return rowOf("JoinWith", actor, { peer: program, argument: { steps, ...keyBound(view, actor, program) } });
  });
}
