/** Who asks: the operator by a token, a program by a signature of the request. */
import { address, mustSign } from "../../trace/layout.ts";
import type { Caller, Operator } from "../operator/types.ts";
import { LONGEST_VALID_S, parseAuthorization, SCHEME, type SignedBy } from "../wire/authorization.ts";
import { HttpError } from "./errors.ts";
import type { Limiter } from "./limits.ts";
import { Nonces } from "./nonces.ts";
import { isToken } from "./tokenFile.ts";

/** Bits of a nonce that its sender chooses; those above are the server's. */
const INSTANCE_BITS = 64n;

/** A request, as far as its signature binds it. */
export interface Asked {
  readonly ip: string;
  /** Method and path with query, as they came. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: Uint8Array;
}

/** Recognises those who ask. */
export class Authenticator {
  readonly #operator: Operator;
  readonly #token: string;
  readonly #limiter: Limiter;
  readonly #nonces = new Nonces();
  readonly #now: () => number;
  readonly #instance: bigint;
  #domain: Promise<bigint> | undefined;

  /**
   * @param instance what the nonces of this start begin with: a server that starts again knows no nonces of before
   * @param now seconds since 1970
   */
  constructor(operator: Operator, token: string, limiter: Limiter, instance: string, now: () => number) {
    this.#operator = operator;
    this.#instance = BigInt(`0x${instance}`);
    this.#token = token;
    this.#limiter = limiter;
    this.#now = now;
  }

  /**
   * Who asks; undefined if the request does not say.
   * @throws HttpError 401 if what it says is not true, 429 if it asks for too much
   */
  async callerOf(asked: Asked): Promise<Caller | undefined> {
    const { authorization, ip, body } = asked;
    if (authorization === undefined) return undefined;
    const bearer = /^Bearer ([\x21-\x7e]{1,512})$/.exec(authorization)?.[1];
    if (bearer !== undefined) {
      if (isToken(this.#token, bearer)) return this.#counted({ kind: "operator" }, body.length);
      this.#limiter.check(ip);
      throw unauthorized("the token is not the operator's");
    }
    const signed = parseAuthorization(authorization);
    if (signed === undefined) {
      throw unauthorized(`give "Bearer TOKEN", or "${SCHEME} program=…" in its one form`);
    }
    return await this.#program(asked, signed);
  }

  async #program(asked: Asked, signed: SignedBy): Promise<Caller> {
    const { program, expires, nonce, signature } = signed;
    this.#requireInTime(expires);
    if (nonce >> INSTANCE_BITS !== this.#instance) {
      throw unauthorized(
        "the nonce is not of this start of the server; ask /v1/domain for its instance, and sign again",
      );
    }
    const authority = this.#authorityOf(program);
    // Cheap refusals come first: a check of the signature takes milliseconds.
    if (signature.key[1] !== authority) throw unauthorized(`the key is not that of program ${program}`);
    if (this.#nonces.has(program, nonce)) throw replayed();
    this.#limiter.check(asked.ip);
    const { verifyRequest } = await import("../../trace/signing/request.ts");
    const domain = await this.#domainOfMap();
    const { target, body } = asked;
    const good = await verifyRequest(authority, { domain, program, target, body, expires, nonce }, signature);
    if (!good) throw unauthorized("the signature is not one of this request");
    const entered = this.#nonces.enter(program, nonce, expires, this.#now());
    if (entered === "taken") throw replayed();
    if (entered === "full") this.#limiter.noncesFull(program);
    return this.#counted({ kind: "program", program, authority }, body.length);
  }

  #requireInTime(expires: number): void {
    const now = this.#now();
    if (expires < now) throw unauthorized(`the request was valid until ${expires}, and it is ${now}; sign it again`);
    if (expires > now + LONGEST_VALID_S) {
      throw unauthorized(`the request is valid for more than ${LONGEST_VALID_S} s from now, ${now}; sign it for less`);
    }
  }

  #authorityOf(program: number): bigint {
    const map = this.#operator.map();
    const header = program <= map.programs() ? map.cell(address(program, 0)) : undefined;
    if (header?.type !== "program") throw unauthorized(`there is no program ${program}`);
    if (!mustSign(program, header.authority)) {
      const what = header.authority === 0n ? "open" : "the chain";
      throw unauthorized(`program ${program} is ${what}: only the operator acts for it, with the operator's token`);
    }
    return header.authority;
  }

  #domainOfMap(): Promise<bigint> {
    this.#domain ??= this.#operator.status().then(
      ({ domain }) => domain,
      (error: unknown) => {
        this.#domain = undefined;
        throw error;
      },
    );
    return this.#domain;
  }

  #counted(caller: Caller, bytes: number): Caller {
    this.#limiter.authenticated(caller, bytes);
    return caller;
  }
}

/** The error for somebody who is not who they say, or says nothing. */
export function unauthorized(why: string): HttpError {
  return new HttpError(401, "unauthorized", why);
}

/** The error for somebody who may not do that. */
export function forbidden(why: string): HttpError {
  return new HttpError(403, "forbidden", why);
}

function replayed(): HttpError {
  return unauthorized("a request with this nonce was taken already; sign each request anew");
}
