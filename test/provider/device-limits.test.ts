import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { createDeviceLimits } from '#src/provider/device/device-limits.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

/** The limits that no test reaches over HTTP in reasonable time, and how addresses are told apart. */
const dir = mkdtempSync(join(tmpdir(), 'pias-device-limits-'))
let store: Store
let ahead = 0
beforeAll(async () => {
  store = await openSqliteStore({ dataDir: dir, clock: () => Date.now() + ahead })
})
afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})
/** Every test has the limits for itself. */
beforeEach(() => {
  ahead += 3600_000
})

const WINDOW = 600
const headers: Record<string, string> = {}
/** A request as far as limits look at it. */
const requestOf = (ip: string, { browser = ip, client = 'tv' } = {}) =>
  ({
    ip,
    oidc: { session: { uid: browser }, client: { clientId: client } },
    set: (name: string, value: string) => {
      headers[name] = value
    },
  }) as unknown as KoaContextWithOIDC

const limits = () => createDeviceLimits(store.limits, Date.now)
const outcome = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'counted',
    (error: Error & { code?: string; error?: string }) => error.code ?? error.error ?? error.message,
  )
/** Uses a counter up to one below its limit. */
const use = async (counter: string, times: number) => {
  for (let hit = 0; hit < times; hit++) await store.limits.hit(`device:${counter}`, WINDOW)
}

describe('how often codes', () => {
  test('can be entered in all, from any number of browsers and addresses', async () => {
    await use('guess:all', 9999)
    expect(await outcome(limits().guess(requestOf('192.0.2.1')))).toBe('counted')
    expect(await outcome(limits().guess(requestOf('192.0.2.2')))).toBe('request.too_many')
  })

  test('are issued to one client, from any number of addresses', async () => {
    await use('issue:client:tv', 9999)
    expect(await outcome(limits().issue(requestOf('192.0.2.1')))).toBe('counted')
    expect(await outcome(limits().issue(requestOf('192.0.2.2')))).toBe('temporarily_unavailable')
    expect(headers['Retry-After']).toBe(String(WINDOW))
    ahead += 500_000
    expect(await outcome(limits().issue(requestOf('192.0.2.2')))).toBe('temporarily_unavailable')
    expect(Number(headers['Retry-After'])).toBeLessThanOrEqual(100)
    expect(Number(headers['Retry-After'])).toBeGreaterThan(50)
    expect(await outcome(limits().issue(requestOf('192.0.2.2', { client: 'radio' })))).toBe('counted')
  })
})

describe('one address is', () => {
  /** Whether a second address still gets a code after the first has used up its share. */
  const shares = async (one: string, other: string): Promise<boolean> => {
    for (let code = 0; code < 30; code++) await limits().issue(requestOf(one))
    return (await outcome(limits().issue(requestOf(other)))) !== 'counted'
  }

  test.each([
    ['the same IPv4 address', '192.0.2.1', '192.0.2.1', true],
    ['another IPv4 address', '192.0.2.1', '192.0.2.2', false],
    ['an IPv4 address as IPv6 writes it', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['every address of a /64 of IPv6', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:fffe', true],
    ['however its zeros are written', '2001:db8::1', '2001:0db8:0000:0:1:2:3:4', true],
    ['another /64 of IPv6', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ])('%s', async (_, one, other, same) => {
    expect(await shares(one, other)).toBe(same)
  })
})
