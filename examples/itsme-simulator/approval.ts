import { CLAIM, type RequestedClaims } from './claims.ts'

/** What each template must say beside its name. */
const TEMPLATES: Readonly<Record<string, Readonly<Record<string, (value: string) => boolean>>>> = {
  adv_payment: {
    amount_key: value => /^\d{1,15}$/.test(value),
    currency_key: value => /^[A-Z]{3}$/.test(value),
    iban_key: value => /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(value),
  },
  free_text: { text_key: value => value.trim() !== '' && value.length <= 7500 },
}

/** The value of an essential claim, as OIDC Core 5.5.1 has it; undefined for anything else. */
const essentialValue = (asked: RequestedClaims, name: string): string | undefined => {
  const claim = { ...asked.id_token, ...asked.userinfo }[`${CLAIM}claim_approval_${name}`]
  const { essential, value } = (claim ?? {}) as { essential?: unknown; value?: unknown }
  return essential === true && typeof value === 'string' ? value : undefined
}

/** What is wrong with the template that a confirmation must bring: what is shown is what is confirmed. */
export const approvalProblem = (asked: RequestedClaims): string | undefined => {
  const name = essentialValue(asked, 'template_name') ?? ''
  const template = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined
  if (template === undefined) return `confirmation needs one of the templates ${Object.keys(TEMPLATES).join(', ')}`
  const bad = Object.entries(template).find(([key, isFit]) => !isFit(essentialValue(asked, key) ?? ''))
  return bad === undefined ? undefined : `the template ${name} needs an essential claim_approval_${bad[0]}`
}
