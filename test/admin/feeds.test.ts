import { createFindFeed } from '#src/admin/feeds.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

/** Which clients of files may be feeds. */
type File = Pick<ClientMetadata, 'token_endpoint_auth_method' | 'grant_types' | 'scope'>

const FIT: File = {
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
  scope: 'pias:customers',
}
const feeds = [{ client: 'system', serviceLines: ['mobile'] }] as const
const open = (file: File | undefined) => createFindFeed({ feeds, findFile: () => file })

test('a client of a file that proves itself by a key is a feed, of its service lines', () => {
  const find = open(FIT)
  expect(find('system')).toEqual({ clientId: 'system', serviceLines: ['mobile'] })
  // It is fit for it, and not configured.
  expect(find('other')).toBeUndefined()
})

test.each<[string, File | undefined]>([
  ['stands in no client file', undefined],
  ['must use private_key_jwt', { ...FIT, token_endpoint_auth_method: 'client_secret_basic' }],
  ['must use client_credentials', { ...FIT, grant_types: ['authorization_code'] }],
  ['must have the scope pias:customers', { ...FIT, scope: 'pias:customers:read' }],
])('a feed whose client %s is refused at the start, and is none once it has become so', (reason, file) => {
  expect(() => open(file)).toThrow(`admin.feeds: system: ${reason}`)
  let known: File | undefined = FIT
  const find = createFindFeed({ feeds, findFile: () => known })
  known = file
  expect(find('system')).toBeUndefined()
})
