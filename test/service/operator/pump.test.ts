/** Work that comes up again and again: when it is done, and when not. */
import { expect, test } from "vitest";
import { Pump } from "../../../service/operator/pump.ts";

/** Work that the test lets fail, last, or rest. */
class Counted extends Pump {
  clock: { now: number };
  done = 0;
  rest = 0;
  fails: string | undefined;
  during: (() => void) | undefined;
  readonly told: string[];

  constructor() {
    const clock = { now: 1_000 };
    const told: string[] = [];
    super({ clock: () => clock.now, pause: 2, longestPause: 10, onTrouble: (why) => told.push(why) });
    [this.clock, this.told] = [clock, told];
  }
  protected override async work(): Promise<number> {
    this.done++;
    this.during?.();
    if (this.fails !== undefined) throw new Error(this.fails);
    return this.rest;
  }
  /** Asks each second. @returns the seconds at which it worked */
  async secondsOfWork(seconds: number): Promise<number[]> {
    const worked: number[] = [];
    for (let second = 0; second < seconds; second++) {
      const before = this.done;
      await this.pump();
      if (this.done > before) worked.push(second);
      this.clock.now++;
    }
    return worked;
  }
}

test("it works whenever it is asked to, or once its rest is over", async () => {
  const pump = new Counted();
  expect(await pump.secondsOfWork(3)).toEqual([0, 1, 2]);
  pump.rest = 4;
  expect(await pump.secondsOfWork(6)).toEqual([0, 4]);
});

test("new work ends a rest, but no pause after a failure", async () => {
  const pump = new Counted();
  pump.rest = 30;
  await pump.pump();
  await pump.pump();
  expect(pump.done).toBe(1);
  await pump.pump(true);
  expect(pump.done).toBe(2);
  pump.fails = "the node is away";
  await pump.pump(true);
  expect(pump.done).toBe(3);
  await pump.pump(true);
  expect(pump.done).toBe(3);
});

test("while it fails, it pauses longer and longer, and tells each reason once", async () => {
  const pump = new Counted();
  pump.fails = "the node is away";
  expect(await pump.secondsOfWork(35)).toEqual([0, 2, 6, 14, 24, 34]);
  expect(pump.trouble).toBe("the node is away");
  pump.fails = "the node is slow";
  expect(await pump.secondsOfWork(10)).toEqual([9]);
  expect(pump.told).toEqual(["the node is away", "the node is slow"]);
  pump.fails = undefined;
  expect(await pump.secondsOfWork(12)).toEqual([9, 10, 11]);
  expect(pump.trouble).toBeNull();
});

test("it does not work twice at the same time, and looks again if it is asked meanwhile", async () => {
  const pump = new Counted();
  const running: boolean[] = [];
  pump.during = () => {
    running.push(pump.running !== undefined);
    if (pump.done === 1) void pump.pump();
  };
  await Promise.all([pump.pump(), pump.pump()]);
  expect(running).toEqual([true, true]);
  expect(pump.running).toBeUndefined();
});
