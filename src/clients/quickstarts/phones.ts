import { type QuickstartInput, quoteDouble, type Stack } from './quickstart.ts'

const HTTPS = 'https:'

/** What the preset for phones asks of the request that redeems a code (RFC 9449, 5). */
const boundLine = ({ issuer, client }: QuickstartInput): string =>
  client.dpop_bound_access_tokens === true
    ? `\n// Tokens are bound to a key of the phone: redeem the code at ${issuer}/token with a DPoP proof (RFC 9449).`
    : ''

const android = (input: QuickstartInput): string => {
  const { issuer, client, redirectUri } = input
  const appAuth = boundLine(input) === '' ? '' : '\n// AppAuth makes no such proofs: send that request yourself.'
  return `// build.gradle.kts: implementation("net.openid:appauth:0.11.1")
// The address that comes back is yours alone: claim it as an App Link, never PIAS's own /callback path.${boundLine(input)}${appAuth}
import android.net.Uri
import net.openid.appauth.AuthorizationRequest
import net.openid.appauth.AuthorizationService
import net.openid.appauth.AuthorizationServiceConfiguration
import net.openid.appauth.ResponseTypeValues

fun logIn(service: AuthorizationService, launch: (android.content.Intent) -> Unit) {
    AuthorizationServiceConfiguration.fetchFromIssuer(Uri.parse(${quoteDouble(issuer)})) { found, problem ->
        val configuration = found ?: throw checkNotNull(problem)
        val request = AuthorizationRequest.Builder(
            configuration,
            ${quoteDouble(client.client_id)},
            ResponseTypeValues.CODE,
            Uri.parse(${quoteDouble(redirectUri)}),
        ).setScope(${quoteDouble(client.scope ?? 'openid')}).build()
        // PKCE, state and nonce are made by the builder. Opens a Custom Tab, never a web view.
        launch(service.getAuthorizationRequestIntent(request))
    }
}
`
}

const ios = (input: QuickstartInput): string => {
  const { issuer, client, redirectUri } = input
  const url = new URL(redirectUri)
  const callback =
    url.protocol === HTTPS
      ? `.https(host: ${quoteDouble(url.hostname)}, path: ${quoteDouble(url.pathname)})`
      : `.customScheme(${quoteDouble(url.protocol.slice(0, -1))})`
  return `// iOS 17.4 or later. Claim the address by an associated domain, never PIAS's own /callback path.${boundLine(input)}
import AuthenticationServices
import CryptoKit

func random() -> String {
    Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64URL
}

extension Data {
    var base64URL: String {
        base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}

func logIn(presenting provider: ASWebAuthenticationPresentationContextProviding) {
    let (verifier, state, nonce) = (random(), random(), random())
    let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64URL
    var address = URLComponents(string: ${quoteDouble(`${issuer}/auth`)})!
    address.queryItems = [
        .init(name: "client_id", value: ${quoteDouble(client.client_id)}),
        .init(name: "redirect_uri", value: ${quoteDouble(redirectUri)}),
        .init(name: "response_type", value: "code"),
        .init(name: "scope", value: ${quoteDouble(client.scope ?? 'openid')}),
        .init(name: "code_challenge", value: challenge),
        .init(name: "code_challenge_method", value: "S256"),
        .init(name: "state", value: state),
        .init(name: "nonce", value: nonce),
    ]
    let session = ASWebAuthenticationSession(url: address.url!, callback: ${callback}) { answer, error in
        // Compare state and iss, then redeem the code with the verifier at ${issuer}/token, and check the nonce.
        print(answer ?? error as Any)
    }
    session.presentationContextProvider = provider
    // Not ephemeral: the login is shared with the other apps.
    session.prefersEphemeralWebBrowserSession = false
    session.start()
}
`
}

const fits: Stack['fits'] = client =>
  client.application_type === 'native' && client.grant_types.includes('authorization_code')

/** Android with AppAuth and a Custom Tab. */
export const androidStack: Stack = {
  stack: 'android',
  title: 'Android (AppAuth)',
  language: 'kotlin',
  tested: false,
  fits,
  write: android,
}

/** iOS with what the system brings. */
export const iosStack: Stack = {
  stack: 'ios',
  title: 'iOS (ASWebAuthenticationSession)',
  language: 'swift',
  tested: false,
  fits,
  write: ios,
}
