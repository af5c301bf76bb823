import { z } from 'zod'
import { inputProblem, problemSchema } from '#src/admin/api/problem.ts'
import { inputWords } from '#src/kernel/input-words.ts'

/** Every kind of issue that a schema may find is told with what to do about it. */

test.each([
  [z.string(), undefined, 'fill it in'],
  [z.string(), 1, 'send text in quotes'],
  [z.int(), '1', 'send a number without quotes, such as 1.5'],
  [z.int(), 1.5, 'send a number without quotes and decimals, such as 12'],
  [z.array(z.string()), {}, 'send a list in brackets, such as ["one"]'],
  [z.date(), 'x', 'send what is described'],
  [z.string().min(1), '', 'fill it in'],
  [z.string().min(8), 'x', 'make it longer'],
  [z.array(z.string()).min(1), [], 'add what is missing'],
  [z.number().min(1), 0, 'choose 1 or more'],
  [z.number().gt(0), 0, 'choose more than 0'],
  [z.string().max(1), 'xx', 'shorten it'],
  [z.number().max(1), 2, 'choose 1 or less'],
  [z.number().lt(1), 1, 'choose less than 1'],
  [z.array(z.string()).max(0), ['x'], 'leave some out, or send them in several requests'],
  [z.iso.date(), 'x', 'change it to that form'],
  [z.enum(['a', 'b']), 'c', 'choose one of them'],
  [z.enum(['a', 'b']), undefined, 'choose one of a, b'],
  [z.strictObject({}), { x: 1 }, 'remove it, or correct its spelling'],
  [z.number().multipleOf(5), 3, 'choose a multiple of 5'],
  [z.union([z.string(), z.number()]), true, 'send what the description of the API has here'],
  [z.string().refine(() => false, 'is wrong'), 'x', 'change it as the reason says'],
  [z.string().refine(() => false, { message: 'is wrong', params: { fix: 'do this' } }), 'x', 'do this'],
])('what is wrong is told with what to do (%#)', (schema, value, fix) => {
  const parsed = schema.safeParse(value, { error: inputWords })
  const problem = inputProblem('body', parsed.error as z.ZodError)
  expect(problem.errors).toEqual([{ field: 'body', reason: expect.stringMatching(/./), fix }])
})

test('a problem without what to do is not described', () => {
  const problem = { type: 'about:blank', title: 'x', status: 400, code: 'request.invalid' }
  const error = { field: 'body', reason: 'is wrong' }
  expect(problemSchema.safeParse({ ...problem, errors: [error] }).success).toBe(false)
  expect(problemSchema.safeParse({ ...problem, errors: [{ ...error, fix: 'mend it' }] }).success).toBe(true)
})
