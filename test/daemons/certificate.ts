// One self-signed certificate per test process, as home servers have them. No authority vouches for it.
import { X509Certificate } from "node:crypto";
import { generate } from "selfsigned";

export interface TestCertificate {
  /** Certificate and private key, one after the other. */
  pem: string;
  /** SHA-256 of the certificate, 64 lower case hex digits. */
  fingerprint: string;
}

let made: Promise<TestCertificate> | undefined;

/** The certificate of this process, made at the first call. */
export function testCertificate(): Promise<TestCertificate> {
  made ??= makeCertificate();
  return made;
}

/** Another one, for the day on which a pinned certificate changes. */
export async function makeCertificate(): Promise<TestCertificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "ftp.test" }], { keySize: 2048 });
  const fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return { pem: `${cert.trim()}\n${key.trim()}\n`, fingerprint };
}
