import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiMetadataSchema } from '#src/clients/api-metadata.ts'
import { openApiRegistry } from '#src/clients/api-registry.ts'

const words = { nl: 'x', fr: 'x', de: 'x', en: 'x' }
const scope = (name: string) => ({ name, description: words })
const GOOD = { audience: 'https://api.example/', name: 'Synthetic API', scopes: [scope('things:read')] }

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const open = (...apis: object[]) => {
  for (const [index, api] of apis.entries()) writeFileSync(join(dir, `${index}.json`), JSON.stringify(api))
  return openApiRegistry({ dir, clock: Date.now, logger: silent })
}

test('a good file is found by its audience, with defaults', () => {
  const registry = open(GOOD)
  expect(registry.find(GOOD.audience)).toMatchObject({ access_token_format: 'jwt', clients: [], exchanges: [] })
  expect(registry.find('https://api.example')).toBeUndefined()
})

test('without a folder there are no APIs', () => {
  const registry = openApiRegistry({ dir: undefined, clock: Date.now, logger: silent })
  expect([registry.find(GOOD.audience), registry.all()]).toEqual([undefined, []])
})

test.each([
  ['an audience over plain http', { audience: 'http://api.example/' }, 'audience'],
  ['an audience with a fragment', { audience: 'https://api.example/#x' }, 'audience'],
  ['an audience with credentials', { audience: 'https://user@api.example/' }, 'audience'],
  ['no scope', { scopes: [] }, 'scopes'],
  ['a scope of people', { scopes: [scope('email')] }, 'scopes'],
  ['a scope twice', { scopes: [scope('a'), scope('a')] }, 'scopes'],
  ['a scope with a space', { scopes: [scope('a b')] }, 'scopes.0.name'],
  [
    'a language missing',
    { scopes: [{ name: 'a', description: { ...words, fr: undefined } }] },
    'scopes.0.description.fr',
  ],
  [
    'an exchange for a scope of another',
    { exchanges: [{ audience: 'https://b.example/', scopes: ['b'] }] },
    'exchanges.0',
  ],
  [
    'an exchange for opaque tokens',
    { access_token_format: 'opaque', exchanges: [{ audience: 'https://b.example/', scopes: ['things:read'] }] },
    'exchanges',
  ],
  ['a field that is not there', { audiences: [] }, ''],
])('%s is refused, and named', (_what, wrong, path) => {
  const parsed = apiMetadataSchema.safeParse({ ...GOOD, ...wrong })
  expect(parsed.error?.issues.map(issue => issue.path.join('.'))).toEqual([path])
})

test('an audience or a scope in two files is refused at the start', () => {
  const other = { ...GOOD, audience: 'https://other.example/' }
  expect(() => open(GOOD, other)).toThrow('scopes: "things:read" stands in two files')
  expect(() => open(GOOD, { ...GOOD, scopes: [scope('other')] })).toThrow(
    'audience: "https://api.example/" stands in two files',
  )
})
