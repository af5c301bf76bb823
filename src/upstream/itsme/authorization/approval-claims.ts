import { PiasError } from '#src/kernel/errors.ts'
import type { Approval } from '#src/kernel/identity.ts'
import { ownClaim } from '#src/upstream/itsme/tokens/claim-names.ts'

/** Longest text that itsme shows, in characters. */
const MAX_TEXT = 7500

/** ISO-8859-15 has ISO-8859-1's characters but for eight, in whose places it has these. */
const LATIN_9 = /^[\n\r\t\x20-\x7e\xa0-\xa3\xa5\xa7\xa9-\xb3\xb5-\xb7\xb9-\xbb\xbf-\xff€ŠšŽžŒœŸ]*$/

const refuse = (detail: string): never => {
  throw new PiasError('request.invalid', detail)
}

const claim = (name: string, value: string) => [ownClaim(`claim_approval_${name}`), { essential: true, value }] as const

const textClaims = (text: string) => {
  if (text.trim() === '' || text.length > MAX_TEXT) refuse(`a text to confirm has 1 to ${MAX_TEXT} characters`)
  if (!LATIN_9.test(text)) refuse('a text to confirm has a character outside ISO-8859-15')
  return [claim('template_name', 'free_text'), claim('text_key', text)]
}

const paymentClaims = ({ amount, currency, iban }: Extract<Approval, { kind: 'payment' }>) => {
  if (!Number.isSafeInteger(amount) || amount < 1) refuse('an amount to confirm is a positive integer')
  return [
    claim('template_name', 'adv_payment'),
    claim('amount_key', String(amount)),
    claim('currency_key', currency),
    claim('iban_key', iban),
  ]
}

/**
 * What itsme shows in its app for the person to confirm: one of its templates, in the userinfo set of `claims`.
 * @throws PiasError `request.invalid` when there is nothing to confirm, or nothing itsme could show
 */
export const approvalClaims = (approval: Approval | undefined): Readonly<Record<string, object>> => {
  if (approval === undefined) return refuse('there is nothing to confirm')
  return Object.fromEntries(approval.kind === 'text' ? textClaims(approval.text) : paymentClaims(approval))
}
