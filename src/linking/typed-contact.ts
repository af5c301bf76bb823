import { normaliseEmail, normalisePhones } from '#src/matching/normalise/contacts.ts'

/** A mobile number (E.164) or e-mail address that somebody typed. */
export type TypedContact = { readonly channel: 'sms' | 'mail'; readonly value: string }

/** Reads what somebody typed; undefined for what no code can be sent to, such as a landline or a placeholder. */
export const parseContact = (text: string): TypedContact | undefined => {
  const email = normaliseEmail(text)
  if (email !== undefined) return { channel: 'mail', value: email }
  const [mobile] = normalisePhones([text]).mobiles
  return mobile === undefined ? undefined : { channel: 'sms', value: mobile }
}
