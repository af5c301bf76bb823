import type { CustomerSource } from '#src/customers/port.ts'
import type { CustomerKey } from '#src/kernel/customer.ts'
import { type AccountId, LOCALES, type Locale } from '#src/kernel/identity.ts'
import { normaliseEmail, normalisePhones } from '#src/matching/normalise/contacts.ts'
import type { Account, AccountsPort } from '#src/store/ports/accounts.ts'
import type { Recipient } from './message-content.ts'
import type { Channel } from './open-transports.ts'

type Contacts = { readonly emails: readonly string[]; readonly mobiles: readonly string[] }

/** Whoever has more is a company: not every contact of it is told at once. */
const MOST_RECORDS = 50

const localeOf = (language: string | undefined): Locale | undefined =>
  LOCALES.find(locale => locale === language?.toLowerCase())

/**
 * Makes the look-up of who is told of something about an account: the person, at what the upstream has verified, and
 * whoever can be reached at the contact on file of each of these customer records, or of all that the account has. So a
 * record's holder hears of it even when somebody else did it. What somebody typed here is never among them: a thief could
 * have.
 */
export const createRecipients = (deps: {
  accounts: Pick<AccountsPort, 'find' | 'customersOf'>
  source: Pick<CustomerSource, 'findByCustomerId'>
  channels: readonly Channel[]
  defaultLocale: Locale
}) => {
  const { accounts, source, channels, defaultLocale } = deps

  /** One way is enough: the mail, which costs nothing and can say more. */
  const wayTo = ({ emails, mobiles }: Contacts, locale: Locale): readonly Recipient[] => {
    const [email, mobile] = [emails[0], mobiles[0]]
    if (email !== undefined && channels.includes('mail')) return [{ channel: 'mail', to: email, locale }]
    if (mobile !== undefined && channels.includes('sms')) return [{ channel: 'sms', to: mobile, locale }]
    return []
  }

  const onFile = async ({ serviceLine, customerId }: CustomerKey, locale: Locale): Promise<readonly Recipient[]> => {
    const candidates = await source.findByCustomerId(customerId)
    return candidates
      .filter(({ record }) => record.serviceLine === serviceLine)
      .flatMap(({ record, person }) => wayTo(person, localeOf(record.language) ?? locale))
  }

  /** Those of the accounts that are part of it, too. */
  const recordsOf = async (accountId: AccountId, parts: Account['absorbed'] = []): Promise<readonly CustomerKey[]> => {
    const links = await Promise.all([accountId, ...parts.map(({ id }) => id)].map(id => accounts.customersOf(id)))
    return links.flat().slice(0, MOST_RECORDS)
  }

  return async (accountId: AccountId, about: readonly CustomerKey[] | 'all'): Promise<readonly Recipient[]> => {
    if (channels.length === 0) return []
    const account = await accounts.find(accountId)
    const records = about === 'all' ? await recordsOf(accountId, account?.absorbed) : about
    const { locale = defaultLocale, email, emailVerified, phoneNumber, phoneVerified } = account?.claims ?? {}
    const verified: Contacts = {
      emails: emailVerified && email !== undefined ? [normaliseEmail(email) ?? email] : [],
      mobiles: phoneVerified && phoneNumber !== undefined ? normalisePhones([phoneNumber]).mobiles : [],
    }
    const found = await Promise.all(records.map(record => onFile(record, locale)))
    const all = [...wayTo(verified, locale), ...found.flat()]
    return all.filter((one, at) => all.findIndex(({ to }) => to === one.to) === at)
  }
}

/** See {@link createRecipients}. */
export type Recipients = ReturnType<typeof createRecipients>
