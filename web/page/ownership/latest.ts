/** Answers for a slider: one question at a time, and always the newest next. */
import { useEffect, useRef, useState } from "preact/hooks";
import { messageOf } from "../frame/messageOf.ts";
import type { Asked } from "../frame/run.ts";

/**
 * Asks whenever `key` changes. While an answer is on its way, newer questions wait, and only the newest is asked then.
 * The answer before stays until the next one is there.
 */
export function useLatest<T>(ask: () => Promise<T>, key: string): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ answer: undefined, problem: undefined, waiting: true });
  const line = useRef<{ wanted: (() => Promise<T>) | undefined; running: boolean; gone: boolean }>({
    wanted: undefined,
    running: false,
    gone: false,
  });
  useEffect(() => {
    line.current.gone = false;
    return () => {
      line.current.gone = true;
    };
  }, []);
  useEffect(() => {
    line.current.wanted = ask;
    setAsked((before) => ({ ...before, waiting: true }));
    if (!line.current.running) void work();
  }, [key]);
  const work = async (): Promise<void> => {
    const own = line.current;
    own.running = true;
    while (own.wanted !== undefined && !own.gone) {
      const next = own.wanted;
      own.wanted = undefined;
      const result = await next().then(
        (answer) => ({ answer, problem: undefined }),
        (error: unknown) => ({ answer: undefined, problem: messageOf(error) }),
      );
      if (!own.gone) setAsked({ ...result, waiting: own.wanted !== undefined });
    }
    own.running = false;
  };
  return asked;
}
