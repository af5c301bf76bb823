import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { startWorld, type World } from './support.ts'

const LOTTES = '88031499863'
const NATIONAL_NUMBER = { legalBasis: 'synthetic law, art. 1', decidedBy: 'the DPO', decidedAt: '2026-03-14' }

describe('the national number', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  test('is not asked unless configuration names the law, and dropped when it comes all the same', async () => {
    const connector = world.connector()
    const leg = await connector.begin()
    expect(leg.redirectTo.href).not.toMatch(/eid|BENationalNumber/)
    const claims = JSON.parse(leg.redirectTo.searchParams.get('claims') ?? '{}')
    claims.id_token['http://itsme.services/v2/claim/BENationalNumber'] = null
    leg.redirectTo.searchParams.set('claims', JSON.stringify(claims))
    const identity = await leg.complete(await connector.visit(leg, 'lotte'))
    expect(JSON.stringify(identity)).not.toContain(LOTTES)
  })

  test('is asked and given where it does', async () => {
    const connector = world.connector({ config: { nationalNumber: NATIONAL_NUMBER } })
    const leg = await connector.begin()
    expect(leg.redirectTo.searchParams.get('scope')?.split(' ')).toContain('eid')
    const { claims } = await leg.complete(await connector.visit(leg, 'lotte'))
    expect(claims.nationalNumber).toBe(LOTTES)
    expect((await connector.logIn('dutch-document')).claims).not.toHaveProperty('nationalNumber')
  })
})

describe('a PIAS that may process the national number', () => {
  let running: RunningPias
  beforeAll(async () => {
    running = await startPias({ config: { upstreams: { itsme: { nationalNumber: NATIONAL_NUMBER } } } })
    const { issuer } = running
    running.simulator.register({
      clientId: 'PIAS_DEMO',
      redirectUris: [`${issuer}/callback/itsme`],
      jwksUri: `${issuer}/upstream/itsme/jwks`,
      serviceCodes: { PIAS_LOGIN: { service: 'authentication' } },
      scopes: ['profile', 'email', 'phone', 'address', 'eid'],
    })
  })
  afterAll(() => running.close())

  test('says at the start on what ground, and who decided when', () => {
    expect(running.log).toContainEqual({
      level: 'info',
      message: 'the national number is requested',
      fields: { upstream: 'itsme', ...NATIONAL_NUMBER },
    })
  })

  test.each(['the first', 'a later'])('keeps it out of account, tokens, userinfo and log: %s login', async () => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    const answers = await logIn(browser, request.url, 'lotte')
    expect(new URL(answers[0]?.location ?? 'none:').searchParams.get('scope')?.split(' ')).toContain('eid')
    const tokens = await redeem(app, browser, answers, request)
    const { sub } = claimsOf(tokens.id_token)
    const account = await running.pias.store.accounts.find(sub as never)
    expect(account?.claims.familyName).toBe('Vandenbroucke')
    const written = [account, claimsOf(tokens.id_token), (await userinfo(running, browser, tokens.access_token)).body]
    expect(JSON.stringify([...written, running.log])).not.toContain(LOTTES)
  })

  test('writes nothing to an account because of it', async () => {
    const app = createTestApp(running)
    const updated = async () => {
      const browser = createHttpBrowser()
      const request = app.authorize()
      const tokens = await redeem(app, browser, await logIn(browser, request.url, 'twin-a'), request)
      return (await running.pias.store.accounts.find(claimsOf(tokens.id_token).sub as never))?.updatedAt
    }
    expect(await updated()).toBe(await updated())
  })
})
