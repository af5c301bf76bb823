import { onceFor } from '#src/matching/once-for.ts'

test('computes once for each object, whatever came of it', () => {
  const seen: object[] = []
  const nothing = onceFor((subject: object): string | undefined => {
    seen.push(subject)
    return undefined
  })
  const [one, other] = [{}, {}]
  expect([nothing(one), nothing(one), nothing(other)]).toEqual([undefined, undefined, undefined])
  expect(seen).toEqual([one, other])
})
