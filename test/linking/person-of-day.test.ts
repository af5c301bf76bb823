import { maskEvent } from '#src/audit/mask.ts'
import { createPersonOfDay } from '#src/linking/person-of-day.ts'
import { LOTTE, TOM, unclear } from './people.ts'
import { type Linking, openLinking, verified } from './support.ts'

const WEB = { clientId: 'myproximus-web' }
const HOUR = 3600 * 1000
const DAY = 24 * HOUR
const KEY = verified(LOTTE).key

describe('who decisions are about', () => {
  let linking: Linking
  afterEach(() => linking.close())

  const people = async () =>
    (await linking.events())
      .filter(({ type }) => type === 'link.unresolved' || type === 'link.decided')
      .map(({ data }) => (data as { person?: string }).person)

  test('one person is one all day, before and after a proof, and another the next day; nobody is told by it', async () => {
    linking = await openLinking([unclear('mobile')])
    await linking.resolveLink(verified(LOTTE), WEB)
    linking.pass(DAY)
    await linking.resolveLink(verified(LOTTE), WEB)
    await linking.resolveLink(verified(LOTTE), WEB)
    await linking.resolveLink(verified(TOM, 'subject-2'), WEB)
    const proof = { customerId: 'L-mobile', invoiceReference: 'INV-mobile/001' }
    await linking.proveCustomer(verified(LOTTE), { ...WEB, attemptUid: 'attempt-1' }, proof)
    const [dayBefore, first, second, other, proven] = await people()
    expect(first).toMatch(/^[\w-]{16}$/)
    expect([second, proven]).toEqual([first, first])
    expect(new Set([dayBefore, first, other]).size).toBe(3)
    const events = await linking.events()
    expect(JSON.stringify(events)).not.toContain('subject-')
    expect(JSON.stringify(events)).toContain(`${first}`)
    expect(JSON.stringify(events.map(maskEvent))).not.toMatch(/"person"/)
  })
})

test('without the secret nobody makes it again', () => {
  const at = Date.UTC(2026, 10, 22, 12)
  const [ours, theirs] = [createPersonOfDay('a'), createPersonOfDay('b')]
  expect(ours(KEY, at)).toBe(ours(KEY, at + HOUR))
  expect(ours(KEY, at)).not.toBe(theirs(KEY, at))
  // Midnight makes nobody two.
  expect(ours(KEY, Date.UTC(2026, 10, 22, 23, 59))).toBe(ours(KEY, Date.UTC(2026, 10, 23, 0, 1)))
  for (const other of [{ issuer: 'https://other.example' }, { clientId: 'OTHER' }, { subject: 'other' }]) {
    expect(ours({ ...KEY, ...other }, at)).not.toBe(ours(KEY, at))
  }
})
