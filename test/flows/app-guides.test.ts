import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importJWK } from 'jose'
import * as oidc from 'openid-client'
import { createTv } from '#examples/relying-parties/pickx-tv/tv.ts'
import { createProviderConnection } from '#examples/relying-parties/shared/provider-connection.ts'
import { withPreset } from '#src/admin/operations/client-presets.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { confirm, type DeviceAuthorization } from '#test/support/tv.ts'
import { until } from '#test/support/until.ts'

/** The guides for developers of apps (docs/apps), followed to the letter: their files, their commands. */
const GUIDES = join(import.meta.dirname, '..', '..', 'docs', 'apps')
const guide = (name: string) => readFileSync(join(GUIDES, `${name}.md`), 'utf8')
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) =>
    block.replaceAll(/^ {3}/gm, ''),
  )
const fileOf = (name: string) => JSON.parse(blocks(guide(name), 'json')[0] ?? '{}')

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

/** As a developer does it: the file into the folder; it counts within a second. */
const register = async (file: { client_id: string }) => {
  writeFileSync(join(running.clientsDir, `${file.client_id}.json`), JSON.stringify(file))
  await new Promise(resolve => setTimeout(resolve, 1100))
}

/** Runs a `curl -s URL -d name=value …` of a guide. */
const curl = (command: string, values: Record<string, string> = {}) => {
  const [, url = ''] = /curl -s (\S+)/.exec(command) ?? []
  const fields = [...command.matchAll(/-d (?:"([^"]*)"|(\S+))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  const form = Object.fromEntries(
    fields.map(field => {
      const [name = '', ...value] = field.split('=')
      return [name, values[value.join('=')] ?? value.join('=')]
    }),
  )
  const address = url.replace('http://localhost:3000', running.issuer)
  return createHttpBrowser().post(address, form, { accept: 'application/json' })
}

const logInBy = async (
  config: oidc.Configuration,
  { redirectUri, scope, pushed }: { redirectUri: string; scope: string; pushed: boolean },
  DPoP?: oidc.DPoPHandle,
) => {
  const verifier = oidc.randomPKCECodeVerifier()
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
  const parameters = {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const options = DPoP === undefined ? {} : { DPoP }
  const url = pushed
    ? await oidc.buildAuthorizationUrlWithPAR(config, parameters, options)
    : oidc.buildAuthorizationUrl(config, parameters)
  const browser = createHttpBrowser()
  const begun = await browser.get(url.href)
  const back = (location: string) => location.startsWith(redirectUri)
  const last = (await browser.follow(asPersona(begun.location, 'lotte'), back)).at(-1)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
  return oidc.authorizationCodeGrant(config, new URL(last?.location ?? 'none:'), checks, undefined, options)
}

const insecure = { execute: [oidc.allowInsecureRequests] }

test.each(readdirSync(GUIDES))('%s: its client file is a good one, and it can be followed', name => {
  const text = readFileSync(join(GUIDES, name), 'utf8')
  for (const json of blocks(text, 'json'))
    expect(clientMetadataSchema.safeParse(JSON.parse(json)).error).toBeUndefined()
  expect(text).toContain('## Build your own')
  expect(text).toContain('## What may go wrong')
})

test('a web app: a key by the command of the guide, the file, a pushed request', async () => {
  const [command = ''] = blocks(guide('myproximus'), 'sh')
  const [, program = ''] = /^node -e "(.*)"$/s.exec(command.trim()) ?? []
  const printed = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).trim().split('\n')
  const [key, publicKey] = printed.map(line => JSON.parse(line.slice(line.indexOf('{'))))
  const file = fileOf('myproximus')
  await register({ ...file, jwks: { keys: [{ ...file.jwks.keys[0], x: publicKey.x, y: publicKey.y }] } })
  const signWith = { key: (await importJWK(key, 'ES256')) as CryptoKey, kid: 'my-key-1' }
  const issuer = new URL(running.issuer)
  const client = await oidc.discovery(issuer, file.client_id, undefined, oidc.PrivateKeyJwt(signWith), insecure)
  const [redirectUri] = file.redirect_uris
  const tokens = await logInBy(client, { redirectUri, scope: file.scope, pushed: true })
  const claims = await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims()?.sub ?? '')
  expect(claims.family_name).toBe('Vandenbroucke')
  expect(claims.customer_accounts).toHaveLength(4)
})

test('a phone app: its claimed https address gets the code, its key the tokens, which keep their value', async () => {
  const file = fileOf('proximus-plus')
  await register(file)
  const client = await oidc.discovery(new URL(running.issuer), file.client_id, undefined, oidc.None(), insecure)
  const DPoP = oidc.getDPoPHandle(client, await oidc.randomDPoPKeyPair())
  const [claimed, loopback] = file.redirect_uris as [string, string]
  expect(claimed).toMatch(/^https:/)
  const tokens = await logInBy(client, { redirectUri: claimed, scope: file.scope, pushed: false }, DPoP)
  expect(tokens.token_type).toBe('dpop')
  const renewed = await oidc.refreshTokenGrant(client, tokens.refresh_token ?? '', undefined, { DPoP })
  expect(renewed.refresh_token ?? tokens.refresh_token).toBe(tokens.refresh_token)
  // RFC 8252, 7.3: on loopback any port.
  const onPort = loopback.replace('127.0.0.1', '127.0.0.1:51234')
  const again = await logInBy(client, { redirectUri: onPort, scope: file.scope, pushed: false }, DPoP)
  expect(again.claims()?.sub).toBe(tokens.claims()?.sub)
})

test('a TV: the two commands of the guide, with a person between', async () => {
  await register(fileOf('pickx'))
  const [ask = '', poll = ''] = blocks(guide('pickx'), 'sh')
  const code = (await curl(ask)).json<DeviceAuthorization>()
  expect((await curl(poll, { DEVICE_CODE: code.device_code })).json().error).toBe('authorization_pending')
  const phone = createHttpBrowser()
  const page = await phone.get(code.verification_uri_complete)
  expect(page.body).toContain('TV in the kitchen')
  await confirm(running, phone, page, 'lotte')
  await new Promise(resolve => setTimeout(resolve, code.interval * 1000))
  const tokens = await curl(poll, { DEVICE_CODE: code.device_code })
  expect([tokens.status, tokens.json().id_token]).toEqual([200, expect.any(String)])
})

test('a TV as the console registers it: refused without a key as the guide says; the sample has one', async () => {
  const { scope } = fileOf('pickx')
  const file = withPreset('tv', { client_id: 'preset-tv', client_name: 'Synthetic TV', scope })
  await register(file as { client_id: string })
  const [ask = '', poll = ''] = blocks(guide('pickx'), 'sh').map(command => command.replaceAll('my-tv', 'preset-tv'))
  const code = (await curl(ask)).json<DeviceAuthorization>()
  const { error } = (await curl(poll, { DEVICE_CODE: code.device_code })).json()
  expect(guide('pickx')).toContain(`| \`${error}\` at the first poll already |`)

  const configure = createProviderConnection({ issuer: running.issuer, clientId: 'preset-tv' })
  const tv = createTv({ configure, scope, name: 'TV in the hall' })
  await tv.logIn()
  const shown = tv.screen()
  const phone = createHttpBrowser()
  await confirm(running, phone, await phone.get(shown.kind === 'code' ? shown.link : 'none:'), 'lotte')
  await until(async () => tv.screen().kind !== 'code')
  expect(tv.screen()).toMatchObject({ kind: 'signed-in', login: { tokens: { tokenType: 'dpop' } } })
  await tv.logOut()
  expect(tv.screen().kind).toBe('welcome')
})
