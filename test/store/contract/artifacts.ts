import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import { AWKWARD_IDS, AWKWARD_JSON, type Context, race } from './context.ts'

const describeStorage = (port: () => ArtifactsPort, { advance }: Context) => {
  test('gives back what was stored, and nothing for another model or id', async () => {
    await port().upsert('Session', 'one', AWKWARD_JSON, 60, {})
    expect(await port().find('Session', 'one')).toEqual({ payload: AWKWARD_JSON })
    expect(await port().find('Interaction', 'one')).toBeUndefined()
    expect(await port().find('Session', 'two')).toBeUndefined()
  })

  test('replaces payload, indexes and expiry', async () => {
    await port().upsert('Session', 'one', { step: 1 }, 60, { uid: 'before', userCode: 'AAAA' })
    await advance(40)
    await port().upsert('Session', 'one', { step: 2 }, 60, { uid: 'after' })
    await advance(40)
    expect(await port().find('Session', 'one')).toEqual({ payload: { step: 2 } })
    expect(await port().findByUid('Session', 'after')).toEqual({ payload: { step: 2 } })
    expect(await port().findByUid('Session', 'before')).toBeUndefined()
    expect(await port().findByUserCode('Session', 'AAAA')).toBeUndefined()
    await port().upsert('Session', 'one', { step: 3 }, 60, {})
    expect(await port().findByUid('Session', 'after')).toBeUndefined()
  })

  test('finds by uid and by user code within the model', async () => {
    await port().upsert('Session', 'one', { id: 1 }, 60, { uid: 'u' })
    await port().upsert('DeviceCode', 'two', { id: 2 }, 60, { userCode: 'u' })
    expect(await port().findByUid('Session', 'u')).toEqual({ payload: { id: 1 } })
    expect(await port().findByUserCode('DeviceCode', 'u')).toEqual({ payload: { id: 2 } })
    expect(await port().findByUid('DeviceCode', 'u')).toBeUndefined()
    expect(await port().findByUserCode('Session', 'u')).toBeUndefined()
  })

  test('is gone once its time to live is over, by every way to it', async () => {
    await port().upsert('DeviceCode', 'one', {}, 60, { uid: 'u', userCode: 'c' })
    await advance(59)
    expect(await port().find('DeviceCode', 'one')).toEqual({ payload: {} })
    await advance(1)
    expect(await port().find('DeviceCode', 'one')).toBeUndefined()
    expect(await port().findByUid('DeviceCode', 'u')).toBeUndefined()
    expect(await port().findByUserCode('DeviceCode', 'c')).toBeUndefined()
    expect(await port().consume('DeviceCode', 'one')).toBe(false)
  })

  test('destroys one artifact and no other; destroying nothing is fine', async () => {
    await port().upsert('Session', 'one', {}, 60, { uid: 'u' })
    await port().upsert('Session', 'two', {}, 60, {})
    await port().upsert('Interaction', 'one', {}, 60, {})
    await port().destroy('Session', 'one')
    await port().destroy('Session', 'one')
    expect(await port().find('Session', 'one')).toBeUndefined()
    expect(await port().findByUid('Session', 'u')).toBeUndefined()
    expect(await port().find('Session', 'two')).toBeDefined()
    expect(await port().find('Interaction', 'one')).toBeDefined()
  })

  test('revokes by grant within the model', async () => {
    await port().upsert('AccessToken', 'a', {}, 60, { grantId: 'g' })
    await port().upsert('AccessToken', 'b', {}, 60, { grantId: 'g' })
    await port().upsert('AccessToken', 'c', {}, 60, { grantId: 'h' })
    await port().upsert('AccessToken', 'd', {}, 60, { grantId: 'g' })
    await port().upsert('AccessToken', 'd', {}, 60, {})
    await port().upsert('RefreshToken', 'a', {}, 60, { grantId: 'g' })
    await port().revokeByGrantId('AccessToken', 'g')
    expect(await port().find('AccessToken', 'a')).toBeUndefined()
    expect(await port().find('AccessToken', 'b')).toBeUndefined()
    expect(await port().find('AccessToken', 'c')).toBeDefined()
    expect(await port().find('AccessToken', 'd')).toBeDefined()
    expect(await port().find('RefreshToken', 'a')).toBeDefined()
  })

  test('keeps awkward ids apart', async () => {
    for (const id of AWKWARD_IDS) {
      await port().upsert(id, id, { id }, 60, { grantId: id, uid: id, userCode: id })
    }
    for (const id of AWKWARD_IDS) {
      expect(await port().find(id, id)).toEqual({ payload: { id } })
      expect(await port().findByUid(id, id)).toEqual({ payload: { id } })
      expect(await port().findByUserCode(id, id)).toEqual({ payload: { id } })
      expect(await port().consume(id, id)).toBe(true)
      await port().revokeByGrantId(id, id)
      expect(await port().find(id, id)).toBeUndefined()
    }
  })

  test('keeps apart model and id that read the same in a row', async () => {
    await port().upsert('a:b', 'c', { n: 1 }, 60, {})
    await port().upsert('a', 'b:c', { n: 2 }, 60, {})
    expect(await port().find('a:b', 'c')).toEqual({ payload: { n: 1 } })
    expect(await port().find('a', 'b:c')).toEqual({ payload: { n: 2 } })
  })
}

const describeSingleUse = (port: () => ArtifactsPort, { advance, now }: Context) => {
  test('is consumed once, at the time of the clock', async () => {
    await port().upsert('AuthorizationCode', 'one', { n: 1 }, 60, { uid: 'u' })
    await advance(5)
    expect(await port().consume('AuthorizationCode', 'one')).toBe(true)
    const consumed = { payload: { n: 1 }, consumedAt: now() }
    await advance(5)
    expect(await port().consume('AuthorizationCode', 'one')).toBe(false)
    expect(await port().find('AuthorizationCode', 'one')).toEqual(consumed)
    expect(await port().findByUid('AuthorizationCode', 'u')).toEqual(consumed)
  })

  test('consumes nothing that is missing, destroyed, or of another model', async () => {
    await port().upsert('AuthorizationCode', 'one', {}, 60, {})
    await port().upsert('AuthorizationCode', 'two', {}, 60, {})
    await port().destroy('AuthorizationCode', 'two')
    expect(await port().consume('AuthorizationCode', 'none')).toBe(false)
    expect(await port().consume('AuthorizationCode', 'two')).toBe(false)
    expect(await port().consume('RefreshToken', 'one')).toBe(false)
    expect(await port().consume('AuthorizationCode', 'one')).toBe(true)
  })

  test('stays consumed when it is replaced, but not beyond its expiry', async () => {
    await port().upsert('RefreshToken', 'one', { n: 1 }, 60, {})
    expect(await port().consume('RefreshToken', 'one')).toBe(true)
    const consumedAt = now()
    await port().upsert('RefreshToken', 'one', { n: 2 }, 60, {})
    expect(await port().find('RefreshToken', 'one')).toEqual({ payload: { n: 2 }, consumedAt })
    expect(await port().consume('RefreshToken', 'one')).toBe(false)
    await advance(60)
    await port().upsert('RefreshToken', 'one', { n: 3 }, 60, {})
    expect(await port().find('RefreshToken', 'one')).toEqual({ payload: { n: 3 } })
    expect(await port().consume('RefreshToken', 'one')).toBe(true)
  })

  test('of parallel consumers one wins', async () => {
    await port().upsert('AuthorizationCode', 'one', {}, 60, {})
    const won = await race(() => port().consume('AuthorizationCode', 'one'))
    expect(won.filter(Boolean)).toHaveLength(1)
  })

  test('inserts an id once until it has expired', async () => {
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(true)
    expect(await port().insertOnce('ReplayDetection', 'jti', 600)).toBe(false)
    expect(await port().insertOnce('ReplayDetection', 'other', 60)).toBe(true)
    expect(await port().insertOnce('OtherModel', 'jti', 60)).toBe(true)
    await advance(59)
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(false)
    await advance(1)
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(true)
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(false)
  })

  test('an inserted id is an artifact like others', async () => {
    await port().upsert('ReplayDetection', 'stored', {}, 60, {})
    expect(await port().insertOnce('ReplayDetection', 'stored', 60)).toBe(false)
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(true)
    expect(await port().find('ReplayDetection', 'jti')).toBeDefined()
    expect(await port().consume('ReplayDetection', 'jti')).toBe(true)
    await port().destroy('ReplayDetection', 'jti')
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(true)
  })

  test('inherits nothing from an expired artifact of the same id', async () => {
    await port().upsert('ReplayDetection', 'jti', { secret: true }, 60, { uid: 'u', userCode: 'c', grantId: 'g' })
    await port().consume('ReplayDetection', 'jti')
    await advance(60)
    expect(await port().insertOnce('ReplayDetection', 'jti', 60)).toBe(true)
    await port().revokeByGrantId('ReplayDetection', 'g')
    expect(await port().findByUid('ReplayDetection', 'u')).toBeUndefined()
    expect(await port().findByUserCode('ReplayDetection', 'c')).toBeUndefined()
    const artifact = await port().find('ReplayDetection', 'jti')
    expect(artifact).toBeDefined()
    expect(artifact?.consumedAt).toBeUndefined()
    expect(artifact?.payload).not.toEqual({ secret: true })
  })

  test('of parallel inserters one wins, before and after expiry', async () => {
    const first = await race(() => port().insertOnce('ReplayDetection', 'jti', 60))
    expect(first.filter(Boolean)).toHaveLength(1)
    await advance(60)
    const second = await race(() => port().insertOnce('ReplayDetection', 'jti', 60))
    expect(second.filter(Boolean)).toHaveLength(1)
  })
}

/** The contract of {@link ArtifactsPort}, for the durable and the expiring store alike. */
/** What only grants have. */
const describeGrants = ({ store, advance }: Context) => {
  const idsOf = async (uid: string, limit = 10, model = 'Grant') =>
    (await store().grants.findAllByUid(model, uid, limit)).map(({ payload }) => (payload as { id: number }).id)

  test('finds all of a uid within the model, what lives longest first, up to the limit', async () => {
    const { grants } = store()
    await grants.upsert('Grant', 'one', { id: 1 }, 60, { uid: 'u' })
    await grants.upsert('Grant', 'two', { id: 2 }, 180, { uid: 'u' })
    await grants.upsert('Grant', 'three', { id: 3 }, 120, { uid: 'u' })
    await grants.upsert('Grant', 'four', { id: 4 }, 120, { uid: 'v' })
    await grants.upsert('RefreshToken', 'five', { id: 5 }, 120, { uid: 'u' })
    expect(await idsOf('u')).toEqual([2, 3, 1])
    expect(await idsOf('u', 2)).toEqual([2, 3])
    expect(await idsOf('nobody')).toEqual([])
    await advance(60)
    await grants.destroy('Grant', 'three')
    expect(await idsOf('u')).toEqual([2])
  })

  test('keeps awkward uids apart', async () => {
    for (const [id, uid] of AWKWARD_IDS.entries()) await store().grants.upsert('Grant', uid, { id }, 60, { uid })
    for (const [id, uid] of AWKWARD_IDS.entries()) expect(await idsOf(uid)).toEqual([id])
  })
}

export const describeArtifacts = (name: 'artifacts' | 'grants', context: Context): void => {
  const port = () => context.store()[name]
  describe(name, () => {
    describeStorage(port, context)
    describeSingleUse(port, context)
    if (name === 'grants') describeGrants(context)
  })
}

/** Grants and other artifacts do not share a place, for a store that has both. */
export const describeSeparation = ({ store }: Context): void => {
  test.each([
    ['grants', 'artifacts'],
    ['artifacts', 'grants'],
  ] as const)('what is put into %s is not in %s', async (name, other) => {
    await store()[name].upsert('Grant', 'one', {}, 60, {})
    expect(await store()[other].find('Grant', 'one')).toBeUndefined()
  })
}
