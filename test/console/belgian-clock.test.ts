import { fromField, toField } from '#src/console/belgian-clock.ts'
import { moment } from '#src/console/words.ts'

/** Times that are typed are those that are shown, on either side of the days on which the clock changes. */
const at = (text: string): number => Date.parse(text)

test.each([
  ['a winter day', '2026-01-16T00:30', '2026-01-15T23:30Z', '16 Jan 2026, 00:30'],
  ['a summer day', '2026-07-16T00:30', '2026-07-15T22:30Z', '16 Jul 2026, 00:30'],
  ['the last minute of winter', '2026-03-29T01:59', '2026-03-29T00:59Z', '29 Mar 2026, 01:59'],
  ['the first minute of summer', '2026-03-29T03:00', '2026-03-29T01:00Z', '29 Mar 2026, 03:00'],
  ['the first minute after summer', '2026-10-25T03:00', '2026-10-25T02:00Z', '25 Oct 2026, 03:00'],
])('%s is typed as it is shown', (_, typed, utc, shown) => {
  expect([fromField(typed, 'begin'), fromField(typed, 'end')]).toEqual([at(utc), at(utc)])
  expect([toField(at(utc)), moment(at(utc))]).toEqual([typed, shown])
})

test('an hour that is there twice begins with the first and ends with the second', () => {
  expect(fromField('2026-10-25T02:30', 'begin')).toBe(at('2026-10-25T00:30Z'))
  expect(fromField('2026-10-25T02:30', 'end')).toBe(at('2026-10-25T01:30Z'))
})

test('an hour that is left out is the next', () => {
  expect(fromField('2026-03-29T02:30', 'begin')).toBe(at('2026-03-29T01:30Z'))
})

test.each(['', 'yesterday', '12', '2026-13-45T99:99', '2026-11-28'])('%p is no moment', text => {
  expect(fromField(text, 'begin')).toBeUndefined()
})
