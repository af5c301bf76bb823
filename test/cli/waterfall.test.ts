import { waterfall } from '#src/cli/waterfall.ts'
import { decideAmong, ELSEWHERE, record } from '#test/matching/people.ts'

const explanationOf = (...records: Parameters<typeof decideAmong>[0][number][]) => {
  const [explanation] = decideAmong(records).explanations
  if (explanation === undefined) throw new Error('nothing was decided')
  return explanation
}

describe('the waterfall of a decision', () => {
  test('adds up from what is expected to the margin over the strongest rival', () => {
    const explanation = explanationOf(record({ emails: [] }))
    const text = waterfall(explanation)
    expect(text.split('\n')[0]).toBe('mobile 1: linked: the record itself says who and what')
    expect(text).toMatch(/strongest rival: .*; probability of being wrong \d\.\de-\d+/)
    const rows = text.split('\n').filter(line => /[+−]\d/.test(line))
    expect(rows.map(line => line.trim().split(/ {2,}/)[0])).toEqual([
      'before comparing',
      'first name',
      'family name',
      'birth date',
      'mobile',
      'address',
    ])
    const numbers = rows.map(line =>
      [...line.matchAll(/[+−]\d+\.\d/g)].map(([found]) => Number(found.replace('−', '-'))),
    )
    for (const [at, [bits, total]] of numbers.entries()) {
      const before = numbers[at - 1]?.[1] ?? 0
      expect(Math.abs(before + (bits as number) - (total as number))).toBeLessThan(0.2)
    }
    expect(numbers.at(-1)?.[1]).toBeCloseTo(explanation.margin, 0)
  })

  test('says what a bit is, and counts what a rival would share against a stranger, too', () => {
    const explanation = explanationOf(record())
    expect(explanation.runnerUp).not.toBe('stranger')
    const text = waterfall(explanation)
    expect(text).toMatch(/a bit doubles the odds for the person and against .*; what both would share adds 0\n/)
    const shared = explanation.fields.filter(field => field.own === field[explanation.runnerUp])
    expect(shared.length).toBeGreaterThan(0)
    expect(text).toMatch(/exact +\+0\.0 +\+\d+\.\d +\+[1-9]\d*\.\d\n/)
    const strangers = [...text.matchAll(/[+−]\d+\.\d +[+−]\d+\.\d +([+−]\d+\.\d)\n/g)]
    const sum = strangers.reduce((all, [, bits = '']) => all + Number(bits.replace('−', '-')), 0)
    expect(sum).toBeCloseTo(Math.log2(explanation.own / explanation.rivals.stranger), 0)
  })

  test.each([
    [record({ ...ELSEWHERE }), /not linked: what agrees is not of the kinds/],
    [record({ segment: 'business' }), /not linked: a company’s record takes a mandate/],
    [record({ birthDate: '1958-07-21' }), /not linked: another birth date/],
    [record({ status: 'deceased' }), /not linked: the holder is deceased/],
    [record({ createdAt: '2001-01-01' }), /not linked: made before the person could hold a contract/],
  ])('says why a record is not linked', (customer, reason) => {
    expect(waterfall(explanationOf(customer))).toMatch(reason)
  })

  test('says what is offered for proof, and no value of any field', () => {
    const text = waterfall(explanationOf(record({ ...ELSEWHERE })))
    expect(text).toMatch(/offered for proof\n$/)
    expect(text).not.toMatch(/lotte|broeck|1988|470|kerk/i)
  })
})
