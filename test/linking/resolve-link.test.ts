import type { CustomerSource } from '#src/customers/port.ts'
import { activateModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { LOTTE, lotteIn, TOM, unclear } from './people.ts'
import { type Linking, MATCHING, NOW, openLinking, verified } from './support.ts'

const WEB = { clientId: 'myproximus-web' }
let linking: Linking

afterEach(() => linking.close())

describe('resolveLink', () => {
  test('links all records of the person, in every service line, and nobody else’s', async () => {
    const hers = (['mobile', 'internet', 'tv', 'landline'] as const).map(line => lotteIn(line))
    const his = lotteIn('mobile', { customerId: 'T', firstName: 'Tom', lastName: 'Peeters', birthDate: '1986-02-01' })
    linking = await openLinking([...hers, his])
    const resolution = await linking.resolveLink(verified(LOTTE), WEB)
    expect(resolution).toEqual({ kind: 'linked', accountId: 'account-1' })

    const links = await linking.store.accounts.customersOf('account-1' as never)
    expect(links.map(({ customerId, role, method }) => [customerId, role, method])).toEqual(
      ['L-internet', 'L-landline', 'L-mobile', 'L-tv'].map(id => [id, 'holder', 'match']),
    )
    expect(links[0]?.evidence).toMatchObject({ verdict: 'linked', rule: 'anchor', customerId: 'L-internet' })
    expect(JSON.stringify(links)).not.toMatch(/lotte|broeck|1988|470|kerk/i)
  })

  test('writes the account, its links and the audit events together', async () => {
    linking = await openLinking([lotteIn('mobile')])
    await linking.resolveLink(verified(LOTTE), WEB)
    const events = await linking.events()
    expect(events.map(({ type, accountId, clientId, at }) => [type, accountId, clientId, at])).toEqual([
      ['account.opened', 'account-1', 'myproximus-web', NOW],
      ['link.decided', 'account-1', 'myproximus-web', NOW],
      ['link.created', 'account-1', 'myproximus-web', NOW],
    ])
    expect(events[1]?.data).toMatchObject({
      decision: { outcome: 'link', errorBudget: 1e-4, compared: 1, records: [{ rule: 'anchor', runnerUp: 'twin' }] },
    })
    expect(events[2]?.data).toMatchObject({ serviceLine: 'mobile', customerId: 'L-mobile', method: 'match' })
    expect(JSON.stringify(events)).not.toMatch(/lotte|broeck|1988|0470|kerk/i)
  })

  test('names in each other’s field are a slip only where nobody is called so', async () => {
    const twin = lotteIn('mobile', { firstName: 'Vandenbroeck', lastName: 'Lotta' })
    const called = ['Peeters', 'Claes', 'Maes', 'Wouters', 'Mertens'].map((lastName, at) =>
      lotteIn('tv', {
        customerId: `N-${at}`,
        firstName: 'Lotta',
        lastName,
        birthDate: '1961-05-02',
        emails: [],
        phones: [],
        address: { street: 'Dorpsstraat', number: '7', postalCode: '3000', locality: 'Leuven' },
      }),
    )
    linking = await openLinking([twin])
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'linked' })
    await linking.close()
    linking = await openLinking([twin, ...called])
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'unresolved' })
  })

  test('a record without a role is linked without one', async () => {
    const { role: _, ...roleless } = lotteIn('tv')
    linking = await openLinking([roleless])
    await linking.resolveLink(verified(LOTTE), WEB)
    expect((await linking.store.accounts.customersOf('account-1' as never))[0]).not.toHaveProperty('role')
  })

  test('knows a returning person by key alone, takes over changed claims, and never matches again', async () => {
    linking = await openLinking([lotteIn('mobile')])
    await linking.resolveLink(verified(LOTTE), WEB)
    await linking.add([lotteIn('tv')])
    linking.pass(1000)

    expect(await linking.resolveLink(verified(LOTTE), WEB)).toEqual({ kind: 'known', accountId: 'account-1' })
    expect(await linking.store.accounts.find('account-1' as never)).toMatchObject({ updatedAt: NOW, claims: LOTTE })

    const moved = { ...LOTTE, email: 'new@example.com' }
    expect(await linking.resolveLink(verified(moved), WEB)).toEqual({ kind: 'known', accountId: 'account-1' })
    expect(await linking.store.accounts.find('account-1' as never)).toMatchObject({
      updatedAt: NOW + 1000,
      claims: moved,
    })
    expect(await linking.store.accounts.customersOf('account-1' as never)).toHaveLength(1)
    expect(await linking.events()).toHaveLength(3)
  })

  test('50 parallel first logins make one account with its links once', async () => {
    linking = await openLinking([lotteIn('mobile'), lotteIn('tv')])
    const all = await Promise.all(Array.from({ length: 50 }, () => linking.resolveLink(verified(LOTTE), WEB)))
    const ids = new Set(all.map(one => 'accountId' in one && one.accountId))
    expect(ids.size).toBe(1)
    expect(all.filter(({ kind }) => kind === 'linked')).toHaveLength(1)
    const events = await linking.events()
    expect(events.map(({ type }) => type)).toEqual(['account.opened', 'link.decided', 'link.created', 'link.created'])
  })

  test('what is not certain stays unresolved, with an event that counts and does not tell', async () => {
    linking = await openLinking([unclear('mobile')])
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'unresolved' })
    expect(await linking.store.accounts.findByIdentity(verified(LOTTE).key)).toBeUndefined()
    const [event, ...others] = await linking.events()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      type: 'link.unresolved',
      clientId: 'myproximus-web',
      data: { outcome: 'confirm', offered: 1, compared: 1, margins: [] },
    })
    expect(JSON.stringify(event)).not.toMatch(/lotte|broeck|L-mobile/i)
  })

  test('somebody without records is unresolved likewise', async () => {
    linking = await openLinking([lotteIn('mobile')])
    expect(await linking.resolveLink(verified(TOM), WEB)).toMatchObject({ kind: 'unresolved' })
    expect((await linking.events())[0]?.data).toMatchObject({ outcome: 'none', offered: 0 })
  })

  test('never moves a record that another account owns', async () => {
    linking = await openLinking([lotteIn('mobile'), lotteIn('tv')])
    await linking.resolveLink(verified(LOTTE), WEB)
    expect(await linking.resolveLink(verified(LOTTE, 'subject-2'), WEB)).toMatchObject({ kind: 'unresolved' })
    expect(await linking.store.accounts.customersOf('account-1' as never)).toHaveLength(2)
    const event = (await linking.events()).at(-1)
    expect(event?.data).toMatchObject({ outcome: 'owned-elsewhere' })
    // People are told by what it was claimed, and who by, without a number.
    const reviews = await linking.reviews()
    expect(reviews).toHaveLength(2)
    const { person } = (event?.data ?? {}) as { person?: string }
    const { errorBudget } = MATCHING
    for (const { kind, accountId, customer, data } of reviews) {
      const explanation = { verdict: 'linked', fields: expect.any(Array), wrong: expect.any(Number) }
      const claim = { origin: 'match', client: WEB.clientId, person, errorBudget, explanation }
      expect({ kind, accountId, data }).toMatchObject({ kind: 'owner-conflict', accountId: 'account-1', data: claim })
      expect(JSON.stringify(data)).not.toContain(customer?.customerId)
    }
  })

  test('a key under which there are too many records links nothing', async () => {
    const crowd = Array.from({ length: 3 }, (_, at) =>
      lotteIn('tv', { customerId: `C${at}`, firstName: 'Tom', lastName: 'Maes', birthDate: '1970-02-03', phones: [] }),
    )
    linking = await openLinking([lotteIn('mobile'), ...crowd], { matching: { ...MATCHING, limitPerKey: 3 } })
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'unresolved' })
    expect((await linking.events())[0]?.data).toMatchObject({ margins: ['overflowed'] })
  })

  test.each([
    ['candidates', (stored: CustomerSource) => ({ ...stored, findCandidates: () => new Promise<never>(() => {}) })],
    ['frequencies', (stored: CustomerSource) => ({ ...stored, termCounts: () => new Promise<never>(() => {}) })],
  ])('a source whose %s do not come within the deadline links nothing', async (_, source) => {
    linking = await openLinking([lotteIn('mobile')], { source, matching: { ...MATCHING, deadlineMs: 1 } })
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'unresolved' })
    expect((await linking.events())[0]?.data).toMatchObject({ outcome: 'confirm', margins: ['incomplete'] })
  })

  test('what came of a search out of time is written down under the rules in force', async () => {
    linking = await openLinking([lotteIn('mobile')], {
      source: stored => ({ ...stored, findCandidates: () => new Promise<never>(() => {}) }),
      matching: { ...MATCHING, deadlineMs: 1 },
    })
    const { keys } = linking.store
    await activateModel(keys, { version: DEFAULT_MODEL.version, at: 1, errorBudget: 5e-5 })
    await linking.resolveLink(verified(LOTTE), WEB)
    expect((await linking.events())[0]?.data).toMatchObject({ outcome: 'confirm', decision: { errorBudget: 5e-5 } })
  })

  test('a source that says its answer is not whole links nothing', async () => {
    linking = await openLinking([lotteIn('mobile')], {
      source: stored => ({
        ...stored,
        findCandidates: async (...asked) => ({ ...(await stored.findCandidates(...asked)), complete: false }),
      }),
    })
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'unresolved' })
  })

  test('the error budget of the configuration holds', async () => {
    linking = await openLinking([lotteIn('mobile')], { matching: { ...MATCHING, errorBudget: 1e-12 } })
    expect(await linking.resolveLink(verified(LOTTE), WEB)).toMatchObject({ kind: 'unresolved' })
  })

  test('a failing source fails the login instead of passing for “no records”', async () => {
    linking = await openLinking([], {
      source: stored => ({ ...stored, findCandidates: () => Promise.reject(new Error('down')) }),
    })
    await expect(linking.resolveLink(verified(LOTTE), WEB)).rejects.toThrow('down')
    expect(await linking.events()).toEqual([])
  })
})

describe('openNewAccount', () => {
  test('opens an account without records, once', async () => {
    linking = await openLinking([])
    const both = await Promise.all([
      linking.openNewAccount(verified(TOM), WEB),
      linking.openNewAccount(verified(TOM), WEB),
    ])
    expect(both).toEqual([{ accountId: 'account-1' }, { accountId: 'account-1' }])
    expect(await linking.store.accounts.customersOf('account-1' as never)).toEqual([])
    expect((await linking.events()).map(({ type, data }) => [type, data])).toEqual([
      ['account.opened', { upstream: 'itsme', acr: 'urn:pias:acr:basic', origin: 'new', customers: 0 }],
    ])
    expect(await linking.resolveLink(verified(TOM), WEB)).toEqual({ kind: 'known', accountId: 'account-1' })
  })
})
