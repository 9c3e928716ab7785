/** Lines of progress in a pipe, and what is left of an output without them. */
import { expect, onTestFinished, test, vi } from "vitest";
import { startProgress } from "../../scripts/lib/progress.ts";
import { withoutProgress } from "../lib/progressLines.ts";

test("long work has a line now and then in a pipe, and tests of what a program prints leave it out", async () => {
  vi.useFakeTimers();
  let text = "";
  const write = vi.spyOn(process.stderr, "write").mockImplementation((piece) => {
    text += piece;
    return true;
  });
  onTestFinished(() => {
    vi.useRealTimers();
    write.mockRestore();
  });
  const progress = await startProgress(true);
  progress.say("hostile: 12 of 20");
  vi.advanceTimersByTime(14_000);
  expect(text).toBe("");
  vi.advanceTimersByTime(17_000);
  progress.stop();
  expect(text).toMatch(/^(timebandits: \d+ s: hostile: 12 of 20\n){2}$/);
  expect(withoutProgress(`${text}timebandits: there is no run here\n`)).toBe("timebandits: there is no run here\n");
});
