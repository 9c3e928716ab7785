/**
 * Lowers effects to rows. Looks up the contents of the slots that an effect names (docs/reference/protocol.md, section
 * 4).
 */

import { InvalidInputError, RefusedError } from "../errors.ts";
import { address, CONDITION, RIGHT, SLOTS } from "../layout.ts";
import { triggerDigest } from "../machine/group.ts";
import { rowOf } from "../machine/rowShape.ts";
import { clearedOf, removedOf } from "../machine/rules/capability.ts";
import { contentOf, slotName } from "../machine/rules/step.ts";
import type { Row } from "../machine/transition.ts";
import { isAuthority } from "../state/authority.ts";
import type { View } from "../state/timeMap.ts";
import type { AtomicBatch, DelegateCapability, Effect, Eject, Enter, JoinWith, WatchResource } from "./effects.ts";
import { keyBound, placeAddress, thingAt } from "./found.ts";
import { Ahead } from "./groupView.ts";
import { invocation } from "./lowerCall.ts";
import { selectorOf } from "./selector.ts";

/** Called with every trigger of a WatchResource: its digest, and the rows to apply. */
export type OnTrigger = (digest: bigint, rows: readonly Row[]) => void;

/**
 * The rows of an effect, without those that follow from the state: Checks, and the lines of capabilities.
 * @param view the state at the time of the effect
 * @param actor the program that asks
 * @param onTrigger called with the triggers of watches, inner ones first
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
      return [
        rowOf("Retire", actor, {
          source: at(effect.slot),
          ...thingAt(view, at(effect.slot)),
          argument: { recipient: effect.recipient ?? 0n },
        }),
      ];
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
      const cell = view.cell(at(effect.slot));
      const capability = cell.type === "capability";
      if (!capability && effect.effect === "RevokeCapability") {
        const found = contentOf(cell);
        throw new RefusedError(
          "no-unscoped-access",
          `${slotName(at(effect.slot))} holds ${found}, not a capability; use Clear for other cells`,
        );
      }
      const argument = { cleared: clearedOf(cell), removed: removedOf(cell) };
      return [rowOf(capability ? "RevokeCapability" : "Clear", actor, { authority: at(effect.slot), argument })];
    }
    case "WatchResource":
      return [watching(view, actor, effect, onTrigger)];
    case "Unwatch": {
      const authority = at(effect.slot);
      const cell = view.cell(authority);
      if (cell.type !== "watch") {
        throw new RefusedError(
          "watch-deterministic",
          `${slotName(authority)} holds ${contentOf(cell)}, not a watch; name the watch's own slot`,
        );
      }
      const argument = { removed: removedOf(cell) };
      const peer = Math.floor(cell.target / SLOTS);
      return [rowOf("Unwatch", actor, { peer, source: cell.target, authority, argument })];
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
    case "Enter":
      return [entry(view, actor, effect)];
    case "Eject":
      return [ejection(view, actor, effect)];
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

/** The authority. It must be a key that can sign. */
function keyOf(authority: bigint): bigint {
  if (isAuthority(authority)) return authority;
  throw new InvalidInputError(
    "authority",
    `${authority} is no key that can sign; give the y coordinate of a Baby Jubjub key`,
  );
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
  return watchRow(actor, effect, effect.sealed === undefined ? known(view, actor, effect, onTrigger) : secret(effect));
}

/** The digest of a trigger that nobody here can read. */
function secret({ sealed = 0n, trigger }: WatchResource): bigint {
  if (trigger.length === 0) return sealed;
  throw new InvalidInputError("sealed", "stands in place of the trigger's effects; leave one of the two out");
}

/** The digest of a trigger that is set with its effects. */
function known(view: View, actor: number, effect: WatchResource, onTrigger?: OnTrigger): bigint {
  const rows = lowerAll(view, actor, effect.trigger, onTrigger);
  if (rows.some((row) => row.effect === "RotateAuthority")) {
    throw new RefusedError(
      "log-signed",
      "a trigger is applied without a signature, so it changes no authority; leave RotateAuthority out of it",
    );
  }
  const digest = triggerDigest(rows);
  onTrigger?.(digest, rows);
  return digest;
}

function watchRow(actor: number, effect: WatchResource, digest: bigint): Row {
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

function entry(view: View, actor: number, { to, id, kind, quantity }: Enter): Row {
  const argument = keyBound(view, actor, to.program);
  return rowOf("Enter", actor, {
    ...{ peer: to.program, destination: placeAddress(to), resource: id, kind, quantity, argument },
  });
}

function ejection(view: View, actor: number, { from, program }: Eject): Row {
  const source = placeAddress(from);
  const cell = view.cell(source);
  const { escrowFrom, deadline } = cell.type === "resource" ? cell : { escrowFrom: 0, deadline: 0 };
  return rowOf("Eject", actor, {
    ...{ peer: program, source, ...thingAt(view, source), deadline },
    argument: { escrowFrom, ...keyBound(view, actor, program) },
  });
}

function joins(view: View, actor: number, effect: JoinWith): Row[] {
  if (effect.programs.length === 0) throw new InvalidInputError("programs", "name at least one program to wait for");
  return effect.programs.map(({ program, steps }) => {
    return rowOf("JoinWith", actor, { peer: program, argument: { steps, ...keyBound(view, actor, program) } });
  });
}
