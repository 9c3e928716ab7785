/** Which circuits have a certificate that their outcome is the only one (docs/security/certificate.md). */
import { readFileSync } from "node:fs";
import { PROFILES_FILE } from "./profiles.ts";

/** A certificate that was made and checked, and the circuit that it is of. */
export interface CertificateRecord {
  /** SHA-256 of the compiled `.r1cs` file. */
  readonly r1cs: string;
  /** SHA-256 of the certificate, as `npm run certificate -- --out FILE` writes it. */
  readonly certificate: string;
}

/** The records, by the name of the circuit. They stand beside the sizes of the profiles. */
export function certificateRecords(): Readonly<Record<string, CertificateRecord>> {
  const { certificates } = JSON.parse(readFileSync(PROFILES_FILE, "utf8")) as {
    certificates?: Readonly<Record<string, CertificateRecord>>;
  };
  return certificates ?? {};
}

/**
 * The hash of a circuit's certificate; null if it has none, or if the circuit was compiled from other sources.
 *
 * @param r1cs SHA-256 of the compiled circuit
 * @example
 * const hash = certificateOf("cell", circuit.r1csHash);
 */
export function certificateOf(name: string, r1cs: string): string | null {
  const record = certificateRecords()[name];
  return record?.r1cs === r1cs ? record.certificate : null;
}
