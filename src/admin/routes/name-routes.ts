import { z } from 'zod'
import { createHourlyLimit } from '#src/admin/api/hourly-limit.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import { maskName } from '#src/admin/operations/accounts.ts'
import { maskText } from '#src/audit/mask.ts'
import { customerKeyOf, SERVICE_LINES } from '#src/kernel/customer.ts'
import type { FindByName } from '#src/linking/find-by-name.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'

const name = z.string().trim().min(2).max(80)

const search = z
  .strictObject({
    givenName: name,
    familyName: name,
    birthDate: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 1988-03-14')
      .optional(),
    postalCode: z
      .string()
      .trim()
      .regex(/^[\w -]{3,10}$/, 'must be a postal code')
      .optional(),
  })
  .refine(({ birthDate, postalCode }) => birthDate !== undefined || postalCode !== undefined, {
    path: ['birthDate'],
    message: 'give a date of birth or a postal code: a name alone is that of too many people',
    params: { fix: 'fill in one of the two' },
  })

/** A record that may be of somebody who was looked for by name: masked, with how it agrees. */
export const namedRecord = z.strictObject({
  serviceLine: z.enum(SERVICE_LINES),
  customerId: z.string(),
  name: z.string(),
  agrees: z.record(z.string(), z.string()).describe('How each field agrees, as levels of the matching rules.'),
  account: z.string().optional().describe('Who has it.'),
})

/** Searches by name that one admin has in an hour: enough for a shop, too few to write a list of people. */
const MOST_AN_HOUR = 60

/** Customer records by the name of a person, through the keys of matching alone (ADR 0075). */
export const nameRoutes = (deps: {
  findByName: FindByName
  accounts: Pick<AccountsPort, 'ownersOf'>
  limits: LimitsPort
}): readonly Route[] => {
  const tooMany = createHourlyLimit({ ...deps, name: 'name-search', what: 'searches by name', most: MOST_AN_HOUR })
  return [
    route({
      method: 'post',
      path: '/records/search',
      id: 'searchRecords',
      roles: ['support', 'linker'],
      personal: true,
      summary: 'Finds customer records by name with a date of birth or a postal code, masked, and who has them',
      body: search,
      answer: {
        status: 200,
        description: 'Those that may be of the person, the best first.',
        schema: z.strictObject({
          records: z.array(namedRecord),
          complete: z.boolean().describe('False where there are more, or a source was late: say more of the person.'),
        }),
      },
      problems: [429],
      run: async ({ body: { givenName, familyName, birthDate, postalCode }, caller }) => {
        const refused = await tooMany(caller)
        if (refused !== undefined) return refused
        const { records, complete } = await deps.findByName({
          givenName,
          familyName,
          ...(birthDate !== undefined && { birthDate }),
          ...(postalCode !== undefined && { postalCode }),
        })
        const owners = await deps.accounts.ownersOf(records)
        const view = records.map(record => {
          const account = owners.get(customerKeyOf(record))
          const { serviceLine, customerId, agrees } = record
          return {
            serviceLine,
            customerId: maskText(customerId),
            name: maskName(record.name),
            agrees,
            ...(account !== undefined && { account }),
          }
        })
        return { status: 200, body: { records: view, complete } }
      },
    }),
  ]
}
