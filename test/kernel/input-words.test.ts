import { z } from 'zod'
import { inputWords } from '#src/kernel/input-words.ts'

const wordsOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value, { error: inputWords }).error?.issues.map(({ message }) => message)

test.each<[z.ZodType, unknown, string]>([
  [z.string(), undefined, 'is missing'],
  [z.enum(['a', 'b']), undefined, 'is missing'],
  [z.string().min(1), '', 'is missing'],
  [z.string(), 1, 'must be a string'],
  [z.number(), Number.NaN, 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.array(z.string()), 'a', 'must be a list'],
  [z.strictObject({}), 'a', 'must be an object'],
  [z.string().min(3), 'ab', 'needs at least 3 characters'],
  [z.string().max(1), 'ab', 'must have at most 1 character'],
  [z.array(z.string()).min(1), [], 'needs at least 1 entry'],
  [z.array(z.string()).max(2), ['a', 'b', 'c'], 'must have at most 2 entries'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [z.number().max(100), 101, 'must be at most 100'],
  [z.number().lt(100), 100, 'must be less than 100'],
  [z.iso.datetime({ offset: true }), 'soon', 'must be a time, such as 2026-11-28T08:00:00+01:00'],
  [z.iso.date(), 'soon', 'must be a day, such as 2026-11-28'],
  [z.url(), 'shop', 'must be a URL, such as https://app.example/path'],
  [z.string().regex(/^a$/), 'b', 'is not in the right format'],
  [z.enum(['a', 'b']), 'c', 'must be one of a, b'],
  [z.literal('a'), 'c', 'must be a'],
  [z.strictObject({}), { a: 1 }, 'has no field a'],
  [z.strictObject({}), { a: 1, b: 2 }, 'has no fields a, b'],
  [z.union([z.string(), z.number()]), true, 'is not possible here'],
  [z.number().multipleOf(5), 3, 'Invalid number: must be a multiple of 5'],
])('%#: an input is told what is wrong with it', (schema, value, words) => {
  expect(wordsOf(schema, value)).toEqual([words])
})

test('of kinds of things the names are told', () => {
  const kinds = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })])
  expect(wordsOf(kinds, { kind: 'c' })).toEqual(['must be one of a, b'])
})

test('what a schema says itself goes first', () => {
  expect(wordsOf(z.string().min(1, 'must tell who'), '')).toEqual(['must tell who'])
})
