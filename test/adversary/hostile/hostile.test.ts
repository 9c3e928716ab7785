/** Some hostile input. The rest is in hostile.long.test.ts and in `npm run adversary`. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { InvalidInputError } from "../../../trace/errors.ts";
import { parseManifest } from "../../../trace/run/manifest.ts";
import { parseFreeJson } from "../../../trace/run/strictJson.ts";
import { Random } from "../../lib/random.ts";
import { HostileFiles } from "./hostileFiles.ts";

let files: HostileFiles;
beforeAll(async () => {
  files = await HostileFiles.open();
});
afterAll(() => files.close());

test("hostile files are refused with a readable error, or read as exactly their content", async () => {
  const random = new Random(1);
  const wrong: string[] = [];
  for (let i = 0; i < 150; i++) {
    const found = await files.try(random);
    if (found !== null) wrong.push(found);
  }
  expect(wrong).toEqual([]);
});

test("a member twice in an object is refused at any depth and in any spelling", () => {
  for (const text of ['{"a":1,"a":1}', '{"a":[{"b":1,"\\u0062":2}]}', '[{},{"":0,"":0}]'])
    expect(() => parseFreeJson("x", text)).toThrow("x: has a member twice");
  const odd = '{"a:":"\\"b\\":1","c\\"\\\\":[":",{}],"__proto__":{"d":null}}';
  expect(parseFreeJson("x", odd)).toEqual(JSON.parse(odd));
  expect(() => parseFreeJson("x", `{"a":"${"\\n".repeat(1_000_000)}","a":1}`)).toThrow("twice");
});

test("a program may be called __proto__", () => {
  const names = '"__proto__":"x"';
  const empty = '"kinds":{},"functions":{},"slots":{},"notes":[]';
  const text = `{"format":"time-bandits-manifest","version":2,"scenario":"","profiles":[],"programs":{${names}},${empty}}`;
  expect(Object.entries(parseManifest(text).programs)).toEqual([["__proto__", "x"]]);
});

test("a message quotes foreign text, shortened and without control characters", () => {
  const { message, field } = new InvalidInputError(`a\u001b[2J${"x".repeat(10_000)}`, `b\u202e${"y".repeat(10_000)}`);
  expect(message.length).toBeLessThanOrEqual(2_000);
  expect(field.length).toBeLessThanOrEqual(200);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the message must not have control characters
  expect(message + field).not.toMatch(/[\u0000-\u001f\u202e]/);
});
