import { isServerApp, originOf, type QuickstartInput, quote, quoteDouble, type Stack } from './quickstart.ts'

/** The path that Auth.js comes back to, by its provider's id. */
const AUTH_JS_CALLBACK = '/api/auth/callback/pias'
const SPRING_CALLBACK = '/login/oauth2/code/pias'

const authJs = ({ issuer, client, redirectUri }: QuickstartInput): string => {
  const origin = originOf(redirectUri)
  const usesKey = client.token_endpoint_auth_method === 'private_key_jwt'
  return `// auth.ts, with next-auth 5. The client's file says:
// "redirect_uris": ["${origin}${AUTH_JS_CALLBACK}"]
import NextAuth from 'next-auth'

export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [
    {
      id: 'pias',
      name: 'itsme',
      type: 'oidc',
      issuer: ${quote(issuer)},
      clientId: ${quote(client.client_id)},
${usesKey ? '      // This client proves itself by a key; ask for one with client_secret_basic, or see Auth.js on private_key_jwt.\n' : '      clientSecret: process.env.CLIENT_SECRET,\n'}      checks: ['pkce', 'state', 'nonce'],
      authorization: { params: { scope: ${quote(client.scope ?? 'openid')} } },
      // PIAS signs ID tokens with ES256, and gives names at userinfo.
      client: { token_endpoint_auth_method: ${quote(client.token_endpoint_auth_method)}, id_token_signed_response_alg: ${quote(client.id_token_signed_response_alg)} },
      idToken: false,
    },
  ],
})
`
}

const springBoot = ({
  issuer,
  client,
  redirectUri,
}: QuickstartInput): string => `# application.yml, with spring-boot-starter-oauth2-client. The client's file says:
# "redirect_uris": ["${originOf(redirectUri)}${SPRING_CALLBACK}"]
spring:
  security:
    oauth2:
      client:
        registration:
          pias:
            client-id: ${quoteDouble(client.client_id)}
            client-secret: \${CLIENT_SECRET:}
            client-authentication-method: ${client.token_endpoint_auth_method}
            authorization-grant-type: authorization_code
            redirect-uri: "{baseUrl}/login/oauth2/code/{registrationId}"
            scope: ${quoteDouble((client.scope ?? 'openid').split(' ').join(','))}
        provider:
          pias:
            issuer-uri: ${quoteDouble(issuer)}
            user-name-attribute: sub
# Every client needs PKCE: for one with a secret, set OAuth2AuthorizationRequestCustomizers.withPkce() on the
# DefaultOAuth2AuthorizationRequestResolver.
`

const fits: Stack['fits'] = client => isServerApp(client) && client.grant_types.includes('authorization_code')

/** Next.js with Auth.js. */
export const authJsStack: Stack = {
  stack: 'auth-js',
  title: 'Next.js (Auth.js)',
  language: 'ts',
  tested: false,
  fits,
  write: authJs,
}

/** Java with Spring Boot. */
export const springBootStack: Stack = {
  stack: 'spring-boot',
  title: 'Spring Boot',
  language: 'yaml',
  tested: false,
  fits,
  write: springBoot,
}
