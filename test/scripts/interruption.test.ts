/** The message after Ctrl-C fits the verb. */
import { expect, test } from "vitest";
import { beginVerb, interruptionText, whenInterrupted } from "../../scripts/lib/interruption.ts";

test.each(["replay", "show", "diff", "audit", "verify-record", "list"])("%s changes nothing", (verb) => {
  beginVerb(verb);
  expect(interruptionText()).toBe("interrupted; nothing was changed");
});

test.each(["run", "prove", "submit", "export", "clean"])("%s keeps its finished work", (verb) => {
  beginVerb(verb);
  expect(interruptionText()).toContain("finished work is kept");
});

test("a verb's own message lasts until the next verb", () => {
  beginVerb("show");
  whenInterrupted(() => "2 of 5 batches kept");
  expect(interruptionText()).toBe("interrupted; 2 of 5 batches kept");
  beginVerb("show");
  expect(interruptionText()).toBe("interrupted; nothing was changed");
});
