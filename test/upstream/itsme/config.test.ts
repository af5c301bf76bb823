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
      requestObject: 'off',
    })
    expect(itsmeConfigSchema.parse(MINIMAL)).not.toHaveProperty('nationalNumber')
  })

  test('takes the national number with its law, who decided and when', () => {
    const nationalNumber = { legalBasis: 'a law', decidedBy: 'the DPO', decidedAt: '2026-03-14' }
    expect(itsmeConfigSchema.parse({ ...MINIMAL, nationalNumber })).toMatchObject({ nationalNumber })
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
    ['requestObject', 'both'],
    ['nationalNumber', {}],
    ['nationalNumber', { legalBasis: '', decidedBy: 'DPO', decidedAt: '2026-03-14' }],
    ['nationalNumber', { legalBasis: 'law', decidedBy: '  ', decidedAt: '2026-03-14' }],
    ['nationalNumber', { legalBasis: 'law', decidedBy: 'DPO', decidedAt: '14/03/2026' }],
    ['nationalNumber', { legalBasis: 'law', decidedBy: 'DPO', decidedAt: '2026-02-30' }],
    ['nationalNumber', { legalBasis: 'law', decidedBy: 'DPO' }],
    ['nationalNumber', true],
  ])('refuses %s %j', (name, value) => {
    expect(itsmeConfigSchema.safeParse({ ...MINIMAL, [name]: value }).success).toBe(false)
  })
})
