/** Lines that say how far long work is. They come where it takes long, so that a slow machine prints more of them. */

/** What a program printed on stderr, without such lines. They are those of `startProgress` in a pipe. */
export const withoutProgress = (stderr: string): string => stderr.replace(/^timebandits: \d+ s: .*\n/gm, "");
