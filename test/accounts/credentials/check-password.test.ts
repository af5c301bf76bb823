import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCheckPassword } from '#src/accounts/credentials/check-password.ts'
import { MOST_TRIES, WINDOW_SECONDS } from '#src/accounts/credentials/password-limits.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { bringIn } from '#test/support/bring-in.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'

/** Old logins of synthetic people under attack: on a real store, from anywhere. */
const PASSWORD = 'a synthetic password'
const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const salt = randomBytes(16)
const passwordHash = `$scrypt$ln=4,r=8,p=1$${encode(salt)}$${encode(scryptSync(PASSWORD, salt, 32, { N: 16 }))}`
const CONTEXT = { clientId: 'app' }

let dir: string
let store: Store
let now: number
beforeEach(async () => {
  now = Date.now()
  const clock = () => now
  dir = mkdtempSync(join(tmpdir(), 'pias-password-'))
  store = await encryptTestStore(await openSqliteStore({ dataDir: dir, clock }), { clock, dir })
  await bringIn(store, { legacyId: 'L-1', username: 'bruno', passwordHash })
  await bringIn(store, { legacyId: 'L-2', username: 'lotte', passwordHash })
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

const enter = async (username: string, ip: string, password = 'wrong') =>
  (await createCheckPassword({ ...store, clock: () => now })({ username, password, ip }, CONTEXT)).kind

/** Makes so many tries, each at a username and from an address that follow from its number. */
const tries = async (count: number, usernameOf: (n: number) => string, ipOf: (n: number) => string) => {
  const kinds: string[] = []
  for (let n = 0; n < count; n++) kinds.push(await enter(usernameOf(n), ipOf(n)))
  return kinds
}
const allWrong = (count: number) => Array<string>(count).fill('wrong')

test.each(['bruno', 'nobody'])(
  'the account: %s meets its limit from wherever it is tried, whether or not it is there',
  async username => {
    const seen = await tries(
      MOST_TRIES.username + 1,
      () => username,
      n => `2001:db8:${n}::1`,
    )
    expect(seen).toEqual([...allWrong(MOST_TRIES.username), 'locked'])
    expect(await enter(username, '2001:db8:ffff::1', PASSWORD)).toBe('locked')
    expect(await enter('lotte', '2001:db8:ffff::1', PASSWORD)).toBe('right')
    now += WINDOW_SECONDS * 1000
    expect(await enter(username, '2001:db8:ffff::1', PASSWORD)).toBe(username === 'bruno' ? 'right' : 'wrong')
  },
)

test.each([
  ['an IPv6 /64', (n: number) => `2001:db8:1:1:${n.toString(16)}::1`, '2001:db8:1:1:ffff::9', '2001:db8:1:2::1'],
  [
    'an IPv4 address',
    (n: number) => (n % 2 === 0 ? '198.51.100.7' : '::ffff:198.51.100.7'),
    '198.51.100.7',
    '198.51.100.8',
  ],
])('the address: %s meets its limit, whatever is tried there', async (_, ipOf, same, another) => {
  const seen = await tries(MOST_TRIES.address + 1, n => (n === 3 ? 'bruno' : `nobody-${n}`), ipOf)
  expect(seen).toEqual([...allWrong(MOST_TRIES.address), 'locked'])
  expect(await enter('lotte', same, PASSWORD)).toBe('locked')
  expect(await enter('lotte', another, PASSWORD)).toBe('right')
})

test.each([
  ['an IPv6 /48', (n: number) => `2001:db8:1:${n.toString(16)}::1`, '2001:db8:1:ffff::1', '2001:db8:2::1'],
  ['an IPv4 /24', (n: number) => `198.51.100.${n}`, '198.51.100.250', '198.51.101.1'],
])('the network: %s meets its limit, however many addresses it has', async (_, ipOf, same, another) => {
  const seen = await tries(MOST_TRIES.network + 1, n => (n === 3 ? 'bruno' : `nobody-${n}`), ipOf)
  expect(seen).toEqual([...allWrong(MOST_TRIES.network), 'locked'])
  expect(await enter('lotte', same, PASSWORD)).toBe('locked')
  expect(await enter('lotte', another, PASSWORD)).toBe('right')
})

test('where another system knows some of the passwords, it is asked about names that nobody has, too, by their share', async () => {
  for (let n = 0; n < 8; n++) await bringIn(store, { legacyId: `E-${n}`, username: `elsewhere-${n}` })
  await bringIn(store, ...Array.from({ length: 8 }, (_, n) => ({ legacyId: `F-${n}`, username: `further-${n}` })))
  const asked: string[] = []
  const verifyElsewhere = async (username: string) => {
    asked.push(username)
    return true
  }
  const check = createCheckPassword({ ...store, verifyElsewhere, clock: () => now })
  const kindOf = async (username: string, n: number) =>
    (await check({ username, password: 'any', ip: `2001:db8:${n}::1` }, CONTEXT)).kind
  expect(await kindOf('elsewhere-1', 0)).toBe('right')
  for (let n = 0; n < 60; n++) expect(await kindOf(`nobody-${n}`, n)).toBe('wrong')
  const aboutNobody = asked.filter(name => name.startsWith('nobody')).length
  expect(aboutNobody).toBeGreaterThan(10)
  expect(aboutNobody).toBeLessThan(60)
})

test('parallel tries on one node or many buy no more', async () => {
  const nodes = Array.from({ length: 3 }, () => createCheckPassword({ ...store, clock: () => now }))
  const entry = { username: 'bruno', password: 'wrong', ip: '198.51.100.7' }
  const seen = await Promise.all(Array.from({ length: 24 }, (_, n) => nodes[n % 3]?.(entry, CONTEXT)))
  expect(seen.filter(outcome => outcome?.kind === 'wrong')).toHaveLength(MOST_TRIES.username)
})

test('every refusal is in the audit trail, without the name', async () => {
  await tries(
    MOST_TRIES.username + 1,
    () => 'bruno',
    () => '198.51.100.7',
  )
  const events = (await store.audit.list({ after: 0, limit: 100 })).filter(({ type }) => type === 'password.refused')
  expect(events.map(({ data }) => (data as { reason: string }).reason)).toEqual([
    ...allWrong(MOST_TRIES.username),
    'locked',
  ])
  expect(JSON.stringify(events)).not.toMatch(/bruno|198\.51/)
})
