import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { countOutcomes } from '#src/linking/count-outcomes.ts'
import { LOTTE, lotteIn, TOM } from './people.ts'
import { type Linking, NOW, openLinking, verified } from './support.ts'

/** What matching would do is recorded as it would come out, links nobody, and stands in no number of what it did. */
const SHADOW = { clientId: 'app', linking: 'shadow' } as const
let linking: Linking
afterEach(() => linking.close())

const outcomeOf = async (...args: Parameters<typeof verified>) => {
  const resolution = await linking.resolveLink(verified(...args), SHADOW)
  return 'decided' in resolution ? resolution.decided : resolution
}

test('beyond doubt, not found, somebody else’s, and taken from somebody: each is told apart, and nothing is written', async () => {
  linking = await openLinking([lotteIn('tv')])
  expect(await outcomeOf(LOTTE)).toEqual({ kind: 'shadow', outcome: 'link' })
  expect(await outcomeOf(TOM)).toEqual({ kind: 'shadow', outcome: 'none' })
  expect(await linking.store.accounts.findWithIdentity(verified(LOTTE).key)).toBeUndefined()

  expect(await linking.resolveLink(verified(LOTTE, 'first'), { clientId: 'app' })).toMatchObject({ kind: 'linked' })
  expect(await outcomeOf(LOTTE)).toEqual({ kind: 'shadow', outcome: 'owned-elsewhere' })
  const acts = createLinkChanges({ ...linking.store, clock: linking.clock, newAccountId: () => 'new' as AccountId })
  const record = { serviceLine: 'tv', customerId: 'L-tv' } as const
  const author = { by: 'admin', reason: 'a synthetic complaint' }
  await acts.request({ kind: 'unlink', record }, author)
  expect(await outcomeOf(LOTTE)).toEqual({ kind: 'shadow', outcome: 'contested' })

  // Somebody has it again: an act would say just that.
  const owner = await linking.store.accounts.findByIdentity(verified(LOTTE, 'first').key)
  await acts.request({ kind: 'link', account: owner as AccountId, record }, author)
  expect(await outcomeOf(LOTTE)).toEqual({ kind: 'shadow', outcome: 'owned-elsewhere' })

  const recorded = (await linking.events()).filter(({ type }) => type === 'link.shadowed')
  expect(recorded.map(({ data }) => data)).toMatchObject(
    ['link', 'none', 'owned-elsewhere', 'contested', 'owned-elsewhere'].map(outcome => ({ outcome })),
  )
  expect((await linking.events()).filter(({ type }) => type === 'account.opened')).toHaveLength(1)
})

test('outcomes of shadow are counted apart from real ones', async () => {
  linking = await openLinking([lotteIn('tv')])
  await outcomeOf(LOTTE)
  await outcomeOf(TOM)
  await linking.resolveLink(verified(LOTTE), { clientId: 'app' })
  const [counted] = await countOutcomes(linking.store.audit, { from: NOW, most: 100 })
  expect(counted).toMatchObject({ outcomes: { link: 1 }, shadow: { link: 1, none: 1 } })
  expect(counted?.outcomes).not.toHaveProperty('none')
})
