/** Feeds: numbers on the chain that a moored map may show. Their file, and how a registry tells them. */
import { FunctionFragment, Interface, isHexString, type Result } from "ethers";
import { plainAddress } from "../../../prover/batches/mapIdentity.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { BITS } from "../../../trace/layout.ts";
import { parseFreeJson, StrictObject } from "../../../trace/run/strictJson.ts";
import { oddAnswer } from "../ask.ts";
import type { Feed } from "../terms.ts";
import { addressIn, numberOf } from "./numbers.ts";

/** Most feeds of a map, and most bytes of call data of one. */
const MOST_FEEDS = 256;
const MOST_DATA = 4_096;
const MOST_SHIFT = 255;
const OFFSET_BOUND = 1n << 255n;
/** Members of a feed that may be left out, and what they then are. */
const DEFAULTS: Readonly<Record<string, unknown>> = { arguments: [], shift: 0, offset: "0" };

/**
 * Reads a file of feeds: a JSON list of objects with `contract`, then `data` or `function` and `arguments`, then
 * `shift`, `offset` and `fresh`.
 * @throws InvalidInputError naming the feed and its member
 *
 * @example
 * parseFeeds("feeds.json", '[{"contract":"0x…","function":"latestAnswer()","fresh":3600}]');
 */
export function parseFeeds(where: string, text: string): Feed[] {
  const list = parseFreeJson(where, text);
  if (!Array.isArray(list)) throw new InvalidInputError(where, "is no list; write [ { feed }, … ]");
  if (list.length > MOST_FEEDS)
    throw new InvalidInputError(where, `has ${list.length} feeds; a map takes ${MOST_FEEDS} at most`);
  return list.map((value: unknown, i) => feedIn(`${where} feed ${i}`, value));
}

function feedIn(where: string, value: unknown): Feed {
  const has = (name: string): boolean => typeof value === "object" && value !== null && name in value;
  const asked = has("data") ? ["data"] : ["function", "arguments"];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const filled = isObject ? { ...defaultsFor(asked), ...value } : value;
  const members = new StrictObject(where, filled, ["contract", ...asked, "shift", "offset", "fresh"]);
  const shift = members.number("shift", 8);
  if (shift > MOST_SHIFT) throw new InvalidInputError(members.field("shift"), "is 0 to 255, bits that are cut off");
  const fresh = members.number("fresh", BITS.time);
  if (fresh === 0)
    throw new InvalidInputError(members.field("fresh"), "is 1 or more, the seconds for which it is shown");
  return {
    target: contractIn(members),
    data: asked[0] === "data" ? dataIn(members) : encoded(members),
    ...{ shift, fresh, offset: offsetIn(members) },
  };
}

function defaultsFor(asked: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(DEFAULTS).filter(([name]) => name !== "arguments" || asked.includes("arguments")),
  );
}

function contractIn(members: StrictObject): string {
  const text = members.text("contract");
  if (!/^0x[0-9a-fA-F]{40}$/.test(text) || /^0x0*$/.test(text))
    throw new InvalidInputError(members.field("contract"), "is no address; give 0x and 40 hexadecimal digits");
  return plainAddress(text);
}

function dataIn(members: StrictObject): string {
  const data = members.text("data");
  if (isHexString(data) && data.length % 2 === 0 && data.length <= 2 + 2 * MOST_DATA) return data.toLowerCase();
  throw new InvalidInputError(members.field("data"), `is no call data; give 0x and whole bytes, ${MOST_DATA} at most`);
}

/** The call of a function, by its signature and its arguments. */
function encoded(members: StrictObject): string {
  const signature = members.text("function");
  let called: FunctionFragment;
  try {
    called = FunctionFragment.from(`function ${signature.replace(/^function\s+/, "")}`);
  } catch (cause) {
    const next = 'is no signature; give one such as "balanceOf(address)", or the call data as "data"';
    throw new InvalidInputError(members.field("function"), next, { cause });
  }
  try {
    return new Interface([called]).encodeFunctionData(called, members.list("arguments"));
  } catch (cause) {
    throw new InvalidInputError(members.field("arguments"), `are not those of ${signature}`, { cause });
  }
}

/** A whole number with its sign: a decimal text, or a small number. */
function offsetIn(members: StrictObject): bigint {
  const value = members.value("offset");
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  const offset = typeof text === "string" && /^-?[0-9]{1,78}$/.test(text) ? BigInt(text) : undefined;
  if (offset !== undefined && offset >= -OFFSET_BOUND && offset < OFFSET_BOUND) return offset;
  throw new InvalidInputError(members.field("offset"), 'is no whole number of 256 bits; give a text such as "-100"');
}

/** The feeds as the event `MapMoored` tells them. @throws EnvironmentError */
export function feedsIn(value: Iterable<Result>): Feed[] {
  const what = "event MapMoored";
  return Array.from(value, (feed) => {
    // By `getValue`, as `shift` is also the name of a function of lists.
    const [target, data, shift, offset, fresh] = MEMBERS.map((name): unknown => feed.getValue(name));
    if (typeof data !== "string" || typeof offset !== "bigint") throw oddAnswer(what);
    const [cut, seconds] = [numberOf(what, shift, 8), numberOf(what, fresh, BITS.time)];
    return { target: addressIn(what, target), data, shift: cut, offset, fresh: seconds };
  });
}

const MEMBERS = ["target", "data", "shift", "offset", "fresh"] as const;
