import { itsmeConfigSchema } from '#src/upstream/itsme/config.ts'

const MINIMAL = {
  kind: 'itsme',
  issuer: 'https://idp.e2e.itsme.services/v2',
  clientId: 'P',
  serviceCodes: { login: 'A', registration: 'B', confirmation: 'C' },
}

describe('itsmeConfigSchema', () => {
  test('fills in everything that has a sensible default', () => {
    expect(itsmeConfigSchema.parse(MINIMAL)).toMatchObject({
      id: 'itsme',
      timeouts: { callMs: 3000, totalMs: 6000 },
      maxTokenBytes: 16384,
      allowedEncryption: { alg: ['RSA-OAEP-256', 'RSA-OAEP'], enc: ['A128CBC-HS256', 'A256GCM'] },
      acr: { absent: 'urn:pias:acr:basic' },
    })
  })

  test.each(['http://127.0.0.1:3100/v2', 'http://localhost:3100/v2', 'http://[::1]:3100/v2'])('takes %s', issuer => {
    expect(itsmeConfigSchema.safeParse({ ...MINIMAL, issuer }).success).toBe(true)
  })

  test.each([
    ['issuer', 'http://idp.e2e.itsme.services/v2'],
    ['issuer', 'http://127.0.0.1.example.com/v2'],
    ['issuer', 'https://a:b@idp.e2e.itsme.services/v2'],
    ['issuer', 'https://idp.e2e.itsme.services/v2/'],
    ['issuer', 'https://idp.e2e.itsme.services/v2?x'],
    ['issuer', 'itsme'],
    ['clientId', ''],
    ['serviceCodes', { login: 'A' }],
    ['serviceCodes', { login: 'A B', registration: 'B', confirmation: 'C' }],
    ['allowedEncryption', { alg: ['RSA1_5'] }],
    ['allowedEncryption', { enc: [] }],
    ['unknown', true],
  ])('refuses %s %j', (name, value) => {
    expect(itsmeConfigSchema.safeParse({ ...MINIMAL, [name]: value }).success).toBe(false)
  })
})
