import Koa from 'koa'
import request from 'supertest'
import { createUpstreamRoutes } from '#src/upstream/public-routes.ts'
import { openUpstreams, upstreamsConfigSchema } from '#src/upstream/registry.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'
import { memoryArtifacts } from './itsme/support.ts'

const ITSME = {
  kind: 'itsme',
  issuer: 'https://idp.e2e.itsme.services/v2',
  clientId: 'P',
  serviceCodes: { login: 'A', registration: 'B', confirmation: 'C' },
}
const PARTNER = {
  kind: 'oidc',
  id: 'partner',
  issuer: 'https://partner.example',
  clientId: 'P',
  authentication: { method: 'client_secret_post', secret: 'a synthetic secret' },
}
const silent = () => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }

describe('upstreamsConfigSchema', () => {
  test.each([
    ['none', {}],
    ['an unknown kind', { itsme: { ...ITSME, kind: 'other' } }],
    ['a name that is no path part', { 'a/b': { ...ITSME, id: 'a/b' } }],
    ['the name of a method, by which a login by another would pass for its own', { sc: { ...PARTNER, id: 'sc' } }],
    ['an id that is not the name', { other: ITSME }],
    ['a name for people without a letter', { itsme: { ...ITSME, name: ' ' } }],
    ['a name for people in two lines', { itsme: { ...ITSME, name: 'it\nsme' } }],
    ['a name for people that fits on no button', { itsme: { ...ITSME, name: 'x'.repeat(41) } }],
  ])('refuses %s', (_what, config) => {
    expect(upstreamsConfigSchema.safeParse(config).success).toBe(false)
  })
})

describe('openUpstreams', () => {
  test('names each as it is configured, itsme by itself, and others by their id', async () => {
    const configs = upstreamsConfigSchema.parse({
      itsme: ITSME,
      partner: PARTNER,
      wallet: { ...PARTNER, id: 'wallet', name: 'Belgian Wallet' },
    })
    const deps = {
      issuer: 'https://pias.example',
      keys: memoryKeys(),
      rotateKeysEveryMs: 90 * 86_400_000,
      artifacts: memoryArtifacts(),
      clock: Date.now,
      logger,
    }
    const upstreams = await openUpstreams(configs, deps)
    expect([...upstreams.values()].map(({ kind, name }) => [kind, name])).toEqual([
      ['itsme', 'itsme'],
      ['oidc', 'partner'],
      ['oidc', 'Belgian Wallet'],
    ])
  })

  test('opens by id without asking anything of the upstream, and publishes the keys', async () => {
    const fetch = () => {
      throw new Error('nothing is to be fetched')
    }
    const configs = upstreamsConfigSchema.parse({ itsme: ITSME, 'itsme-two': { ...ITSME, id: 'itsme-two' } })
    const upstreams = await openUpstreams(configs, {
      issuer: 'https://pias.example',
      keys: memoryKeys(),
      rotateKeysEveryMs: 90 * 86_400_000,
      artifacts: memoryArtifacts(),
      clock: Date.now,
      logger,
      fetch,
    })
    expect([...upstreams].map(([id, { idp }]) => [id, idp.id])).toEqual([
      ['itsme', 'itsme'],
      ['itsme-two', 'itsme-two'],
    ])

    const app = new Koa().use(createUpstreamRoutes(upstreams).routes()).callback()
    const answers = await Promise.all(['itsme', 'itsme-two'].map(id => request(app).get(`/upstream/${id}/jwks`)))
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(answer.headers['content-type']).toMatch(/^application\/jwk-set\+json/)
      expect(answer.headers['cache-control']).toBe('public, max-age=1800')
    }
    const kids = answers.flatMap(({ text }) => JSON.parse(text).keys.map(({ kid }: { kid: string }) => kid))
    expect(new Set(kids).size).toBe(4)
    expect(answers.map(({ text }) => text).join()).not.toMatch(/"(d|p|q|dp|dq|qi)":/)
    expect((await request(app).get('/upstream/other/jwks')).status).toBe(404)
  })
})
