/** Keys as text: what stands in a key file. */
import { InvalidInputError } from "../errors.ts";
import { parseJson, requireCanonical, StrictObject } from "../run/strictJson.ts";
import { KeyFileError } from "./secretFile.ts";
import { authorityOf } from "./signature.ts";

/** A key: what signs, and the number by which others know it. */
export interface Key {
  secret: Uint8Array;
  /** y coordinate of the public key. */
  authority: bigint;
}

const FORMAT = "time-bandits-key";
const KEYS = ["format", "version", "secret", "authority"] as const;
/** No key file is longer. */
export const MOST_KEY_BYTES = 1_024;

/** The one text of a key. */
export function keyText({ secret, authority }: Key): string {
  const text = {
    format: FORMAT,
    version: 1,
    secret: Buffer.from(secret).toString("hex"),
    authority: authority.toString(),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/**
 * The key in a text.
 * @param path names the text in errors, which quote nothing of it
 * @throws KeyFileError if it is not as `keys new` writes it
 */
export function keyIn(path: string, text: string): Key {
  try {
    const members = new StrictObject(path, parseJson(path, text), KEYS);
    members.constant("format", FORMAT);
    members.constant("version", 1);
    const digits = members.text("secret");
    if (!/^[0-9a-f]{64}$/.test(digits)) throw new KeyFileError(members.field("secret"), "is not 64 hexadecimal digits");
    const secret = new Uint8Array(Buffer.from(digits, "hex"));
    const key = { secret, authority: authorityOf(secret) };
    if (members.word("authority") !== key.authority) {
      throw new KeyFileError(members.field("authority"), "is not that of the secret; restore the file from a copy");
    }
    requireCanonical(path, text, keyText(key));
    return key;
  } catch (error) {
    // What is wrong with a member may quote it, and a secret must be in no message.
    if (error instanceof KeyFileError || !(error instanceof InvalidInputError)) throw error;
    throw new KeyFileError(error.field, "is not as keys new writes it; restore the file from a copy");
  }
}
