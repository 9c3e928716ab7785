/** A draft becomes a certificate. */
import { systemIn } from "../read.ts";
import { CertificateWriter, readCertificate } from "../text.ts";
import { Elaboration } from "./elaborate.ts";

export interface Written {
  readonly lines: number;
  /** SHA-256 of the file. */
  readonly certificate: string;
}

/** Between two lines that are told. */
const TOLD = 1000;

/**
 * @param path of the certificate
 * @param draft path of its draft
 * @param r1cs path of the circuit
 */
export function elaborated(path: string, draft: string, r1cs: string, log?: (text: string) => void): Written {
  const { circuit, lines } = readCertificate(draft);
  const writer = new CertificateWriter(path, circuit);
  const elaboration = new Elaboration(systemIn(r1cs), (line) => writer.add(line));
  let count = 0;
  for (const line of lines) {
    elaboration.take(line);
    if (++count % TOLD === 0) log?.(`${count} lines of the draft are elaborated`);
  }
  elaboration.end();
  return { certificate: writer.end(), lines: writer.lines };
}
