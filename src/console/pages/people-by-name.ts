import type { Block } from '#src/console/blocks.ts'
import type { Outcome } from '#src/console/console-page.ts'
import { fieldWord, levelWord } from '#src/console/matching-words.ts'
import type { NamedRecord } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { accountPath } from './account-tabs.ts'

const NAMES = ['givenName', 'familyName', 'birthDate', 'postalCode'] as const

/** Looks for records by the name of a person. */
export const nameForm = ({ form }: Visit): readonly Block[] =>
  form('searchRecords', {
    title: 'Find by name',
    action: '/people/name',
    submit: 'Find by name',
    tone: 'secondary',
    intro: 'In the customer records, with a date of birth or a postal code. What is found is masked.',
    fields: [
      { name: 'givenName', label: 'First name' },
      { name: 'familyName', label: 'Family name' },
      {
        name: 'birthDate',
        label: 'Date of birth',
        hint: 'Year, month, day, such as 1988-03-14. May be empty where there is a postal code.',
      },
      {
        name: 'postalCode',
        label: 'Postal code',
        hint: 'May be empty where there is a date of birth.',
      },
    ],
  })

const agreementOf = ({ agrees }: NamedRecord): string =>
  Object.entries(agrees)
    .filter(([, level]) => level !== 'missing')
    .map(([field, level]) => `${fieldWord(field)}: ${levelWord(level)}`)
    .join(' · ')

const NOT_ALL: Block = {
  kind: 'notice',
  tone: 'warning',
  title: 'This is not all',
  text: ['Too many are alike, or a source of records did not answer. Say more about the person, or try again.'],
}

const foundTable = (records: readonly NamedRecord[]): Block => ({
  kind: 'table',
  title: 'Records that may be of this person',
  empty: 'No record fits. Records are found as a login finds them: by another spelling of the name, too.',
  columns: [{ label: 'Record' }, { label: 'Name' }, { label: 'How it agrees' }, { label: 'Account' }],
  rows: records.map(record => [
    `${record.serviceLine} ${record.customerId}`,
    record.name,
    agreementOf(record),
    record.account === undefined ? 'no owner' : { text: record.account, href: accountPath(record.account), code: true },
  ]),
})

/** What is found by a name. */
export const findByName = async (visit: Visit): Promise<Outcome> => {
  const { act, text } = visit
  const body = Object.fromEntries(NAMES.map(name => [name, text(name)]).filter(([, value]) => value !== ''))
  const outcome = await act('searchRecords', { body })
  if ('problem' in outcome) return outcome
  const { records, complete } = outcome.told
  const crumbs = [{ text: 'People', href: '/people' }]
  const blocks = [...(complete ? [] : [NOT_ALL]), foundTable(records), ...nameForm(visit)]
  return { page: { title: 'Found by name', crumbs, blocks } }
}
