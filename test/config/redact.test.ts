import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { OVERRIDES } from '#src/config/environment.ts'
import { loadConfig } from '#src/config/load.ts'
import { redact } from '#src/config/redact.ts'
import { configSchema } from '#src/config/schema.ts'

const CANARY = 'canary-of-a-secret-that-must-not-be-shown'

describe('a configuration as it is shown', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pias-redact-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const shown = (env: Record<string, string>, file: object = {}): string => {
    writeFileSync(join(root, 'pias.json'), JSON.stringify(file))
    return JSON.stringify(redact(loadConfig({ root, env: { PIAS_CONFIG: 'pias.json', ...env } })))
  }

  test('holds no secret, by whichever way it came', () => {
    const env: Record<string, string> = {
      PIAS_COOKIE_KEY: CANARY,
      PIAS_SMS: 'http',
      PIAS_SMS_URL: 'https://gateway.example',
      PIAS_SMS_TOKEN: CANARY,
      PIAS_MAIL: 'http',
      PIAS_MAIL_URL: `https://pias:${CANARY}@gateway.example`,
      PIAS_MAIL_TOKEN: CANARY,
      PIAS_STORE: 'mongo-redis',
      PIAS_MONGO_URL: `mongodb://pias:${CANARY}@one.example,two.example/?replicaSet=rs&authMechanismProperties=AWS_SESSION_TOKEN:${CANARY}`,
      PIAS_REDIS_URL: `redis://:${CANARY}@redis.example`,
      PIAS_REDIS_SENTINELS: `redis://:${CANARY}@a.example redis://user:${CANARY}@b.example`,
    }
    const secrets = Object.entries(OVERRIDES).filter(([, { file }]) => file)
    expect(secrets.map(([name]) => name).filter(name => env[name] === undefined)).toEqual([])
    const file = {
      kek: { kind: 'vault-transit', url: 'https://vault.example', token: CANARY },
      upstreams: {
        partner: {
          kind: 'oidc',
          id: 'partner',
          issuer: 'https://partner.example',
          clientId: 'PIAS',
          authentication: { method: 'client_secret_basic', secret: CANARY },
        },
      },
    }
    const text = shown(env, file)
    expect(text).not.toContain(CANARY)
    expect(text.match(/\[redacted\]/g)).toHaveLength(11)
    for (const known of [
      'one.example,two.example/?replicaSet=rs',
      '@redis.example',
      'vault.example',
      'https://partner.example',
    ])
      expect(text).toContain(known)

    const fromFiles = Object.fromEntries(
      Object.entries(env).map(([name, value]) => {
        if (OVERRIDES[name]?.file !== true) return [name, value]
        writeFileSync(join(root, name), `${value}\n`)
        return [`${name}_FILE`, join(root, name)]
      }),
    )
    expect(shown(fromFiles, file)).toBe(text)
  })

  test('every field whose name sounds like a secret is one, or is known to be none', () => {
    const names = new Set<string>()
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      const { properties } = value as { properties?: Record<string, { type?: string }> }
      for (const [name, { type }] of Object.entries(properties ?? {})) if (type === 'string') names.add(name)
      Object.values(value).forEach(collect)
    }
    collect(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }))
    expect(names).toContain('cookieKey')
    const suspicious = [...names].filter(name => /secret|token|pass|credential|key/i.test(name))
    const open = ['idTokenAlg', 'keyFile', 'keyName', 'keyPrefix', 'secretFile', 'tokenFile']
    const hidden = suspicious.filter(name => (redact({ [name]: CANARY }) as Record<string, unknown>)[name] !== CANARY)
    expect([...hidden, ...open].sort()).toEqual(suspicious.sort())
  })

  test.each([
    ['redis://a:p@ss/word@host/0', 'redis://[redacted]@host/0'],
    [
      'mongodb+srv://u:p@h/?w=majority&tlsCertificateKeyFilePassword=p',
      'mongodb+srv://[redacted]@h/?w=majority&tlsCertificateKeyFilePassword=[redacted]',
    ],
    ['https://id.example', 'https://id.example'],
    ['http://itsme.services/v2/claim/acr_basic', 'http://itsme.services/v2/claim/acr_basic'],
    ['data/pias', 'data/pias'],
  ])('%s is shown as %s', (text, expected) => {
    expect(redact({ url: [text] })).toEqual({ url: [expected] })
  })

  test('the rest is shown as it is, defaults included', () => {
    const config = JSON.parse(shown({}))
    expect(config).toMatchObject({ issuer: 'http://localhost:3000', lifetimes: { authorizationCode: 60 } })
  })
})
