import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { openUpstreamPolicy } from '#src/clients/upstream-policy.ts'

const client = (client_id: string, pias_upstreams?: string[]): ClientMetadata =>
  clientMetadataSchema.parse({
    client_id,
    client_name: 'Synthetic',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://app.example/callback'],
    ...(pias_upstreams === undefined ? {} : { pias_upstreams }),
  })

/** A registry whose clients the test may change, as files change. */
const openPolicy = (clients: ClientMetadata[], upstreams = ['itsme', 'partner', 'wallet']) =>
  openUpstreamPolicy({
    clients: { find: id => clients.find(one => one.client_id === id) },
    upstreams,
  })

const CLIENTS = [client('plain'), client('both', ['partner', 'itsme'])]

test.each([
  ['plain', undefined, 'itsme'],
  ['plain', 'itsme', 'itsme'],
  ['plain', 'partner', 'itsme'],
  ['both', undefined, 'partner'],
  ['both', 'itsme', 'itsme'],
  ['both', 'wallet', 'partner'],
  ['nobody', 'wallet', 'itsme'],
])('%s with the hint %s goes to %s', (clientId, hint, upstream) => {
  expect(openPolicy(CLIENTS).choose(clientId, hint)).toBe(upstream)
})

test.each([
  ['plain', 'itsme', true],
  ['plain', 'partner', false],
  ['both', 'itsme', true],
  ['both', 'wallet', false],
  ['both', '__proto__', false],
])('%s may use %s: %s', (clientId, upstream, allowed) => {
  expect(openPolicy(CLIENTS).isAllowed(clientId, upstream)).toBe(allowed)
})

test('an unknown upstream in a file that changed later is allowed to nobody, and not replaced by another', () => {
  const clients = [client('a', ['itsme'])]
  const policy = openPolicy(clients)
  clients[0] = client('a', ['later', 'partner'])
  expect(policy.isAllowed('a', 'later')).toBe(false)
  expect(policy.choose('a')).toBe('later')
})

test.each([[[]], [['itsme', 'itsme']], [['it sme']], ['itsme']])('pias_upstreams %j is an error', pias_upstreams => {
  const parsed = clientMetadataSchema.safeParse({ ...client('a'), pias_upstreams })
  expect(parsed.success).toBe(false)
})
