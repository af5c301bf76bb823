import { originOf, type QuickstartInput, quote, type Stack } from './quickstart.ts'

const write = ({ issuer, client, redirectUri }: QuickstartInput): string => `<!-- npm install oidc-client-ts -->
<!-- The client's file says: "pias_origins": ["${originOf(redirectUri)}"] -->
<!doctype html>
<html lang="en">
<title>${client.client_name.replaceAll(/[<&]/g, '')}</title>
<button id="login">Continue with itsme</button>
<p id="person"></p>
<script src="oidc-client-ts.min.js"></script>
<script>
  const manager = new oidc.UserManager({
    authority: ${quote(issuer)},
    client_id: ${quote(client.client_id)},
    redirect_uri: ${quote(redirectUri)},
    scope: ${quote(client.scope ?? 'openid')},
    response_type: 'code',
    loadUserInfo: true,
    // In the memory of the page: no other script of this origin finds tokens later.
    userStore: new oidc.WebStorageStateStore({ store: new oidc.InMemoryWebStorage() }),
  })
  document.getElementById('login').onclick = () => manager.signinRedirect()
  if (new URLSearchParams(location.search).has('code')) {
    manager.signinRedirectCallback().then(user => {
      history.replaceState({}, '', location.pathname)
      document.getElementById('person').textContent = 'Hello ' + (user.profile.name ?? user.profile.sub)
    })
  }
</script>
</html>
`

/** A page without a server, with oidc-client-ts: code flow with PKCE, and no frame that renews anything. */
export const oidcClientTs: Stack = {
  stack: 'oidc-client-ts',
  title: 'Single-page app (oidc-client-ts)',
  language: 'html',
  tested: true,
  fits: client =>
    client.application_type === 'web' &&
    client.token_endpoint_auth_method === 'none' &&
    client.require_pushed_authorization_requests !== true &&
    client.grant_types.includes('authorization_code'),
  write,
}
