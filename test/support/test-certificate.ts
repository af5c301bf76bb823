import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A certificate for localhost that only the tests trust. */
export type TestCertificate = { readonly certFile: string; readonly keyFile: string; readonly pem: string }

/**
 * Makes a fresh self-signed certificate in a folder. Each has a name of its own: a process that trusts two of one name looks at
 * the first alone.
 */
export const createTestCertificate = async (dir: string): Promise<TestCertificate> => {
  const made = await generate([{ name: 'commonName', value: randomUUID() }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const certificate = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem'), pem: made.cert }
  writeFileSync(certificate.certFile, made.cert)
  writeFileSync(certificate.keyFile, made.private, { mode: 0o600 })
  return certificate
}
