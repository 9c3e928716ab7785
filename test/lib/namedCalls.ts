/** Runs that call something by its name, or set a watch with something in it, for tests of what is told of them. */
import { GIFT, GOLD, keyedRun, START } from "./keyedRun.ts";

const A = 1;
const B = 2;

/** B declares `pay`, and A calls it. */
export function exchange(): Promise<string> {
  return keyedRun({
    ...GIFT,
    run(tracer) {
      tracer.program(B).declareEntry({ name: "pay" }, START);
      tracer.perform(A, { effect: "InvokeProgram", program: B, name: "pay", args: [] }, START + 1);
    },
  });
}

/** A watches its slot 9; once there are more than 5 gold, what is in slot 1 goes to B. */
export function watched(): Promise<string> {
  return keyedRun({
    ...GIFT,
    run(tracer) {
      tracer.manifest.kinds[GOLD.toString()] = "Gold";
      const a = tracer.program(A);
      a.issue({ kind: GOLD, quantity: 7n, slot: 1 }, START);
      a.watchResource(
        {
          target: a.place(9),
          condition: "above",
          kind: GOLD,
          threshold: 5n,
          trigger: [{ effect: "EscrowToProgram", from: 1, to: { program: B, slot: 16 }, deadline: 0 }],
        },
        START + 1,
      );
    },
  });
}
