/** Round trips: batches, further tries, and fewer requests at once. */
import { describe, expect, test } from "vitest";
import { EnvironmentError } from "../../../trace/errors.ts";
import { type Answered, AskFailure, type AskMany, type Request } from "../../../trace/import/node/ask.ts";
import { Asker, type AskerOptions } from "../../../trace/import/node/asker.ts";

const requests = (count: number): Request[] => Array.from({ length: count }, (_, i) => ({ method: "m", params: [i] }));
const results = (count: number): Answered[] => Array.from({ length: count }, (_, i) => ({ result: i }));
const honest = (asked: readonly Request[]): Answered[] => asked.map(({ params }) => ({ result: params[0] }));

/** An asker whose waits are only written down. */
function asker(ask: AskMany, options: AskerOptions = {}) {
  const waits: number[] = [];
  const sizes: number[] = [];
  const counted: AskMany = (asked) => {
    sizes.push(asked.length);
    return ask(asked);
  };
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  return { asker: new Asker(counted, { parallel: 1, wait, ...options }), waits, sizes };
}

describe("batches", () => {
  test("hold as many requests as wished, and every answer stands at its index", async () => {
    const { asker: one, sizes } = asker(async (asked) => honest(asked), { batch: 4 });
    expect(await one.all(requests(10))).toEqual(results(10));
    expect(sizes).toEqual([4, 4, 2]);
    expect(await one.all([])).toEqual([]);
  });

  test("go out several at a time, no more than wished", async () => {
    let [now, most] = [0, 0];
    const ask: AskMany = async (asked) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return honest(asked);
    };
    const { asker: one } = asker(ask, { batch: 1, parallel: 3 });
    expect(await one.all(requests(10))).toEqual(results(10));
    expect(most).toBe(3);
    const some = [one.all(requests(5)), ...requests(5).map(({ params }) => one.one("m", params))];
    expect(await Promise.all(some)).toEqual([results(5), ...results(5)]);
    expect(most).toBe(3);
  });

  test("shrink if the node refuses them, down to single requests, and stay small", async () => {
    for (const most of [1, 3]) {
      const ask: AskMany = async (asked) => {
        if (asked.length > most) throw new AskFailure("fewer", "batch limit");
        return honest(asked);
      };
      const { asker: one, sizes } = asker(ask, { batch: 8 });
      expect(await one.all(requests(20))).toEqual(results(20));
      expect(one.batch).toBe(most === 1 ? 1 : 2);
      expect(sizes.filter((size) => size > most)).toHaveLength(most === 1 ? 3 : 2);
    }
  });

  test("shrink if single answers do not fit into one", async () => {
    const ask: AskMany = async (asked) =>
      honest(asked).map((answer, i) => (i > 1 ? { error: "response too large" } : answer));
    const { asker: one, waits } = asker(ask, { batch: 8 });
    expect(await one.all(requests(8))).toEqual(results(8));
    expect(waits).toEqual([]);
  });

  test("shrink if they are late; a single late one is tried once more", async () => {
    const ask: AskMany = async (asked) => {
      if (asked.length > 2) throw new AskFailure("late", "not in time");
      return honest(asked);
    };
    expect(await asker(ask).asker.all(requests(4))).toEqual(results(4));
    const { asker: one, sizes } = asker(async () => Promise.reject(new AskFailure("late", "not in time")));
    await expect(one.one("m", [])).rejects.toThrow(/not in time/);
    expect(sizes).toEqual([1, 1]);
  });
});

describe("further tries", () => {
  test("wait longer each time, and as long as the node asks", async () => {
    let tries = 0;
    const ask: AskMany = async (asked) => {
      if (++tries === 1) throw new EnvironmentError("rpc", "broken pipe");
      if (tries === 2) throw new AskFailure("again", "429", { afterMs: 3_000 });
      if (tries === 3) throw new AskFailure("again", "429", { afterMs: 99_000_000 });
      return tries === 4 ? [] : honest(asked);
    };
    const { asker: one, waits } = asker(ask);
    expect(await one.all(requests(3))).toEqual(results(3));
    expect(waits).toEqual([250, 3_000, 30_000, 2_000]);
  });

  test("end with the failure", async () => {
    const { asker: one, sizes } = asker(async () => Promise.reject(new AskFailure("again", "dead")), { retries: 2 });
    await expect(one.one("m", [])).rejects.toMatchObject({ code: "rpc", message: "dead" });
    expect(sizes).toEqual([1, 1, 1]);
  });

  test("are only for what was put off", async () => {
    for (const busy of [
      { error: "slow", busy: true },
      { error: "Too Many Requests" },
      { error: "rate limit exceeded" },
    ]) {
      let tries = 0;
      const ask: AskMany = async (asked) =>
        tries++ > 0 ? honest(asked) : honest(asked).map((answer, i) => (i === 1 ? busy : answer));
      const { asker: one, sizes } = asker(ask);
      expect(await one.all(requests(3))).toEqual(results(3));
      expect(sizes).toEqual([3, 1]);
    }
  });

  test("end with an error, not with the words as an answer", async () => {
    const { asker: one } = asker(async (asked) => asked.map(() => ({ error: "rate limit" })), { retries: 1 });
    await expect(one.all(requests(2))).rejects.toThrow(/puts the requests off: rate limit/);
  });

  test("are not for refusals, nor for what nothing helps, nor for faults of our own", async () => {
    const refusal = asker(async (asked) => asked.map(() => ({ error: "execution reverted: rate limit" })));
    expect(await refusal.asker.one("m", [])).toEqual({ error: "execution reverted: rate limit" });
    const never = asker(async () => Promise.reject(new AskFailure("never", "401")));
    await expect(never.asker.all(requests(5))).rejects.toThrow("401");
    const fault = asker(async () => Promise.reject(new TypeError("oops")));
    await expect(fault.asker.one("m", [])).rejects.toThrow(TypeError);
    const single = asker(async () => Promise.reject(new AskFailure("fewer", "too long")));
    await expect(single.asker.one("m", [])).rejects.toThrow("too long");
    expect([refusal, never, fault, single].map(({ sizes }) => sizes)).toEqual([[1], [5], [1], [1]]);
  });
});
