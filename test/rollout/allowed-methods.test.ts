import { type AllowedMethods, allowedMethods, type Subject } from '#src/rollout/allowed-methods.ts'
import { createBucketOf } from '#src/rollout/bucket.ts'
import { isPartial, rolloutPolicySchema } from '#src/rollout/policy.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const decide = (policy: object, subject: Partial<Subject> = {}): AllowedMethods =>
  allowedMethods(rolloutPolicySchema.parse(policy), { purpose: 'login', bucket: 50, ...subject }, NOW)
/** What is allowed in one line: a choice or straight, the ways, what linking and registration may do. */
const told = (policy: object, subject: Partial<Subject> = {}): string => {
  const { chooseFirst, methods, linking, registration } = decide(policy, subject)
  return `${chooseFirst ? 'choose' : 'straight'} ${methods.join(' ')}; ${linking} ${registration}`
}

const existing = (phase: string, more: object = {}) => ({ existing: { phase, ...more }, password: 'allow' })

describe('allowedMethods', () => {
  test('without a policy: straight to the upstream, and everything acts', () => {
    expect(told({})).toBe('straight upstream; act act')
    expect(decide({}).afterPassword).toBe('nothing')
  })

  test.each([
    ['off', 'choose password upstream; off act'],
    ['shadow', 'choose password upstream; shadow act'],
    ['offer', 'choose upstream password; act act'],
    ['default', 'straight upstream password; act act'],
    ['required', 'straight upstream; act act'],
  ])('existing accounts: %s', (phase, line) => {
    expect(told(existing(phase))).toBe(line)
  })

  test('new people and existing accounts each have a rule of their own', () => {
    const policy = { existing: { phase: 'off' }, registration: { phase: 'off' }, password: 'allow' }
    expect(told(policy)).toBe('choose password; off off')
    expect(told({ ...policy, registration: { phase: 'default' } }, { purpose: 'registration' })).toBe(
      'straight upstream password; off act',
    )
    expect(told({ ...policy, existing: { phase: 'required' } }, { purpose: 'registration' })).toBe(
      'choose password upstream; act off',
    )
  })

  test('offering the upstream alone is a choice, too: the app has its own ways', () => {
    expect(told({ existing: { phase: 'offer' } })).toBe('choose upstream; act act')
    expect(told({ existing: { phase: 'shadow' } })).toBe('straight upstream; shadow act')
  })

  test('a percentage holds for those below it, and for who is on the list', () => {
    const policy = existing('required', { percentage: 20, allow: ['account-7'] })
    expect(told(policy, { bucket: 19.99 })).toBe('straight upstream; act act')
    expect(told(policy, { bucket: 20 })).toBe('choose password upstream; off act')
    expect(told(policy, { bucket: 20, accountId: 'account-7' })).toBe('straight upstream; act act')
    expect(told(policy, { bucket: 20, accountId: 'account-8' })).toBe('choose password upstream; off act')
  })

  test('holds from a moment, until before another', () => {
    const at = (from: string, until?: string) => told(existing('required', { from, ...(until && { until }) }))
    expect(at('2026-11-28T12:00:00Z')).toMatch(/^straight upstream;/)
    expect(at('2026-11-28T12:00:01Z')).toMatch(/^choose password/)
    expect(at('2026-11-01T00:00:00+01:00', '2026-11-28T12:00:00Z')).toMatch(/^choose password/)
    expect(at('2026-11-01T00:00:00Z', '2026-11-28T12:00:01Z')).toMatch(/^straight upstream;/)
  })

  test('the kill switch takes the upstream from everybody, whoever used it or is on a list', () => {
    const policy = { ...existing('required', { allow: ['a'] }), killSwitch: true }
    expect(told(policy, { usedUpstream: true, accountId: 'a' })).toBe('choose password; off off')
    expect(told({ killSwitch: true }, { usedUpstream: true })).toBe('straight ; off off')
  })

  test('a smaller rollout leaves the upstream to who used it, without new links', () => {
    const policy = { ...existing('off'), registration: { phase: 'off' } }
    expect(told(policy)).toBe('choose password; off off')
    expect(told(policy, { usedUpstream: true })).toBe('choose password upstream; off off')
  })

  test('passkeys are a second way beside any phase', () => {
    expect(told({ existing: { phase: 'required' }, password: 'allow', passkey: 'allow' })).toBe(
      'straight upstream passkey; act act',
    )
  })

  test.each([
    ['allow', 'nothing'],
    ['nudge', 'nudge'],
    ['require-bind', 'require-bind'],
  ])('after the old password: %s', (password, after) => {
    expect(decide({ password, existing: { phase: 'offer' } }).afterPassword).toBe(after)
    expect(decide({ password, existing: { phase: 'off' } }).afterPassword).toBe('nothing')
  })
})

describe('the policy', () => {
  test.each([
    [{ existing: { phase: 'on' } }],
    [{ existing: { percentage: 101 } }],
    [{ existing: { from: '2026-11-28T12:00:00Z', until: '2026-11-28T12:00:00Z' } }],
    [{ existing: { from: 'tomorrow' } }],
    [{ kilSwitch: true }],
  ])('refuses %j', policy => {
    expect(rolloutPolicySchema.safeParse(policy).success).toBe(false)
  })

  test('knows whether a browser has to be known again', () => {
    expect(isPartial(rolloutPolicySchema.parse({}))).toBe(false)
    expect(isPartial(rolloutPolicySchema.parse({ existing: { percentage: 0 } }))).toBe(false)
    expect(isPartial(rolloutPolicySchema.parse({ registration: { percentage: 1 } }))).toBe(true)
  })
})

describe('buckets', () => {
  const bucketOf = createBucketOf('a synthetic secret')
  const references = Array.from({ length: 2000 }, (_, at) => `reference-${at}`)

  test('are stable, and spread over a hundred', () => {
    for (const reference of references) {
      const bucket = bucketOf('app', reference)
      expect(bucketOf('app', reference)).toBe(bucket)
      expect(bucket >= 0 && bucket < 100).toBe(true)
    }
    const below20 = references.filter(reference => bucketOf('app', reference) < 20)
    expect(below20.length).toBeGreaterThan(330)
    expect(below20.length).toBeLessThan(470)
  })

  test('differ by app and by secret', () => {
    const same = (other: (reference: string) => number) =>
      references.filter(reference => bucketOf('app', reference) === other(reference))
    expect(same(reference => bucketOf('another', reference))).toEqual([])
    expect(same(reference => createBucketOf('another secret')('app', reference))).toEqual([])
  })
})
