import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { isServerApp, originOf, type QuickstartInput, quote, type Stack } from './quickstart.ts'

/** How the client proves itself; keys and secrets stay in its environment. */
const authenticationOf = ({ token_endpoint_auth_method: method, jwks }: ClientMetadata): string => {
  if (method === 'client_secret_post') return 'client.ClientSecretPost(process.env.CLIENT_SECRET)'
  if (method === 'client_secret_basic') return 'client.ClientSecretBasic(process.env.CLIENT_SECRET)'
  const kid = jwks?.keys[0]?.kid
  const key = `await importJWK(JSON.parse(process.env.CLIENT_KEY), 'ES256')`
  return `client.PrivateKeyJwt({ key: ${key}${typeof kid === 'string' ? `, kid: ${quote(kid)}` : ''} })`
}

const write = ({ issuer, client, redirectUri }: QuickstartInput): string => {
  const callback = new URL(redirectUri)
  const insecure = issuer.startsWith('http:') ? ', { execute: [client.allowInsecureRequests] }' : ''
  const pushed = client.require_pushed_authorization_requests === true
  const imports = client.token_endpoint_auth_method === 'private_key_jwt' ? "import { importJWK } from 'jose'\n" : ''
  return `// npm install openid-client${imports === '' ? '' : ' jose'}
import { createServer } from 'node:http'
${imports}import * as client from 'openid-client'

const redirectUri = ${quote(redirectUri)}
const config = await client.discovery(
  new URL(${quote(issuer)}),
  ${quote(client.client_id)},
  undefined,
  ${authenticationOf(client)}${insecure},
)
// One login at a time is enough for a start; an app keeps these in the session of each browser.
let login

createServer(async (request, response) => {
  const url = new URL(request.url, ${quote(originOf(redirectUri))})
  if (url.pathname === ${quote(callback.pathname)}) {
    const tokens = await client.authorizationCodeGrant(config, url, login)
    const { sub } = tokens.claims()
    const person = await client.fetchUserInfo(config, tokens.access_token, sub)
    response.end(\`Hello \${person.name ?? sub}\`)
    return
  }
  login = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  }
  const to = ${pushed ? 'await client.buildAuthorizationUrlWithPAR' : 'client.buildAuthorizationUrl'}(config, {
    redirect_uri: redirectUri,
    scope: ${quote(client.scope ?? 'openid')},
    code_challenge: await client.calculatePKCECodeChallenge(login.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: login.expectedState,
    nonce: login.expectedNonce,
  })
  response.writeHead(303, { location: to.href }).end()
}).listen(${callback.port || (callback.protocol === 'https:' ? '443' : '80')})
`
}

/** Node.js with openid-client, a whole app in one file. */
export const openidClient: Stack = {
  stack: 'openid-client',
  title: 'Node.js (openid-client)',
  language: 'js',
  tested: true,
  fits: client => isServerApp(client) && client.grant_types.includes('authorization_code'),
  write,
}
