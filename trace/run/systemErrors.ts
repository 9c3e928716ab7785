/** Messages for errors of the surroundings, as opposed to errors in the request. */

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied; allow it, or name another place",
  EPERM: "permission is denied; allow it, or name another place",
  EROFS: "it cannot be written there; name another place",
  ENOSPC: "no space is left; free some, or name another place",
  EDQUOT: "no space is left for you; free some, or name another place",
  EMFILE: "too many files are open; allow more (ulimit -n)",
  ENFILE: "too many files are open on this machine; close some",
  ENOMEM: "there is too little memory; end other programs, or allow more (ulimit -v)",
  EAGAIN: "no process or thread can be started; end some, or allow more (ulimit -u)",
  EFBIG: "a file may not grow any more; allow more (ulimit -f), or name another place",
  EIO: "the device fails; use another one",
  ENXIO: "the device is not there; name another place",
  EBUSY: "it is in use; try again",
  ETXTBSY: "it is in use; try again",
  ESTALE: "the network does not reach it any more; try again",
  ECONNREFUSED: "no server answers there; start it",
};

/** The working directory has been removed: no relative path resolves. */
const NOWHERE = "the folder that this was started in is gone; start it in another one";

/** The system's code of an error, such as EACCES; empty if the error has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether an error is one of the system's, with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemCode(error));
}

/** The reason and the remedy if the surroundings failed, from an error or its cause; undefined otherwise. */
export function failedSurroundings(error: unknown): string | undefined {
  for (
    let [cause, depth] = [error, 0];
    cause instanceof Error && depth < 5;
    [cause, depth] = [cause.cause, depth + 1]
  ) {
    if ("syscall" in cause && cause.syscall === "uv_cwd") return NOWHERE;
    const reason = REASONS[systemCode(cause)];
    if (reason !== undefined) return reason;
  }
  return undefined;
}
