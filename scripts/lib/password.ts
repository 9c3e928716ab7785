/** Asks for a password on a terminal without showing it. */
import { hideProgress } from "./progress.ts";

const ENTER = /[\r\n]/;
const BACKSPACE = new Set(["\u0008", "\u007f"]);
const INTERRUPT = "\u0003";
const END = "\u0004";

/** The typed password; undefined if there is no terminal. */
export async function askedPassword(prompt: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  hideProgress();
  // Echo is off before the prompt appears, so that no early keystroke is shown.
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  stderr.write(prompt);
  try {
    return await typed();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

function typed(): Promise<string> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const characters: string[] = [];
    const listen = (text: string): void => {
      for (const character of text) {
        if (character === INTERRUPT) process.kill(process.pid, "SIGINT");
        else if (BACKSPACE.has(character)) characters.pop();
        else if (ENTER.test(character) || character === END) {
          stdin.off("data", listen);
          resolve(characters.join(""));
          return;
        } else characters.push(character);
      }
    };
    stdin.on("data", listen);
  });
}
