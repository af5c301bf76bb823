import type { Locale } from '#src/kernel/identity.ts'
import { writeDate, writeMoment } from './dates.ts'
import type { PageView } from './page-view.ts'
import { toPicks } from './picks.ts'
import type { Fact } from './uncertain-models.ts'
import type { PageModels } from './view-models.ts'

const moment = (at: number | undefined, locale: Locale): string | undefined =>
  at === undefined ? undefined : writeMoment(at, locale)

const toAccountView = (model: PageModels['account'], locale: Locale): PageView => ({
  template: 'account',
  icon: 'person',
  words: 'account',
  content: {
    ...model,
    eraseAt: moment(model.eraseAt, locale),
    logins: model.logins.map(login => ({ ...login, since: writeMoment(login.since, locale) })),
    consents: model.consents.map(consent => ({ ...consent, since: writeMoment(consent.since, locale) })),
    activity: model.activity.map(one => ({ ...one, at: writeMoment(one.at, locale) })),
  },
})

const showFact = ({ label, value }: Fact, locale: Locale) => ({
  label: `facts.${label}`,
  value: label === 'birthdate' ? writeDate(value, locale) : value,
})

const toDataView = (model: PageModels['account-data'], locale: Locale): PageView => ({
  template: 'account-data',
  icon: 'share',
  words: 'account_data',
  content: {
    ...model,
    eraseAt: moment(model.eraseAt, locale),
    facts: model.facts.map(fact => showFact(fact, locale)),
  },
})

const WAYS_ERRORS = { refused: 'account_ways.refused', unsupported: 'passkey.unsupported' } as const

const toWaysView = (model: PageModels['account-ways'], locale: Locale): PageView => ({
  template: 'account-ways',
  icon: 'key',
  words: 'account_ways',
  invalid: model.error !== undefined,
  content: {
    ...model,
    isFull: model.add === 'full',
    add: typeof model.add === 'object' ? { ...model.add, options: JSON.stringify(model.add.options) } : undefined,
    password: model.password && { until: moment(model.password.retiresAt, locale) },
    errors: model.error === undefined ? [] : [{ href: '#passkey', words: WAYS_ERRORS[model.error] }],
    passkeys: model.passkeys.map(({ createdAt, usedAt, ...passkey }) => ({
      ...passkey,
      createdAt: writeMoment(createdAt, locale),
      usedAt: moment(usedAt, locale),
    })),
  },
})

const toRecordsView = (model: PageModels['account-records']): PageView => ({
  template: 'account-records',
  icon: 'check',
  words: model.records.length === 0 ? 'account_records_none' : 'account_records',
  content: { ...model, records: toPicks(model.records) },
})

/** The pages on which a person looks after the own account. */
export const ACCOUNT_VIEWS = {
  account: toAccountView,
  'account-ways': toWaysView,
  'account-records': toRecordsView,
  'account-data': toDataView,
  'account-erase': (model: PageModels['account-erase']): PageView => ({
    template: 'account-erase',
    icon: 'warning',
    words: 'account_erase',
    content: model,
  }),
}
