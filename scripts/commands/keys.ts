import { Command } from "commander";
import { pairs } from "../lib/output.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { does, verb } from "../lib/verb.ts";

/** `keys`: the keys that programs sign with. Their secrets are never printed. */
export function keys() {
  return new Command("keys")
    .description("make the key that signs for a program, or show its authority")
    .addCommand(make())
    .addCommand(show());
}

function make() {
  const command = verb("new", "make a key, in a file that only you can read").argument(
    "<file>",
    "file to write",
    secretFileArgument,
  );
  return does(command, async ({ args: [file = ""] }) => {
    const { newKeyFile } = await import("../../trace/signing/keyFile.ts");
    return answer(file, newKeyFile(file).authority, "give its authority to whoever runs the programs; keep the file");
  });
}

function show() {
  const command = verb("show", "show the authority of a key").argument("<file>", "key file", secretFileArgument);
  return does(command, async ({ args: [file = ""] }) => {
    const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
    return answer(file, readKeyFile(file).authority);
  });
}

function answer(file: string, authority: bigint, advice?: string) {
  const lines = pairs([
    ["key file", file],
    ["authority", authority],
  ]);
  return { facts: { file, authority }, lines: advice === undefined ? lines : [...lines, advice] };
}
