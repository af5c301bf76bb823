import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')
const NATIONAL_NUMBER = { legalBasis: 'synthetic law, art. 1', decidedBy: 'the DPO', decidedAt: '2026-03-14' }
const PRODUCTION = {
  issuer: 'https://id.pias.example',
  server: { proxyHops: 1 },
  upstreams: {
    itsme: {
      issuer: 'https://idp.prd.itsme.services/v2',
      clientId: 'PIAS',
      serviceCodes: { login: 'L', registration: 'R', confirmation: 'C' },
      requestObject: 'request_uri',
      nationalNumber: NATIONAL_NUMBER,
    },
  },
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pias-onboarding-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Outcome = { code: number | string; stdout: string; stderr: string }

const onboarding = async (config: object | undefined, ...args: string[]): Promise<Outcome> => {
  const file = join(folder, 'pias.json')
  if (config !== undefined) await writeFile(file, JSON.stringify(config))
  const env = { PATH: process.env.PATH, ...(config === undefined ? {} : { PIAS_CONFIG: file }) }
  return new Promise(resolve => {
    execFile(process.execPath, [PIAS, 'itsme', 'onboarding', ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

describe('pias itsme onboarding', () => {
  test('tells a machine everything itsme asks', async () => {
    const { code, stdout, stderr } = await onboarding(PRODUCTION, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const redirectUris = ['https://id.pias.example/callback/itsme']
    const scope = (service: string) => `openid service:${service} profile email phone address eid`
    expect(JSON.parse(stdout)).toEqual([
      {
        upstream: 'itsme',
        issuer: 'https://idp.prd.itsme.services/v2',
        clientId: 'PIAS',
        clientAuthentication: { method: 'private_key_jwt', alg: 'RS256' },
        jwksUri: 'https://id.pias.example/upstream/itsme/jwks',
        services: [
          { purpose: 'login', type: 'Authentication', code: 'L', redirectUris, scope: scope('L') },
          { purpose: 'registration', type: 'Identification', code: 'R', redirectUris, scope: scope('R') },
          { purpose: 'confirmation', type: 'Confirmation', code: 'C', redirectUris, scope: scope('C') },
        ],
        idTokenClaims: expect.arrayContaining(['family_name', 'http://itsme.services/v2/claim/BENationalNumber']),
        userinfoClaims: ['http://itsme.services/v2/claim/ongoing_call'],
        acrValues: ['http://itsme.services/v2/claim/acr_basic', 'http://itsme.services/v2/claim/acr_advanced'],
        tokens: {
          signing: 'RS256',
          encryptionAlg: ['RSA-OAEP-256', 'RSA-OAEP'],
          encryptionEnc: ['A128CBC-HS256', 'A256GCM'],
        },
        pkce: 'S256',
        requestObjects: {
          mode: 'request_uri',
          signing: 'RS256',
          encryptionAlg: 'RSA-OAEP-256',
          encryptionEnc: 'A128CBC-HS256',
          uriPrefix: 'https://id.pias.example:443/upstream/itsme/request/',
        },
        nationalNumber: NATIONAL_NUMBER,
        obstacles: [],
        notes: expect.arrayContaining([expect.stringMatching(/certificate of id\.pias\.example/)]),
        contact: ['https://portal.itsme-id.com', 'onboarding@itsme-id.com'],
      },
    ])
  })

  test('tells a person the same', async () => {
    const { stdout } = await onboarding(PRODUCTION)
    for (const text of [
      /client id: +PIAS\n/,
      /JWKS: +https:\/\/id\.pias\.example\/upstream\/itsme\/jwks\n/,
      /request_uri prefix: +https:\/\/id\.pias\.example:443\//,
      /national number: +requested: synthetic law, art\. 1 \(decided by the DPO on 2026-03-14\)\n/,
      /Service for registration \(type Identification\)\n +service code: +R\n/,
    ])
      expect(stdout).toMatch(text)
    expect(stdout).not.toContain('In the way')
  })

  test('says of a demonstration what itsme would refuse', async () => {
    const { code, stdout } = await onboarding(undefined)
    expect(code).toBe(0)
    expect(stdout).toMatch(/In the way:\n.*not https.*\n.*localhost.*\n.*the upstream is not itsme/)
    expect(stdout).toMatch(/request objects: +for Confirmation only\n/)
    expect(stdout).toMatch(/national number: +not requested\n/)
  })

  test('names an upstream that is none, and a configuration that does not hold, in one line', async () => {
    const missing = await onboarding(PRODUCTION, '--upstream', 'other')
    expect(missing).toEqual({
      code: 1,
      stdout: '',
      stderr: 'pias: config.invalid: no upstream other of kind itsme is configured\n',
    })
    const itsme = { ...PRODUCTION.upstreams.itsme, nationalNumber: { ...NATIONAL_NUMBER, legalBasis: '' } }
    const bad = await onboarding({ ...PRODUCTION, upstreams: { itsme } })
    expect(bad.code).toBe(1)
    expect(bad.stderr).toMatch(/^pias: config\.invalid: .*nationalNumber\.legalBasis.*\n$/)
  })
})
