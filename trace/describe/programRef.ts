/** A program beside its name, and its address in an imported run. */
import { called } from "./quoted.ts";

/** A program by number and, if there is one, name. */
export interface ProgramRef {
  program: number;
  name: string | null;
  /** The address that it stands for, in an imported run. */
  address?: string;
}

/** "A (program 3)", or "program 3"; "0x… (program 3)" or "Alice (0x…, program 3)" in an imported run. */
export function programText(ref: ProgramRef): string {
  const who = whoText(ref);
  return who === null ? `program ${ref.program}` : `${who.name} (${who.beside}program ${ref.program})`;
}

/** The name of a program within a sentence, and its address if the name is another text; null without a name. */
export function whoText({ name, address }: ProgramRef): { name: string; beside: string } | null {
  if (address === undefined) return name === null ? null : { name: called(name), beside: "" };
  // The run's own names are addresses, with a number behind the further programs of one.
  const bare =
    name === null || name === address || (name.startsWith(`${address} #`) && /^[0-9]+$/.test(name.slice(44)));
  return bare ? { name: name ?? address, beside: "" } : { name: called(name), beside: `${address}, ` };
}
