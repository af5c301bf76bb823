import { clientLifetimesSchema, lifetimesOf } from '#src/clients/client-lifetimes.ts'

const ALL = { accessToken: 600, idToken: 300, refreshToken: 86_400 }

test('what a client says counts as far as it is less than for all apps', () => {
  expect(lifetimesOf(undefined, ALL)).toEqual(ALL)
  expect(lifetimesOf({ pias_lifetimes: { accessToken: 60 } }, ALL)).toEqual({ ...ALL, accessToken: 60 })
  expect(lifetimesOf({ pias_lifetimes: { idToken: 9000, refreshToken: 100_000 } }, ALL)).toEqual(ALL)
})

test.each([{ accessToken: 29 }, { idToken: 60.5 }, { refreshToken: '1d' }, { session: 60 }])('%j is refused', given => {
  expect(clientLifetimesSchema.safeParse(given).success).toBe(false)
})
